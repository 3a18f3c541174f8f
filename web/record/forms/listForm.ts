import type { FieldDef } from '../field.ts';

/** The shapes a list can take. */
export const listForms = ['table', 'board', 'calendar'] as const;
export type ListForm = (typeof listForms)[number];

const kept_key = (path: string) => `holdfast.${path.slice(1)}.as`;

/** How somebody chose to see a list last. A link that shows some of its records in a shape of its own is no choice. */
export const keptForm = (path: string): ListForm | undefined =>
  listForms.find((form) => form === window.localStorage.getItem(kept_key(path)));
export const keepForm = (path: string, form: ListForm): void => window.localStorage.setItem(kept_key(path), form);

const dated = new Set<FieldDef['kind']>(['date', 'time']);
const discrete = new Set<FieldDef['kind']>(['select', 'boolean']);

/** Those one can change come first. */
const changeableFirst = (fields: readonly FieldDef[]): FieldDef[] =>
  fields.toSorted((a, b) => Number(a.readOnly ?? false) - Number(b.readOnly ?? false));

/** Fields whose values can be columns: choices, the people things belong to, and the stages of deals, which have a board of their own. */
export const columnFields = (fields: readonly FieldDef[]): FieldDef[] =>
  changeableFirst(
    fields.filter(
      ({ kind, of, filterable }) =>
        filterable && (discrete.has(kind) || (kind === 'reference' && (of === 'user' || of === 'stage'))),
    ),
  );

/** Fields that give a record its day. */
const dayFields = (fields: readonly FieldDef[]): FieldDef[] =>
  changeableFirst(fields.filter(({ kind, filterable }) => filterable && dated.has(kind)));

/** Fields whose values make groups of a table. */
export const groupFields = (fields: readonly FieldDef[]): FieldDef[] =>
  fields.filter(
    ({ kind, filterable }) =>
      filterable && (discrete.has(kind) || dated.has(kind) || kind === 'reference' || kind === 'text'),
  );

interface ChosenForm {
  as: ListForm;
  /** By which field the columns of a board or the days of a calendar go. */
  by?: FieldDef;
  choices: readonly FieldDef[];
  offered: readonly ListForm[];
}

/** How the address or the view wants the list; a form that this noun has no field for is a table. */
export function formOf(search: { as?: ListForm; by?: string }, fields: readonly FieldDef[]): ChosenForm {
  const fieldsFor = { table: [], board: columnFields(fields), calendar: dayFields(fields) };
  const offered = listForms.filter((form) => form === 'table' || fieldsFor[form].length > 0);
  const as = search.as ?? 'table';
  const choices = fieldsFor[as];
  const by = choices.find(({ key }) => key === search.by) ?? choices[0];
  return by ? { as, by, choices, offered } : { as: 'table', choices: [], offered };
}
