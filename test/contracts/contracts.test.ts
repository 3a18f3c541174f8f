import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { filterJson, record, shaped, sized } from '../../src/kernel/contract/bounds.ts';
import { unboundedIn } from './unbounded.ts';

// Made from the contracts of all routes, which test/generated.test.ts holds it to.
const document = JSON.parse(readFileSync(new URL('../../generated/openapi.json', import.meta.url), 'utf8'));

test('each string, list and map of each request has a maximum', () => {
  assert.deepEqual(unboundedIn(document), []);
});

test('a contract without a maximum is found, wherever it stands', () => {
  const found = (body: z.ZodType) => {
    const { $defs, ...schema } = z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }) as unknown as {
      $defs?: Record<string, never>;
    };
    const content = {
      'application/json': {
        schema: JSON.parse(JSON.stringify(schema).replaceAll('#/$defs/', '#/components/schemas/')),
      },
    };
    const paths = { '/x': { post: { parameters: [], requestBody: { content } } } };
    return unboundedIn({ paths, components: { schemas: $defs ?? {} } });
  };
  const named = z.strictObject({ text: z.string() }).meta({ id: 'Named' });
  const each: [z.ZodType, string][] = [
    [z.strictObject({ text: z.string().nullable().optional() }), '.text: no maxLength'],
    [z.strictObject({ list: z.array(z.uuid()) }), '.list: no maxItems'],
    [z.array(z.strictObject({ text: z.string() })).max(2), '[].text: no maxLength'],
    [z.record(z.string().max(1), z.boolean()), ': no maxProperties'],
    [record(z.string(), z.boolean(), 2), '.{key}: no maxLength'],
    [record(z.string().max(1), z.string(), 2), '.{value}: no maxLength'],
    [z.strictObject({ any: z.unknown() }), '.any: a value of any form'],
    [z.looseObject({}), ': no maxProperties'],
    [z.union([z.uuid(), z.strictObject({ text: z.string() })]), '.text: no maxLength'],
    [z.strictObject({ named }), '.named.text: no maxLength'],
    [z.strictObject({ time: z.iso.datetime() }), '.time: no maxLength'],
  ];
  for (const [schema, expected] of each) assert.equal(found(schema)[0], `POST /x body${expected}`);
  const bounded = z.strictObject({
    id: z.uuid(),
    day: z.iso.date(),
    kind: z.enum(['a']),
    size: z.int(),
    text: z.string().max(2),
    code: shaped(/^[A-Z]{3}$/, 3),
    map: record(z.string().max(1), z.boolean(), 2),
    of_known: z.partialRecord(z.enum(['a']), z.boolean()),
    filter: filterJson(),
    any: sized(z.unknown(), { characters: 2, depth: 1 }),
  });
  assert.deepEqual(found(bounded), []);
});

test('a contract that holds itself has no depth', () => {
  const tree = { $ref: '#/components/schemas/Tree' };
  const Tree = { type: 'object', properties: { parts: { type: 'array', maxItems: 2, items: tree } } };
  const post = { parameters: [], requestBody: { content: { 'application/json': { schema: tree } } } };
  const found = unboundedIn({ paths: { '/x': { post } }, components: { schemas: { Tree } } });
  assert.deepEqual(found, ['POST /x body.parts[]: Tree holds itself, as deep as one likes']);
});

test('maxima that Zod does not have hold', () => {
  const fits = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;
  const map = record(z.string().max(9), z.int(), 2);
  assert.deepEqual([fits(map, { a: 1, b: 2 }), fits(map, { a: 1, b: 2, c: 3 })], [true, false]);
  const any = sized(z.unknown(), { characters: 20, depth: 2 });
  for (const value of [null, 1, 'x'.repeat(20), [[1]], { a: { b: 1 } }]) assert.ok(fits(any, value));
  for (const value of ['x'.repeat(21), [[[]]], { a: { b: {} } }, [1_000_000, 1_000_000, 1_000]])
    assert.ok(!fits(any, value));
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { and: [deep(levels - 1)] });
  assert.deepEqual([fits(filterJson(), deep(8)), fits(filterJson(), deep(15))], [true, false]);
});
