import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

export interface Migration {
  version: number;
  name: string;
  up: string;
  down: string;
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

const folder = fileURLToPath(new URL('../../../migrations/', import.meta.url));
/** Any number, the same in every process that migrates this database. */
const lock_id = 7_041_776;

export function readMigrations(): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.up.sql'))
    .sort()
    .map((file) => {
      const name = file.replace('.up.sql', '');
      const up = readFileSync(folder + file, 'utf8');
      const down = readFileSync(`${folder + name}.down.sql`, 'utf8');
      const checksum = createHash('sha256').update(up).digest('hex');
      return { version: Number(name.slice(0, 4)), name, up, down, checksum };
    });
}

async function withOwner<Result>(ownerUrl: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'holdfast-migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [lock_id]);
    await client.query(`create schema if not exists app; create table if not exists app.schema_migration (
      version int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`);
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Roles belong to the cluster, not to a database, so they are made here and not in a migration. */
async function ensureRoles(client: pg.Client, appRole: AppRole): Promise<void> {
  const login = pg.escapeIdentifier(appRole.name);
  const password = pg.escapeLiteral(appRole.password);
  await client.query(`do $$ begin
    perform pg_advisory_xact_lock(${lock_id});
    if not exists (select from pg_roles where rolname = 'holdfast_app') then create role holdfast_app nologin; end if;
    if not exists (select from pg_roles where rolname = 'holdfast_system') then create role holdfast_system nologin; end if;
    if not exists (select from pg_roles where rolname = ${pg.escapeLiteral(appRole.name)}) then create role ${login} login in role holdfast_app; end if;
    if not pg_has_role(current_user, 'holdfast_system', 'set') then execute format('grant holdfast_system to %I with inherit false', current_user); end if;
    execute format('revoke connect, temporary on database %I from public', current_database());
    -- For the table an import copies to (app.open_import_stage), and for bringing an archive in.
    execute format('grant temporary on database %I to holdfast_system', current_database());
    execute format('grant connect on database %I to ${login.replaceAll("'", "''")}', current_database());
  end $$`);
  await client.query(`alter role ${login} with login password ${password}`);
}

async function applied(client: pg.Client): Promise<Map<number, { name: string; checksum: string; applied_at: Date }>> {
  const { rows } = await client.query('select * from app.schema_migration order by version');
  return new Map(rows.map((row) => [row.version as number, row]));
}

async function inTransaction(client: pg.Client, statements: string, record: () => Promise<unknown>): Promise<void> {
  await client.query('begin');
  try {
    await client.query(statements);
    await record();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** Applies what is missing, in order, each migration in its own transaction. Answers the names it applied. */
export function migrate(ownerUrl: string, options: { appRole: AppRole; to?: number }): Promise<string[]> {
  return withOwner(ownerUrl, async (client) => {
    await ensureRoles(client, options.appRole);
    const done = await applied(client);
    const names: string[] = [];
    for (const migration of readMigrations()) {
      const before = done.get(migration.version);
      if (before && before.checksum !== migration.checksum) {
        throw new Error(
          `Migration ${migration.name} was changed after it was applied here. Restore the file, and write a new migration for the change.`,
        );
      }
      if (before || migration.version > (options.to ?? Number.POSITIVE_INFINITY)) continue;
      await inTransaction(client, migration.up, () =>
        client.query('insert into app.schema_migration (version, name, checksum) values ($1, $2, $3)', [
          migration.version,
          migration.name,
          migration.checksum,
        ]),
      );
      names.push(migration.name);
    }
    return names;
  });
}

/** Takes back the newest `steps` migrations, newest first. */
export function rollback(ownerUrl: string, steps: number): Promise<string[]> {
  return withOwner(ownerUrl, async (client) => {
    const known = new Map(readMigrations().map((m) => [m.version, m]));
    const versions = [...(await applied(client)).keys()].reverse().slice(0, steps);
    const names: string[] = [];
    for (const version of versions) {
      const migration = known.get(version);
      if (!migration)
        throw new Error(`Migration ${version} is applied here but its file is missing. Use the release that has it.`);
      await inTransaction(client, migration.down, () =>
        client.query('delete from app.schema_migration where version = $1', [version]),
      );
      names.push(migration.name);
    }
    return names;
  });
}

export function migrationStatus(ownerUrl: string): Promise<MigrationStatus[]> {
  return withOwner(ownerUrl, async (client) => {
    const done = await applied(client);
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
