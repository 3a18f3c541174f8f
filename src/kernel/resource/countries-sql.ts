import { countryName, countrySpellings } from '../contract/country.ts';

const line_characters_max = 130;

/** `db/routines/countries.sql`: texts from before countries were one list are read as they would be stored now. */
export function countriesSql(): string {
  const spellings = new Map([...countrySpellings().keys()].map((text) => [text.toLowerCase(), countryName(text)]));
  const entries = [...spellings].map(([text, name]) => `${JSON.stringify(text)}:${JSON.stringify(name)}`);
  const lines: string[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + entry.length < line_characters_max)
      lines[lines.length - 1] = `${last},${entry}`;
    else lines.push(entry);
  }
  return `-- Made from the names of countries (src/kernel/contract/country.ts) by "npm run generate".

-- The English name of a country by any of its names and codes; any other text as it is.
create or replace function app.country_name(country text) returns text language sql immutable parallel safe as $$
  select coalesce('{
${lines.join(',\n').replaceAll("'", "''")}}'::jsonb ->> lower(btrim(country)), country)
$$;
`;
}
