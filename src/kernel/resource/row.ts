import type { RawBuilder } from 'kysely';
import { durationText } from '../contract/duration.ts';
import { type FieldMeta, mask_sign } from '../contract/fields.ts';
import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { objectWriter } from '../object-writer.ts';
import type { Context } from '../tenancy/context.ts';
import { decimalAmount } from './money.ts';

type Sql = RawBuilder<unknown>;
type Tag = { name: string };
interface Compiled {
  columns: Sql;
  columnsOfOne: Sql;
  columnsOfPage: Sql;
  /** The same, before and after the name of the owner. */
  columnsBesideOwner: [Sql, Sql];
  present: (row: Record<string, unknown>) => Record<string, unknown>;
}

const compiled = new WeakMap<Resource, Compiled>();

/** The columns of a row as the API has it, over the table alias `r`. Compiled once per resource. */
export const selectColumns = (resource: Resource): Sql => compile(resource).columns;
/**
 * The same, with less cost per statement and more per row: for statements that return one row, or rows that were just
 * inserted.
 */
export const selectColumnsOfOne = (resource: Resource): Sql => compile(resource).columnsOfOne;
/** The same for a page of a list, whose rare nested rows `addRareRows` reads. */
export const selectColumnsOfPage = (resource: Resource): Sql => compile(resource).columnsOfPage;
/** The same where all rows have one owner, whose name is then looked up once. */
export function selectColumnsOfOwner(resource: Resource, tenant_id: string, owner: unknown): Sql {
  const meta = resource.meta.get(resource.owner ?? '');
  if (!meta?.expand || meta.ofAnyType) return selectColumnsOfPage(resource);
  const [before, after] = compile(resource).columnsBesideOwner;
  return sql`${before}, (select x.name from ${sql.table(meta.table!)} x where x.tenant_id = ${tenant_id} and x.id = ${owner}) as
    ${sql.ref(`x_${meta.expand}`)}, ${after}`;
}
export const sourceSql = ({ table }: Resource): Sql => sql`${sql.table(table)} r`;

/**
 * One id is compared by `=`: for `= any`, planned without knowing the number of ids, PostgreSQL may read a whole index
 * of the tenant.
 */
export const idIs = (ids: readonly string[]): Sql =>
  ids.length === 1 ? sql`r.id = ${ids[0]}` : sql`r.id = any (${ids})`;

/**
 * Custom values without those of retired fields and of fields that the caller may not see, over the table alias `r`.
 */
export const visibleCustom = ({ right }: Resource): string =>
  `case when r.custom = '{}' then r.custom
    else r.custom - (select app.hidden_keys('${right}') || app.retired_keys('${right}')) end`;

/**
 * The name of the referenced record; null where the caller may not see it. The subquery is a look-up by key for each
 * row. A join would be planned by the number of rows that the policy of the other table lets through, which the planner
 * cannot know: it read all companies for each contact of a page.
 */
const referencedName = (name: string, { table, expand, ofAnyType }: FieldMeta): string =>
  ofAnyType
    ? // A function, because a subquery of all types would set each of them up for each list.
      `case when r.${name} is not null then app.subject_of(r.tenant_id, r.${name}) end as "x_${expand}"`
    : `(select x.name from ${table} x where x.tenant_id = r.tenant_id and x.id = r.${name}) as "x_${expand}"`;

/** Of one part of such a column, as text: more than contracts let anybody store, which was not always so. */
const names_bytes_max = 150_000;

/**
 * A JSON column with field names, without fields that the caller may not see, over the table alias `r`. A part that is
 * larger than any is now is not read, because one such row would keep everybody from the list: `left_out` names it.
 */
const visibleNames = (column: string, noun: string): string =>
  `(select coalesce(jsonb_object_agg(p.key, p.value) filter (where p.fits), '{}')
      || case when bool_and(p.fits) then '{}'
        else jsonb_build_object('left_out', jsonb_agg(p.key order by p.key) filter (where not p.fits)) end
    from (select e.key, e.fits, case when e.fits and jsonb_typeof(e.value) in ('array', 'object') then e.value - h.names
        when e.fits then e.value end as value
      from (select key, value, octet_length(value::text) <= ${names_bytes_max} as fits from jsonb_each(r.${column}) offset 0) e,
        (select array(select 'custom.' || k from unnest(app.hidden_keys(r.${noun})) k) as names) h) p) as ${column}`;

function compile(resource: Resource): Compiled {
  const known = compiled.get(resource);
  if (known) return known;
  const made = {
    columns: sql.raw(columnsOf(resource, 'many').join(', ')),
    columnsOfOne: sql.raw(columnsOf(resource, 'one').join(', ')),
    columnsOfPage: sql.raw(columnsOf(resource, 'page').join(', ')),
    columnsBesideOwner: columnsBesideOwner(resource),
    present: presenterOf(resource),
  };
  compiled.set(resource, made);
  return made;
}

function columnsBesideOwner(resource: Resource): [Sql, Sql] {
  const columns = columnsOf(resource, 'page');
  const { owner = '', meta } = resource;
  const at = meta.get(owner)?.expand ? columns.indexOf(referencedName(owner, meta.get(owner)!)) : columns.length;
  return [sql.raw(columns.slice(0, at).join(', ')), sql.raw(columns.slice(at + 1).join(', '))];
}

/**
 * Whether rows are read from the view that shows records by degree (`app.<table>_shown`), not from the table, whose
 * rows are read in full.
 */
const isShown = ({ table }: Resource): boolean => table.startsWith('app.');

type Rows = 'one' | 'many' | 'page';

function columnsOf(resource: Resource, read: Rows): string[] {
  const columns = ['r.id', 'r.version', 'r.created_at', 'r.updated_at'];
  if (resource.trash) columns.push('r.deleted_at');
  if (resource.byDegree) columns.push(isShown(resource) ? 'r.shown' : `'everything' as shown`);
  for (const [name, meta] of resource.meta) {
    if (meta.type === 'tags') {
      columns.push(`array(select json_build_object('id', g.id, 'name', g.name, 'color', g.color) from record_tag t join tag g
        on g.tenant_id = t.tenant_id and g.id = t.tag_id where t.tenant_id = r.tenant_id and t.record_id = r.id) as ${name}`);
    } else if (meta.type === 'records') {
      // A function, because subqueries of all types would set each of them up for each list.
      columns.push(
        `case when r.${name} = '{}' then '[]' else app.named_records(r.tenant_id, r.${name}) end as ${name}`,
      );
    } else if (meta.rowsFrom) {
      columns.push(`${nestedRows(meta.rowsFrom, read)} as ${name}`);
    } else if (meta.namesFieldsOf) {
      columns.push(visibleNames(name, meta.namesFieldsOf));
    } else if (meta.listsFieldsOf) {
      columns.push(`app.shown_fields('${meta.listsFieldsOf}', r.${name}) as ${name}`);
    } else {
      columns.push(meta.type === 'custom' ? `${visibleCustom(resource)} as ${name}` : `r.${name}`);
    }
    if (meta.expand) columns.push(referencedName(name, meta));
  }
  return columns;
}

/**
 * PostgreSQL sets up all subqueries of a statement, even unused ones, which for a single row costs more than the rest,
 * and for a page a twelfth. `rare` avoids that: null stands for the rows of a page that `addRareRows` reads.
 */
function nestedRows({ view, subject, rare }: NonNullable<FieldMeta['rowsFrom']>, read: Rows): string {
  const rows = `(select coalesce(jsonb_agg(n.item order by n.position, n.id), '[]') from ${view} n
    where n.tenant_id = r.tenant_id and n.${subject} = r.id)`;
  if (!rare) return rows;
  const marked = { one: `${rare.one}(r.tenant_id, r.id)`, many: rows, page: 'null' }[read];
  return `case when r.${rare.mark} then ${marked} else '[]'::jsonb end`;
}

/** Adds the nested rows that are rare to those rows of a page that have any: most pages have none. */
export async function addRareRows(ctx: Context, { meta }: Resource, page: Record<string, unknown>[]): Promise<void> {
  for (const [name, { rowsFrom }] of meta) {
    const rows = rowsFrom?.rare ? page.filter((row) => row[name] === null) : [];
    if (!rowsFrom || rows.length === 0) continue;
    const subject = sql.ref(`n.${rowsFrom.subject}`);
    const found = await ctx.tx.many<{ id: string; items: unknown[] }>(
      sql`select ${subject} as id, jsonb_agg(n.item order by n.position, n.id) as items from ${sql.table(rowsFrom.view)} n
        where n.tenant_id = ${ctx.tenant_id} and ${subject} = any (${rows.map((row) => row.id)}) group by ${subject}`,
    );
    const items = new Map(found.map((each) => [each.id, each.items]));
    for (const row of rows) row[name] = items.get(row.id as string) ?? [];
  }
}

/**
 * Sorts names as the database does. Its und-x-icu is "en" here, because V8 takes an unknown locale for that of the
 * machine. The database would set up a sort for each row of a page.
 */
export const collator = new Intl.Collator('en');
const byName = (a: Tag, b: Tag) => collator.compare(a.name, b.name);

/** What the presenters of rows use. */
const present = {
  tags: (tags: Tag[]) => tags.sort(byName),
  money: (minor: string | null, currency: string) => (minor === null ? null : decimalAmount(minor, currency)),
  duration: (seconds: number | null) => (seconds === null ? null : durationText(seconds)),
  // What nobody opened (`openRows`) shows nothing.
  secret: (value: unknown) => (value === null || typeof value === 'string' ? value : mask_sign.repeat(4)),
  // The record may exist and be hidden from the caller: then the id is shown, not the name.
  reference: (id: string | null, name: unknown) => (id === null || name === null ? null : { id, name }),
  ofAnyType: (id: string | null, subject: unknown) => (id === null ? null : subject),
};

/** Each key of a row in the API, with the expression of its value over the columns of `from`. */
function presenterOf(resource: Resource): Compiled['present'] {
  const asIs = (name: string) => `from[${JSON.stringify(name)}]`;
  const column = (name: string) => `(${asIs(name)} ?? null)`;
  const shown = (name: string, meta: FieldMeta) => {
    if (meta.type === 'tags') return `use.tags(${column(name)})`;
    if (meta.type === 'money') return `use.money(${column(name)}, ${column(meta.currencyField!)})`;
    if (meta.type === 'secret') return `use.secret(${column(name)})`;
    return meta.type === 'duration' ? `use.duration(${column(name)})` : column(name);
  };
  const own = [...resource.meta].flatMap(([name, meta]): [string, string][] => {
    const { expand, ofAnyType } = meta;
    const value: [string, string] = [name, shown(name, meta)];
    if (!expand) return [value];
    const how = ofAnyType ? 'ofAnyType' : 'reference';
    return [value, [expand, `use.${how}(${column(name)}, ${column(`x_${expand}`)})`]];
  });
  const system = ['version', 'created_at', 'updated_at'];
  if (resource.trash) system.push('deleted_at');
  if (resource.byDegree) system.push('shown');
  const ofRecord = (name: string): [string, string] => [name, asIs(name)];
  return objectWriter([ofRecord('id'), ...own, ...system.map(ofRecord)], present);
}

/** A row as the API shows it: amounts as decimal strings, references expanded, only the contract's fields. */
export const presentRow = (resource: Resource, row: Record<string, unknown>): Record<string, unknown> =>
  compile(resource).present(row);
