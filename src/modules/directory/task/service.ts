import { Temporal } from 'temporal-polyfill';
import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import { createRows, type ErrorPath, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { task } from './contract.ts';
import { nextOf, occurs } from './next.ts';
import { completedFirst, completedNow, lockRepeating } from './queries.ts';
import { recurrenceError } from './recurrence.ts';

/** A done task knows since when; an open one does not. */
export function newTask(input: Values): Values {
  return input.status === 'done' ? { ...input, completed_at: completedNow } : input;
}

/** A task that repeats and is done leaves the next one behind, in the same change. A new rule counts anew. */
export async function changedTask(ctx: Context, id: string, input: Values): Promise<Values> {
  const values = input.recurrence === undefined ? input : { ...input, series_start: null };
  if (input.status === undefined) return values;
  if (input.status === 'done') await createNext(ctx, id, input);
  return { ...values, completed_at: input.status === 'done' ? completedFirst : null };
}

async function createNext(ctx: Context, id: string, input: Values): Promise<void> {
  const locked = await lockRepeating(ctx, id);
  if (!locked) return;
  const { zone, series_start, ...current } = { ...locked, ...(input as Partial<typeof locked>) };
  if (!current.recurrence) return;
  const next = nextOf(
    { ...current, series_start: input.recurrence ? null : series_start, zone },
    Temporal.Now.instant(),
  );
  if (!next) return;
  const { status: _, ...copied } = current;
  await createRows(ctx, task, [{ ...copied, ...next }]);
}

/** Each takes some time to look into. */
const rules_per_request_max = 50;

export function checkRecurrence(inputs: Values[], errorPath: ErrorPath): void {
  const errors = inputs.flatMap((input, index) => {
    const message = input.recurrence ? recurrenceError(input.recurrence as string) : undefined;
    return message ? { field: `${errorPath(index)}recurrence`, code: 'invalid', message } : [];
  });
  if (errors.length > 0) throw problems.invalid(errors);
  checkOccurrence(inputs, errorPath);
}

/** A rule may be well written and yet fit no day: each 30 February. */
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
