import sanitizeHtml from 'sanitize-html';
import { invalidField } from '../../../kernel/errors/problem.ts';
import type { Values } from '../../../kernel/resource/store.ts';

/** Formatting that people write. No images, frames, styles or handlers; a link leads to the web, a mailbox or a telephone. */
const allowed: sanitizeHtml.IOptions = {
  allowedTags: ['p', 'br', 'h1', 'h2', 'h3', 'strong', 'b', 'em', 'i', 'u', 's', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'hr', 'a'],
  allowedAttributes: { a: ['href', 'rel', 'target'], ol: ['start'] },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowProtocolRelative: false,
  nestingLimit: 50,
  transformTags: { a: sanitizeHtml.simpleTransform('a', { rel: 'noopener noreferrer nofollow', target: '_blank' }) },
}; // biome-ignore format: a list of words

/** A note's body as it is stored and shown: only the formatting above is left of it. */
export function cleanBody(html: string): string {
  return sanitizeHtml(html, allowed).trim();
}

export function withCleanBody(input: Values, place: string): Values {
  if (input.body === undefined) return input;
  const body = cleanBody(input.body as string);
  const words = sanitizeHtml(body, { allowedTags: [], allowedAttributes: {} }).trim();
  if (words === '') throw invalidField(`${place}body`, 'too_small', 'This must not be empty');
  return { ...input, body };
}
