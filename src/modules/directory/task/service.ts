import { problems } from '../../../kernel/errors/problem.ts';
import type { Place, Values } from '../../../kernel/resource/store.ts';
import { completedFirst, completedNow } from './queries.ts';
import { recurrenceError } from './recurrence.ts';

/** A done task knows since when; an open one does not. */
export function newTask(input: Values): Values {
  return input.status === 'done' ? { ...input, completed_at: completedNow } : input;
}

export function changedTask(input: Values): Values {
  if (input.status === undefined) return input;
  return { ...input, completed_at: input.status === 'done' ? completedFirst : null };
}

export function checkRecurrence(inputs: Values[], place: Place): void {
  const errors = inputs.flatMap((input, index) => {
    const message = input.recurrence ? recurrenceError(input.recurrence as string) : undefined;
    return message ? { field: `${place(index)}recurrence`, code: 'invalid', message } : [];
  });
  if (errors.length > 0) throw problems.invalid(errors);
}
