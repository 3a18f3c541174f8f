import { definedResources, type Resource } from '../kernel/contract/resource.ts';
import { problems } from '../kernel/errors/problem.ts';
import { type ErrorPath, getRow, rootPath, type Values } from '../kernel/resource/store.ts';
import type { Context } from '../kernel/tenancy/context.ts';

/** The column by which things hang on a record of any type that has no column of its own. */
export const sharedColumn = 'record_id';

/** The types with a column of their own, by which one note may hang on a contact, its company and a deal at once. */
export const ownColumns = [
  { column: 'contact_id', table: 'contact' },
  { column: 'company_id', table: 'company' },
  { column: 'deal_id', table: 'deal' },
] as const;

/** The columns by which notes, tasks, activities and their kind hang on records. */
export const subjectColumns = [...ownColumns.map(({ column }) => column), sharedColumn] as const;

/** The condition, as SQL, that the caller may read the record that a row is attached to. */
export const onRecord = `((select app.sees_all_records()) and (${sharedColumn} is null or (select app.sees_all_subjects()))
    or app.reads_parents(${subjectColumns.join(', ')}))`;

/** A record type to which things can be attached, by its name. */
export const findAttachable = (wanted: string): Resource | undefined =>
  definedResources().find(({ name, tagColumn }) => tagColumn && name === wanted);

/** The column by which things hang on a record of this type. */
export function subjectColumn({ name, tagColumn }: Resource): string {
  if (!tagColumn) throw new Error(`Nothing can be attached to a ${name}`);
  return tagColumn;
}

/** The columns that name the record of a row, for another row that is to hang on the same. */
export const subjectOf = (row: Values): Values =>
  Object.fromEntries(subjectColumns.map((column) => [column, row[column] ?? null]));

/** Refuses what hangs on no record, and so would be found nowhere. */
export function requireSubject(inputs: Values[], title: string, errorPath: ErrorPath): void {
  const errors = inputs.flatMap((input, index) =>
    subjectColumns.some((column) => input[column])
      ? []
      : {
          field: `${errorPath(index)}contact_id`,
          code: 'required',
          message: `Say which contact, company, deal or other record the ${title} belongs to`,
        },
  );
  if (errors.length > 0) throw problems.invalid(errors);
}

/** The same of a change that takes one away. */
export async function requireSubjectLeft(ctx: Context, resource: Resource, id: string, input: Values): Promise<void> {
  if (!subjectColumns.some((column) => input[column] === null)) return;
  requireSubject([{ ...(await getRow(ctx, resource, id)), ...input }], resource.name, rootPath);
}
