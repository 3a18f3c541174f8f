import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordRights } from '../access/rights.ts';
import { requiredReference, requiredSelect, requiredText, text } from '../contract/fields.ts';
import { defineResource } from '../contract/resource.ts';
import type { RecordType } from './record-type.ts';
import { byReferences, registerRecordTypes } from './registry.ts';

type Options = Partial<Parameters<typeof defineResource>[0]>;

/** A record type of its own name, with a right of that name. */
function declared(name: string, options: Options = {}, more: Partial<RecordType> = {}): RecordType {
  const fields = { name: requiredText(100, { title: 'Name' }) };
  const named = { name, plural: `${name}s`, table: name, title: name, defaultSort: 'name', fields };
  return { resource: defineResource({ ...named, ...options }), right: { roles: recordRights }, ...more };
}

/** What every contract of the process would otherwise be compared by, or merged with. */
const changed = (type: RecordType, options: Options): RecordType => ({
  ...type,
  resource: { ...type.resource, ...options } as RecordType['resource'],
});

const title = 'Other';
const lifting: Options = {
  fields: { state: requiredSelect(['down', 'up'], { title, readOnly: true }) },
  states: {
    field: 'state',
    initial: 'down',
    transitions: [{ name: 'raise', title, from: ['down'], to: 'up', right: { resource: 'crane', action: 'update' } }],
  },
};
const refused: [string, () => RecordType[], RegExp][] = [
  ['a name of two', () => [declared('boat'), declared('boat')], /name "boat" belongs to two record types/],
  [
    'an address of two',
    () => [declared('cart'), declared('kart', { plural: 'carts' })],
    /plural "carts" belongs to two/,
  ],
  ['a table of two', () => [declared('ship'), declared('ferry', { table: 'ship' })], /table "ship" belongs to two/],
  ['a reserved name', () => [declared('field')], /called "field": the word is reserved/],
  ['a reserved address', () => [declared('bin', { plural: 'trash' })], /called "trash": the word is reserved/],
  [
    'a reserved field',
    () => [declared('tram', { fields: { version: text(9, { title }) } })],
    /cannot have a field "version"/,
  ],
  ['a right declared twice', () => [declared('kite')], /right "kite" is declared twice/],
  [
    'a right of outsiders to all rows',
    () => [declared('quay', {}, { right: { outside: ['read'] } })],
    /"quay" has "outside", but its rows have neither/,
  ],
  [
    'a right of nobody',
    () => [declared('sled', { right: 'sledge' }, { right: undefined as never })],
    /"sledge", which nothing declares/,
  ],
  [
    'a key that is no text',
    () => [changed(declared('raft'), { duplicateKeys: ['length'] })],
    /raft cannot be compared by "length"/,
  ],
  [
    'merging without a trash',
    () => [changed(declared('dinghy'), { merges: true })],
    /dinghy cannot be merged without a trash/,
  ],
  [
    'a step under a right of nobody',
    () => [declared('lift', lifting)],
    /"raise" of lift needs the right "crane", which nothing declares/,
  ],
  [
    'a reference to nothing',
    () => [declared('van', { fields: { garage_id: requiredReference('garage', { title }) } })],
    /van.garage_id refers to the table "garage"/,
  ],
  [
    'a circle of references that must be given',
    () => [
      declared('hen', { fields: { egg_id: requiredReference('egg', { title }) } }),
      declared('egg', { fields: { hen_id: requiredReference('hen', { title }) } }),
    ],
    /each needs another first: hen -> egg -> hen/,
  ],
];

for (const [what, types, message] of refused)
  test(`refused before anything starts: ${what}`, () =>
    assert.throws(() => registerRecordTypes(types(), [{ name: 'kite' as never }]), { message }));

test('what others refer to comes first, also where an optional reference leads back', () => {
  const [wheel, car] = [
    declared('wheel', { fields: { car_id: requiredReference('car', { title }) } }),
    declared('car', { fields: { spare_id: requiredReference('wheel', { title, required: false }) } }),
  ];
  const ordered = byReferences([wheel.resource, car.resource]).map(({ name }) => name);
  assert.deepEqual(ordered, ['car', 'wheel']);
});
