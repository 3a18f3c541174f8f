import fc from 'fast-check';
import type { Operation } from './check.ts';
import { broken, fitting, hostileValue, type Schema, type Sources } from './generate.ts';

export interface Request {
  url: string;
  headers: Record<string, string>;
  body: string | Uint8Array<ArrayBuffer> | FormData | undefined;
  /** The value of a JSON body; absent when the body is none. */
  value?: unknown;
}

/** How a request strays from the document: not at all, in its body, in its address, or in how it is written. */
export const kinds = ['fitting', 'body', 'address', 'wire'] as const;
export type Kind = (typeof kinds)[number];

const operators = [
  'eq',
  'ne',
  'lt',
  'lte',
  'gt',
  'gte',
  'in',
  'not_in',
  'contains',
  'starts_with',
  'empty',
  'not_empty',
  'between',
  'any',
  'none',
  'within',
  'has',
];

/** What lists take as text, of fields that the noun has. */
function listParameter(
  name: string,
  fields: readonly string[],
  ids: readonly string[],
): fc.Arbitrary<string> | undefined {
  const field = fc.constantFrom('id', 'name', ...fields);
  switch (name) {
    case 'filter': {
      const value = fc.oneof(
        hostileValue,
        fc.constantFrom<unknown>('Ada', '1.50', 5, true, '2026-01-31', 'today', ['a', 'b'], ...ids.slice(0, 3)),
      );
      const condition = fc.record(
        { field, op: fc.constantFrom(...operators), value },
        { requiredKeys: ['field', 'op'] },
      );
      const group = fc.record({ and: fc.array(condition, { minLength: 1, maxLength: 3 }) });
      return fc
        .oneof(
          condition,
          group,
          fc.record({ or: fc.array(fc.oneof(condition, group), { minLength: 1, maxLength: 2 }) }),
        )
        .map((filter) => JSON.stringify(filter));
    }
    case 'sort':
      return fc
        .array(
          fc.tuple(fc.constantFrom('', '-'), field).map(([sign, one]) => sign + one),
          { minLength: 1, maxLength: 3 },
        )
        .map(String);
    case 'sums':
    case 'columns':
      return fc.array(field, { minLength: 1, maxLength: 3 }).map(String);
    case 'group':
      return fc.tuple(field, fc.constantFrom('', ':day', ':week', ':quarter')).map(([one, by]) => one + by);
    default:
      return undefined;
  }
}

/** The properties of a row that an operation answers, alone or in a list. */
function fieldsOf({ responses }: Operation, components: Record<string, Schema>): string[] {
  const resolve = (schema?: Schema): Schema | undefined =>
    schema?.$ref ? components[schema.$ref.split('/').at(-1)!] : schema;
  const body = resolve(responses['200']?.content?.['application/json']?.schema);
  const row = resolve(body?.properties?.data?.items) ?? body;
  return Object.keys(row?.properties ?? {});
}

const hostileText = hostileValue.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));

function addressOf(operation: Operation, sources: Sources, strays: boolean): fc.Arbitrary<string> {
  const ids = sources.idsFor('id');
  const path = operation.path.split('/').map((segment) => {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (!name) return fc.constant(segment);
    const schema = operation.parameters.find((one) => one.in === 'path' && one.name === name)?.schema ?? {};
    const good = fitting(schema, sources, name).map((value) => encodeURIComponent(wellFormed(String(value))));
    return strays
      ? fc.oneof(
          good,
          hostileText.map((text) => encodeURIComponent(wellFormed(text)).slice(0, 900) || 'x'),
        )
      : good;
  });
  const query = operation.parameters.filter((one) => one.in === 'query');
  const fields = fieldsOf(operation, sources.components);
  const values = query.map(({ name, schema }) => {
    const good =
      listParameter(name, fields, ids) ?? fitting(schema, sources, name).map((value) => wellFormed(String(value)));
    return strays
      ? fc.oneof(
          good,
          hostileText.map((text) => wellFormed(text).slice(0, 3_000)),
        )
      : good;
  });
  const optional = query.flatMap(({ required }, i) => (required ? [] : i));
  const chosen = fc.subarray(optional, { maxLength: Math.min(optional.length, 3) });
  const extra = strays ? fc.constantFrom('', '', 'unknown=1', 'limit=1&limit=2', '%00=%00', '&&=') : fc.constant('');
  return fc.tuple(fc.tuple(...path), fc.tuple(...values), chosen, extra).map(([segments, all, taken, more]) => {
    const pairs = query.flatMap(({ name, required }, i) =>
      required || taken.includes(i) ? `${name}=${encodeURIComponent(all[i] as string)}` : [],
    );
    const search = [...pairs, more].filter(Boolean).join('&');
    return segments.join('/') + (search && `?${search}`);
  });
}

const wellFormed = (text: string): string => text.toWellFormed();

const headerValues: Record<string, fc.Arbitrary<string>> = {
  'if-match': fc.constantFrom('"1"', '*', '"9999999999"', 'W/"1"', 'x', '""'),
  'idempotency-key': fc.constantFrom('same', 'x'.repeat(300), ' ', '"quoted"'),
  'if-none-match': fc.constantFrom('"x"', '*', 'x,,"'),
  range: fc.constantFrom(
    'bytes=0-0',
    'bytes=5-1',
    'bytes=-1',
    'bytes=99999999999999999999-',
    'pages=1',
    'bytes=0-1,3-4',
  ),
  accept: fc.constantFrom('text/html', 'nonsense', 'application/xml'),
  'accept-language': fc.constantFrom('de', 'x'.repeat(500), '*;q=2'),
  'last-event-id': fc.constantFrom('1-1-1', '99999999999999999999-1-1', 'x'),
};

const strayHeaders: fc.Arbitrary<Record<string, string>> = fc
  .subarray(Object.keys(headerValues), { maxLength: 2 })
  .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, headerValues[name]!]))));

const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part as string))));

/** Bodies that are no JSON, or no such type, or cut short. */
const wire: fc.Arbitrary<Pick<Request, 'headers' | 'body'>> = fc.oneof(
  fc
    .constantFrom('{', '', '[', '{"a":1,"a":2}', 'null', '"text"', '1e999', '[[[[', '{"a":"\\ud800"}')
    .map((body) => ({ headers: { 'content-type': 'application/json' }, body })),
  fc.constant({ headers: { 'content-type': 'application/json' }, body: bytes('{"name":"', [0xc3, 0x28], '"}') }),
  fc
    .constantFrom(
      'text/plain',
      'application/xml',
      'application/json; charset=utf-16',
      'multipart/form-data',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'x',
      'application/json;',
    )
    .map((type) => ({ headers: { 'content-type': type }, body: '{"name":"a"}' })),
);

const files: fc.Arbitrary<FormData> = fc
  .tuple(
    fc.constantFrom('a.csv', 'b.vcf', 'c.xlsx', '../d.csv', 'e', 'x'.repeat(300)),
    fc.constantFrom(
      'Name,Email\nAda,ada@fuzz.example\n',
      '',
      'BEGIN:VCARD\nFN:Ada\nEND:VCARD\n',
      '\u0000\u0001',
      '"',
      'PK\u0003\u0004',
    ),
  )
  .map(([name, content]) => {
    const form = new FormData();
    form.append('file', new File([content], name));
    return form;
  });

/** Requests of one kind to an operation. */
export function requests(operation: Operation, kind: Kind, sources: Sources): fc.Arbitrary<Request> {
  const address = addressOf(operation, sources, kind === 'address');
  const headers = kind === 'fitting' || kind === 'body' ? fc.constant({}) : strayHeaders;
  if (operation.uploads && kind !== 'wire')
    return fc.tuple(address, headers, files).map(([url, own, body]) => ({ url, headers: own, body }));
  if (kind === 'wire' && operation.method !== 'GET')
    return fc
      .tuple(address, headers, wire)
      .map(([url, own, sent]) => ({ url, headers: { ...own, ...sent.headers }, body: sent.body }));
  if (!operation.body) return fc.tuple(address, headers).map(([url, own]) => ({ url, headers: own, body: undefined }));
  const good = fitting(operation.body, sources);
  const value = kind === 'body' ? good.chain(broken) : good;
  return fc.tuple(address, headers, value).map(([url, own, one]) => ({
    url,
    headers: { 'content-type': 'application/json', ...own },
    body: JSON.stringify(one),
    value: one,
  }));
}
