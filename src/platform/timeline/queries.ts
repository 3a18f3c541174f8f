import type { RawBuilder } from 'kysely';
import { ruleOf, shownTable } from '../../kernel/access/table-rule.ts';
import type { Through } from '../../kernel/audit/contract.ts';
import { type Resource, resourceOfTable } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { statementCache } from '../../kernel/database/statement.ts';
import { labelColumn } from '../../kernel/resource/label.ts';
import { baseConditions, type Caller, callerBy, narrowedScope } from '../../kernel/resource/list.ts';
import { selectColumns, sourceSql } from '../../kernel/resource/row.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { Audience } from '../comment/contract.ts';
import { undo_days } from '../undo/contract.ts';
import { type AttachedKind, attachedKind, attachedKinds, timelineKinds } from './contract.ts';
import { entryColumns, type SentEntry } from './entry.ts';
import { expectKindOf } from './expected-kinds.ts';
import { silentFields } from './silent.ts';

type Sql = RawBuilder<unknown>;

/** Where a page ends: entries are ordered by time, then kind, then id, newest first. */
export interface TimelineCursor {
  at: string;
  kind: string;
  id: string;
  /** The entry at this place is on the next page, not on the one before. */
  inclusive?: true;
}

/** An entry as the statement answers it; `fieldsOfEntry` gives the fields of its kind their names. */
export interface EntryRow extends SentEntry, Values {
  $kind: string;
  $at: string;
  /** None of a change. */
  id: string | null;
  /** The number of the audit event of a change. */
  $seq: string | null;
  $person_id: string | null;
  $person: string | null;
  /** What that person acted through. */
  $via: Through | null;
  $action: string | null;
  $before: Values | null;
  $after: Values | null;
  /** The fields that a change changed, where its values are no longer known. */
  $erased: string[] | null;
  /** The id by which the change can be undone. */
  $change_id: string | null;
  $undone: boolean;
  $is_undo: boolean;
  /** Whether a note has files. */
  $has_files: boolean;
  /** Names of the records that reference fields went from and to. */
  $names: Record<string, { before: string | null; after: string | null } | null> | null;
  /** The table of a kind that the statement left out, though the record has entries of it. */
  $left_out?: string | null;
}

interface Page {
  id: string;
  /** Kinds that the record is not expected to have entries of; the first page is read without them. */
  unexpected: readonly string[];
  after: TimelineCursor | undefined;
  limit: number;
  audience: Audience | undefined;
}

/** What the statement is sent with. */
interface Given {
  tenant_id: string;
  user_id: string | null;
  id: string;
  limit: number;
  at: string | undefined;
  place: string | undefined;
}

/** What a page is read with; what the text of its statement comes from. */
interface Asked {
  caller: Caller;
  given: Given;
  subject: Resource;
  after: TimelineCursor | undefined;
  audience: Audience | undefined;
}

/** Comments for one audience; the text of the statement names it. */
const forAudience = (audience: Audience | undefined): Sql[] =>
  audience ? [sql`r.audience = ${sql.lit(audience)}`] : [];

/** What lies behind a place, for one kind of entry; a plain comparison that its index can begin at. */
function behind({ after, given }: Asked, kind: string, at: Sql, id: Sql): Sql {
  if (!after) return sql`true`;
  if (kind === after.kind)
    return sql`(${at}, ${id}) ${sql.raw(after.inclusive ? '<=' : '<')} (${given.at}, ${given.place})`;
  const kinds = timelineKinds();
  const later = kinds.indexOf(kind) > kinds.indexOf(after.kind);
  return later ? sql`${at} <= ${given.at}` : sql`${at} < ${given.at}`;
}

/** Heads of threads; one in the trash too, while anything that answers it is not. */
const threadHeads: Sql = sql`r.parent_id is null and (r.deleted_at is null or app.has_answer(r.id))`;

/** The newest entries of a kind that hang on a record. */
function attachedSql(asked: Asked, { kind, resource, person }: AttachedKind): Sql {
  const { caller, given } = asked;
  const conditions = [
    ...baseConditions(caller, resource, kind === 'comment' ? 'either' : false),
    ...(kind === 'comment' ? [threadHeads, ...forAudience(asked.audience), sql`r.record_id = ${given.id}`] : []),
  ];
  const [source, time, id] =
    kind === 'comment'
      ? [sql`comment r`, sql`r.created_at`, sql`r.id`]
      : [linked(asked, resource), sql`l.at`, sql`l.item_id`];
  conditions.push(behind(asked, kind, time, id));
  return sql`(select ${sql.lit(kind)} as "$kind", ${sql.lit(timelineKinds().indexOf(kind))} as "$rank", ${time} as "$at", r.id,
      null::bigint as "$seq", ${sql.ref(`r.${person}`)} as "$person_id", null::text as "$action", null::jsonb as "$before",
        null::jsonb as "$after",
      null::text as "$via", null::text[] as "$erased", null::uuid as "$change_id", ${sql.raw(entryColumns(resource))}
    from ${source} where ${sql.join(conditions, sql` and `)} order by ${time} desc, ${id} desc limit ${given.limit})`;
}

/** Where entries of a kind are read: of those with degrees also what is not seen in full. */
const shownEntries = ({ table, byDegree }: Resource): Sql =>
  byDegree ? sql.raw(shownTable(ruleOf(resourceOfTable(table)!.name)!)) : sql.table(table);

/**
 * The links of a record to entries of a kind, newest first along their index, each with its entry `r` looked up by key.
 */
const linked = ({ given }: Asked, resource: Resource): Sql =>
  sql`(select l.at, l.item_id from record_link l where l.tenant_id = ${given.tenant_id} and l.record_id = ${given.id}
    and l.item_type = ${sql.lit(resource.table)}) l
      cross join lateral (select * from ${shownEntries(resource)} e where e.tenant_id = ${given.tenant_id}
        and e.id = l.item_id offset 0) r`;

/** What the program did by itself has a name instead of an id, and stays. */
const change_id = sql`coalesce(e.import_id, case
  when e.request_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then e.request_id::uuid end)`;

/** Events that name a change of state; the update that made it stands beside each. */
const namesUpdate = ({ states }: Resource): Sql =>
  states ? sql`e.action in (${sql.join(states.transitions.map(({ name }) => sql.lit(name)))})` : sql`false`;

/**
 * Of a change of which the caller may see no field, they are not told either. Nothing where they may see all, which
 * costs nothing then.
 */
const exceptHidden = ({ caller, subject }: Asked): Sql =>
  caller.actor.rights.fields
    ? sql`and app.changes_only_hidden(e.resource, e.fields, e.before, e.after, ${sql.lit(`{${silentFields(subject).join()}}`)}) is not true`
    : sql``;

/** Who looked at a value or took it out changed nothing: the log of disclosures says it. */
const isDisclosure = sql`e.action in ('reveal', 'download', 'export')`;

/**
 * The newest changes of a record itself. `at <= now()` spares the partitions of the coming months. A record that is
 * older than its arrival brought its history along: that it arrived would stand above all of it, and is left to the
 * audit log.
 */
function changesSql(asked: Asked): Sql {
  const { given, subject } = asked;
  return sql`(select 'change' as "$kind", ${sql.lit(timelineKinds().indexOf('change'))} as "$rank", e.at as "$at", null::uuid as id,
    e.seq as "$seq",
      e.actor_id as "$person_id", e.action as "$action", e.before as "$before", e.after as "$after",
      app.via_text(e.via, e.actor_kind, e.credential_id, e.import_id) as "$via",
      case when e.commitment is not null and e.before is null and e.after is null then coalesce(e.fields, '{}') end as "$erased",
        ${change_id} as "$change_id", ${sql.raw(entryColumns())}
    from recorded_change e where e.tenant_id = ${given.tenant_id} and e.record_id = ${given.id} and e.resource = ${subject.name}
      and e.at <= now()
      and ${namesUpdate(subject)} is not true and ${isDisclosure} is not true
      ${exceptHidden(asked)} and (e.action = 'create' and (e.after ->> 'created_at')::timestamptz < e.at - interval '1 day') is not true
      and ${behind(asked, 'change', sql.ref('e.at'), sql.ref('e.seq'))}
    order by e.at desc, e.seq desc limit ${given.limit})`;
}

/** The table of one of the kinds that the statement left out, where the record has links to entries in it. */
const leftOutKind = ({ given }: Asked, leftOut: readonly string[]): Sql =>
  leftOut.length === 0
    ? sql`null`
    : sql`(select l.item_type from record_link l where l.tenant_id = ${given.tenant_id} and l.record_id = ${given.id}
      and l.item_type = any (${sql.lit(`{${leftOut.map((kind) => attachedKind(kind).resource.table).join()}}`)}::text[]) limit 1)`;

const namesBySubject = new WeakMap<Resource, Sql>();

/**
 * What a subject adds to each entry: its currencies at that time, and the names of what its reference fields went from
 * and to.
 */
function columnsOfSubject(subject: Resource): Sql {
  const known = namesBySubject.get(subject);
  if (known) return known;
  const name = (field: string, table: string, side: 'before' | 'after') =>
    `'${side}', app.name_of('${table}', subject.tenant_id, (p."$${side}" ->> '${field}')::uuid)`;
  const names = [...subject.meta].flatMap(([field, { table }]) =>
    table
      ? `'${field}', case when p."$before" ? '${field}' then json_build_object(${name(field, table, 'before')}, ${name(field, table, 'after')}) end`
      : [],
  );
  const currencies = [...subject.meta].flatMap(([field, { type }]) =>
    type === 'currency' ? `coalesce(${replacedCurrency(subject, field)}, subject.${field}) as "$${field}"` : [],
  );
  // Most entries are about this record alone, of which `fieldsOfEntry` writes them.
  const about = `subject.id as "$subject_id", subject.${labelColumn(subject)} as "$subject",
    case when p.records <> array[subject.id] then app.named_records(subject.tenant_id, p.records) end as records`;
  const named = `case when p."$action" = 'update' then json_build_object(${names.join(', ')}) end as "$names"`;
  const made = sql.raw([about, named, ...currencies].join(', '));
  namesBySubject.set(subject, made);
  return made;
}

/**
 * The currency that amounts were in when an entry changed them, where it was changed since: the next change of it
 * tells.
 */
function replacedCurrency({ name, meta }: Resource, field: string): string {
  const amounts = [...meta].flatMap(([amount, { currencyField }]) => (currencyField === field ? `'${amount}'` : []));
  return `case when p."$after" ?| array[${amounts.join(', ')}]::text[] then (select n.before ->> '${field}' from recorded_change n
    where n.tenant_id = subject.tenant_id and n.record_id = subject.id and n.resource = '${name}' and n.at >= p."$at" and n.at <= now()
      and n.seq > p."$seq" and '${field}' = any (n.fields) order by n.seq limit 1) end`;
}

const pages = statementCache<Given>();

/**
 * A page of a record's timeline. Answers no row when the caller may not read the record, and one without entry when it
 * has none.
 */
export async function readEntries(
  ctx: Context,
  subject: Resource,
  kinds: readonly string[],
  page: Page,
): Promise<EntryRow[]> {
  const leftOut = kinds.filter((kind) => page.unexpected.includes(kind));
  const rows = await readKinds(ctx, subject, { kinds: kinds.filter((kind) => !leftOut.includes(kind)), leftOut }, page);
  const missed = rows[0]?.$left_out;
  if (!missed) return rows;
  expectKindOf(ctx, subject, missed);
  return readKinds(ctx, subject, { kinds, leftOut: [] }, page);
}

/** The kinds that a statement reads, and those that it only looks for. */
interface ReadKinds {
  kinds: readonly string[];
  leftOut: readonly string[];
}

function readKinds(
  ctx: Context,
  subject: Resource,
  read: ReadKinds,
  { id, after, limit, audience }: Page,
): Promise<EntryRow[]> {
  const { tenant_id, actor } = ctx;
  const scoped = [subject, ...attachedKinds().map(({ resource }) => resource)];
  const key = [
    subject.name,
    ...read.kinds,
    '-',
    ...read.leftOut,
    after?.kind,
    after?.inclusive,
    audience,
    actor.rights.fields !== undefined,
    actor.rights.outside,
    ...scoped.map((resource) => narrowedScope(ctx, resource)),
  ];
  const values = { tenant_id, user_id: actor.user_id, id, limit, at: after?.at, place: after?.id };
  return ctx.tx.many(
    pages<EntryRow>(key.join(), values, (given) =>
      pageSql({ caller: callerBy(actor.rights, given), given, subject, after, audience }, read),
    ),
  );
}

/**
 * One statement, in which each kind gives no more of its index than the page could need. Whether a change was undone is
 * asked by subqueries with one value: for EXISTS, PostgreSQL may read all changes of the workspace into a hash.
 */
function pageSql(asked: Asked, { kinds, leftOut }: ReadKinds) {
  const { caller, given, subject } = asked;
  const branches = kinds.map((kind) =>
    kind === 'change' ? changesSql(asked) : attachedSql(asked, attachedKind(kind)),
  );
  const where = sql.join([...baseConditions(caller, subject), sql`r.id = ${given.id}`], sql` and `);
  return sql<EntryRow>`
    select ${pageColumns}, u.name as "$person", case when p."$via" is not null then app.via_of(p."$via", null) end as "$via",
      ${columnsOfSubject(subject)}, ${leftOutKind(asked, leftOut)} as "$left_out",
      case when p."$at" > now() - make_interval(days => ${undo_days}) then p."$change_id" end as "$change_id",
      p."$change_id" is not null and (select true from change v where v.tenant_id = subject.tenant_id and v.of_change = p."$change_id"
        and (v.of_record is null or (v.of_record = subject.id and p."$action" <> 'merge')) and v.state = 'done'
          limit 1) is true as "$undone",
      p."$change_id" is not null and (select v.of_change is not null from change v where v.tenant_id = subject.tenant_id
        and v.id = p."$change_id") is true as "$is_undo",
      p."$kind" = 'note' and (select true from attachment a where a.tenant_id = subject.tenant_id and a.note_id = p.id
        and a.deleted_at is null limit 1) is true as "$has_files"
    from (select r.* from ${sql.table(subject.table)} r where ${where}) subject
    left join (select * from (${sql.join(branches, sql` union all `)}) entries order by ${order} limit ${given.limit}) p on true
    left join user_account u on u.tenant_id = subject.tenant_id and u.id = p."$person_id"
    order by ${order}`;
}

/**
 * The cursor of an entry in the timeline of a record, or of the thread that a reply is in; undefined when the caller
 * may not see it.
 */
export function findCursor(
  ctx: Context,
  kinds: readonly string[],
  id: string,
  entry: string,
): Promise<TimelineCursor | undefined> {
  const wanted = kinds.filter((kind) => kind !== 'change');
  if (wanted.length === 0) return Promise.resolve(undefined);
  const lookups = wanted.map((kind) => {
    const { resource, at } = attachedKind(kind);
    const head = sql`coalesce((select c.parent_id from comment c where c.tenant_id = ${ctx.tenant_id} and c.id = ${entry}), ${entry})`;
    return sql`select ${sql.lit(kind)} as kind, ${sql.ref(`r.${at}`)} as at, r.id, true as inclusive from ${sql.table(resource.table)} r
      where r.tenant_id = ${ctx.tenant_id} and r.id = ${kind === 'comment' ? head : entry}
        and ${kind === 'comment' ? sql`r.record_id = ${id}` : sql`${id} = any (r.records)`}
        and ${kind === 'comment' ? threadHeads : sql`r.deleted_at is null`}`;
  });
  return ctx.tx.maybe(sql.join(lookups, sql` union all `));
}

const order = sql.raw('"$at" desc, "$rank", "$seq" desc, id desc');
const pageColumns = sql.raw(
  ['$kind', '$at', 'id', '$seq', '$person_id', '$action', '$before', '$after', '$erased', '$entry']
    .map((name) => `p."${name}"`)
    .join(', '),
);

const replies_max = 100;

/**
 * The replies in these threads, oldest first; of one thread so many at most, the newest, with how many it has in all.
 */
export function readReplies(
  ctx: Context,
  heads: readonly string[],
  audience: Audience | undefined,
): Promise<(Values & { $of_thread: number })[]> {
  const { resource } = attachedKind('comment');
  const conditions = [...baseConditions(ctx, resource), ...forAudience(audience), sql`r.parent_id = any (${heads})`];
  const where = sql.join(conditions, sql` and `);
  return ctx.tx.many(sql`select * from (
      select ${selectColumns(resource)}, row_number() over (partition by r.parent_id order by r.created_at desc, r.id desc) as "$n",
        count(*) over (partition by r.parent_id)::int as "$of_thread"
      from ${sourceSql(resource)} where ${where}) replies
    where "$n" <= ${replies_max} order by created_at, id`);
}
