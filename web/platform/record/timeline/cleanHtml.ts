/** By which the editor knows a person again. */
const mention = new Set(['data-type', 'data-id', 'data-label']);

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

/** What stands in these is no text of the page. */
const unread = 'script, style, template, title, textarea, select, option';

/** Only elements of the list above, without attributes but a web address. Read in a document of its own, where nothing runs or loads. */
export function cleanHtml(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const element of body.querySelectorAll(unread)) element.remove();
  for (const element of [...body.querySelectorAll('*')]) {
    if (element.tagName === 'SPAN' && element.getAttribute('data-type') === 'mention') {
      for (const { name } of [...element.attributes]) if (!mention.has(name)) element.removeAttribute(name);
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
