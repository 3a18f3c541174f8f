import { z } from 'zod';

const earliest = Date.parse('0001-01-01T00:00:00Z');
const latest = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Whether the year in UTC has the four digits that requests and responses write it in, and PostgreSQL writes no "BC"
 * behind it.
 */
export function isTimeInRange(text: string): boolean {
  const time = Date.parse(text);
  return time >= earliest && time <= latest;
}

/** Whether the offset is one that PostgreSQL takes. */
const hasKnownOffset = (text: string): boolean => !/[-+](1[6-9]|2\d):\d\d$/.test(text);

/** A time with its offset, as requests have it. */
export const timeText = () =>
  z.iso
    .datetime({ offset: true, error: 'Write a time such as 2026-11-20T07:00:00Z', abort: true })
    .max(64)
    .refine(hasKnownOffset, { error: 'Write an offset from UTC of at most 15:59' })
    .refine(isTimeInRange, { error: 'Write a time between the years 1 and 9999' });

/** A date, such as 2026-11-20. There is no year 0: PostgreSQL refuses it. */
export const dateText = () =>
  z.iso
    .date({ error: 'Write a date that exists, such as 2026-11-20', abort: true })
    .refine((text) => text >= '0001-01-01', { error: 'Write a date between the years 1 and 9999' });
