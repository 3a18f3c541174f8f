import type { Operation } from '../fuzz/check.ts';
import type { Schema } from '../fuzz/generate.ts';

/** Below the limit of a request's body, so that its contents count and not its size. */
const body_characters_max = 850_000;
const query_characters_max = 12_000;
const depth_max = 4;

/** What one object of a body may have at most; the rest is for its own properties. */
const map_keys_max = 900;

/**
 * The one dimension in which a body is large. `keys` are more than any object may have, which is refused before
 * contracts are asked; `map` has as many as pass that, in each object of keys that people choose, and no more than its
 * contract takes.
 */
export const dimensions = ['keys', 'map', 'items', 'text [', 'text <b>', 'nesting', 'nested value'] as const;
export type Dimension = (typeof dimensions)[number];

interface Growing {
  dimension: Dimension;
  /** Keys of an object, items of a list, characters of a text. */
  size: number;
  components: Record<string, Schema>;
}

const examples: Record<string, string> = {
  uuid: '0190a0a0-0000-7000-8000-000000000001',
  email: 'ada@large.example',
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  uri: 'https://large.example/',
};

function grown(schema: Schema, growing: Growing, depth = 0): unknown {
  if (schema.$ref) return grown(growing.components[schema.$ref.split('/').at(-1)!]!, growing, depth);
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choice = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choice) return grown(choice.find(({ type }) => type !== 'null') ?? choice[0]!, growing, depth);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object') return object(schema, growing, depth);
  if (type === 'array') {
    if (depth >= depth_max) return [];
    const item = grown(schema.items ?? {}, growing, depth + 1);
    return Array.from({ length: growing.dimension === 'items' ? growing.size : 1 }, () => item);
  }
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  if (type === 'null') return null;
  const text = growing.dimension.startsWith('text ') ? growing.dimension.slice(5) : undefined;
  if (text === undefined) return examples[schema.format ?? ''] ?? 'Ada';
  return schema.format === 'uuid' ? examples.uuid : text.repeat(growing.size / text.length);
}

function object({ properties = {}, additionalProperties, maxProperties }: Schema, growing: Growing, depth: number) {
  const value: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    if (depth < depth_max) value[name] = grown(property, growing, depth + 1);
  }
  const isMap = typeof additionalProperties === 'object';
  const ofMaps = growing.dimension === 'map';
  const isGrown = ofMaps ? isMap : growing.dimension === 'keys' && (isMap || depth === 0);
  const more = isGrown ? Math.min(growing.size, (ofMaps && maxProperties) || growing.size) : Number(isMap);
  // A map of maps is many of one, and not many of many.
  const within = ofMaps ? { ...growing, size: 1 } : growing;
  for (let at = 0; at < more; at++) {
    const name = isMap ? `0190a0a0-0000-7000-8000-${String(at).padStart(12, '0')}` : `unknown_${at}`;
    value[name] = isMap && depth < depth_max ? grown(additionalProperties, within, depth + 1) : 1;
  }
  return value;
}

/** A body that is as large in this dimension as a request may be; undefined where it has none. */
export function largeBody(
  schema: Schema,
  dimension: Dimension,
  components: Record<string, Schema>,
): string | undefined {
  if (dimension === 'nesting') return '{"a":'.repeat(100_000);
  const write = (size: number) => JSON.stringify(grown(schema, { dimension, size, components })) ?? '';
  if (dimension === 'map') return write(map_keys_max) === write(1) ? undefined : write(map_keys_max);
  if (dimension === 'nested value') {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const value = grown(schema, { dimension, size: 1, components });
    const names = typeof value === 'object' && value !== null ? Object.keys(value).slice(0, 5) : [];
    return names.length === 0 ? undefined : `{${names.map((name) => `${JSON.stringify(name)}:${deep}`).join(',')}}`;
  }
  const [small, larger] = [write(10), write(1_010)];
  if (larger.length <= small.length) return undefined;
  return write(10 + Math.floor((body_characters_max * 1_000) / (larger.length - small.length)));
}

/** Addresses that are long by their parameters. */
export function largeAddresses({ parameters }: Operation, path: string): string[] {
  const own = parameters.filter(({ in: where }) => where === 'query').map(({ name }) => name);
  const filter = JSON.stringify({ and: Array.from({ length: 400 }, () => ({ field: 'id', op: 'empty' })) });
  const values: Record<string, string> = {
    filter: filter.slice(0, query_characters_max),
    sort: 'name,'.repeat(query_characters_max / 5),
    sums: 'name,'.repeat(query_characters_max / 5),
    columns: 'name,'.repeat(query_characters_max / 5),
  };
  const costly = own.filter((name) => name in values);
  const others = own.filter((name) => !costly.includes(name));
  const brackets = '%5B'.repeat(query_characters_max / 3 / Math.max(1, others.length));
  return [
    `${path}?${'a=1&'.repeat(query_characters_max / 4)}`,
    ...costly.map((name) => `${path}?${name}=${encodeURIComponent(values[name]!)}`),
    ...(others.length > 0 ? [`${path}?${others.map((name) => `${name}=${brackets}`).join('&')}`] : []),
  ];
}
