import pg from 'pg';

const { builtins } = pg.types;
const text_array = 1009 as typeof builtins.TEXT;
const json_array = 199 as typeof builtins.TEXT;
/** Most arrays of a list are empty. */
const orEmpty = (parse: (value: string) => unknown) => (value: string) => (value === '{}' ? [] : parse(value));
const asText = (value: string) => value;

/** How values of the database become values of the API. A page of a list has thousands of them. */
export const columnTypes = new pg.TypeOverrides();
columnTypes.setTypeParser(builtins.TIMESTAMPTZ, isoTime);
for (const type of [text_array, json_array]) columnTypes.setTypeParser(type, orEmpty(pg.types.getTypeParser(type)));
columnTypes.setTypeParser(builtins.DATE, asText);
columnTypes.setTypeParser(builtins.NUMERIC, asText);
columnTypes.setTypeParser(builtins.INT8, asText);

/** `2026-11-20 07:00:00.12+00` as `2026-11-20T07:00:00.120Z`; what is written otherwise takes the long way over Date. */
export function isoTime(value: string): string {
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?\+00$/.test(value)) return new Date(value).toISOString();
  const fraction = value.slice(19, -3) || '.';
  return `${value.slice(0, 10)}T${value.slice(11, 19)}${fraction.padEnd(4, '0')}Z`;
}
