import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalEvent, type StoredEvent } from './canonical.ts';

const orNull = (value: fc.Arbitrary<string>) => fc.option(value, { nil: null });
const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('-', '1:-', '0:', '\n', '3:abc\n-', ''),
);

const event: fc.Arbitrary<StoredEvent> = fc.record({
  tenant_id: word,
  seq: word,
  xid: word,
  at: word,
  actor_kind: word,
  actor_id: orNull(word),
  credential_id: orNull(word),
  action: word,
  resource: word,
  record_id: orNull(word),
  fields: orNull(word),
  commitment: orNull(word),
  ip: orNull(word),
  request_id: orNull(word),
  import_id: orNull(word),
  cause: orNull(word),
  depth: word,
  via: orNull(word),
});

test('two events have the same bytes exactly when they say the same', () => {
  fc.assert(
    fc.property(event, event, (a, b) => {
      const same = JSON.stringify(a) === JSON.stringify(b);
      assert.equal(canonicalEvent(a).equals(canonicalEvent(b)), same);
    }),
  );
});

test('every field counts, and text moved from one field to the next is noticed', () => {
  fc.assert(
    fc.property(event, fc.constantFrom(...fields), word, (e, field, other) => {
      fc.pre(e[field] !== other);
      assert.ok(!canonicalEvent({ ...e, [field]: other }).equals(canonicalEvent(e)));
    }),
  );
  const moved = { ...sample, action: 'updatecon', resource: 'tact' };
  assert.ok(!canonicalEvent(moved).equals(canonicalEvent(sample)));
});

const sample: StoredEvent = {
  tenant_id: 't',
  seq: '1',
  xid: '7',
  at: '2026-11-20T07:00:00.000Z',
  actor_kind: 'user',
  actor_id: null,
  credential_id: 'c',
  action: 'update',
  resource: 'contact',
  record_id: 'r',
  fields: 'city,custom',
  commitment: '00ff',
  ip: null,
  request_id: null,
  import_id: null,
  cause: 'job é',
  depth: '1',
  via: null,
};
const fields = Object.keys(sample) as (keyof StoredEvent)[];

test('the bytes are those of the documented form', () => {
  assert.equal(
    canonicalEvent(sample).toString(),
    [
      'holdfast-audit-event-1',
      '1:t',
      '1:1',
      '1:7',
      '24:2026-11-20T07:00:00.000Z',
      '4:user',
      '-',
      '1:c',
      '6:update',
      '7:contact',
      '1:r',
      '11:city,custom',
      '4:00ff',
      '-',
      '-',
      '-',
      '6:job é',
      '1:1',
      '-',
      '',
    ].join('\n'),
  );
});
