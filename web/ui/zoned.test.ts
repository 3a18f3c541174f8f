import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { setFormat } from './format.ts';
import { fromTyped, toTyped } from './zoned.ts';

test('times are typed in the zone of the profile', () => {
  setFormat({ locale: 'en', time_zone: 'Asia/Tokyo' });
  assert.equal(fromTyped('2026-11-20T09:30'), '2026-11-20T00:30:00Z');
  assert.equal(toTyped('2026-11-20T00:30:00.000Z'), '2026-11-20T09:30');
  setFormat({ locale: 'en', time_zone: 'America/New_York' });
  assert.equal(toTyped('2026-07-01T03:59:59.999Z'), '2026-06-30T23:59');
  assert.equal(fromTyped('2026-03-08T02:30'), '2026-03-08T07:30:00Z', 'an hour that does not exist there');
  assert.equal(fromTyped(''), null);
  assert.equal(toTyped(null), '');
});

test('what is no moment is none', () => {
  for (const typed of ['', '20260-12-25T08:00', '2026-13-01T08:00', '2026-12', 'tomorrow'])
    assert.equal(fromTyped(typed), null, typed);
});

test('what is shown and typed again is the same moment, but where an hour comes twice', () => {
  const minutes = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(minutes, fc.constantFrom('Asia/Kathmandu', 'Asia/Tokyo', 'Pacific/Kiritimati', 'UTC'), (date, zone) => {
      setFormat({ locale: 'en', time_zone: zone });
      date.setUTCSeconds(0, 0);
      const typed = fromTyped(toTyped(date.toISOString()));
      assert.equal(Date.parse(typed ?? ''), date.getTime());
    }),
  );
});
