import ICAL from 'ical.js';
import type { Temporal } from 'temporal-polyfill';

// A line has 75 bytes at most, with the space that a folded one begins with.
ICAL.foldLength = 74;

/** Calendars as jCal (RFC 7265), which ical.js writes, folds and escapes. */
export type Property = [name: string, parameters: Record<string, string>, type: string, value: unknown];
export type Part = [name: string, properties: Property[], parts: Part[]];

/**
 * Only line feeds are escaped: a carriage return would end the line, and other control characters may not stand in a
 * calendar.
 */
export const text = (name: string, value: string): Property => [
  name,
  {},
  'text',
  value.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]/gu, ' '),
];

/** A moment in UTC. */
export const moment = (name: string, at: string): Property => [
  name,
  {},
  'date-time',
  `${new Date(at).toISOString().slice(0, 19)}Z`,
];

export const day = (name: string, date: Temporal.PlainDate): Property => [name, {}, 'date', date.toString()];

/** A time by the clock of its zone, which the calendar describes. */
export const zoned = (name: string, at: Temporal.ZonedDateTime): Property => [
  name,
  { tzid: at.timeZoneId },
  'date-time',
  at.toPlainDateTime().toString({ smallestUnit: 'second' }),
];

export const recurrence = (rule: string): Property => ['rrule', {}, 'recur', ICAL.Recur.fromString(rule).toJSON()];

export function writeParts(part: Part): string {
  return `${ICAL.stringify(part as unknown as Parameters<typeof ICAL.stringify>[0])}\r\n`;
}
