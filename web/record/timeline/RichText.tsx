import { useMemo } from 'react';

const allowed = new Set([
  'P',
  'BR',
  'STRONG',
  'B',
  'EM',
  'I',
  'U',
  'S',
  'UL',
  'OL',
  'LI',
  'BLOCKQUOTE',
  'CODE',
  'PRE',
  'A',
  'H1',
  'H2',
  'H3',
]);

/** A note or comment as it was written. The server cleans what it keeps; the page does not rely on that. */
export function RichText({ html }: { html: string }) {
  const safe = useMemo(() => clean(html), [html]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: only elements of the list above and names, without attributes but a web address
  return <div className="rich-text" dangerouslySetInnerHTML={{ __html: safe }} />;
}

function clean(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const element of [...body.querySelectorAll('*')]) {
    if (element.tagName === 'SPAN' && element.getAttribute('data-type') === 'mention') {
      const name = document.createElement('span');
      name.className = 'mention';
      name.textContent = element.textContent;
      element.replaceWith(name);
      continue;
    }
    if (!allowed.has(element.tagName)) {
      element.replaceWith(...element.childNodes);
      continue;
    }
    const href = element.getAttribute('href');
    for (const { name } of [...element.attributes]) element.removeAttribute(name);
    if (element.tagName === 'A' && href && /^(https?:|mailto:)/i.test(href)) {
      element.setAttribute('href', href);
      element.setAttribute('rel', 'noreferrer');
      element.setAttribute('target', '_blank');
    }
  }
  return body.innerHTML;
}
