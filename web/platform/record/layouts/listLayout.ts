import type { FieldDef } from '../field.ts';

const listLayouts = ['table', 'board', 'calendar'] as const;
/** How a list is laid out: in one of these ways, or in one of the record type's own, by its id. */
export type ListLayout = string;

export const isCommonLayout = (layout: ListLayout): layout is (typeof listLayouts)[number] =>
  listLayouts.some((each) => each === layout);

const kept_key = (path: string) => `holdfast.${path.slice(1)}.layout`;

/** How somebody chose to see a list last. A link that shows some of its records in a layout of its own is no choice. */
export const keptLayout = (path: string): ListLayout | undefined =>
  window.localStorage.getItem(kept_key(path)) ?? undefined;
export const keepLayout = (path: string, layout: ListLayout): void =>
  window.localStorage.setItem(kept_key(path), layout);

const dated = new Set<FieldDef['kind']>(['date', 'time']);
const discrete = new Set<FieldDef['kind']>(['select', 'boolean']);

/** Those one can change come first. */
const changeableFirst = (fields: readonly FieldDef[]): FieldDef[] =>
  fields.toSorted((a, b) => Number(a.readOnly ?? false) - Number(b.readOnly ?? false));

/**
 * Fields whose values can be columns: choices, the people things belong to, and that of a board which the record type
 * has of its own.
 */
const columnFields = (fields: readonly FieldDef[], own: string | undefined): FieldDef[] =>
  changeableFirst(
    fields.filter(
      ({ key, kind, of, filterable }) =>
        filterable && (discrete.has(kind) || (kind === 'reference' && of === 'user') || key === own),
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

interface ChosenLayout {
  layout: ListLayout;
  /** By which field the columns of a board or the days of a calendar go. */
  by?: FieldDef;
  choices: readonly FieldDef[];
  /** The address or the view names a field that is not there for the reader at all: no other stands in for it. */
  isLost?: boolean;
  offered: readonly ListLayout[];
}

/**
 * How the address or the view wants the list; a layout that the record type does not have, or has no field for, is a
 * table. `own`: the field of its own board.
 */
export function layoutOf(
  search: { layout: ListLayout; by?: string },
  fields: readonly FieldDef[],
  own?: string,
  ownLayouts: readonly { id: string }[] = [],
): ChosenLayout {
  const fieldsFor = { table: [], board: columnFields(fields, own), calendar: dayFields(fields) };
  const offered = [
    ...listLayouts.filter((layout) => layout === 'table' || fieldsFor[layout].length > 0),
    ...ownLayouts.map(({ id }) => id),
  ];
  const { layout } = search;
  if (ownLayouts.some(({ id }) => id === layout)) return { layout, choices: [], offered };
  const choices = layout === 'board' || layout === 'calendar' ? fieldsFor[layout] : [];
  if (search.by && choices.length > 0 && !fields.some(({ key }) => key === search.by))
    return { layout, choices, offered, isLost: true };
  const usual = layout === 'board' ? own : undefined;
  const by = choices.find(({ key }) => key === (search.by ?? usual)) ?? choices[0];
  return by ? { layout, by, choices, offered } : { layout: 'table', choices: [], offered };
}
