import { fileTypeFromBuffer } from 'file-type';

/** Enough to recognise office documents, which are archives. */
export const sample_bytes = 64 * 1024;

export interface SniffedType {
  mime: string;
  ext: string;
}

export const unknownType: SniffedType = { mime: 'application/octet-stream', ext: 'bin' };
export const plainText: SniffedType = { mime: 'text/plain', ext: 'txt' };
const html: SniffedType = { mime: 'text/html', ext: 'html' };
const svg: SniffedType = { mime: 'image/svg+xml', ext: 'svg' };

/**
 * Text formats that have a signature. For any other format, a text merely happens to begin with its signature
 * ("BMI;Age", "MZ;Name").
 */
const textualFormats = /^(?:text\/|application\/(?:xml|pdf|rtf|postscript|eps)$)/;

/** The type of a file by its first bytes, whatever its name: a format with a signature, HTML, SVG, text, or unknown. */
export async function sniffType(sample: Uint8Array): Promise<SniffedType> {
  const text = decodeText(sample);
  const found = await fileTypeFromBuffer(sample);
  if (text === undefined) return found ?? unknownType;
  return markupOf(text) ?? (found && textualFormats.test(found.mime) ? found : plainText);
}

/**
 * Undefined for bytes that are not text in a known encoding: UTF-8, UTF-16 with its byte order mark, or a single-byte
 * encoding.
 */
function decodeText(sample: Uint8Array): string | undefined {
  const encoding =
    sample[0] === 0xff && sample[1] === 0xfe
      ? 'utf-16le'
      : sample[0] === 0xfe && sample[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  const text = new TextDecoder(encoding).decode(sample);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what text never holds
  return /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]/.test(text) ? undefined : text;
}

// Sticky, so that each match starts where the one before ended. Of one thing at a time: repeated in the pattern, they
// could be parted in many ways.
const beforeMarkup = /\s|<\?[^>]*>|<!--.*?-->|<!doctype\s+svg[^<>[]*(?:\[[^\]]*\][^>]*)?>/isy;
const svgTag = /<(?:[a-z_][\w.-]*:)?svg[\s/>]/iy;
const htmlTag =
  /<(?:!doctype\s+html|html|head|body|script|iframe|style|title|meta|link|base|object|embed|form|img)[\s/>]/iy;

/** Markup that a browser would run. */
function markupOf(text: string): SniffedType | undefined {
  let start = 0;
  for (beforeMarkup.lastIndex = 0; beforeMarkup.test(text); ) start = beforeMarkup.lastIndex;
  svgTag.lastIndex = start;
  htmlTag.lastIndex = start;
  if (svgTag.test(text)) return svg;
  return htmlTag.test(text) ? html : undefined;
}
