import { Parser } from 'htmlparser2';

const blocks = new Set(['p', 'div', 'br', 'tr', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'table', 'hr']);
const hidden = new Set(['style', 'script', 'head', 'title', 'template', 'noscript']);

/** The words of HTML, where plain text is shown. */
export function textOfHtml(html: string): string {
  let text = '';
  let depth = 0;
  const parser = new Parser({
    onopentag: (name) => {
      if (hidden.has(name)) depth++;
      if (blocks.has(name)) text += '\n';
    },
    onclosetag: (name) => {
      if (hidden.has(name)) depth--;
    },
    ontext: (part) => {
      if (depth === 0) text += part;
    },
  });
  parser.end(html);
  return text
    .replace(/[ \t]+/g, ' ')
    .replace(/\n\s*\n\s*/g, '\n\n')
    .trim();
}
