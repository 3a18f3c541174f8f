import type { FieldDef } from '../field.ts';
import type { ListSearch } from '../listSearch.ts';

/** The shapes a list can take. */
export const listForms = ['table', 'board', 'calendar'] as const;
export type ListForm = (typeof listForms)[number];

const dated = new Set<FieldDef['kind']>(['date', 'time']);

/** Fields that give a record its day; those one can change come first. */
const dayFields = (fields: readonly FieldDef[]): FieldDef[] =>
  fields
    .filter(({ kind, filterable }) => filterable && dated.has(kind))
    .toSorted((a, b) => Number(a.readOnly ?? false) - Number(b.readOnly ?? false));

interface ChosenForm {
  as: ListForm;
  /** By which field the days of a calendar go. */
  by?: FieldDef;
  choices: readonly FieldDef[];
  offered: readonly ListForm[];
}

/** How the address wants the list; a form that this noun has no field for is a table. */
export function formOf(search: ListSearch, fields: readonly FieldDef[], hasBoard: boolean): ChosenForm {
  const days = dayFields(fields);
  const offered = listForms.filter(
    (form) => form !== (hasBoard ? '' : 'board') && (form !== 'calendar' || days.length > 0),
  );
  const choices = search.as === 'calendar' ? days : [];
  const by = choices.find(({ key }) => key === search.by) ?? choices[0];
  return by ? { as: 'calendar', by, choices, offered } : { as: 'table', choices, offered };
}
