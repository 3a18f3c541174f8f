import type { RawBuilder } from 'kysely';
import { isPast, ofTenant } from '../../kernel/audit/events.ts';
import { sql } from '../../kernel/database/database.ts';
import type { FeedEvent } from '../../kernel/feed/consumer.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { findAttachable, type RecordName } from '../subject.ts';
import { assignments } from './assignment.ts';
import type { Candidate, ChangeEvent } from './candidate.ts';

type Sql = RawBuilder<unknown>;

/**
 * What is told of at once: what goes beyond that in one transaction is a change of so many records that it is told as
 * one anyway.
 */
export const events_max = 5_000;
/** What is about records and may be told of: comments, notes, and what is given to somebody to do. */
export const entryTypes = (): string[] => ['comment', 'note', ...assignments().map(({ name }) => name)];

/** A transaction of a change, as the audit knows it. */
export interface ChangeTransaction {
  request_id: string;
  xid: string;
}

/**
 * Whether the transaction of an event did something before it of which people may be told: then they were, when that
 * came.
 */
export async function isBegun(ctx: Context, { xid, seq }: FeedEvent, resources: readonly string[]): Promise<boolean> {
  const { begun } = await ctx.tx.one<{ begun: boolean }>(sql`select coalesce((select e.seq from audit_event e
    where e.tenant_id = ${ctx.tenant_id} and e.xid = ${xid}::xid8 and ${isTold(resources)} order by e.seq
      limit 1) < ${seq}, false) as begun`);
  return begun;
}

/**
 * Of an event `e`. A request, put like this, is not looked for in the index of requests: after an import the planner
 * takes that for empty, and every batch would read all of it, until a tenth of all events are new.
 */
const isTold = (resources: readonly string[]): Sql => sql`coalesce(e.request_id, '') <> '' and e.import_id is null
  and e.resource = any (${resources}) and e.action in ('create', 'update') and ${isPast}`;

/**
 * What these transactions did, less what nobody is told of: most of a record is in the event of its creation. Of rows
 * that are in the trash by now, none. The first `events_max` of them. Each transaction is looked up by itself.
 */
export function readEvents(
  ctx: Context,
  xids: readonly string[],
  records: readonly string[],
): Promise<(ChangeEvent & ChangeTransaction)[]> {
  const tables = [...records, ...entryTypes()];
  const rows = tables.map((table) => {
    const row = records.includes(table)
      ? sql`'{}'::jsonb`
      : sql`to_jsonb(r) - 'body' || jsonb_build_object('about', ${about(table === 'comment')})`;
    return sql`when ${sql.lit(table)} then (select ${row} from ${sql.table(table)} r
      where r.tenant_id = e.tenant_id and r.id = e.record_id and r.deleted_at is null)`;
  });
  return ctx.tx.many(sql`select e.request_id, e.xid::text as xid, e.action, e.resource, e.record_id, e.actor_id,
    app.via_text(e.via, e.actor_kind, e.credential_id, e.import_id) as via, e.at, coalesce(e.fields, '{}') as fields,
      ${told(sql`e.before`)} as before, ${told(sql`e.after`)} as after, case e.resource ${sql.join(rows, sql` `)} end as row
    from unnest(${[...xids]}::xid8[]) x (xid) cross join lateral (select * from recorded_change e
      where ${ofTenant(ctx)} and e.xid = x.xid and ${isTold(tables)} order by e.seq limit ${events_max}) e
    order by e.xid, e.seq limit ${events_max}`);
}

const told = (
  values: Sql,
) => sql`jsonb_build_object('owner_id', ${values} -> 'owner_id', 'assignee_id', ${values} -> 'assignee_id',
  'mentions', ${values} -> 'mentions', 'custom', case e.action when 'update' then ${values} -> 'custom' end)`;

/** The records that a row `r` is about, as JSON. */
export const about = (
  ofOne: boolean,
): Sql => sql`(select coalesce(jsonb_agg(jsonb_build_object('type', s.type, 'id', s.id) order by u.place), '[]')
  from unnest(${ofOne ? sql`array[r.record_id]` : sql`r.records`}) with ordinality u (id, place) join subject s
    on s.tenant_id = r.tenant_id and s.id = u.id)`;

/** They follow from now on, unless they once asked not to. */
export async function addFollowers(
  ctx: Context,
  wanted: readonly { user_id: string; subject: RecordName }[],
): Promise<void> {
  if (wanted.length === 0) return;
  const rows = JSON.stringify(wanted.map(({ user_id, subject }) => ({ user_id, id: subject.id })));
  await ctx.tx.run(sql`insert into follower (tenant_id, user_id, record_id)
    select distinct u.tenant_id, u.id, w.id from jsonb_to_recordset(${rows}::jsonb) as w (user_id uuid, id uuid)
    join user_account u on u.tenant_id = ${ctx.tenant_id} and u.id = w.user_id on conflict do nothing`);
}

/**
 * Who follows these records: their owners and those who do so themselves, without those who asked not to hear of it.
 */
export async function readFollowers(ctx: Context, subjects: readonly RecordName[]): Promise<Map<string, string[]>> {
  const followers = new Map<string, string[]>();
  for (const [resource, group] of Map.groupBy(subjects, ({ type }) => type)) {
    const ids = [...new Set(group.map(({ id }) => id))];
    const noun = findAttachable(resource)!;
    const column = sql`f.record_id`;
    const owner = sql.ref(`r.${noun.owner}`);
    const rows = await ctx.tx.many<{ id: string; user_id: string }>(sql`
      select ${column} as id, f.user_id from follower f
      where f.tenant_id = ${ctx.tenant_id} and ${column} = any (${ids}) and not f.muted
      ${
        noun.owner
          ? sql`union select r.id, ${owner} from ${sql.table(noun.table)} r
      where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids}) and ${owner} is not null and not exists (
        select from follower f where f.tenant_id = r.tenant_id and ${column} = r.id and f.user_id = ${owner} and f.muted)`
          : sql``
      }`);
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
        where tenant_id = ${ctx.tenant_id} and app.has_access(status, access_until) and id = any (${people})`)
    ).map(({ id }) => id),
  );
  const readers = new Set<string>();
  const named = candidates.flatMap(({ user_id, readable }) =>
    active.has(user_id) ? readable.map((record) => ({ user_id, ...record })) : [],
  );
  for (const [resource, group] of Map.groupBy(named, ({ type }) => type)) {
    const records = group.map(({ id }) => id);
    const askedFor = group.map(({ user_id }) => user_id);
    for (const { record_id, user_id } of await ctx.tx.many<{ record_id: string; user_id: string }>(
      sql`select * from app.readers_of(${resource}, ${records}, ${askedFor})`,
    ))
      readers.add(`${record_id} ${user_id}`);
  }
  const blind = await readBlind(ctx, candidates);
  return candidates.flatMap((candidate) => {
    if (!active.has(candidate.user_id) || blind.has(candidate)) return [];
    if (candidate.readable.length === 0) return candidate;
    const record = candidate.readable.find(({ id }) => readers.has(`${id} ${candidate.user_id}`));
    if (!record) return [];
    return candidate.source ? { ...candidate, resource: record.type, record_id: record.id } : candidate;
  });
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
    insert into notification (tenant_id, user_id, kind, cause, resource, record_id, source, source_id, actor_id, via, change_id, in_app,
      email, created_at)
    select ${ctx.tenant_id}, w.user_id, w.kind, w.cause, w.resource, w.record_id, w.source, w.source_id, w.actor_id, w.via, w.change_id,
      w.in_app, w.email, coalesce(w.at, now())
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w (user_id uuid, kind text, cause text, resource text, record_id uuid,
      source text,
      source_id uuid, actor_id uuid, via text, change_id uuid, in_app boolean, email text, at timestamptz)
    on conflict (tenant_id, user_id, kind, cause) do nothing
    returning id, user_id, email`);
}

/** Has the open pages of these people read their inbox again; nobody else hears of it. */
export async function tellPages(ctx: Context, people: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`select app.signal('notification', ${people}::uuid[])`);
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

/** Who looks after the data: those who may delete everybody's records of one of these types. */
export function readCaretakers(ctx: Context, rights: readonly string[]): Promise<{ id: string }[]> {
  if (rights.length === 0) return Promise.resolve([]);
  const mayDelete = sql.join(
    rights.map((right) => sql`coalesce(r ->> '*', r -> ${right}::text ->> 'delete') = 'all'`),
    sql` or `,
  );
  return ctx.tx.many(sql`select u.id from user_account u where u.tenant_id = ${ctx.tenant_id} and app.has_access(u.status, u.access_until)
    and exists (
    select from jsonb_array_elements(app.rights_of(u.id)) r where ${mayDelete})`);
}
