import { Parser } from 'htmlparser2';
import sanitizeHtml from 'sanitize-html';
import { RichTextWriter } from '../../kernel/contract/rich-text.ts';

/** How a person stands in a text: `<span data-type="mention" data-id="…" data-label="Ann">@Ann</span>`. */
const mention_type = 'mention';

/**
 * Formatting that people write. No images, frames, styles or handlers; a link leads to the web, a mailbox or a
 * telephone.
 */
const allowed: sanitizeHtml.IOptions = {
  allowedTags: [
    'p',
    'br',
    'h1',
    'h2',
    'h3',
    'strong',
    'b',
    'em',
    'i',
    'u',
    's',
    'code',
    'pre',
    'blockquote',
    'ul',
    'ol',
    'li',
    'hr',
    'a',
    'span',
  ],
  allowedAttributes: { a: ['href', 'rel', 'target'], ol: ['start'], span: ['data-type', 'data-id', 'data-label'] },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowProtocolRelative: false,
  nestingLimit: 50,
};

const link = sanitizeHtml.simpleTransform('a', { rel: 'noopener noreferrer nofollow', target: '_blank' });
/** No element of the list: what it holds stays. */
const dropped = { tagName: 'dropped', attribs: {} };

const mentionedBy = (attribs: sanitizeHtml.Attributes): string | undefined =>
  attribs['data-type'] === mention_type ? attribs['data-id']?.toLowerCase() : undefined;

/** Whether it is worth looking whom a text mentions. */
export const mayMention = (html: string): boolean => html.includes(mention_type);

/** The ids of those whom a text mentions, each once, as its writer sent them. */
export function mentionedIn(html: string): string[] {
  const ids = new Set<string>();
  if (!mayMention(html)) return [];
  sanitizeHtml(html, {
    ...allowed,
    transformTags: {
      span: (tagName, attribs) => {
        const id = mentionedBy(attribs);
        if (id) ids.add(id);
        return { tagName, attribs };
      },
    },
  });
  return [...ids];
}

/** Those whom a stored text mentions, by id, as it calls them. */
export function labelsIn(html: string): Map<string, string> {
  const labels = new Map<string, string>();
  const onopentag = (_: string, attribs: sanitizeHtml.Attributes) => {
    const id = mentionedBy(attribs);
    if (id && attribs['data-label']) labels.set(id, attribs['data-label']);
  };
  if (html.includes(mention_type)) new Parser({ onopentag }, { decodeEntities: true }).end(html);
  return labels;
}

/**
 * A text as it is stored and shown: only the formatting above is left of it, and whoever it mentions is called by the
 * own name.
 */
export function cleanHtml(html: string, names: ReadonlyMap<string, string> = new Map()): string {
  return sanitizeHtml(inLines(html), {
    ...allowed,
    transformTags: {
      a: link,
      span: (_, attribs) => {
        const id = mentionedBy(attribs);
        const name = id && names.get(id);
        if (!name) return dropped;
        return {
          tagName: 'span',
          attribs: { 'data-type': mention_type, 'data-id': id, 'data-label': name },
          text: `@${name}`,
        };
      },
    },
  }).trim();
}

/** A text as the page would paste it: what stood in blocks of any kind stands in paragraphs, lists and quotations. */
function inLines(html: string): string {
  const writer = new RichTextWriter();
  const parser = new Parser(
    {
      onopentag: (name, attributes) => writer.open(name, attributes),
      ontext: (text) => writer.text(text),
      onclosetag: () => writer.close(),
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return writer.end();
}

/** The words of a text that was cleaned: there a "<" begins an element. */
export const wordsOf = (clean: string): string => clean.replace(/<[^<>]*>/g, '').trim();
