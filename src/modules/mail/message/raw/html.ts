import { Parser } from 'htmlparser2';
import sanitizeHtml from 'sanitize-html';

/**
 * What is left of the HTML of a mail: no scripts, frames, forms, handlers or sheets, and nothing that fetches anything
 * by itself.
 */
const allowed: sanitizeHtml.IOptions = {
  allowedTags: [
    'a',
    'abbr',
    'address',
    'article',
    'b',
    'bdi',
    'bdo',
    'big',
    'blockquote',
    'br',
    'caption',
    'center',
    'cite',
    'code',
    'col',
    'colgroup',
    'dd',
    'del',
    'div',
    'dl',
    'dt',
    'em',
    'figcaption',
    'figure',
    'font',
    'footer',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'header',
    'hr',
    'i',
    'img',
    'ins',
    'kbd',
    'li',
    'main',
    'mark',
    'ol',
    'p',
    'pre',
    'q',
    's',
    'section',
    'small',
    'span',
    'strike',
    'strong',
    'sub',
    'sup',
    'table',
    'tbody',
    'td',
    'tfoot',
    'th',
    'thead',
    'tr',
    'tt',
    'u',
    'ul',
  ],
  allowedAttributes: {
    a: ['href', 'rel', 'target', 'title'],
    img: ['data-src', 'alt', 'width', 'height'],
    '*': [
      'align',
      'valign',
      'bgcolor',
      'color',
      'width',
      'height',
      'border',
      'cellpadding',
      'cellspacing',
      'colspan',
      'rowspan',
      'dir',
      'style',
    ],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowProtocolRelative: false,
  allowedStyles: {
    '*': Object.fromEntries(
      [
        'color',
        'background-color',
        'text-align',
        'font-size',
        'font-weight',
        'font-style',
        'font-family',
        'line-height',
        'text-decoration',
        'padding',
        'padding-top',
        'padding-right',
        'padding-bottom',
        'padding-left',
        'margin',
        'margin-top',
        'margin-right',
        'margin-bottom',
        'margin-left',
        'width',
        'max-width',
        'border',
        'border-top',
        'border-bottom',
        'border-collapse',
        'vertical-align',
        'white-space',
      ].map((name) => [name, [/^[\w\s#.,%'"()-]{1,200}$/]]),
    ),
  },
  nestingLimit: 200,
};

/**
 * Pictures from elsewhere stand in `data-src`: they are fetched when the reader says so, as fetching them tells the
 * sender that the mail was read.
 */
export const cleanMailHtml = (html: string): string =>
  sanitizeHtml(html, {
    ...allowed,
    transformTags: {
      a: sanitizeHtml.simpleTransform('a', { rel: 'noopener noreferrer nofollow', target: '_blank' }),
      img: (tagName, { src = '', alt = '', width, height }) => ({
        tagName,
        attribs: {
          alt,
          ...(/^https?:\/\//i.test(src) && { 'data-src': src }),
          ...(width && { width }),
          ...(height && { height }),
        } as Record<string, string>,
      }),
    },
  })
    .replaceAll('\0', '')
    .toWellFormed();

const blocks = new Set(['p', 'div', 'br', 'tr', 'li', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'table', 'hr']);
const hidden = new Set(['style', 'script', 'head', 'title', 'template', 'noscript']);

/** The words of HTML, for a mail without plain text. */
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
