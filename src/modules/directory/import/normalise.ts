/**
 * What two names have in common when a person takes them for the same: letters and digits, without case, accents,
 * spaces and punctuation. `GTX Pro` and `gtx-pro` both give `gtxpro`.
 */
export function normalise(text: string): string {
  if (plain.test(text)) return text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return text
    .normalize('NFKD')
    .replace(/ß/g, 'ss')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

const plain = /^[\x20-\x7e]*$/;
