import type { RawBuilder } from 'kysely';
import { sql } from '../../../kernel/database/database.ts';
import { dequeue } from '../../../kernel/database/dequeue.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { Candidate, ChangeEvent, Subject } from './candidate.ts';

type Sql = RawBuilder<unknown>;

/** What is told of at once: what goes beyond that in one transaction is a change of so many records that it is told as one anyway. */
export const events_max = 5_000;
/** Transactions told of at once. */
export const changes_max = 500;

const texts = ['comment', 'note', 'task'] as const;

/** A transaction of a change, as the audit knows it. */
export interface ChangeTransaction {
  request_id: string;
  xid: string;
}

/** Up to `changes_max` changes of which nobody was told yet, or this one of them. They are taken when the transaction commits, and wait on when it does not. */
export function dequeueChanges(ctx: Context, id?: string): Promise<ChangeTransaction[]> {
  const which = id === undefined ? sql`` : sql`and id = ${id}`;
  return ctx.tx.many(sql`
    with taken as (${dequeue(ctx, 'notice_due', changes_max, which)}) select request_id, xid::text from taken order by id`);
}

/** The first `changes_max` of them, by which each can be taken by itself. */
export async function queuedIds(ctx: Context): Promise<string[]> {
  const rows = await ctx.tx.many<{ id: string }>(
    sql`select id from notice_due where tenant_id = ${ctx.tenant_id} order by id limit ${changes_max}`,
  );
  return rows.map(({ id }) => id);
}

/**
 * What these transactions did, less what nobody is told of: most of a record is in the event of its creation. Of rows that are in the trash by now,
 * none. The first `events_max` of them.
 */
export function readEvents(
  ctx: Context,
  places: readonly ChangeTransaction[],
  records: readonly string[],
): Promise<(ChangeEvent & ChangeTransaction)[]> {
  const tables = [...records, ...texts];
  const rows = tables.map((table) => {
    const row = records.includes(table) ? sql`'{}'::jsonb` : sql`to_jsonb(r) - 'body'`;
    return sql`when ${sql.lit(table)} then (select ${row} from ${sql.table(table)} r
      where r.tenant_id = e.tenant_id and r.id = e.record_id and r.deleted_at is null)`;
  });
  return ctx.tx.many(sql`select e.request_id, e.xid::text as xid, e.action, e.resource, e.record_id, e.actor_id, e.at,
      case e.action when 'update' then array(select jsonb_object_keys(e.after)) else '{}' end as fields,
      ${told(sql`e.before`)} as before, ${told(sql`e.after`)} as after, case e.resource ${sql.join(rows, sql` `)} end as row
    from audit_event e where e.tenant_id = ${ctx.tenant_id} and e.request_id = any (${[...new Set(places.map(({ request_id }) => request_id))]})
      and (e.request_id, e.xid) in (select p.request_id, p.xid from jsonb_to_recordset(${JSON.stringify(places)}::jsonb) as p (request_id text, xid xid8))
      and e.import_id is null and e.at <= now() and e.resource = any (${tables}) and e.action in ('create', 'update')
    order by e.seq limit ${events_max}`);
}

const told = (
  values: Sql,
) => sql`jsonb_build_object('owner_id', ${values} -> 'owner_id', 'assignee_id', ${values} -> 'assignee_id',
  'mentions', ${values} -> 'mentions', 'custom', case e.action when 'update' then ${values} -> 'custom' end)`;

const columnOf = ({ resource }: Subject): Sql => sql.ref(`${resource}_id`);

/** They follow from now on, unless they once asked not to. */
export async function addFollowers(
  ctx: Context,
  wanted: readonly { user_id: string; subject: Subject }[],
): Promise<void> {
  for (const [, group] of Map.groupBy(wanted, ({ subject }) => subject.resource)) {
    const rows = JSON.stringify(group.map(({ user_id, subject }) => ({ user_id, id: subject.id })));
    await ctx.tx.run(sql`insert into follower (tenant_id, user_id, ${columnOf(group[0]!.subject)})
      select distinct u.tenant_id, u.id, w.id from jsonb_to_recordset(${rows}::jsonb) as w (user_id uuid, id uuid)
      join user_account u on u.tenant_id = ${ctx.tenant_id} and u.id = w.user_id on conflict do nothing`);
  }
}

/** Who follows these records: their owners and those who do so themselves, without those who asked not to hear of it. */
export async function readFollowers(ctx: Context, subjects: readonly Subject[]): Promise<Map<string, string[]>> {
  const followers = new Map<string, string[]>();
  for (const [resource, group] of Map.groupBy(subjects, (subject) => subject.resource)) {
    const ids = [...new Set(group.map(({ id }) => id))];
    const column = sql.ref(`f.${resource}_id`);
    const rows = await ctx.tx.many<{ id: string; user_id: string }>(sql`
      select ${column} as id, f.user_id from follower f
      where f.tenant_id = ${ctx.tenant_id} and ${column} = any (${ids}) and not f.muted
      union select r.id, r.owner_id from ${sql.table(resource)} r
      where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids}) and r.owner_id is not null and not exists (
        select from follower f where f.tenant_id = r.tenant_id and ${column} = r.id and f.user_id = r.owner_id and f.muted)`);
    for (const { id, user_id } of rows) followers.set(id, [...(followers.get(id) ?? []), user_id]);
  }
  return followers;
}

/** Of the candidates, those whose person is active and may read what they would be told of. */
export async function keepReaders(ctx: Context, candidates: readonly Candidate[]): Promise<Candidate[]> {
  const people = [...new Set(candidates.map(({ user_id }) => user_id))];
  const active = new Set(
    (
      await ctx.tx.many<{ id: string }>(sql`select id from user_account
        where tenant_id = ${ctx.tenant_id} and status = 'active' and id = any (${people})`)
    ).map(({ id }) => id),
  );
  const readers = new Set<string>();
  const named = candidates.flatMap(({ user_id, readable }) =>
    readable && active.has(user_id) ? { user_id, ...readable } : [],
  );
  for (const [resource, group] of Map.groupBy(named, (pair) => pair.resource)) {
    const records = group.map(({ id }) => id);
    const askedFor = group.map(({ user_id }) => user_id);
    for (const { record_id, user_id } of await ctx.tx.many<{ record_id: string; user_id: string }>(
      sql`select * from app.readers_of(${resource}, ${records}, ${askedFor})`,
    ))
      readers.add(`${record_id} ${user_id}`);
  }
  const blind = await readBlind(ctx, candidates);
  return candidates.filter(
    (candidate) =>
      active.has(candidate.user_id) &&
      (!candidate.readable || readers.has(`${candidate.readable.id} ${candidate.user_id}`)) &&
      !blind.has(candidate),
  );
}

/** Candidates of changes in custom fields of which their person sees none. */
async function readBlind(ctx: Context, candidates: readonly Candidate[]): Promise<Set<Candidate>> {
  const blind = new Set<Candidate>();
  const ofCustom = candidates.filter(({ custom }) => custom);
  for (const [, group] of Map.groupBy(ofCustom, ({ resource, custom }) => [resource, ...custom!].join(' '))) {
    const { resource, custom } = group[0]!;
    const fields = custom!.map((key) => `${resource}.${key}`);
    const people = [...new Set(group.map(({ user_id }) => user_id))];
    const seeing = await ctx.tx.many<{ id: string }>(sql`select u.id from user_account u
      where u.tenant_id = ${ctx.tenant_id} and u.id = any (${people}) and exists (
        select from jsonb_array_elements(app.rights_of(u.id)) r cross join unnest(${fields}::text[]) f (name)
        where coalesce(r -> 'fields' ->> f.name, 'all') <> 'none')`);
    const ids = new Set(seeing.map(({ id }) => id));
    for (const candidate of group) if (!ids.has(candidate.user_id)) blind.add(candidate);
  }
  return blind;
}

/** A notification that was made just now. */
export interface Made {
  id: string;
  user_id: string;
  email: 'off' | 'at_once' | 'digest';
}

export type Addressed = Candidate & { in_app: boolean; email: Made['email'] };

/** Makes those that are not there yet: what is tried again, or goes on in further transactions, tells nobody twice. */
export function insertNotifications(ctx: Context, rows: readonly Addressed[]): Promise<Made[]> {
  return ctx.tx.many(sql`
    insert into notification (tenant_id, user_id, kind, cause, resource, record_id, source, source_id, actor_id, change_id, in_app, email, created_at)
    select ${ctx.tenant_id}, w.user_id, w.kind, w.cause, w.resource, w.record_id, w.source, w.source_id, w.actor_id, w.change_id, w.in_app, w.email, coalesce(w.at, now())
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w (user_id uuid, kind text, cause text, resource text, record_id uuid, source text,
      source_id uuid, actor_id uuid, change_id uuid, in_app boolean, email text, at timestamptz)
    on conflict (tenant_id, user_id, kind, cause) do nothing
    returning id, user_id, email`);
}

/** Has the open pages of these people read their inbox again; nobody else hears of it. */
export async function tellPages(ctx: Context, people: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`insert into outbox (tenant_id, resource, record_id, action)
    select ${ctx.tenant_id}, 'notification', p, 'update' from unnest(${people}::uuid[]) p`);
}

/** Tasks whose time has come since. */
export function readDueTasks(
  ctx: Context,
  since: string,
): Promise<
  {
    id: string;
    user_id: string;
    moment: string;
    contact_id: string | null;
    company_id: string | null;
    deal_id: string | null;
  }[]
> {
  return ctx.tx.many(sql`select t.id, t.assignee_id as user_id, m.moment, t.contact_id, t.company_id, t.deal_id
    from task t cross join lateral (select distinct v.moment from (values (t.due_at), (t.remind_at)) v (moment)) m
    where t.tenant_id = ${ctx.tenant_id} and t.status = 'open' and t.assignee_id is not null and t.deleted_at is null
      and m.moment between ${since} and now() and (t.due_at between ${since} and now() or t.remind_at between ${since} and now())
    order by m.moment limit ${events_max}`);
}

const ended = { import: 'created_by', export: 'created_by', change: 'created_by' } as const;
export type Ended = keyof typeof ended;

/** Nobody for an export that was read at once: whoever asked for it has it. */
export const readCreator = (
  ctx: Context,
  resource: Ended,
  id: string,
): Promise<{ created_by: string | null } | undefined> =>
  ctx.tx.maybe(sql`select created_by from ${sql.table(resource)} where tenant_id = ${ctx.tenant_id} and id = ${id}
    ${resource === 'export' ? sql`and (state <> 'done' or file_id is not null)` : sql``}`);

/** Who looks after the data: those who may delete everybody's contacts. */
export function readCaretakers(ctx: Context): Promise<{ id: string }[]> {
  return ctx.tx.many(sql`select u.id from user_account u where u.tenant_id = ${ctx.tenant_id} and u.status = 'active' and exists (
    select from jsonb_array_elements(app.rights_of(u.id)) r where coalesce(r ->> '*', r -> 'contact' ->> 'delete') = 'all')`);
}
