/** Languages in whose words a country is understood; the first is that of the stored names. */
const languages = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl'];

/** Regions of the Unicode tables that are not in ISO 3166, but for Kosovo, which people live in. */
const no_countries = new Set(['AC', 'CP', 'CQ', 'DG', 'EA', 'EU', 'EZ', 'IC', 'QO', 'TA', 'UN', 'XA', 'XB', 'ZZ']);

/** Further names, by code. A part of a country, such as England, is none: it would be lost. */
const further: Readonly<Record<string, string>> = {
  AE: 'UAE|VAE',
  AT: 'AUT',
  BY: 'Weißrussland|White Russia',
  CH: 'CHE|Swiss Confederation|Schweizerische Eidgenossenschaft',
  CI: 'Ivory Coast',
  CN: "People's Republic of China|PRC|VR China",
  CZ: 'Czech Republic|Tschechische Republik',
  DE: 'DEU|GER|BRD|Federal Republic of Germany|Bundesrepublik Deutschland',
  ES: 'ESP',
  FR: 'FRA',
  GB: 'UK|U.K.|GBR|Great Britain|Britain|Großbritannien|United Kingdom of Great Britain and Northern Ireland',
  IE: 'Republic of Ireland|Republik Irland',
  IT: 'ITA',
  KR: 'Korea|Republic of Korea|Korea, Republic of',
  MK: 'Macedonia|Mazedonien',
  MM: 'Burma|Birma',
  NL: 'NLD|Holland|The Netherlands',
  RU: 'Russian Federation|Russische Föderation',
  SZ: 'Swaziland|Swasiland',
  TR: 'Turkey',
  US: 'USA|U.S.|U.S.A.|United States of America|Vereinigte Staaten von Amerika',
  VN: 'Viet Nam',
};

const namesIn = (language: string, style: 'long' | 'short' = 'long') =>
  new Intl.DisplayNames(language, { type: 'region', fallback: 'none', style });

const folded = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, '');

/** Their long names say to whom they belong: "Hong Kong SAR China". */
const by_short_name = new Set(['HK', 'MO', 'PS']);

/** What countries are called in a language, by their codes. */
export function countryNamesIn(language: string): (code: string) => string | undefined {
  const [long, short] = [namesIn(language), namesIn(language, 'short')];
  return (code) => (by_short_name.has(code) ? short : long).of(code);
}

function readCountries() {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const english = countryNamesIn('en');
  // Codes that are retired have the name of what came after them.
  const isCurrent = (code: string) => new Intl.Locale(`und-${code}`).maximize().region === code;
  const codes = letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => !no_countries.has(code) && english(code) && isCurrent(code));
  const spellings = new Map<string, string>();
  const add = (text: string | undefined, code: string) => text && !spellings.has(text) && spellings.set(text, code);
  for (const code of codes) add(code, code);
  for (const [code, names] of Object.entries(further)) for (const name of names.split('|')) add(name, code);
  for (const language of languages)
    for (const style of ['long', 'short'] as const) {
      const names = namesIn(language, style);
      for (const code of codes) add(names.of(code), code);
    }
  const byName = new Map<string, string>();
  for (const [text, code] of spellings) if (!byName.has(folded(text))) byName.set(folded(text), code);
  return { codes, spellings, byName, english };
}

/** Read when it is first asked for: it takes a while, and many starts need none of it. */
let known: ReturnType<typeof readCountries> | undefined;
function countries() {
  known ??= readCountries();
  return known;
}

/** The codes of ISO 3166. */
export const countryCodes = (): readonly string[] => countries().codes;

/** All spellings of the countries with the code of each. */
export const countrySpellings = (): ReadonlyMap<string, string> => countries().spellings;

/** The ISO 3166 code of a country by its name, code or abbreviation; undefined for any other text. */
export const countryCodeOf = (text: string): string | undefined => countries().byName.get(folded(text));

/** The one form in which a country is stored, its English name. A text that names none stays as it is. */
export function countryName(text: string): string {
  const code = countryCodeOf(text);
  return (code && countries().english(code)) || text;
}
