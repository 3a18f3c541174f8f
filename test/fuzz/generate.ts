import fc from 'fast-check';

export interface Schema {
  [key: string]: unknown;
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  maxProperties?: number;
  items?: Schema;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  maxItems?: number;
}

export interface Sources {
  components: Record<string, Schema>;
  /** Ids that a property of this name may hold: the caller's own, the other tenant's, nobody's. */
  idsFor: (property: string) => readonly string[];
}

const depth_max = 5;
const items_max = 3;

/** What programs send by mistake or on purpose. */
const hostile: readonly unknown[] = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  'ａ\u202e𝒳',
  'x'.repeat(10_000),
  "' or 1=1 --",
  '%',
  '../../etc/passwd',
  '{{7*7}}',
  'NaN',
  'Infinity',
  '-infinity',
  '9'.repeat(400),
  '1e400',
  '0001-01-01',
  '2024-02-30',
  '9999-12-31T23:59:59Z',
  '+275760-09-13T00:00:00Z',
  '00000000-0000-0000-0000-000000000000',
  0,
  -1,
  1.5,
  1e308,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  true,
  null,
  [],
  {},
  [[]],
  [null],
  { a: { b: {} } },
  { $ne: null },
  { toString: 1 },
  [{}],
];

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.jsonValue({ maxDepth: 2 }),
);

const examples: Record<string, fc.Arbitrary<string>> = {
  uuid: fc.uuid(),
  email: fc.integer({ min: 1, max: 9999 }).map((n) => `person${n}@fuzz.example`),
  date: fc.constantFrom('2026-01-31', '1900-01-01', '2024-02-29', '0001-01-01', '9999-12-31'),
  'date-time': fc.constantFrom(
    '2026-01-31T12:00:00Z',
    '2026-06-30T23:59:59.999+14:00',
    '1970-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ),
  uri: fc.constantFrom('https://fuzz.example/a?b=c', 'http://[::1]/'),
};

function text(schema: Schema, property: string, sources: Sources): fc.Arbitrary<unknown> {
  const { format = '', pattern, minLength = 0, maxLength = 200 } = schema;
  const ids = sources.idsFor(property);
  if (format === 'uuid') return ids.length > 0 ? fc.constantFrom(...ids) : fc.uuid();
  if (examples[format]) return examples[format];
  if (pattern) {
    try {
      return fc.stringMatching(new RegExp(pattern));
    } catch {
      return fc.constantFrom('USD', '1.50', '2026-01', '12:00', 'key_1', '2026-01-31');
    }
  }
  const most = Math.max(minLength, Math.min(maxLength, 5_000));
  const words = fc.constantFrom(
    'Ada',
    'name',
    '-created_at',
    'contact',
    'Grüße 花子',
    '1.50',
    'USD',
    'en',
    'UTC',
    '#3366ff',
  );
  const edges = fc.constantFrom('x'.repeat(minLength), 'ß'.repeat(most));
  const any = fc.string({ unit: 'grapheme', minLength, maxLength: Math.max(minLength, Math.min(most, 30)) });
  return fc.oneof({ weight: 4, arbitrary: words }, { weight: 1, arbitrary: edges }, { weight: 2, arbitrary: any });
}

function number({ minimum, exclusiveMinimum, maximum, type }: Schema): fc.Arbitrary<number> {
  const least = minimum ?? (exclusiveMinimum === undefined ? 0 : exclusiveMinimum + 1);
  const most = maximum ?? Math.max(least, 1_000);
  if (type === 'number') return fc.constantFrom(least, most, (least + most) / 2);
  return fc.oneof(fc.constantFrom(least, most), fc.integer({ min: Math.ceil(least), max: Math.floor(most) }));
}

/** Values that fit a schema, as far as a schema says; its bounds more often than what lies between. */
export function fitting(schema: Schema, sources: Sources, property = '', depth = 0): fc.Arbitrary<unknown> {
  if (schema.$ref) return fitting(sources.components[schema.$ref.split('/').at(-1)!]!, sources, property, depth);
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    // Of what refers to itself, the first choice ends soonest.
    const taken = depth >= depth_max ? choices.slice(0, 1) : choices;
    return fc.oneof(...taken.map((choice) => fitting(choice, sources, property, depth + 1)));
  }
  if (schema.allOf) return fitting(schema.allOf[0]!, sources, property, depth + 1);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object') return object(schema, sources, depth);
  if (type === 'array') {
    const { items = {}, minItems = 0, maxItems = items_max } = schema;
    const maxLength = depth >= depth_max ? minItems : Math.max(minItems, Math.min(maxItems, items_max));
    return fc.array(fitting(items, sources, property, depth + 1), { minLength: minItems, maxLength });
  }
  if (type === 'integer' || type === 'number') return number({ ...schema, type });
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  return type === 'string' ? text(schema, property, sources) : fc.jsonValue({ maxDepth: 1 });
}

function object(schema: Schema, sources: Sources, depth: number): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  if (Object.keys(properties).length === 0 && typeof additionalProperties === 'object')
    return fc.dictionary(
      fc.constantFrom('a', 'name', 'contact'),
      fitting(additionalProperties, sources, '', depth + 1),
      { maxKeys: 2 },
    );
  const shown = Object.entries(properties).filter(([name]) => depth < depth_max || required.includes(name));
  const values = Object.fromEntries(shown.map(([name, one]) => [name, fitting(one, sources, name, depth + 1)]));
  // Few at a time: where one of many is refused, nothing behind the contract is reached.
  return fc.record(values, { requiredKeys: required.filter((name) => name in values) }).chain((whole) => {
    const spare = Object.keys(whole).filter((name) => !required.includes(name));
    return fc
      .subarray(spare, { maxLength: Math.min(3, spare.length) })
      .map((kept) => pick(whole, [...required, ...kept]));
  });
}

const pick = (whole: Record<string, unknown>, names: readonly string[]) =>
  Object.fromEntries(names.filter((name) => name in whole).map((name) => [name, whole[name]]));

/** The value with one part of it replaced, taken out, or added. */
export function broken(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return hostileValue;
  const names = Object.keys(value);
  const added = fc.tuple(fc.constantFrom('tenant_id', 'id', 'version', '__proto__', 'unknown'), hostileValue);
  const more = added.map(([name, one]) => ({ ...value, [name]: one }));
  if (names.length === 0) return fc.oneof(more, hostileValue);
  const name = fc.constantFrom(...names);
  return fc.oneof(
    { weight: 1, arbitrary: hostileValue },
    { weight: 2, arbitrary: more },
    {
      weight: 2,
      arbitrary: name.map((gone) =>
        pick(
          value as Record<string, unknown>,
          names.filter((one) => one !== gone),
        ),
      ),
    },
    { weight: 8, arbitrary: fc.tuple(name, hostileValue).map(([one, other]) => ({ ...value, [one]: other })) },
  );
}
