import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Temporal } from 'temporal-polyfill';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { TaskForm } from './contract.ts';
import { meetingParts, taskParts } from './entries.ts';
import { type Part, text, writeParts } from './jcal.ts';
import { dueTasks, meetings, readZoneAndTitle } from './queries.ts';
import { zonePart } from './zone.ts';

const days_back = 90;
const days_ahead = 366;
const entries_max = 1000;
/** Clients know the zones themselves; for those that do not, so far ahead. */
const zone_years_ahead = 10;

export interface Feed {
  body: string;
  etag: string;
}

/** What the person sees of tasks and meetings at this moment, as a calendar. */
export async function writeFeed(ctx: Context, form: TaskForm, host: string): Promise<Feed> {
  const now = Temporal.Now.instant();
  const from = now.subtract({ hours: 24 * days_back });
  const to = now.add({ hours: 24 * days_ahead });
  const period = { from: from.toString(), to: to.toString() };
  const [{ zone, title }, tasks, met] = await Promise.all([
    readZoneAndTitle(ctx),
    dueTasks(ctx, period, entries_max),
    meetings(ctx, period, entries_max),
  ]);
  const entries = meetingParts(met, host);
  for (const task of tasks) {
    entries.push(...taskParts(task, form, zone, host, now));
    // Odd rules take some milliseconds each: others have their turn in between.
    if (task.recurrence) await setImmediate();
  }
  const repeats = tasks.some(({ recurrence }) => recurrence !== null);
  const zoneEnd = now.add({ hours: 24 * 366 * zone_years_ahead });
  const calendar: Part = [
    'vcalendar',
    [
      text('version', '2.0'),
      text('prodid', '-//Holdfast//Tasks and meetings//EN'),
      text('calscale', 'GREGORIAN'),
      text('x-wr-calname', title),
      ['refresh-interval', {}, 'duration', 'PT1H'],
    ],
    [...(repeats ? [zonePart(zone, from, zoneEnd)] : []), ...entries],
  ];
  const body = writeParts(calendar);
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"` };
}
