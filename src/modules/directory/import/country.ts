import { normalise } from './normalise.ts';

const names = new Set(
  ['USA', 'UK', 'Great Britain', 'England', 'Scotland', 'Korea', 'Holland', 'Czech Republic'].map(normalise),
);

/** Regions of the Unicode tables that are no countries. */
const groups = new Set(['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ']);

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
for (const locale of ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl']) {
  const regions = new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' });
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const name = groups.has(code) ? undefined : regions.of(code);
    if (name) names.add(normalise(name));
  }
}

/** By name in one of a few languages. Two letters do not count: they are as often an abbreviation of anything else. */
export function isCountry(text: string): boolean {
  return text.length > 2 && text.length < 60 && names.has(normalise(text));
}
