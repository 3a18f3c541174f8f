import type pg from 'pg';
import type { Filter } from '../../kernel/resource/filter.ts';
import { refusal } from './archive.ts';
import { isOldArchive, retiredColumns, retiredOf } from './retired.ts';
import type { ArchiveTable } from './tables.ts';

interface View {
  id: string;
  name: string;
  resource: string;
  filter: Filter | null;
  sort: string | null;
  columns: Columns;
  arrangement: Record<string, string>;
}

interface Columns {
  order?: string[];
  hidden?: string[];
  pinned?: string[];
  widths?: Record<string, number>;
}

/** As the table holds them; see its check. */
const filter_characters_max = 20_000;
const views_at_once = 100;

/**
 * Rewrites the saved views of an archive in the old form (retired.ts): what they ask of columns that are gone, and show
 * in them, goes by the list of records. As the migration has done with those that were here.
 */
export async function renewViews(client: pg.Client, tables: readonly ArchiveTable[]): Promise<void> {
  if (!isOldArchive(tables)) return;
  for (let after: string | null = null; ; ) {
    const { rows }: pg.QueryResult<View> = await client.query(
      `select id, name, resource, filter, sort, columns, arrangement from saved_view
       where tenant_id = app.tenant_id() and ($1::uuid is null or id > $1) order by id limit ${views_at_once}`,
      [after],
    );
    const renewed = rows.flatMap((view) => {
      const now = renewedView(view);
      return JSON.stringify(now) === JSON.stringify(view) ? [] : now;
    });
    if (renewed.length > 0)
      await client.query(
        `update saved_view v set filter = n.filter, sort = n.sort, columns = n.columns, arrangement = n.arrangement
         from jsonb_to_recordset($1) as n (id uuid, filter jsonb, sort text, columns jsonb, arrangement jsonb)
         where v.tenant_id = app.tenant_id() and v.id = n.id`,
        [JSON.stringify(renewed)],
      );
    if (rows.length < views_at_once) return;
    after = rows.at(-1)!.id;
  }
}

function renewedView(view: View): View {
  const { resource, name, filter, sort, columns, arrangement } = view;
  const isGone = (field: string) => retiredOf(resource).includes(field);
  const now = filter && renewedFilter(filter, resource);
  if (JSON.stringify(now).length > filter_characters_max)
    throw refusal(
      `The filter of the view “${name}” names more records than a view can by now. Let it name fewer where the archive comes from, and export again.`,
    );
  return {
    ...view,
    filter: now,
    sort: sort !== null && isGone(sort.replace(/^-/, '')) ? null : sort,
    columns: renewedColumns(columns, isGone),
    arrangement: Object.fromEntries(Object.entries(arrangement).filter(([, field]) => !isGone(field))),
  };
}

/** One column stands where the first of those that are gone stood; it is hidden only where all of them were. */
function renewedColumns(columns: Columns, isGone: (field: string) => boolean): Columns {
  const renamed = (fields: string[]) => [...new Set(fields.map((field) => (isGone(field) ? 'records' : field)))];
  const { order, hidden, pinned, widths } = columns;
  const shown = order?.some((field) => isGone(field) && !hidden?.includes(field));
  return {
    ...columns,
    ...(order && { order: renamed(order) }),
    ...(hidden && { hidden: renamed(shown ? hidden.filter((field) => !isGone(field)) : hidden) }),
    ...(pinned && { pinned: renamed(pinned) }),
    ...(widths && {
      widths: Object.fromEntries(
        Object.entries(widths).map(([field, width]) => [isGone(field) ? 'records' : field, width]),
      ),
    }),
  };
}

/** The types of entries by the relations that lead to them. */
const byRelation: Readonly<Record<string, string>> = {
  notes: 'note',
  tasks: 'task',
  activities: 'activity',
  comments: 'comment',
};

/** `ofType`: the record type that the filter asks about, where that has had such columns. */
function renewedFilter(filter: Filter, ofType: string | undefined): Filter {
  if ('and' in filter) return { and: filter.and.map((part) => renewedFilter(part, ofType)) };
  if ('or' in filter) return { or: filter.or.map((part) => renewedFilter(part, ofType)) };
  if (!('field' in filter)) {
    const { where } = filter;
    return where
      ? { ...filter, where: renewedFilter(where, byRelation['any' in filter ? filter.any : filter.none]) }
      : filter;
  }
  const { field, op, value } = filter;
  if (!ofType || !retiredOf(ofType).includes(field)) return filter;
  const isOfType = retiredColumns.includes(field);
  if (op === 'is_empty' || op === 'not_empty') {
    // That a column is empty says that no record of its type is named.
    if (isOfType) return op === 'is_empty' ? { none: field.slice(0, -3) } : { any: field.slice(0, -3) };
    return { ...filter, field: ofOne(ofType) ? 'record_id' : 'records' };
  }
  if (ofOne(ofType)) return { ...filter, field: 'record_id' };
  if (op === 'in') return { or: (value as unknown[]).map((each) => ({ field: 'records', op: 'has', value: each })) };
  return { field: 'records', op: op === 'ne' ? 'has_not' : 'has', value };
}

/** What is part of one record names it alone. */
const ofOne = (type: string): boolean => type === 'comment';
