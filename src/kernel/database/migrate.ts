import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { withClient } from './client.ts';
import { StartFailure } from './embedded/start-failure.ts';
import { noticeGone, noticeGoneOf } from './gone-client.ts';

export interface Migration {
  version: number;
  name: string;
  up: string;
  down: string;
  checksum: string;
}

/** Functions, policies, triggers and views, each defined once. The file can be applied again at any time. */
interface RoutineFile {
  name: string;
  text: string;
  checksum: string;
}

export interface MigrationStatus {
  version: number;
  name: string;
  applied_at: string | null;
  /** The file differs from what was applied. */
  changed: boolean;
}

export interface AppRole {
  name: string;
  password: string;
}

/** Follows a migration inside its transaction: to measure it, and to refuse it before it is committed. */
export interface MigrationObserver {
  /** Before the first step, and again when the transaction is tried again. */
  begin(client: pg.Client): Promise<void>;
  /** A migration (`0002_webhooks`) or a routine file (`jobs.sql`) was applied. */
  applied(client: pg.Client, name: string): Promise<void>;
  /** After the last step. An error takes everything back. */
  beforeCommit(client: pg.Client): Promise<void>;
  committed(): void;
}

const application_name = 'holdfast-migrate';
const folder = fileURLToPath(new URL('../../../db/', import.meta.url));
/** An arbitrary number, the same in every process that migrates this database. */
const lock_id = 7_041_776;
/**
 * Whoever asks for a lock that a long transaction holds back makes everybody queue behind it who comes later. So a
 * migration waits this long, lets them pass, and begins again.
 */
const lock_wait_ms = 2_000;
const sign_in_ms_max = 5_000;
const lock_pause_ms = 1_000;
const lock_tries_max = 30;
/** lock_not_available, deadlock_detected */
const lock_codes: ReadonlySet<unknown> = new Set(['55P03', '40P01']);
/** Columns, checks and indexes use these functions, so they are applied before the tables. */
const columns_file = 'columns.sql';
/**
 * Policies and triggers of all files call functions of these files, so they are applied before the others, in this
 * order.
 */
const first_files = ['tenancy.sql', 'rules.sql', 'audit.sql', 'access.sql', 'subjects.sql'];
/** Policies call functions of all other files. */
const last_file = 'policies.sql';

const checksumOf = (text: string) => createHash('sha256').update(text).digest('hex');

export function readMigrations(): Migration[] {
  const migrations = `${folder}migrations/`;
  return readdirSync(migrations)
    .filter((file) => file.endsWith('.up.sql'))
    .sort()
    .map((file) => {
      const name = file.replace('.up.sql', '');
      const up = readFileSync(migrations + file, 'utf8');
      const down = readFileSync(`${migrations + name}.down.sql`, 'utf8');
      return { version: Number(name.slice(0, 4)), name, up, down, checksum: checksumOf(up) };
    });
}

function readRoutines(): RoutineFile[] {
  const routines = `${folder}routines/`;
  const files = readdirSync(routines).filter((file) => file.endsWith('.sql'));
  const between = files.filter((name) => name !== last_file).sort();
  return [...new Set([columns_file, ...first_files, ...between, last_file])].map((name) => {
    const text = readFileSync(routines + name, 'utf8');
    return { name, text, checksum: checksumOf(text) };
  });
}

/** Identifies a database schema: it changes with every migration and every routine. */
export function schemaChecksum(): string {
  return checksumOf([...readMigrations(), ...readRoutines()].map((file) => file.checksum).join());
}

/**
 * Through a pooler that hands a connection on after each transaction, the lock of a migration and a role that was set
 * would stay with whoever gets the connection next. There two open connections are one process of the server.
 */
async function refuseTransactionPooling(ownerUrl: string, client: pg.Client): Promise<void> {
  const processOf = async (each: pg.Client) => (await each.query('select pg_backend_pid() as pid')).rows[0].pid;
  const own = await processOf(client);
  const isShared = await withClient(ownerUrl, application_name, async (second) => (await processOf(second)) === own);
  if (isShared)
    throw new StartFailure(
      'DATABASE_URL leads to a pooler that shares connections between transactions, such as PgBouncer with pool_mode = transaction. Holdfast has pools of its own: name PostgreSQL itself, or use pool_mode = session.',
    );
}

function withOwner<Result>(ownerUrl: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  return withClient(ownerUrl, application_name, async (client) => {
    await noticeGone(client);
    await refuseTransactionPooling(ownerUrl, client);
    const { rows } = await client.query('show transaction_read_only');
    if (rows[0].transaction_read_only === 'on')
      throw new StartFailure(
        'The PostgreSQL at DATABASE_URL takes no changes: it is a replica, or read-only. Name the primary, by an address that follows it.',
      );
    await client.query('select pg_advisory_lock($1)', [lock_id]);
    await client.query(`create schema if not exists app;
      create table if not exists app.schema_migration (
        version int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now());
      create table if not exists app.routine_file (
        name text primary key, checksum text not null, applied_at timestamptz not null default now());
      create table if not exists app.key_check (
        version int primary key, value text not null, recorded_at timestamptz not null default now())`);
    return work(client);
  });
}

/** Roles belong to the cluster, not to a database, so they are made here and not in a migration. */
async function ensureRoles(client: pg.Client, appRole: AppRole): Promise<void> {
  const login = pg.escapeIdentifier(appRole.name);
  const password = pg.escapeLiteral(appRole.password);
  await client.query(`do $$ begin
    perform pg_advisory_xact_lock(${lock_id});
    if not exists (select from pg_roles where rolname = 'holdfast_app') then create role holdfast_app nologin; end if;
    if not exists (select from pg_roles where rolname = 'holdfast_system') then create role holdfast_system nologin; end if;
    if not exists (select from pg_roles where rolname = ${pg.escapeLiteral(appRole.name)}) then create role ${login} login in role holdfast_app password ${password}; end if;
    if not pg_has_role(current_user, 'holdfast_system', 'set') then execute format('grant holdfast_system to %I with inherit false', current_user); end if;
    execute format('revoke connect, temporary on database %I from public', current_database());
    -- For the table an import copies to (app.open_import_stage), and for bringing an archive in.
    execute format('grant temporary on database %I to holdfast_system', current_database());
    -- For what it says of keys (app.master_keys).
    if to_regclass('app.key_check') is not null then grant select on app.key_check to holdfast_system; end if;
    execute format('grant connect on database %I to ${login.replaceAll("'", "''")}', current_database());
  end $$`);
  // Set again, the same password is stored in another form: a command beside a server would change what that signs in
  // with.
  if (!(await signsIn(client, appRole))) await client.query(`alter role ${login} with login password ${password}`);
  await noticeGoneOf(client, login);
}

/** Whether a role may sign in to the database of a client with its password. */
async function signsIn({ host, port, database, ssl }: pg.Client, { name, password }: AppRole): Promise<boolean> {
  const role = new pg.Client({
    host,
    port,
    ssl,
    user: name,
    password,
    connectionTimeoutMillis: sign_in_ms_max,
    application_name,
    ...(database !== undefined && { database }),
  });
  role.on('error', () => {});
  try {
    await role.connect();
    return true;
  } catch {
    // Whatever the reason is, a password is set then, and whoever signs in next says what is wrong.
    return false;
  } finally {
    await role.end();
  }
}

/** Gives the application its role in a database that was copied under another name. */
export const makeAppRole = (ownerUrl: string, appRole: AppRole): Promise<void> =>
  withClient(ownerUrl, application_name, (client) => ensureRoles(client, appRole));

/**
 * Whoever owns the tables is held by their row-level security too: without the right to bypass it, a migration could
 * not add rows, and would change none without saying so.
 */
async function refuseRoleWithoutRights(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    'select rolname, rolsuper or (rolcreaterole and rolbypassrls) as may from pg_roles where rolname = current_user',
  );
  if (rows[0].may) return;
  const { rolname } = rows[0];
  throw new StartFailure(
    `The role ${rolname}, as which Holdfast migrates the database, has to make roles and to bypass row-level security. As a superuser: alter role ${pg.escapeIdentifier(rolname)} createrole bypassrls`,
  );
}

type Applied = Map<number, { name: string; checksum: string; applied_at: Date }>;

async function isMigrated(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(`select to_regclass('app.schema_migration') is not null as present`);
  return rows[0].present;
}

async function applied(client: pg.Client): Promise<Applied> {
  const { rows } = await client.query('select * from app.schema_migration order by version');
  return new Map(rows.map((row) => [row.version as number, row]));
}

/**
 * Refuses a database to which other migrations were applied than those of this release: its routines would not fit the
 * tables.
 */
function refuseOtherMigrations(done: Applied, migrations: Migration[]): void {
  for (const { version, name, checksum } of migrations) {
    const before = done.get(version);
    if (before && before.name !== name)
      throw new StartFailure(
        `This database was made by an earlier release (migration ${before.name}), which this one cannot bring up to date. ` +
          'With the release that made it, write each workspace into an archive ("holdfast tenant export"); ' +
          'then import it here into a new data directory ("holdfast tenant import").',
      );
    if (before && before.checksum !== checksum)
      throw new StartFailure(
        `Migration ${name} was changed after it was applied here. Restore the file, and write a new migration for the change.`,
      );
  }
}

async function inTransaction(client: pg.Client, work: () => Promise<unknown>): Promise<void> {
  for (let tried = 1; ; tried++) {
    await client.query('begin');
    try {
      await client.query(`set local lock_timeout = ${lock_wait_ms}`);
      await work();
      await client.query('commit');
      return;
    } catch (error) {
      await client.query('rollback');
      if (!lock_codes.has((error as { code?: string }).code)) throw error;
      if (tried >= lock_tries_max)
        throw new StartFailure(
          `Tables that the migration needs were in use at each of ${tried} tries, so nothing was changed. The longest transactions: ${await longest(client)}. End them, or try again later.`,
        );
      await sleep(lock_pause_ms);
    }
  }
}

/** The transactions that have been open for the longest time, for a message. */
async function longest(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ text: string }>(
    `select format('process %s (%s, for %s s)', pid, coalesce(nullif(application_name, ''), usename), extract(epoch
      from now() - xact_start)::int) as text
     from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null order by xact_start
       limit 3`,
  );
  return rows.map(({ text }) => text).join('; ') || 'none is open any more';
}

/**
 * Runs the SQL of a file, which its errors name. They keep their code: a lock that was not to be had is tried again.
 */
async function runFile(client: pg.Client, name: string, text: string): Promise<void> {
  await client.query(text).catch((error: Error & { code?: string }) => {
    throw Object.assign(new Error(`${name}: ${error.message}`, { cause: error }), { code: error.code });
  });
}

async function applyMigration(client: pg.Client, { version, name, up, checksum }: Migration): Promise<void> {
  await runFile(client, `Migration ${name}`, up);
  await client.query('insert into app.schema_migration (version, name, checksum) values ($1, $2, $3)', [
    version,
    name,
    checksum,
  ]);
}

async function applyRoutines(client: pg.Client, { name, text, checksum }: RoutineFile): Promise<void> {
  await runFile(client, `db/routines/${name}`, text);
  await client.query(
    `insert into app.routine_file (name, checksum) values ($1, $2)
     on conflict (name) do update set checksum = excluded.checksum, applied_at = excluded.applied_at`,
    [name, checksum],
  );
}

/**
 * Applies, in one transaction, the missing migrations, and the routine files whose text has changed since they were
 * applied. After a migration it applies every routine file, because the migration may have dropped routines with a
 * table or a column. Returns what it applied.
 *
 * With `tablesOf`, versions of migrations, it makes an empty database's tables as those left them, without routines:
 * for rows that a backup has of such tables. What is missing then, the next call applies.
 */
export function migrate(
  ownerUrl: string,
  { appRole, observer, tablesOf }: { appRole: AppRole; observer?: MigrationObserver; tablesOf?: ReadonlySet<number> },
): Promise<string[]> {
  return withOwner(ownerUrl, async (client) => {
    const migrations = readMigrations().filter(({ version }) => tablesOf?.has(version) ?? true);
    const done = await applied(client);
    refuseOtherMigrations(done, migrations);
    const missing = migrations.filter(({ version }) => !done.has(version));
    if (missing.length > 0) await refuseRoleWithoutRights(client);
    await ensureRoles(client, appRole);
    const newest = migrations.at(-1)!.version;
    // The database was migrated by a newer release. Its routines work with this release, not the other way round.
    if ([...done.keys()].some((version) => version > newest)) return [];
    const { rows } = await client.query('select name, checksum from app.routine_file');
    const present = new Map(rows.map((row) => [row.name as string, row.checksum as string]));
    const stale = readRoutines().filter(
      ({ name, checksum }) =>
        (missing.length > 0 || present.get(name) !== checksum) && (!tablesOf || name === columns_file),
    );
    if (missing.length === 0 && stale.length === 0) return [];
    await inTransaction(client, async () => {
      // Functions call functions of other files, in any order. test/migrations.test.ts checks their bodies.
      await client.query('set local check_function_bodies = off');
      await observer?.begin(client);
      const apply = async (file: RoutineFile) => {
        await applyRoutines(client, file);
        await observer?.applied(client, file.name);
      };
      for (const file of stale.filter(({ name }) => name === columns_file)) await apply(file);
      for (const migration of missing) {
        await applyMigration(client, migration);
        await observer?.applied(client, migration.name);
      }
      for (const file of stale.filter(({ name }) => name !== columns_file)) await apply(file);
      await observer?.beforeCommit(client);
    });
    observer?.committed();
    if (missing.length > 0) return [...missing.map(({ name }) => name), 'routines'];
    return stale.map(({ name }) => `routines/${name}`);
  });
}

/**
 * The migrations of this release that a database of a release before lacks: none of one that is empty or up to date.
 * Changes nothing.
 */
export function missingMigrations(ownerUrl: string): Promise<Migration[]> {
  return withClient(ownerUrl, application_name, async (client) => {
    if (!(await isMigrated(client))) return [];
    const done = await applied(client);
    const migrations = readMigrations();
    const newest = migrations.at(-1)!.version;
    if (done.size === 0 || [...done.keys()].some((version) => version > newest)) return [];
    return migrations.filter(({ version }) => !done.has(version));
  });
}

/** Rolls back the newest `steps` migrations, newest first. */
export function rollback(ownerUrl: string, steps: number): Promise<string[]> {
  return withOwner(ownerUrl, async (client) => {
    const known = new Map(readMigrations().map((m) => [m.version, m]));
    const versions = [...(await applied(client)).keys()].reverse().slice(0, steps);
    const names: string[] = [];
    for (const version of versions) {
      const migration = known.get(version);
      if (!migration)
        throw new StartFailure(
          `Migration ${version} is applied here but its file is missing. Use the release that has it.`,
        );
      await inTransaction(client, async () => {
        await client.query(migration.down);
        // A rollback may have dropped routines with a table or a column; the next migrating start applies all again.
        await client.query('delete from app.routine_file');
        await client.query('delete from app.schema_migration where version = $1', [version]);
      });
      names.push(migration.name);
    }
    return names;
  });
}

export function migrationStatus(ownerUrl: string): Promise<MigrationStatus[]> {
  return withClient(ownerUrl, application_name, async (client) => {
    const done = (await isMigrated(client)) ? await applied(client) : (new Map() as Applied);
    return readMigrations().map(({ version, name, checksum }) => {
      const row = done.get(version);
      return {
        version,
        name,
        applied_at: row?.applied_at.toISOString() ?? null,
        changed: row !== undefined && row.checksum !== checksum,
      };
    });
  });
}
