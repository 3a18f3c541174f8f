import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { nextDigestAt } from './digest.ts';

const daily = { digest: 'daily', digest_weekday: 1 } as const;
const next = (after: string, more: object) =>
  nextDigestAt(new Date(after), { ...daily, digest_hour: 8, time_zone: 'Europe/Berlin', ...more }).toISOString();

test('a digest comes at its hour of the day where its person lives, before and after a change of the clocks', () => {
  assert.equal(next('2026-03-27T12:00:00Z', {}), '2026-03-28T07:00:00.000Z');
  assert.equal(next('2026-03-28T12:00:00Z', {}), '2026-03-29T06:00:00.000Z');
  assert.equal(next('2026-10-24T12:00:00Z', {}), '2026-10-25T07:00:00.000Z');
  // At two the clocks go to three; in Santiago midnight itself is skipped.
  assert.equal(next('2026-03-29T00:00:00Z', { digest_hour: 2 }), '2026-03-29T01:00:00.000Z');
  assert.equal(
    next('2026-09-05T12:00:00Z', { digest_hour: 0, time_zone: 'America/Santiago' }),
    '2026-09-06T04:00:00.000Z',
  );
});

test('a weekly digest comes on its day', () => {
  const weekly = { digest: 'weekly', digest_weekday: 1 };
  assert.equal(next('2026-11-20T12:00:00Z', weekly), '2026-11-23T07:00:00.000Z');
  assert.equal(next('2026-11-23T06:59:00Z', weekly), '2026-11-23T07:00:00.000Z');
  assert.equal(next('2026-11-23T07:00:00Z', weekly), '2026-11-30T07:00:00.000Z');
});

test('whatever the zone and the hour, the next one is later, not far, and no earlier than its hour', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
      fc.constantFrom(
        'UTC',
        'Europe/Berlin',
        'America/Santiago',
        'Asia/Kathmandu',
        'Australia/Lord_Howe',
        'Pacific/Apia',
      ),
      fc.nat(23),
      fc.constantFrom('daily' as const, 'weekly' as const),
      fc.integer({ min: 1, max: 7 }),
      (after, time_zone, digest_hour, digest, digest_weekday) => {
        const at = nextDigestAt(after, { time_zone, digest_hour, digest, digest_weekday });
        const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(time_zone);
        assert.ok(
          at > after && at.getTime() - after.getTime() <= (digest === 'weekly' ? 7 : 1) * 86_400_000 + 7_200_000,
        );
        assert.ok(local.hour === digest_hour || local.hour === digest_hour + 1);
        if (digest === 'weekly') assert.equal(local.dayOfWeek, digest_weekday);
      },
    ),
  );
});
