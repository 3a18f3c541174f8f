/** A word with a dot in it, such as example.com/offer. */
const host_first = /^[^\s/:@?#][^\s/:@?#.]*\.[^\s/:@?#]+(?:[/?#:]\S*)?$/u;

/**
 * What was typed as a web address, with its scheme; null for anything else, such as words that are to become a link.
 */
export function toAddress(typed: string): string | null {
  const text = typed.trim();
  const whole = host_first.test(text) ? `https://${text}` : text;
  return /^https?:\/\/[^\s]+$/i.test(whole) && URL.canParse(whole) ? whole : null;
}
