import sanitizeHtml from 'sanitize-html';
import { elements_in_line } from '../../../kernel/resource/plain.ts';

const before_max = 30;
const excerpt_max = 160;

/** What a text says around the first of the words searched for, without markup; from its beginning when none stands there as written. */
export function excerptOf(html: string, q: string): string {
  const text = plain(html);
  const found = q
    .trim()
    .split(/\s+/)
    .map((word) => text.toLowerCase().indexOf(word.toLowerCase()))
    .filter((index) => index >= 0);
  const start = Math.max(0, Math.min(...(found.length > 0 ? found : [0])) - before_max);
  const cut = text.slice(start, start + excerpt_max);
  return `${start > 0 ? '…' : ''}${cut}${start + excerpt_max < text.length ? '…' : ''}`;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };

const parting = new RegExp(`<(?!/?(?:${elements_in_line})\\b)`, 'gi');

/** The text between the elements. One that is not within a line parts words. */
function plain(html: string): string {
  const spaced = html.replace(parting, ' <');
  return sanitizeHtml(spaced, { allowedTags: [], allowedAttributes: {} })
    .replace(/&(amp|lt|gt|quot);/g, (_, name: string) => entities[name]!)
    .replace(/\s+/g, ' ')
    .trim();
}
