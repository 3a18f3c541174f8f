import { definedResources, type Resource } from '../kernel/contract/resource.ts';
import { problems } from '../kernel/errors/problem.ts';
import { type ErrorPath, rootPath, type Values } from '../kernel/resource/store.ts';

/** A record that something is about. */
export interface RecordName {
  type: string;
  id: string;
}

/**
 * The condition, as SQL, that the caller may read the one record that a row is attached to: a comment, a tag, a
 * follower.
 */
export const onRecord = '((select app.sees_all_subjects()) or app.reads_subject(record_id))';

/**
 * That the caller may read one of the records that a row is about, or that there is none: a note, a task, an activity.
 */
export const onSomeRecord = '((select app.sees_all_subjects()) or app.reads_some_subject(records))';

/** That the caller may read all of them, as whoever names them has to. */
export const onEveryRecord = '((select app.sees_all_subjects()) or app.reads_every_subject(records))';

/** A record type to which things can be attached, by its name. */
export const findAttachable = (wanted: string): Resource | undefined =>
  definedResources().find(({ name, attachable }) => attachable && name === wanted);

/** The records that an input or a row names, without those that its reader may not see. */
export const recordsIn = ({ records }: Values): RecordName[] =>
  ((records ?? []) as { type: string; id: string | null }[]).flatMap(({ type, id }) => (id ? { type, id } : []));

/** Refuses what is about no record, and so would be found nowhere. */
export function requireRecords(inputs: Values[], title: string, errorPath: ErrorPath): void {
  const errors = inputs.flatMap((input, index) =>
    recordsIn(input).length > 0
      ? []
      : {
          field: `${errorPath(index)}records`,
          code: 'required',
          message: `Say which contact, company, deal or other record the ${title} is about`,
        },
  );
  if (errors.length > 0) throw problems.invalid(errors);
}

/** The same of a change that takes all of them away. */
export function requireRecordsLeft(input: Values, title: string): void {
  if (input.records !== undefined) requireRecords([input], title, rootPath);
}
