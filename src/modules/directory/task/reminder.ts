import { problems } from '../../../kernel/errors/problem.ts';
import type { ErrorPath, Values } from '../../../kernel/resource/store.ts';

/** Minutes, hours, days or weeks, as the table has them. */
const duration = /^P(\d{1,2}[DW]|T\d{1,3}M|T\d{1,2}H)$/;

export function checkReminder(inputs: Values[], errorPath: ErrorPath): void {
  const errors = inputs.flatMap(({ remind_at, remind_before }, index) => {
    const refused = (message: string) => [{ field: `${errorPath(index)}remind_before`, code: 'invalid', message }];
    if (!remind_before) return [];
    if (!duration.test(remind_before as string))
      return refused('Write how long before, such as PT15M, PT2H, P1D or P1W');
    return remind_at ? refused('Choose a time, or how long before it is due, not both') : [];
  });
  if (errors.length > 0) throw problems.invalid(errors);
}

/** A reminder is at a time, or so long before the task is due: whichever is said last takes the place of the other. */
export function withReminder(input: Values): Values {
  if (input.remind_before) {
    const { remind_at: _, ...rest } = input;
    return rest;
  }
  if (input.remind_before === undefined && input.remind_at === undefined) return input;
  return { ...input, remind_before: null, remind_at: input.remind_at ?? null };
}
