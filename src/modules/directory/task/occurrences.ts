import { setImmediate } from 'node:timers/promises';
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { timeText } from '../../../kernel/contract/time.ts';
import { invalidField } from '../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { timesBetween } from './next.ts';
import { repeatingTasks } from './queries.ts';

const days_max = 62;
/** What comes later takes long to find, and is of no use to anybody. */
const years_ahead_max = 100;
const tasks_max = 200;
/** How many occurrences of one task are computed: all of a daily one. */
const times_max = days_max;

const period = z.strictObject({ from: timeText(), to: timeText(), assignee_id: z.uuid().optional() });
const occurrences = z
  .object({
    data: z.array(
      z.object({ task_id: z.uuid(), title: z.string(), due_at: z.iso.datetime(), due_on: z.iso.date().nullable() }),
    ),
    is_cut: z.boolean().describe(`More than ${tasks_max} tasks repeat: only those that are due first are foreseen`),
  })
  .meta({ id: 'TaskOccurrences' });

export const occurrenceRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/task-occurrences',
    tag: 'Tasks',
    summary: `When open tasks that repeat will be due again, within up to ${days_max} days`,
    access: { resource: 'task', action: 'read' },
    query: period,
    response: occurrences,
    handler: async (ctx, { query }) => ({ body: await foresee(ctx, query) }),
  }),
];

/** Only the next time of a series is a record; those behind it follow from its rule. */
async function foresee(ctx: Context, query: z.output<typeof period>) {
  const [from, to] = [Temporal.Instant.from(query.from), Temporal.Instant.from(query.to)];
  if (from.until(to).total('hours') > days_max * 24 || Temporal.Instant.compare(from, to) > 0)
    throw invalidField('to', 'out_of_range', `Choose a time up to ${days_max} days after the first`);
  if (Temporal.Now.instant().until(to).total('hours') > years_ahead_max * 366 * 24)
    throw invalidField('to', 'out_of_range', `Choose a time within the next ${years_ahead_max} years`);
  const tasks = await repeatingTasks(ctx, { to: query.to, assignee_id: query.assignee_id }, tasks_max + 1);
  // Times that are there already go on from the last second before.
  const before = from.subtract({ seconds: 1 });
  const foreseen: z.output<typeof occurrences>['data'] = [];
  for (const { id: task_id, title, ...task } of tasks.slice(0, tasks_max)) {
    for (const { due_at, due_on } of timesBetween(task, before, to, times_max))
      foreseen.push({ task_id, title, due_at: new Date(due_at).toISOString(), due_on });
    // Odd rules take some milliseconds each: others have their turn in between.
    await setImmediate();
  }
  return { data: foreseen, is_cut: tasks.length > tasks_max };
}
