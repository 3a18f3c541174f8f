import { isResource } from '../../platform/query/resources.ts';
import type { FieldDef } from '../../platform/record/field.ts';

/** Without the references to what has no pages, as of a product that is off: nothing could be chosen there. */
export const withPages = (fields: readonly FieldDef[]): FieldDef[] =>
  fields.filter(({ of }) => of === undefined || isResource(of));
