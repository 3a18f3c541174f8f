import { z } from 'zod';
import { shaped } from '../../../kernel/contract/bounds.ts';

/** Whether somebody's tasks and meetings can be read by a secret address, never the address itself. */
export const calendarFeed = z
  .object({
    open: z.boolean(),
    created_at: z.iso.datetime().nullable(),
    last_read_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'CalendarFeed' });

/** `address` is in the answer to its making only. */
export const openedCalendarFeed = calendarFeed
  .extend({ address: z.url().describe('Whoever has it reads along') })
  .meta({ id: 'CalendarFeedOpened' });

/** How tasks come: most calendars show events alone, some know to-dos. */
export const taskForms = ['event', 'todo'] as const;
export type TaskForm = (typeof taskForms)[number];

export const feedQuery = z.strictObject({
  tasks: z.enum(taskForms).default('event').describe('todo: as VTODO, for calendars that show those'),
});

const token_digits = 43;
export const feedParams = z.object({ file: shaped(new RegExp(`^[\\w-]{${token_digits}}\\.ics$`), token_digits + 4) });
