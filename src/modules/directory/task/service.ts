import { Temporal } from 'temporal-polyfill';
import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import { columnsOf, type ErrorPath, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { task } from './contract.ts';
import { nextOf, occurs, type Repeating } from './next.ts';
import { insertNext, lockRepeating } from './queries.ts';
import { recurrenceError } from './recurrence.ts';

/**
 * Prepares a change of a task. When a recurring task is done, the next one is created in the same change. A new rule
 * starts a new series.
 */
export async function changedTask(ctx: Context, id: string, input: Values): Promise<Values> {
  if (input.status === 'done') await createNext(ctx, new Map([[id, input]]));
  return input.recurrence === undefined ? input : { ...input, series_start: null };
}

/**
 * Creates the next task of each series whose present one is ticked off. `changes`: what else happens to the present
 * ones, by their ids.
 */
export async function createNext(ctx: Context, changes: ReadonlyMap<string, Values>): Promise<void> {
  for (const { id, zone, ...locked } of await lockRepeating(ctx, [...changes.keys()])) {
    const input = changes.get(id)!;
    const current = { ...locked, ...(input as Partial<typeof locked>), ...dueAfter(locked, input) };
    if (!current.recurrence) continue;
    const isNew = input.recurrence || (current.due_on === null) !== (locked.due_on === null);
    const series_start = isNew ? null : locked.series_start;
    const next = nextOf({ ...current, series_start, zone }, Temporal.Now.instant());
    if (next) await insertNext(ctx, id, { ...columnsOf(task, input, ''), ...next });
  }
}

type Due = Pick<Repeating, 'due_at' | 'due_on'>;

/** When a task is due once it is changed, as the triggers of the table decide. */
function dueAfter(before: Due, input: Values): Due {
  const { due_at, due_on } = { ...before, ...(input as Partial<Due>) };
  const isMoved = momentOf(due_at) !== momentOf(before.due_at);
  if (due_on === before.due_on) return isMoved ? { due_at, due_on: null } : before;
  return due_on === null && !isMoved ? { due_at: null, due_on } : { due_at, due_on };
}

const momentOf = (time: string | null) => (time === null ? null : Date.parse(time));

/** A limit, because checking a rule takes time. */
const rules_per_request_max = 50;

export function checkRecurrence(inputs: Values[], errorPath: ErrorPath): void {
  const errors = inputs.flatMap((input, index) => {
    const message = input.recurrence ? recurrenceError(input.recurrence as string) : undefined;
    return message ? { field: `${errorPath(index)}recurrence`, code: 'invalid', message } : [];
  });
  if (errors.length > 0) throw problems.invalid(errors);
  checkOccurrence(inputs, errorPath);
}

/** A valid rule may never occur, such as every 30 February. */
function checkOccurrence(inputs: Values[], errorPath: ErrorPath): void {
  const rules = new Set<unknown>();
  for (const [index, { recurrence }] of inputs.entries()) {
    if (!recurrence || rules.has(recurrence)) continue;
    const field = `${errorPath(index)}recurrence`;
    if (rules.add(recurrence).size > rules_per_request_max)
      throw invalidField(field, 'too_many', `Send at most ${rules_per_request_max} different rules at once`);
    if (!occurs(recurrence as string, Temporal.Now.instant()))
      throw invalidField(field, 'never_occurs', 'No day fits this rule, so the task would never come again');
  }
}
