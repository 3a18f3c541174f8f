import type { RawBuilder } from 'kysely';
import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { labelColumn } from '../../kernel/resource/label.ts';
import { isSealedText, openNamed, partSql } from '../../kernel/resource/personal.ts';
import { cutPlain, plainSql } from '../../kernel/resource/plain.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { comment } from '../comment/contract.ts';
import { note } from '../note/contract.ts';
import { assignments } from './assignment.ts';
import { type Notification, type NotificationQuery, type NotificationUpdate, unread_counted_max } from './contract.ts';

type Sql = RawBuilder<unknown>;

/** Of one person; what is older is not listed, and gone after a while. */
const listed_max = 1_000;
const text_characters_max = 300;

/** What is shown of a notification, before its fields have titles. */
export interface InboxRow extends Omit<Notification, 'fields' | 'actor' | 'record' | 'source'> {
  actor_id: string | null;
  actor: string | null;
  record_id: string | null;
  record: string | null;
  source: 'comment' | 'note' | null;
  source_id: string | null;
  text: string | null;
  /** Names of the columns that a change, or a change of many records, set. */
  changed: string[] | null;
}

const unread: Sql = sql`n.read_at is null and (n.snoozed_until is null or n.snoozed_until <= now())`;
const conditions: Record<NotificationQuery['view'], Sql> = {
  unread,
  all: sql`(n.snoozed_until is null or n.snoozed_until <= now() or n.read_at is not null)`,
  snoozed: sql`n.read_at is null and n.snoozed_until > now()`,
};

const own = (ctx: Context): Sql => sql`n.tenant_id = ${ctx.tenant_id} and n.user_id = ${ctx.actor.user_id}`;

/** A table of what notifications are about, with its columns that say how it is called and how it is. */
interface SubjectTable {
  table: string;
  name: string;
  /** The first of them that has a value. */
  states?: readonly string[];
  trash?: true;
}
const otherSubjects: readonly SubjectTable[] = [
  { table: 'import', name: 'name', states: ['state'] },
  { table: 'export', name: 'resource', states: ['state'] },
  { table: 'change', name: 'resource', states: ['state'] },
  { table: 'webhook', name: 'name' },
];
const columnOf = ({ table }: SubjectTable, column: string): Sql => sql.ref(`s_${table}.${column}`);

/** What is read of the records, once all types are known. */
interface SubjectSql {
  /**
   * The record of each, joined under the rights of the caller: what they may not read, or is in the trash, is not
   * there.
   */
  joins: Sql;
  name: Sql;
  state: Sql;
  /** What its person may still see. */
  visible: Sql;
}

const known = new WeakMap<readonly Resource[], SubjectSql>();

function subjectSql(types: readonly Resource[]): SubjectSql {
  const before = known.get(types);
  if (before) return before;
  const records = types.map(
    (resource): SubjectTable => ({
      table: resource.table,
      name: labelColumn(resource)!,
      ...(resource.trash && { trash: true }),
    }),
  );
  const given = assignments().map(
    (resource): SubjectTable => ({
      table: resource.table,
      name: labelColumn(resource)!,
      states: resource.assigned!.due,
      ...(resource.trash && { trash: true }),
    }),
  );
  const subjects = [...records, ...given, ...otherSubjects];
  const joins = subjects.map(
    (
      each,
    ) => sql`left join ${sql.table(each.table)} as ${sql.table(`s_${each.table}`)} on n.resource = ${sql.lit(each.table)}
      and ${columnOf(each, 'tenant_id')} = n.tenant_id and ${columnOf(each, 'id')} = n.record_id
      ${each.trash ? sql`and ${columnOf(each, 'deleted_at')} is null` : sql``}`,
  );
  const id = sql`coalesce(${sql.join(subjects.map((each) => columnOf(each, 'id')))})`;
  const made = {
    joins: sql.join(joins, sql` `),
    name: sql`coalesce(${sql.join(subjects.map((each) => sql`${columnOf(each, each.name)}::text`))})`,
    state: sql`coalesce(${sql.join(subjects.flatMap((each) => (each.states ?? []).map((state) => sql`to_jsonb(${columnOf(each, state)}) #>> '{}'`)))})`,
    visible: sql`(n.record_id is null or ${id} is not null) and (n.source_id is null or coalesce(x.id, o.id) is not null)`,
  };
  known.set(types, made);
  return made;
}

/** What the comment or the note says. */
const said: Sql = sql`coalesce(x.body, o.body)`;

const sourceJoins: Sql = sql`left join comment x on n.source = 'comment' and x.tenant_id = n.tenant_id and x.id = n.source_id
  and x.deleted_at is null
  left join note o on n.source = 'note' and o.tenant_id = n.tenant_id and o.id = n.source_id and o.deleted_at is null`;

/** Changes of one record that are not read yet are one. */
const group: Sql = sql`case when n.kind = 'changed' and n.record_id is not null then n.record_id else n.id end, n.read_at is null`;

/** Which work has ended, under the rights of the caller as all of it. */
const work: Sql = sql`case when g.kind <> 'finished' then null
    when g.resource = 'import' then (select jsonb_build_object('kind', 'import', 'begun_at', coalesce(i.started_at, i.created_at), 'rows',
        (select sum((f.counts ->> 'created')::int + (f.counts ->> 'updated')::int) from import_file f where f.tenant_id = i.tenant_id
          and f.import_id = i.id))
      from import i where i.tenant_id = g.tenant_id and i.id = g.record_id)
    when g.resource = 'export' then (select jsonb_build_object('kind', e.format, 'begun_at', e.created_at, 'rows', e.row_count)
      from export e where e.tenant_id = g.tenant_id and e.id = g.record_id)
    when g.resource = 'change' then (select jsonb_build_object('kind', c.kind, 'begun_at', c.created_at, 'rows', c.changed)
      from change c where c.tenant_id = g.tenant_id and c.id = g.record_id) end`;

/** What a change of many records sets: the fields it names, or all of its action but for the kind. */
const workFields: Sql = sql`array(select k from change c cross
  join lateral jsonb_each(coalesce(c.action -> 'fields', c.action - 'kind')) as a (k, v)
      where c.tenant_id = g.tenant_id and c.id = g.record_id and (c.action ? 'fields' or v <> 'null'))`;

/** A page of the inbox of the caller, newest first. `only` narrows it to some notifications. */
export async function readInbox(
  ctx: Context,
  records: readonly Resource[],
  {
    view,
    limit,
    after,
    only,
  }: { view: NotificationQuery['view'] | 'mail'; limit: number; after?: [string, string]; only?: Sql },
): Promise<InboxRow[]> {
  const wanted = view === 'mail' ? sql`${only}` : sql`n.in_app and ${conditions[view]}`;
  const subjects = subjectSql(records);
  const behind = after ? sql`(g.at, g.id) < (${after[0]}, ${after[1]})` : sql`true`;
  const rows = await ctx.tx.many<InboxRow>(sql`
    with mine as (
      select n.* from notification n where ${own(ctx)} and ${wanted} order by n.created_at desc, n.id desc limit ${listed_max}
    ), seen as (
      select n.tenant_id, n.id, n.kind, greatest(n.created_at, n.snoozed_until) as at, n.read_at, n.snoozed_until, n.resource, n.record_id,
        n.source, n.source_id, n.actor_id, n.via, n.change_id,
        ${subjects.name} as record, ${subjects.state} as state,
        ${partSql(said, sql`left(${plainSql(said)}, ${text_characters_max})`)} as text,
        count(*) over w as grouped, row_number() over (w order by n.created_at desc, n.id desc) as place
      from mine n ${subjects.joins} ${sourceJoins} where ${subjects.visible} window w as (partition by ${group})
    )
    select g.id, g.kind, g.at, g.read_at, g.snoozed_until, g.resource, g.record_id, g.record, g.state, g.source, g.source_id, g.text,
      g.actor_id,
      u.name as actor, app.via_of(g.via, null) as via, g.grouped::int as grouped,
      case when g.kind = 'changed' and g.record_id is not null then array(
        select distinct k from recorded_change e cross join lateral jsonb_object_keys(e.after) k
        where e.tenant_id = ${ctx.tenant_id} and e.record_id = g.record_id and e.resource = g.resource and e.request_id = g.change_id::text
          and e.at <= now()
          and (k <> 'custom' or (e.after -> k) - app.hidden_keys(g.resource) is distinct
            from (e.before -> k) - app.hidden_keys(g.resource)))
        when g.kind = 'finished' and g.resource = 'change' then ${workFields} end as changed,
      ${work} as work
    from seen g left join user_account u on u.tenant_id = ${ctx.tenant_id} and u.id = g.actor_id
    where g.place = 1 and ${behind} order by g.at desc, g.id desc limit ${limit}`);
  await openSaid(ctx, rows);
  return rows;
}

/** Opens what was said where it is sealed, and cuts it then. */
async function openSaid(ctx: Context, rows: readonly InboxRow[]): Promise<void> {
  const sealed = rows.filter(({ text }) => isSealedText(text));
  await openNamed(
    ctx,
    sealed.map((of) => ({
      of,
      resource: of.source === 'note' ? note : comment,
      id: of.source_id!,
      names: { body: 'text' },
    })),
  );
  for (const row of sealed) row.text = cutPlain(row.text!, text_characters_max);
}

/** How many are unread, changes of one record counting as one, and when the next one comes back. */
export function summarise(
  ctx: Context,
  records: readonly Resource[],
): Promise<{ unread: number; wakes_at: string | null }> {
  const subjects = subjectSql(records);
  return ctx.tx.one(sql`
    select (select count(*)::int from (
        select distinct ${group} from (select n.* from notification n where ${own(ctx)} and n.in_app and ${unread}
          order by n.created_at desc, n.id desc limit ${listed_max}) n
        ${subjects.joins} ${sourceJoins} where ${subjects.visible} limit ${unread_counted_max}) counted) as unread,
      (select min(n.snoozed_until) from notification n where ${own(ctx)} and n.in_app and n.read_at is null
        and n.snoozed_until > now()) as wakes_at`);
}

/** The ids of those of the caller's notifications that they may see: a key may see less than its person. */
function visibleOwn(ctx: Context, records: readonly Resource[]): Sql {
  const subjects = subjectSql(records);
  return sql`select n.id from notification n ${subjects.joins} ${sourceJoins} where ${own(ctx)} and ${subjects.visible}`;
}

/** Changes one of the caller's notifications with those that are shown as one with it. Answers it as it is now. */
export function mark(
  ctx: Context,
  records: readonly Resource[],
  id: string,
  { snoozed_until, ...update }: NotificationUpdate,
): Promise<{ id: string; read_at: string | null; snoozed_until: string | null }[]> {
  // What is put off is unread when it comes back.
  const read = update.read ?? (snoozed_until ? false : undefined);
  const values = [
    ...(read === undefined ? [] : [sql`read_at = ${read ? sql`coalesce(n.read_at, now())` : sql`null`}`]),
    ...(snoozed_until === undefined ? [] : [sql`snoozed_until = ${snoozed_until}`]),
  ];
  return ctx.tx.many(sql`update notification n set ${sql.join(values)} from notification named
    where named.tenant_id = n.tenant_id and named.user_id = n.user_id and named.id = ${id} and ${own(ctx)}
      and named.id in (${visibleOwn(ctx, records)} and n.id = ${id})
      and (n.id = named.id or (n.kind = 'changed' and named.kind = 'changed' and n.record_id = named.record_id and n.in_app
        and (n.read_at is null) = (named.read_at is null) and n.created_at <= named.created_at))
    returning n.id, n.read_at, n.snoozed_until`);
}

/**
 * All that the inbox shows as unread, up to this moment. What comes by mail alone has not been seen, and is still
 * mailed.
 */
export function markAllRead(ctx: Context, records: readonly Resource[], until: string): Promise<number> {
  const shown = sql`n.in_app and ${unread} and n.created_at <= ${until}`;
  return ctx.tx.run(sql`update notification n set read_at = now() where ${own(ctx)} and ${shown}
    and n.id in (${visibleOwn(ctx, records)} and ${shown})`);
}
