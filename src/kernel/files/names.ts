import { create } from 'content-disposition';

const name_bytes_max = 255;
const extension_bytes_max = 16;

/** Device names of Windows, which cannot be file names there, with or without an extension. */
const reserved = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/**
 * Makes a name that is safe to show, to store and to save under on any system: no folders, no invisible characters that
 * hide its true extension, at most 255 bytes. It is not used in the file store.
 */
export function sanitizeFileName(given: string): string {
  const name = withoutEnd(
    given
      .toWellFormed()
      .normalize('NFC')
      .replace(/^.*[/\\]/s, '')
      // Control characters, line separators, and the marks that turn the direction of text or show nothing at all.
      .replace(/[\p{Cc}\u2028\u2029\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd]/gu, '')
      .replace(/[<>:"|?*]/g, '_')
      .replace(/^[\s.]+/, ''),
  );
  if (name === '') return 'file';
  return shorten(reserved.test(name) ? `_${name}` : name);
}

/**
 * The name of a file in a form. Of it browsers escape quotation marks and line breaks alone (HTML,
 * multipart/form-data), so no other sequence is decoded: a name may have one of its own.
 */
export const nameInForm = (given = ''): string => given.replace(/%(?:22|0D|0A)/g, decodeURIComponent);

/** Cuts the middle, because the extension matters. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= name_bytes_max) return name;
  const ending = /\.[^\s.]+$/.exec(name)?.[0] ?? '';
  const extension = Buffer.byteLength(ending) <= extension_bytes_max ? ending : '';
  let stem = '';
  let left = name_bytes_max - Buffer.byteLength(extension);
  for (const character of name) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    stem += character;
  }
  return withoutEnd(stem) + extension;
}

/** Without spaces and dots at the end. A pattern for them would try each run of dots from each of its dots on. */
function withoutEnd(name: string): string {
  let end = name.length;
  while (end > 0 && /[\s.]/.test(name[end - 1]!)) end--;
  return name.slice(0, end);
}

/** The value of a Content-Disposition header (RFC 6266, RFC 8187). `inline` only for types that run no script. */
export function contentDisposition(type: 'attachment' | 'inline', fileName: string): string {
  return create(sanitizeFileName(fileName), { type });
}
