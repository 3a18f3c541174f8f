import type { RawBuilder } from 'kysely';
import type { ResourceName } from '../../kernel/access/rights.ts';
import type { FieldMeta } from '../../kernel/contract/fields.ts';
import { type Resource, resourceNamed, resourceOfTable } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { invalidField } from '../../kernel/errors/problem.ts';
import { type CustomField, type CustomFields, referencedTable } from '../../kernel/resource/custom.ts';
import { labelColumn } from '../../kernel/resource/label.ts';
import { markSql, sealableFields, storedText } from '../../kernel/resource/personal.ts';
import { labelledItem, listed } from '../csv/index.ts';
import { columnsOf, type ImportTarget, namesOf, type TargetField } from '../import/index.ts';
import type { ColumnKind } from '../xlsx/index.ts';
import type { ExportColumn } from './column.ts';
import { sealedCell, sealedTextCell } from './sealed.ts';

type Sql = RawBuilder<unknown>;

const kinds: Record<string, ColumnKind> = {
  integer: 'number',
  decimal: 'number',
  money: 'number',
  date: 'date',
  time: 'time',
};

/**
 * The value as it stands in the file: `mayBeSealed`, or as a personal text that is sealed, with the id of its record
 * behind it. Where none should be, one that was sealed a moment ago fails rather than stand in the file as it is.
 */
export function cellOf(resource: Resource, column: ExportColumn, mayBeSealed: boolean): Sql {
  const { value, personal, isRecord } = column;
  if (isRecord) return mayBeSealed ? value : sql`case ${refusedIn(resource)} else ${value} end`;
  if (personal === undefined) return plainCell(column);
  const text = storedText(resource, personal.name);
  const sealed = mayBeSealed ? sealedTextCell(text) : refused(resource, personal.name);
  return sql`case when starts_with(${text}, ${markSql}) then ${sealed} else ${plainCell(column)} end`;
}

/** Fails for a record with a sealed text. */
const refusedIn = (resource: Resource): Sql =>
  sql.join(
    sealableFields(resource).map((field) => {
      const text = storedText(resource, field);
      return sql`when starts_with(${text}, ${markSql}) then to_jsonb(${refused(resource, field)})`;
    }),
    sql` `,
  );

const refused = (resource: Resource, field: string): Sql =>
  sql`app.comparable_text(${sql.lit(field)}, ${storedText(resource, field)})`;

/**
 * Most texts begin with a letter or a figure, and a look at that is all they cost.
 */
function plainCell({ value, text, plain }: ExportColumn): Sql {
  if (!text) return value;
  if (!plain) return sql`app.neutralise_formula(${value})`;
  return sql`case when ascii(${value}) between 65 and 65280 or ascii(${value}) between 48 and 57 then ${value}
    else app.neutralise_formula(${value}) end`;
}

/** The fields of a record as its import reads them, so that an export comes back unchanged. */
export function exportColumns(
  target: ImportTarget,
  custom: CustomFields,
  targets: readonly ImportTarget[],
): ExportColumn[] {
  const columns = target.fields
    .filter((field) => !field.name.startsWith('custom.') && !isAlsoElsewhere(target, field))
    .flatMap((field) => column(target, field) ?? []);
  const own = [...custom.values()].map((field, at) => customColumn(field, at, targets));
  return [...columns, ...own];
}

/** Those of the names: as files for an import call them, or as lists and views do. */
export function chosenColumns(
  columns: ExportColumn[],
  { contract }: ImportTarget,
  names: readonly string[] | null,
): ExportColumn[] {
  if (!names) return columns;
  // One that is named twice is the same: its join is made once.
  const listed = new Map(names.map((name) => [name, listColumn(contract, name)]));
  return names.map((name) => {
    const column = columns.find((candidate) => candidate.name === name) ?? listed.get(name);
    if (!column)
      throw invalidField(
        'columns',
        'unknown_field',
        `There is no column "${name}" to export. There are ${columns.map((c) => c.name).join(', ')}`,
      );
    return column;
  });
}

/** The rights to what these columns name beside the records themselves; a name that is none any more names nothing. */
export function namedRights(
  columns: readonly ExportColumn[],
  { contract }: ImportTarget,
  names: readonly string[] | null,
): ResourceName[] {
  const chosen = names
    ? names.map((name) => columns.find((candidate) => candidate.name === name) ?? listColumn(contract, name))
    : columns;
  return [...new Set(chosen.flatMap((column) => column?.names ?? []))];
}

const times: ReadonlyMap<string, string> = new Map([
  ['created_at', 'Created'],
  ['updated_at', 'Changed'],
]);
const not_in_a_cell: ReadonlySet<string> = new Set(['nested', 'custom', 'object', 'tags', 'rank', 'addresses']);

/** A field by its name, which files for an import have under another name or not at all. */
function listColumn({ meta }: Resource, name: string): ExportColumn | undefined {
  const time = times.get(name);
  if (time !== undefined) return { name, label: time, value: utcTime(name), text: false, kind: 'time' };
  const field = meta.get(name);
  if (!field || field.sensitivity === 'secret' || not_in_a_cell.has(field.type)) return undefined;
  return columnOf({ name, label: field.title }, name, field);
}

/** A full name is given and family name already. */
const isAlsoElsewhere = ({ fields }: ImportTarget, { name, columns = [] }: TargetField): boolean =>
  columns.length > 1 &&
  !columns.includes(name) &&
  columns.every((column) => fields.some((field) => field.name === column));

function column({ contract }: ImportTarget, field: TargetField): ExportColumn | undefined {
  const { name, label, type, exported } = field;
  if (type === 'tags') return { name, label, text: true, ...tagNames };
  if (type === 'id') return { name, label, value: sql`r.id`, text: false };
  if (exported && typeof exported !== 'string')
    return {
      name,
      label,
      text: true,
      ...exported,
      ...namesUnder(namesOf(field)),
      ...namingPeople(resourceNamed(namesOf(field))?.table),
    };
  const own = exported ?? columnsOf(field)[0] ?? name;
  const meta = contract.meta.get(own);
  if (!meta) return undefined;
  return columnOf({ name, label }, own, meta);
}

/** What stands in a column of the record. */
function columnOf(head: Pick<ExportColumn, 'name' | 'label'>, own: string, meta: FieldMeta): ExportColumn {
  if (meta.sealed) return { ...head, value: sealedCell(own), text: false, sealed: own };
  if (meta.type === 'reference') return { ...head, text: true, plain: true, ...named(head.name, own, meta) };
  if (meta.type === 'records') return { ...head, value: recordNames(own), text: true, namesPeople: true };
  if (meta.type === 'money') return { ...head, value: money(own, meta), text: false, kind: 'number' };
  if (meta.type === 'duration') return { ...head, value: clock(own), text: false };
  const personal = meta.sealable && { personal: { name: own, meta } };
  if (meta.type === 'labelled') return { ...head, value: labelledText(own), text: true, ...personal };
  if (meta.type === 'addresses') return { ...head, value: addressText(own), text: true, ...personal };
  if (meta.type === 'list') return { ...head, value: listText(own), text: true, ...personal };
  if (meta.type === 'time') return { ...head, value: utcTime(own), text: false, kind: 'time' };
  if (meta.type === 'boolean') return { ...head, value: sql`${sql.ref(`r.${own}`)}::text`, text: false };
  const text = ['text', 'long_text', 'email', 'phone', 'url'].includes(meta.type);
  return {
    ...head,
    value: sql.ref(`r.${own}`),
    text,
    plain: true,
    ...kindOf(meta.type),
    ...personal,
    ...(meta.ofSealable && { namesPeople: true }),
  };
}

/** What a clock shows, as the API writes times. */
export const isoTime = (clock: Sql): Sql => sql`to_char(${clock}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const utcTime = (own: string): Sql => isoTime(sql`${sql.ref(`r.${own}`)} at time zone 'UTC'`);

const kindOf = (type: string): Pick<ExportColumn, 'kind'> => (kinds[type] ? { kind: kinds[type] } : {});

/** The right to records of a type. */
function namesUnder(type: string | undefined): Pick<ExportColumn, 'names'> {
  const resource = resourceNamed(type);
  return resource ? { names: [resource.right] } : {};
}

/** Whether names of records in the table may be sealed. */
function namingPeople(table: string | undefined): Pick<ExportColumn, 'namesPeople'> {
  const resource = resourceOfTable(table);
  return resource?.meta.get(labelColumn(resource) ?? '')?.ofSealable ? { namesPeople: true } : {};
}

function named(name: string, own: string, { table }: FieldMeta): Partial<ExportColumn> & Pick<ExportColumn, 'value'> {
  const alias = `x_${name}`;
  return {
    ...namesUnder(resourceOfTable(table)?.name),
    ...namingPeople(table),
    value: sql.ref(`${alias}.name`),
    join: sql`left join ${sql.table(table!)} as ${sql.ref(alias)} on ${sql.ref(`${alias}.tenant_id`)} = r.tenant_id
      and ${sql.ref(`${alias}.id`)} = ${sql.ref(`r.${own}`)}`,
  };
}

/** The names of the records that an entry is about, as far as the caller may read them. */
const recordNames = (own: string): Sql =>
  sql`(select string_agg(${listed(sql`n.record ->> 'name'`)}, '; ' order by n.place)
    from jsonb_array_elements(app.named_records(r.tenant_id, ${sql.ref(`r.${own}`)})) with ordinality n (record, place))`;

const money = (own: string, { currencyField }: FieldMeta): Sql => {
  const amount = sql.ref(`r.${own}`);
  const currency = sql.ref(`r.${currencyField}`);
  return sql`round(${amount}::numeric / app.currency_factor(${currency}), length(app.currency_factor(${currency})::text) - 1)`;
};

/** `1:30:00`, which spreadsheets can add up. */
const clock = (own: string): Sql => {
  const seconds = sql.ref(`r.${own}`);
  return sql`(${seconds} / 3600) || to_char(make_interval(secs => ${seconds} % 3600), ':MI:SS')`;
};

/** All tags of all records at once: to look for each record by itself takes four times as long as all the rest. */
const tagNames: Pick<ExportColumn, 'value' | 'join' | 'names'> = {
  names: ['tag'],
  value: sql`x_tags.names`,
  join: sql`left join (select t.record_id, string_agg(${listed(sql`g.name`)}, '; ' order by g.name) as names
      from record_tag t join tag g on g.tenant_id = t.tenant_id and g.id = t.tag_id
      group by 1) x_tags on x_tags.record_id = r.id`,
};

/** Most lists are empty, and looking at that is all they cost. */
const listText = (own: string): Sql => {
  const values = sql.ref(`r.${own}`);
  return sql`case when ${values} <> '{}' then (select string_agg(${listed(sql`v`)}, '; ' order by at)
    from unnest(${values}) with ordinality as l (v, at)) end`;
};

/** `Work: a@b.example; c@d.example`, as an import reads it. */
const labelledText = (own: string): Sql => {
  const values = sql.ref(`r.${own}`);
  const line = labelledItem(sql`(e ->> 'label')`, sql`(e ->> 'value')`);
  return sql`case when ${values} <> '[]' then (select string_agg(${listed(line)}, '; ' order by at)
    from jsonb_array_elements(${values}) with ordinality as l (e, at)) end`;
};

/** Further addresses in the form that an import reads. */
const addressText = (own: string): Sql => {
  const values = sql.ref(`r.${own}`);
  return sql`case when ${values} <> '[]' then ${values}::text end`;
};

/** The table of what a field refers to, and the column with its name, where an import finds it by that. */
function namedTable(type: string, targets: readonly ImportTarget[]): { table: string; name: string } | undefined {
  const table = referencedTable(type);
  const resource = resourceOfTable(table);
  const name = resource && labelColumn(resource);
  const isRead = targets.some(({ resource, namedBy }) => resource === type && namedBy.includes(name!));
  return table && name && isRead ? { table, name } : undefined;
}

function customColumn({ key, label, type }: CustomField, at: number, targets: readonly ImportTarget[]): ExportColumn {
  const value = sql`r.custom -> ${key}::text`;
  const text = sql`r.custom ->> ${key}::text`;
  const amount = sql`(${value} ->> 'amount') || ' ' || (${value} ->> 'currency')`;
  const options = sql`(select string_agg(${listed(sql`o`)}, '; ') from jsonb_array_elements_text(${value}) o)`;
  const named = namedTable(type, targets);
  if (named) {
    // By its place: PostgreSQL cuts names off, and long keys may begin alike.
    const alias = `x_custom_${at}`;
    const join = sql`left join ${sql.table(named.table)} as ${sql.ref(alias)} on ${sql.ref(`${alias}.tenant_id`)} = r.tenant_id
      and ${sql.ref(`${alias}.id`)}::text = lower(${text})`;
    const names = namesUnder(type);
    return {
      name: `custom.${key}`,
      label,
      text: true,
      value: sql.ref(`${alias}.${named.name}`),
      join,
      ...names,
      ...namingPeople(named.table),
    };
  }
  return {
    name: `custom.${key}`,
    label,
    text: true,
    ...(type !== 'money' && kindOf(type)),
    value: type === 'money' ? amount : type === 'multi_select' ? options : text,
  };
}
