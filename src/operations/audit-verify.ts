import { randomInt } from 'node:crypto';
import type pg from 'pg';
import type { Database } from '../kernel/database/database.ts';
import { connect } from './connection.ts';
import { Counter } from './counter.ts';
import type { ArchiveStore } from './lifecycle/archive-file.ts';
import { type ArchivedTrail, readArchivedTrail } from './lifecycle/archived-trail.ts';
import { type Altered, hasOtherForm } from './personal-sealing/committed.ts';

const reported_rows_max = 100;

/** An audited table: its events can be replayed and compared with what it holds. */
interface AuditedTable {
  name: string;
  resource: string;
  /** Columns that events leave out, always or when nothing else changed. */
  omitted: string[];
  /** Columns whose values events hide. */
  redacted: string[];
  /** Whether its rows say when they were made. */
  dated: boolean;
}

export interface AuditFinding {
  tenant: string;
  table: string;
  id: string;
  /**
   * `unrecorded`: the row was made past the audit; `differs`: it was changed past it; `removed`: it was deleted past
   * it; `altered`: its history holds other values than the trail vouches for.
   */
  what: 'unrecorded' | 'differs' | 'removed' | 'altered';
}

export interface AuditReport {
  tables: number;
  rows: number;
  events: number;
  /** Events whose values were erased or have expired: what they say is vouched for, what was set is no longer known. */
  erased: number;
  findings: AuditFinding[];
  /** What of the trail is not in the database. */
  archived: ArchivedTrail & {
    /**
     * Records whose beginning is in an archive that was not read or was deleted, or with the workspace that theirs was
     * made of: that no event made them proves nothing.
     */
    unread: number;
  };
  /** Events that no monthly partition took: partitions were not made ahead. */
  unpartitioned: number;
  /** Of so many records one was replayed, and of so many values one compared with its commitment: 1 where all were. */
  one_in: number;
}

export interface VerifyOptions {
  /** With the archived part of the trail. */
  archives?: ArchiveStore;
  /** With the data keys: personal texts of history are compared with their commitment in each form that they may have. */
  db?: Database;
  /** Of more events than these only a sample of about so many is looked at, another each time. */
  checked_max?: number;
  say?: (line: string) => void;
}

/** Which of the records and values are looked at. */
interface Sample {
  one_in: number;
  seed: number;
}

/**
 * Tables with all three audit triggers and one row per record, each of which has events of its own; the triggers'
 * arguments say what events leave out or hide. High-volume types have an event per statement.
 */
const auditedTables = `
  select t.tgrelid::regclass::text as name, args[1] as resource, args[3]::text[] as redacted,
    args[2]::text[] || coalesce(nullif(args[4], ''), '{}')::text[] as omitted,
    exists (select from pg_attribute a where a.attrelid = t.tgrelid and a.attname = 'created_at') as dated
  from pg_trigger t cross join lateral string_to_array(encode(t.tgargs, 'escape'), '\\000') as args
  where t.tgname = 'audit_update' and t.tgfoid = 'app.record_change'::regproc and exists (select from pg_trigger i
    where i.tgrelid = t.tgrelid and i.tgname = 'audit_insert')
    and exists (select from pg_constraint c where c.conrelid = t.tgrelid and c.contype = 'p' and array_length(c.conkey, 1) = 2
      and (select attname from pg_attribute a where a.attrelid = t.tgrelid and a.attnum = c.conkey[2]) = 'id')
    and exists (select from pg_attribute a where a.attrelid = t.tgrelid and a.attname = 'id' and a.attgenerated = '')
  order by 1`;

/** The part of the trail that is looked at, read once, since the trail has no index by resource. */
const ownTables = `
  create temp table archived_record (tenant_id uuid, record_id uuid, primary key (tenant_id, record_id));
  create temp table trail_event (tenant_id uuid, record_id uuid, seq bigint, resource text, action text, is_erased boolean);
  create index trail_event_resource on trail_event (resource);
  grant all on archived_record, trail_event to holdfast_system`;

const asSystem = `set local role holdfast_system; set local timezone = 'UTC'`;

/** By what does not change between two statements, and differs from one run to the next. */
const isSampled = (record: string, { one_in, seed }: Sample) =>
  `uuid_hash_extended(${record}, ${seed}) % ${one_in} = 0`;
const isSampledValue = (seq: string, { one_in, seed }: Sample) => `hashint8extended(${seq}, ${seed}) % ${one_in} = 0`;

/**
 * Replays each record's events and compares the outcome with the row there is: what was added, changed or removed
 * without an event is named. Reads everything in one snapshot, as the system's role; changes nothing. Records with
 * events in the archive are only asked whether an event made them; without the files, not even that, and neither are
 * those of a workspace that was made of another which are older than its own trail.
 */
export async function verifyAudit(
  ownerUrl: string,
  { archives, db, checked_max = Number.POSITIVE_INFINITY, say = () => {} }: VerifyOptions = {},
): Promise<AuditReport> {
  const client = await connect(ownerUrl, 'holdfast-audit-verify');
  try {
    await client.query(ownTables);
    await client.query(`begin isolation level repeatable read read only; ${asSystem}`);
    const { rows: counted } = await client.query<{ events: number; unpartitioned: number }>(
      `select (select count(*) from audit_event)::float8 as events,
        (select count(*) from audit_event where tableoid = 'audit_event_default'::regclass)::float8 as unpartitioned`,
    );
    const { events, unpartitioned } = counted[0]!;
    const sample = { one_in: Math.max(1, Math.ceil(events / checked_max)), seed: randomInt(2 ** 31) };
    say(`Reading the trail, ${events.toLocaleString('en')} events`);
    const erased = await readTrail(client, sample);
    const { rows: tables } = await client.query<AuditedTable>(auditedTables);
    const findings: AuditFinding[] = [];
    const trail = await readArchivedTrail(client, archives);
    const isBlind = trail.deleted > 0 || trail.unreadable.length > 0;
    const look = { isBlind, sample, origins: await originsIn(client) };
    let unread = 0;
    say(`Comparing ${tables.length} tables with it`);
    const rows = new Counter(say, (total) => `  ${total} rows are compared`);
    for (const table of tables) {
      const found = await client.query<{ count: number }>(`select count(*)::float8 as count from ${table.name}`);
      unread += await countWithoutBeginning(client, table, look);
      findings.push(...(await compare(client, table, look)));
      rows.add(found.rows[0]!.count);
    }
    say('Comparing the history with it');
    findings.push(...(await alteredHistory(client, look, db)));
    return {
      tables: tables.length,
      rows: rows.total,
      events,
      erased,
      findings,
      archived: { ...trail, unread },
      unpartitioned,
      one_in: sample.one_in,
    };
  } finally {
    await client.end();
  }
}

const isErased = `e.commitment is not null and not exists (select from record_history h where h.tenant_id = e.tenant_id and h.seq = e.seq)`;

/** Answers how many of the events that are looked at have lost their values. */
async function readTrail(client: pg.Client, sample: Sample): Promise<number> {
  await client.query(
    `insert into pg_temp.trail_event select e.tenant_id, e.record_id, e.seq, e.resource, e.action, ${isErased} from audit_event e
     where e.action <> 'signal' and ${isSampled('coalesce(e.record_id, e.tenant_id)', sample)}`,
  );
  // Only the owner of a table may, and without it the planner takes it for almost empty.
  await client.query(`reset role; analyze pg_temp.trail_event; ${asSystem}`);
  const { rows } = await client.query<{ count: number }>(
    'select count(*)::float8 as count from pg_temp.trail_event where is_erased',
  );
  return rows[0]!.count;
}

interface Look {
  /** Whether part of the archive could not be read. */
  isBlind: boolean;
  sample: Sample;
  /** The relation that says since when workspaces have their trail. */
  origins: string;
}

/** A database of an earlier version has no such table. */
async function originsIn(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ known: boolean }>(
    `select to_regclass('public.trail_origin') is not null as known`,
  );
  return rows[0]!.known ? 'trail_origin' : '(select null::uuid as tenant_id, null::timestamptz as trail_since limit 0)';
}

/** History whose values are not those that were committed to, or that no event is about. */
async function alteredHistory(client: pg.Client, look: Look, db: Database | undefined): Promise<AuditFinding[]> {
  const found: AuditFinding[] = [];
  // All of it is read, so the plan is not to be the one that has its first rows soonest.
  await client.query(`set local cursor_tuple_fraction = 1; declare altered no scroll cursor for ${alteredSql(look)}`);
  for (let isLast = false; !isLast && found.length < reported_rows_max; ) {
    const { rows } = await client.query<AlteredRow>(`fetch ${reported_rows_max} from altered`);
    for (const row of rows)
      if (!row.has_sealed || !(await hasOtherForm(db, row)))
        found.push({ tenant: row.tenant, table: row.resource, id: row.record_id, what: 'altered' });
    isLast = rows.length < reported_rows_max;
  }
  await client.query('close altered');
  return found.sort((a, b) => (`${a.tenant} ${a.id}` < `${b.tenant} ${b.id}` ? -1 : 1));
}

type AlteredRow = Altered & {
  tenant: string;
  /** Whether the workspace seals personal texts, or ever did. */
  has_sealed: boolean;
};

/** Of the workspace `n`, also in a database of an earlier version. An event whose values have expired may have said it. */
const hasSealed = `(coalesce(to_jsonb(n) ->> 'personal_sealing', 'off') <> 'off' or exists (
  select from audit_event s left join record_history v on v.tenant_id = s.tenant_id and v.seq = s.seq
  where s.tenant_id = n.id and s.record_id = n.id and s.resource = 'tenant' and s.commitment is not null
    and (v.seq is null or v.after ? 'personal_sealing')))`;

const alteredSql = ({ sample, origins }: Look): string =>
  `select coalesce(n.name, '') as tenant, h.resource, coalesce(h.record_id, h.tenant_id) as record_id, h.tenant_id,
     ${hasSealed} as has_sealed, encode(uuid_send(h.salt), 'hex') as salt, h.before::text as before, h.after::text as after, encode(e.commitment, 'hex') as commitment
   from record_history h left join audit_event e on e.tenant_id = h.tenant_id and e.seq = h.seq and ${isSampledValue('e.seq', sample)}
     left join tenant n on n.id = h.tenant_id left join ${origins} o on o.tenant_id = h.tenant_id
   where ${isSampledValue('h.seq', sample)} and (e.commitment is distinct from app.commitment(h.salt, h.before, h.after)
     or (e.resource, e.record_id) is distinct from (h.resource, h.record_id))
     -- Values that wait for the next run, or were returned without their events, here or in the workspace that theirs was made of.
     and (e.seq is not null or (h.at < o.trail_since) is not true and not exists (select from lifecycle_archive a where a.source = 'audit_event'
       and a.state in ('detached', 'archived', 'deleted') and h.at >= a.first_at and h.at < a.end_at))`;

/**
 * Without what is empty: of a column that came later, the events of older records say nothing, and of most records it
 * is null or an empty list.
 */
const filled = (content: string) => `case when ${content} is not null then
  (select jsonb_object_agg(v.key, v.value) from jsonb_each(jsonb_strip_nulls(${content})) v where v.value <> '[]') end`;

/** When a row was made; one that does not say may be as old as its workspace. */
const madeAt = ({ dated }: AuditedTable) => (dated ? 't.created_at' : `'-infinity'::timestamptz`);

async function compare(
  client: pg.Client,
  table: AuditedTable,
  { isBlind, sample, origins }: Look,
): Promise<AuditFinding[]> {
  const { name, resource, omitted, redacted } = table;
  const { rows } = await client.query<AuditFinding>(
    `with trail as (
       -- Most records have one event, whose values need not be taken apart and put together again. Of a field that changed, the last value counts.
       select e.tenant_id, e.record_id, app.current_values($1, case when count(*) = 1 then (array_agg(v.after))[1] else (
           select jsonb_object_agg(f.key, f.value order by o.place)
           from unnest(array_agg(v.after order by e.seq)) with ordinality as o (after, place) cross join lateral jsonb_each(o.after) f
         ) end) - $2::text[] - $3::text[] as content
       from pg_temp.trail_event e join record_history v on v.tenant_id = e.tenant_id and v.seq = e.seq
       where e.resource = $1 and e.action in ('create', 'update') and v.after is not null group by 1, 2
     ), gone as (
       select tenant_id, record_id from pg_temp.trail_event where resource = $1 and action = 'delete'
     ), erased as (
       select distinct e.tenant_id, e.record_id from pg_temp.trail_event e where e.resource = $1 and e.is_erased
     ), held as (
       select tenant_id, id, ${madeAt(table)} as made_at, to_jsonb(t) - $2::text[] - $3::text[] as content from ${name} t where ${isSampled('t.id', sample)}
     )
     select n.name as tenant, $4 as table, coalesce(h.id, t.record_id) as id,
       case when t.record_id is null then 'unrecorded' when h.id is null then 'removed' else 'differs' end as what
     from held h full join trail t on t.tenant_id = h.tenant_id and t.record_id = h.id
     join tenant n on n.id = coalesce(h.tenant_id, t.tenant_id) left join ${origins} o on o.tenant_id = n.id
     where not exists (select from pg_temp.archived_record x where x.tenant_id = n.id and x.record_id = coalesce(h.id, t.record_id))
       and not (($5 or (h.made_at < o.trail_since) is true) and not exists (select from audit_event b where b.tenant_id = n.id and b.record_id = coalesce(h.id, t.record_id)
         and b.resource = $1 and b.action = 'create'))
       and not exists (select from erased x where x.tenant_id = n.id and x.record_id = coalesce(h.id, t.record_id)) and ((h.id is not null
         and jsonb_strip_nulls(t.content) is distinct from jsonb_strip_nulls(h.content) and ${filled('t.content')} is distinct from ${filled('h.content')})
       or (h.id is null and not exists (select from gone g where g.tenant_id = t.tenant_id and g.record_id = t.record_id)))
     order by 1, 3 limit ${reported_rows_max}`,
    [resource, omitted, redacted, name, isBlind],
  );
  return rows;
}

async function countWithoutBeginning(
  client: pg.Client,
  table: AuditedTable,
  { isBlind, origins }: Look,
): Promise<number> {
  const older = `t.tenant_id in (select o.tenant_id from ${origins} o where o.trail_since > ${madeAt(table)})`;
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from ${table.name} t where ${isBlind ? 'true' : older} and not exists (
       select from audit_event b where b.tenant_id = t.tenant_id and b.record_id = t.id and b.resource = $1 and b.action = 'create')
       and not exists (select from pg_temp.archived_record x where x.tenant_id = t.tenant_id and x.record_id = t.id)`,
    [table.resource],
  );
  return rows[0]!.count;
}
