import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalEvent, canonicalJson, type StoredEvent } from './canonical.ts';

const orNull = (value: fc.Arbitrary<string>) => fc.option(value, { nil: null });
const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('-', '1:-', '0:', '\n', '3:abc\n-', ''),
);
const json = fc.json({ maxDepth: 3 });

const event: fc.Arbitrary<StoredEvent> = fc.record({
  tenant_id: word,
  seq: word,
  xid: word,
  at: word,
  actor_kind: word,
  actor_id: orNull(word),
  action: word,
  resource: word,
  record_id: orNull(word),
  before: orNull(json),
  after: orNull(json),
  ip: orNull(word),
  request_id: orNull(word),
  import_id: orNull(word),
});

const withCanonicalJson = (e: StoredEvent): StoredEvent => ({
  ...e,
  before: canonicalJson(e.before),
  after: canonicalJson(e.after),
});

test('two events have the same bytes exactly when they say the same', () => {
  fc.assert(
    fc.property(event, event, (a, b) => {
      const same = JSON.stringify(withCanonicalJson(a)) === JSON.stringify(withCanonicalJson(b));
      assert.equal(canonicalEvent(a).equals(canonicalEvent(b)), same);
      assert.ok(canonicalEvent(a).equals(canonicalEvent(withCanonicalJson(a))));
    }),
  );
});

test('every field counts, and text moved from one field to the next is noticed', () => {
  fc.assert(
    fc.property(event, fc.constantFrom(...fields), word, (e, field, other) => {
      const value = field === 'before' || field === 'after' ? JSON.stringify(other) : other;
      fc.pre(withCanonicalJson(e)[field] !== value);
      assert.ok(!canonicalEvent({ ...e, [field]: value }).equals(canonicalEvent(e)));
    }),
  );
  const moved = { ...sample, action: 'updatecon', resource: 'tact' };
  assert.ok(!canonicalEvent(moved).equals(canonicalEvent(sample)));
});

const sample: StoredEvent = {
  tenant_id: 't', seq: '1', xid: '7', at: '2026-11-20T07:00:00.000Z', actor_kind: 'user', actor_id: null, action: 'update',
  resource: 'contact', record_id: 'r', before: '{"b": 1.50, "a": [12345678901234567890]}', after: '{"a":"é"}', ip: null, request_id: null, import_id: null,
}; // biome-ignore format: an event on few lines
const fields = Object.keys(sample) as (keyof StoredEvent)[];

test('the bytes are those of the documented form', () => {
  assert.equal(
    canonicalEvent(sample).toString(),
    [
      'holdfast-audit-event-1', '1:t', '1:1', '1:7', '24:2026-11-20T07:00:00.000Z', '4:user', '-', '6:update', '7:contact', '1:r', '-', '-', '-',
      '37:{"a":[12345678901234567890],"b":1.50}', '10:{"a":"é"}', '',
    ].join('\n'),
  ); // biome-ignore format: a line each
});

test('the order of keys and the spaces of JSON do not matter, its values do', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, member]) => [key, shuffled(member)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      const text = JSON.stringify(value);
      const canonical = canonicalJson(text)!;
      assert.equal(canonicalJson(JSON.stringify(shuffled(value), null, 2)), canonical);
      assert.deepEqual(JSON.parse(canonical), JSON.parse(text));
      assert.equal(canonicalJson(canonical), canonical);
    }),
  );
  assert.equal(canonicalJson('{"10": 1, "9": 1.0, "__proto__": null}'), '{"10":1,"9":1.0,"__proto__":null}');
});
