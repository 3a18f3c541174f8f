/**
 * Endings of several letters under which people have their sites. Others, such as `.delivery`, are words that follow a
 * point without a space.
 */
const endings: ReadonlySet<string> = new Set([
  'com',
  'org',
  'net',
  'edu',
  'gov',
  'mil',
  'int',
  'info',
  'biz',
  'app',
  'dev',
  'cloud',
  'online',
  'shop',
  'store',
  'site',
  'tech',
  'example',
]);

/** Files are called so more often than sites. */
const of_files: ReadonlySet<string> = new Set(['md', 'py', 'sh']);

/**
 * Whether what looks like an address, in a text that somebody writes or pastes, is meant as one: it has a scheme, is a
 * mailbox, begins with `www.`, or ends as sites do. In `signs.Delivery`, `done.So` and `z.B.am` a space is missing.
 */
export function isMeantAsAddress(text: string): boolean {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text) || /^mailto:/i.test(text)) return true;
  if (text.includes('@')) return true;
  const [host = ''] = text.split(/[/?#:]/);
  if (/^www\../i.test(host)) return true;
  const labels = host.split('.');
  const ending = labels.at(-1)!;
  // Who writes the rest in small letters has begun a sentence.
  const isInOneCase = host === host.toLowerCase() || ending === ending.toLowerCase() || host === host.toUpperCase();
  if (labels.length < 2 || !isInOneCase) return false;
  const known = ending.toLowerCase();
  if (endings.has(known)) return true;
  const isOfCountry = /^[a-z]{2}$/.test(known) || /^xn--/.test(known) || /^[^\0-\x7f]+$/.test(known);
  return isOfCountry && !of_files.has(known) && labels.at(-2)!.length > 1;
}
