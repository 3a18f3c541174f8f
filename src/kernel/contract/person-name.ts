/** The fields that can name a contact. */
const names = ['given_name', 'family_name', 'email', 'phone'] as const;

/** Whether a contact has any of these. */
export const isNamed = (values: Readonly<Record<string, unknown>>): boolean =>
  names.some((name) => typeof values[name] === 'string' && values[name].trim() !== '');

const east_asian = /^[\u2e80-\u9fff\uac00-\ud7af]+$/;
const isFamilyFirst = (given: string, family: string) => east_asian.test(family + given);

/**
 * A full name as the database makes it (`app.person_name`): in Chinese, Japanese and Korean the family name comes first
 * and no space follows.
 */
export const fullName = (
  given: string | null | undefined,
  family: string | null | undefined,
  { middle, suffix }: FurtherParts = {},
): string =>
  isFamilyFirst(given ?? '', family ?? '')
    ? withSuffix(`${family ?? ''}${given ?? ''}`, suffix)
    : withSuffix([given, middle, family].filter(Boolean).join(' '), suffix);

/** What stands between first and last name, and behind them. */
interface FurtherParts {
  middle?: string | null | undefined;
  suffix?: string | null | undefined;
}

/**
 * Degrees stand behind a comma (`Ada Berg, PhD`); of a family one is the younger, the elder or the third (`John Doe
 * Jr.`).
 */
const withSuffix = (name: string, suffix: string | null | undefined): string => {
  if (!suffix || name === '') return name;
  return /^([js]r\.?|[ivx]+\.?)$/i.test(suffix) ? `${name} ${suffix}` : `${name}, ${suffix}`;
};

/** The same with a space between the two, as cards write it. */
export const spacedFullName = (given: string, family: string, { middle, suffix }: FurtherParts = {}): string =>
  withSuffix(
    (isFamilyFirst(given, family) ? [family, given] : [given, middle, family]).filter(Boolean).join(' '),
    suffix,
  );

/**
 * A name in Chinese, Japanese or Korean of words with a space between: the first is the family name. Undefined for any
 * other.
 */
export function splitEastAsian(name: string): { given_name: string; family_name: string } | undefined {
  const [family_name = '', ...given] = name.trim().split(/[\s\u3000]+/);
  const given_name = given.join('');
  return given_name !== '' && isFamilyFirst(given_name, family_name) ? { given_name, family_name } : undefined;
}
