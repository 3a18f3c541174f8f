import { problems } from '../../kernel/errors/problem.ts';
import type { ErrorPath, Values } from '../../kernel/resource/store.ts';

/** The columns by which notes, tasks and activities hang on records. */
export const subjectColumns = ['contact_id', 'company_id', 'deal_id'] as const;

/** Refuses what hangs on no record, and so would be found nowhere. */
export function requireSubject(inputs: Values[], title: string, errorPath: ErrorPath): void {
  const errors = inputs.flatMap((input, index) =>
    subjectColumns.some((column) => input[column])
      ? []
      : {
          field: `${errorPath(index)}contact_id`,
          code: 'required',
          message: `Say which contact, company or deal the ${title} belongs to`,
        },
  );
  if (errors.length > 0) throw problems.invalid(errors);
}
