import { Temporal } from 'temporal-polyfill';
import { seriesAfter } from '../task/index.ts';
import type { TaskForm } from './contract.ts';
import { day, moment, type Part, type Property, recurrence, text, zoned } from './jcal.ts';

export interface FeedTask {
  id: string;
  title: string;
  body: string | null;
  priority: 'low' | 'normal' | 'high' | 'urgent';
  due_at: string;
  /** The day, when it is due at no particular time. */
  due_on: string | null;
  remind_at: string | null;
  recurrence: string | null;
  series_start: string | null;
  updated_at: string;
  /** What it hangs on. */
  about: string | null;
}

export interface FeedMeeting {
  id: string;
  kind: 'call' | 'meeting';
  subject: string;
  body: string | null;
  occurred_at: string;
  duration_minutes: number | null;
  updated_at: string;
  about: string | null;
}

/** How long what has no length is drawn. */
const minutes_default = 30;
/** RFC 5545, section 3.8.1.9: 1 is the highest, 9 the lowest, 0 says nothing. */
const priorities: Record<FeedTask['priority'], number> = { urgent: 1, high: 3, normal: 0, low: 9 };
const body_characters_max = 2000;

interface Common {
  uid: string;
  summary: string;
  about: string | null;
  body: string | null;
  updated_at: string;
}

/** The stamp is when it was last changed: the same content reads the same whenever it is asked for. */
function common({ uid, summary, about, body, updated_at }: Common): Property[] {
  const description = [about, body?.slice(0, body_characters_max)].filter(Boolean).join('\n\n');
  return [
    text('uid', uid),
    moment('dtstamp', updated_at),
    moment('last-modified', updated_at),
    text('summary', summary),
    ...(description ? [text('description', description)] : []),
  ];
}

export function meetingParts(meetings: readonly FeedMeeting[], host: string): Part[] {
  return meetings.map(({ id, subject, occurred_at, duration_minutes, ...rest }) => [
    'vevent',
    [
      ...common({ uid: `${id}@${host}`, summary: subject, ...rest }),
      moment('dtstart', occurred_at),
      moment('dtend', minutesAfter(occurred_at, duration_minutes ?? minutes_default)),
    ],
    [],
  ]);
}

const minutesAfter = (at: string, minutes: number) => Temporal.Instant.from(at).add({ minutes }).toString();

/**
 * A task as it is due, and where it repeats the rest of its series as a component of its own: a task that was put
 * elsewhere, or is late, stands where it is, and its rule goes on undisturbed.
 */
export function taskParts(task: FeedTask, form: TaskForm, zone: string, host: string, now: Temporal.Instant): Part[] {
  const { id, title, priority, ...rest } = task;
  const level = priorities[priority];
  const shared = (uid: string): Property[] => [
    ...common({ uid: `${uid}@${host}`, summary: title, ...rest }),
    ...(level > 0 ? [['priority', {}, 'integer', level] satisfies Property] : []),
  ];
  const component = (uid: string, when: Property[], repeats: Property[]): Part =>
    form === 'todo'
      ? ['vtodo', [...shared(uid), ...when, ...repeats, text('status', 'NEEDS-ACTION')], []]
      : // Something to do keeps nobody from being free.
        ['vevent', [...shared(uid), ...when, ...repeats, text('transp', 'TRANSPARENT')], []];
  const { due_on } = task;
  const single = due_on
    ? [day(form === 'todo' ? 'due' : 'dtstart', Temporal.PlainDate.from(due_on))]
    : form === 'todo'
      ? [moment('due', task.due_at)]
      : [moment('dtstart', task.due_at), moment('dtend', minutesAfter(task.due_at, minutes_default))];
  const parts = [component(id, single, [])];
  const wholeDays = due_on !== null && form === 'event';
  const series = task.recurrence && seriesAfter({ ...task, recurrence: task.recurrence, zone }, now, wholeDays);
  if (series) {
    const { start, rule } = series;
    const times =
      form === 'todo'
        ? dueAgain(start, due_on !== null)
        : wholeDays
          ? [day('dtstart', start.toPlainDate())]
          : [zoned('dtstart', start), zoned('dtend', start.add({ minutes: minutes_default }))];
    parts.push(component(`${id}.next`, times, [recurrence(rule)]));
  }
  return parts;
}

/** When the person is told what there is to do on a day. */
const morning = '09:00';

/**
 * When a to-do that repeats is due. Its rule needs a start, and it must be due later than that (RFC 5545, section
 * 3.8.2.3): a day would be the next one, so it goes from the morning to its last second.
 */
function dueAgain(at: Temporal.ZonedDateTime, isDay: boolean): Property[] {
  const [start, due] = isDay ? [at.withPlainTime(morning), at] : [at, at.add({ seconds: 1 })];
  return [zoned('dtstart', start), zoned('due', due)];
}
