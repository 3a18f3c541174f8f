import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isoTime } from './column-types.ts';

test('a time of the database is the same moment in the API, in milliseconds', () => {
  const moments = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(moments, (moment) => {
      const iso = moment.toISOString();
      const written = iso.replace('T', ' ').replace(/\.?0*Z$/, '+00');
      assert.equal(isoTime(written), iso);
    }),
  );
});

test('other zones and finer fractions are understood too', () => {
  assert.equal(isoTime('2026-11-20 08:30:00+01'), '2026-11-20T07:30:00.000Z');
  assert.equal(isoTime('2026-11-20 07:00:00.123456+00'), '2026-11-20T07:00:00.123Z');
  assert.throws(() => isoTime('infinity'), RangeError);
});
