import { countryCodeOf, countryCodes, countryNamesIn } from '../../kernel/contract/country.ts';
import { RelationMatcher } from './match.ts';
import { normalise } from './normalise.ts';
import { shown } from './refusal.ts';

/** Parts of a country that people name as one. They stay as they are written. */
const parts = new Set(['England', 'Scotland', 'Wales', 'Northern Ireland'].map(normalise));

/** By name in one of a few languages. Two letters do not count: they are as often an abbreviation of anything else. */
export function isCountry(text: string): boolean {
  return text.length > 2 && text.length < 60 && (countryCodeOf(text) !== undefined || parts.has(normalise(text)));
}

const remembered_max = 10_000;

/**
 * Says of what stands in a column of countries that it is none, with the one that may be meant. It goes in as it is.
 */
export function countryDoubts(): (text: string) => string | null {
  const english = countryNamesIn('en');
  const matcher = new RelationMatcher(
    countryCodes()
      .flatMap((code) => english(code) ?? [])
      .map((name) => ({ name, record: name })),
  );
  const known = new Map<string, string | null>();
  const doubt = (text: string): string | null => {
    if (text.length <= 2 || isCountry(text)) return null;
    const match = matcher.match(text);
    const meant = match.kind === 'missing' ? match.suggestion : null;
    const message = meant
      ? `${shown(text)} is not a country. Did you mean “${meant}”? It is imported unchanged.`
      : `${shown(text)} is not a country. It is imported unchanged.`;
    return message;
  };
  return (text) => {
    if (!known.has(text) && known.size < remembered_max) known.set(text, doubt(text));
    return known.get(text) ?? null;
  };
}
