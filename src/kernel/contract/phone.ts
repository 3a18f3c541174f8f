/** What stands before an extension, in the languages of the page and its neighbours. */
const words = String.raw`(?:x|ext\.?|extn\.?|extension|durchwahl|dw\.?|apparat|app\.?|poste|anexo|interno|int\.?|toestel|wew\.?|#)`;
const extension = String.raw`[\s,;]*\b${words}[\s:.]*(\d{1,7})`;

/** A number as people write it, with the extension behind it that they name: `+1 212 555 0100 ext. 12`, `030 1234 Durchwahl 12`, `x204`. */
export const phonePattern = new RegExp(String.raw`^[+\d(][\d\s().\-/#*,;x]*(?:${extension})?$`, 'i');

const withExtension = new RegExp(String.raw`^([+\d(][\d\s().\-/]*?)${extension.replace('\\b', '')}$`, 'i');

/** The numbers in a text, each with its extension. */
export const numbersIn = (text: string): string[] =>
  text.match(new RegExp(String.raw`[+(]?\d[\d\s().\-/]*(?:${extension.replace('\\b', '')})?`, 'gi')) ?? [];

/** What follows a hyphen in `030 1234-12` is dialled with the rest, so it is no extension here. */
export function phoneParts(phone: string): { number: string; extension: string | null } {
  const [, number, ext] = withExtension.exec(phone.trim()) ?? [];
  return number && ext ? { number: number.trim(), extension: ext } : { number: phone.trim(), extension: null };
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
