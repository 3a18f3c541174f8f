import type { Registry } from '../../kernel/metrics/registry.ts';
import { slot_name } from '../backup/wal.ts';
import type { Ask } from './connection.ts';
import { figure } from './figure.ts';

const tables_max = 10;

/** What every read of figures needs, and how it ends: with what to show, or nothing when it could not be asked. */
export interface Source<Reading> {
  read: () => Promise<Reading>;
  show: (reading: Reading | undefined) => void;
}

interface DatabaseRow {
  bytes: number;
  connections: number;
  connections_max: number;
  commits: number;
  rollbacks: number;
  deadlocks: number;
  blocks_hit: number;
  blocks_read: number;
  temp_bytes: number;
  longest_statement: number;
  longest_transaction: number;
  replication_lag: number | null;
  web: number;
  worker: number;
}

interface SlotRow {
  kind: string;
  bytes: number;
  inactive: number;
}

/**
 * A replica that is away is as far behind as it has been away, which its slot knows since PostgreSQL 17. Statements of
 * roles that the application's may not look at are not among them, nor what the server does by itself, such as
 * autovacuum.
 */
const databaseText = `select pg_database_size(d.datname)::double precision as bytes,
    (select sum(numbackends) from pg_stat_database)::double precision as connections,
    current_setting('max_connections')::double precision as connections_max,
    d.xact_commit::double precision as commits, d.xact_rollback::double precision as rollbacks, d.deadlocks::double precision as deadlocks,
    d.blks_hit::double precision as blocks_hit, d.blks_read::double precision as blocks_read, d.temp_bytes::double precision as temp_bytes,
    a.longest_statement, a.longest_transaction,
    case when pg_has_role('pg_read_all_stats', 'usage') then greatest(
      (select coalesce(extract(epoch from max(replay_lag)), 0)::double precision from pg_stat_replication
        where application_name <> 'holdfast-backup'),
      (select coalesce(extract(epoch from max(now() - (to_jsonb(s) ->> 'inactive_since')::timestamptz)), 0)::double precision
       from pg_replication_slots s where slot_type = 'physical' and slot_name <> '${slot_name}' and not active))
    end as replication_lag, p.web, p.worker
  from pg_stat_database d cross join (
    select coalesce(extract(epoch from max(clock_timestamp() - query_start) filter (where state = 'active')),
      0)::double precision as longest_statement,
      coalesce(extract(epoch from max(clock_timestamp() - xact_start)), 0)::double precision as longest_transaction
    from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend') a
  cross join (
    select count(*) filter (where application_name in ('holdfast-web', 'holdfast-all'))::double precision as web,
      count(*) filter (where application_name in ('holdfast-worker', 'holdfast-all'))::double precision as worker
    from pg_stat_activity where datname = current_database()) p
  where d.datname = current_database()`;

const slotsText = `select case when slot_name = '${slot_name}' then 'backup' when slot_type = 'logical' then 'logical'
  else 'replica' end as kind,
    coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0)::double precision as bytes,
    count(*) filter (where not active)::double precision as inactive
  from pg_replication_slots where slot_type = 'physical' or database = current_database() group by 1`;

export function databaseFigures(registry: Registry, ask: Ask): Source<{ row: DatabaseRow; slots: SlotRow[] }> {
  const plain = (name: string, help: string, type: 'gauge' | 'counter' = 'gauge') =>
    figure(registry, `holdfast_database_${name}`, help, type);
  const shown: Record<keyof Omit<DatabaseRow, 'replication_lag' | 'web' | 'worker'>, ReturnType<typeof plain>> = {
    bytes: plain('size_bytes', 'Size of the database on its disk'),
    connections: plain('server_connections', 'Connections to the database server, of everybody'),
    connections_max: plain('server_connections_max', 'Connections that the server takes'),
    commits: plain('commits_total', 'Transactions that were committed', 'counter'),
    rollbacks: plain('rollbacks_total', 'Transactions that were rolled back', 'counter'),
    deadlocks: plain('deadlocks_total', 'Deadlocks that the server broke', 'counter'),
    blocks_hit: plain('blocks_hit_total', 'Blocks that were in the memory of the server', 'counter'),
    blocks_read: plain('blocks_read_total', 'Blocks that the server had to read', 'counter'),
    temp_bytes: plain('temporary_bytes_total', 'Written to temporary files by sorts and the like', 'counter'),
    longest_statement: plain(
      'longest_statement_seconds',
      'How long the oldest statement of the program has been running',
    ),
    longest_transaction: plain('longest_transaction_seconds', 'How long its oldest transaction has been open'),
  };
  const replication = figure(
    registry,
    'holdfast_replication_lag_seconds',
    'How far the slowest replica is behind, or for how long one with a slot is away; only where the role may read it (pg_read_all_stats)',
  );
  const connected = figure(
    registry,
    'holdfast_connections_of_role',
    'Connections to the database of all processes of a role: web, worker',
  );
  const slotBytes = figure(
    registry,
    'holdfast_replication_slot_lag_bytes',
    'Log that the server keeps for the slowest slot of a kind: backup (not in the backup store yet), replica, logical',
  );
  const slotsInactive = figure(
    registry,
    'holdfast_replication_slots_inactive',
    'Slots of a kind that nobody reads from',
  );
  return {
    read: async () => {
      const [rows, slots] = await Promise.all([ask<DatabaseRow>(databaseText), ask<SlotRow>(slotsText)]);
      return { row: rows[0]!, slots };
    },
    show: (reading) => {
      for (const [key, show] of Object.entries(shown))
        show(reading ? [[{}, reading.row[key as keyof DatabaseRow]]] : []);
      replication(reading ? [[{}, reading.row.replication_lag]] : []);
      connected(reading ? (['web', 'worker'] as const).map((role) => [{ role }, reading.row[role]]) : []);
      const slots = reading?.slots ?? [];
      slotBytes(slots.map(({ kind, bytes }) => [{ kind }, bytes]));
      slotsInactive(slots.map(({ kind, inactive }) => [{ kind }, inactive]));
    },
  };
}

interface SizeRow {
  name: string;
  value: number;
}

interface Sizes {
  tables: SizeRow[];
  records: SizeRow[];
  usage: { workspaces: number; active_users: number };
}

/** A partitioned table counts as one, so that its name is that of a table of the schema. */
const tablesText = `select coalesce(pg_partition_root(c.oid), c.oid)::regclass::text as name,
  sum(pg_total_relation_size(c.oid))::double precision as value
  from pg_class c where c.relkind in ('r', 'm') and c.relnamespace = 'public'::regnamespace group by 1 order by 2 desc limit ${tables_max}`;

/** What the server remembers is lost in a crash; what was analysed is old. The larger of the two is nearer. */
const recordsText = `select wanted.type as name, greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)::double precision as value
  from unnest($1::text[], $2::text[]) as wanted (type, relation)
  join pg_class c on c.relname = wanted.relation and c.relnamespace = 'public'::regnamespace`;

export interface RecordTable {
  name: string;
  table: string;
}

export function sizeFigures(registry: Registry, ask: Ask, types: readonly RecordTable[]): Source<Sizes> {
  const tables = figure(
    registry,
    'holdfast_table_size_bytes',
    `Size of the ${tables_max} largest tables with their indexes`,
  );
  const records = figure(
    registry,
    'holdfast_records',
    'Records by type, as PostgreSQL estimates them, the trash included',
  );
  const workspaces = figure(registry, 'holdfast_workspaces', 'Workspaces');
  const active = figure(registry, 'holdfast_active_users', 'People who used a workspace yesterday or today (UTC)');
  const named = [types.map(({ name }) => name), types.map(({ table }) => table)];
  return {
    read: async () => {
      const [sizes, estimates, usage] = await Promise.all([
        ask<SizeRow>(tablesText),
        ask<SizeRow>(recordsText, named),
        ask<Sizes['usage']>(
          'select workspaces::double precision, active_users::double precision from app.usage_figures()',
        ),
      ]);
      return { tables: sizes, records: estimates, usage: usage[0]! };
    },
    show: (reading) => {
      tables((reading?.tables ?? []).map(({ name, value }) => [{ table: name }, value]));
      records((reading?.records ?? []).map(({ name, value }) => [{ type: name }, value]));
      workspaces(reading ? [[{}, reading.usage.workspaces]] : []);
      active(reading ? [[{}, reading.usage.active_users]] : []);
    },
  };
}
