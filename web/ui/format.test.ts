import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  currencySign,
  daysFromToday,
  digitsBetween,
  formatBirthday,
  formatMoney,
  formatRelative,
  setFormat,
  today,
} from './format.ts';

const noon = Date.parse('2026-11-20T12:00:00Z');

test('amounts keep every digit of their decimal string', () => {
  setFormat({ locale: 'en', time_zone: 'UTC' });
  assert.equal(formatMoney('900719925474099312.07', 'USD'), '$900,719,925,474,099,312.07');
  assert.equal(formatMoney('1054.00', 'USD'), '$1,054');
  assert.equal(formatMoney('1054', 'USD', { aligned: true }), '$1,054.00');
  assert.equal(formatMoney('1054', 'JPY', { aligned: true }), '¥1,054');
  // As many decimals as the currency has, not as many as there are coins.
  assert.equal(formatMoney('1.234', 'KWD').replace(/\s/g, ' '), 'KWD 1.234');
  assert.equal(formatMoney('1.234', 'IQD').replace(/\s/g, ' '), 'IQD 1.234');
  assert.equal(formatMoney('12.50', 'HUF').replace(/\s/g, ' '), 'HUF 12.50');
  assert.equal(formatMoney('-3.50', 'EUR'), '-€3.50');
});

test('what the server has yet to refuse is shown as it was typed', () => {
  setFormat({ locale: 'en', time_zone: 'UTC' });
  assert.equal(formatMoney('1054.50', '€'), '1,054.5 €');
  assert.equal(formatMoney('129179.80', 'EURO', { compact: true }), '129.2K EURO');
  assert.equal(formatMoney('7', 'eur'), '€7');
  assert.equal(currencySign('EURO'), undefined);
  for (const day of ['1990-04-00', '--00-05', '--02-31', '90-04-30']) assert.equal(formatBirthday(day), day);
  assert.equal(formatBirthday('1990-04-30'), 'April 30, 1990');
  assert.equal(formatBirthday('--02-29'), 'February 29');
});

test('times are told from now, and by their date when they are far away', () => {
  setFormat({ locale: 'en', time_zone: 'UTC' });
  assert.equal(formatRelative('2026-11-20T11:59:40Z', noon), 'just now');
  assert.equal(formatRelative('2026-11-20T11:55:00Z', noon), '5 minutes ago');
  assert.equal(formatRelative('2026-11-23T12:00:00Z', noon), 'in 3 days');
  assert.equal(formatRelative('2026-08-01T12:00:00Z', noon), 'Aug 1, 2026');
});

test('days are told by the calendar of the reader, not by 24 hours each', () => {
  setFormat({ locale: 'en', time_zone: 'Europe/Berlin' });
  const wednesday = Date.parse('2026-11-18T22:00:00+01:00');
  assert.equal(formatRelative('2026-11-19T21:00:00+01:00', wednesday), 'in 23 hours');
  assert.equal(formatRelative('2026-11-19T23:00:00+01:00', wednesday), 'tomorrow');
  assert.equal(formatRelative('2026-11-20T09:00:00+01:00', wednesday), 'in 2 days');
  assert.equal(formatRelative('2026-11-17T09:00:00+01:00', wednesday), 'yesterday');
  assert.equal(formatRelative('2026-11-16T23:00:00+01:00', wednesday), '2 days ago');
  assert.equal(formatRelative('2026-12-01T23:59:00+01:00', wednesday), 'in 13 days');
  assert.equal(formatRelative('2026-12-02T00:01:00+01:00', wednesday), 'Dec 2, 2026');
});

test('a day is the one on the calendar of the person', () => {
  const late = Date.parse('2026-11-20T23:30:00Z');
  setFormat({ locale: 'en', time_zone: 'Asia/Tokyo' });
  assert.equal(today(late), '2026-11-21');
  assert.equal(daysFromToday('2026-11-21', late), 0);
  assert.equal(daysFromToday('2026-11-20T23:50:00Z', late), 0);
  setFormat({ locale: 'en', time_zone: 'America/New_York' });
  assert.equal(daysFromToday('2026-11-21', late), 1);
});

test('a locale or zone that nobody knows falls back instead of failing', () => {
  setFormat({ locale: 'not a locale', time_zone: 'Atlantis/City' });
  assert.match(formatMoney('1', 'USD'), /1/);
  assert.match(today(noon), /^\d{4}-\d{2}-\d{2}$/);
});

test('large amounts are abbreviated as the language does', () => {
  setFormat({ locale: 'en', time_zone: 'UTC' });
  assert.equal(formatMoney('129179.80', 'EUR', { compact: true }), '€129.2K');
  setFormat({ locale: 'de', time_zone: 'UTC' });
  assert.equal(formatMoney('129179.80', 'EUR', { compact: true }), '129.180\u00a0€');
  assert.equal(formatMoney('1740000', 'EUR', { compact: true }), '1,7\u00a0Mio.\u00a0€');
});

test('the marks of an axis differ, however narrow its range', () => {
  setFormat({ locale: 'en', time_zone: 'UTC' });
  const marks = (from: number, to: number) => {
    const digits = digitsBetween([from, to]);
    return [0, 1, 2, 3, 4].map((at) =>
      formatMoney(String(from + ((to - from) / 4) * at), 'USD', { compact: true, digits }),
    );
  };
  for (const [from, to] of [
    [930_000, 1_110_000],
    [1_050_000, 1_110_000],
    [0, 5_000_000],
    [12_000, 12_900],
  ] as const)
    assert.equal(new Set(marks(from, to)).size, 5, marks(from, to).join());
  assert.equal(digitsBetween([0, 5_000_000]), 1);
  assert.equal(digitsBetween([7, 7]), 1);
  assert.equal(digitsBetween([]), 1);
});
