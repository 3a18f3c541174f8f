/**
 * A number as people write it, with the extension behind it that they name in the languages of the page and its
 * neighbours: `+1 212 555 0100 ext. 12`, `030 1234 Durchwahl 12`, `555-0100 x204`.
 */
export const phonePattern =
  /^[+\d(][\d\s().\-/#*,;x]*(?:(?:extension|extn|ext|durchwahl|dw|apparat|app|poste|anexo|interno|int|toestel|wew)[\s:.]*\d{1,7})?$/i;

const extensionAtEnd =
  /(?:x|#|extension|extn|ext|durchwahl|dw|apparat|app|poste|anexo|interno|int|toestel|wew)[\s:.]*(\d{1,7})$/i;

/** The numbers in a text, each with its extension. */
export const numbersIn = (text: string): string[] =>
  text.match(
    /[+(]?\d[\d\s().\-/]*(?:(?:x|#|extension|extn|ext|durchwahl|dw|apparat|app|poste|anexo|interno|int|toestel|wew)[\s:.]*\d{1,7})?/gi,
  ) ?? [];

/** What follows a hyphen in `030 1234-12` is dialled with the rest, so it is no extension here. */
function phoneParts(phone: string): { number: string; extension: string | null } {
  const text = phone.trim();
  const found = extensionAtEnd.exec(text);
  const number = found ? text.slice(0, found.index).trimEnd() : '';
  return found && /\d/.test(number) ? { number, extension: found[1]! } : { number: text, extension: null };
}

/** The link that dials a number (RFC 3966): `tel:+12125550100;ext=12`. */
export function phoneLink(phone: string): string {
  const { number, extension } = phoneParts(phone);
  // The zero in +49 (0)30 is for callers from inside.
  const dialled = (/^\s*\+/.test(number) ? number.replace(/\(0\)/, '') : number).replace(/[^\d+*#]/g, '');
  return `tel:${dialled.replaceAll('#', '%23')}${extension ? `;ext=${extension}` : ''}`;
}

/** A number that a card or page gives as a link, as people write it. */
export const phoneOfLink = (link: string): string =>
  link
    .replace(/^tel:/i, '')
    .replace(/;ext=(\d+)/i, ' ext. $1')
    .replace(/;(?:phone-context|isub)=[^;\s]*/gi, '');

const key_digits_min = 6;
const key_digits = 9;

/**
 * The part of a telephone number that is the same with and without the prefixes of country and area; null when it is
 * too short to tell. `app.phone_key` in the database says the same.
 */
export function phoneKey(phone: string): string | null {
  const digits = phone.replace(/[^0-9]/g, '');
  return digits.length >= key_digits_min ? digits.slice(-key_digits) : null;
}
