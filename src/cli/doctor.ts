import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { createCache } from '../kernel/cache/create-cache.ts';
import type { Config } from '../kernel/config/config.ts';
import { withClient } from '../kernel/database/client.ts';
import { migrationStatus } from '../kernel/database/migrate.ts';
import { schemaDrift } from '../kernel/database/schema.ts';
import { openFiles } from '../kernel/files/create-file-store.ts';
import { type FileStore, fileKey, probe } from '../kernel/files/file-store.ts';
import { createLogStore } from '../kernel/logs/create-log-store.ts';
import { createLog } from '../kernel/logs/log.ts';
import { redactText } from '../kernel/logs/redact.ts';
import { system_tenant_id } from '../kernel/tenancy/context.ts';
import { fieldRing } from '../kernel/vault/seal.ts';
import { ownDatabase } from '../operations/backup/backup.ts';
import { examineStore } from '../operations/backup/log-archive.ts';
import { backupStatus } from '../operations/backup/status.ts';
import { countConnections } from '../operations/console/queries.ts';
import { clockFinding } from '../operations/health/clock.ts';
import { deletionFinding } from '../operations/health/deletion.ts';
import {
  backupFinding,
  boundedFinding,
  diskFinding,
  type Finding,
  feedFinding,
  isUrgent,
  jobFinding,
  logFinding,
  logStoreFinding,
  workerFinding,
} from '../operations/health/findings.ts';
import { keyFinding } from '../operations/health/keys.ts';
import { storedFilesFinding } from '../operations/health/stored-files.ts';
import { traceFinding } from '../operations/health/traces.ts';
import { scheduleFinding } from '../operations/schedules/service.ts';
import { application_name, type Call, type Command, withDatabase } from './command.ts';

/** The checks by the name of their finding, under which a check that fails or takes too long is reported, too. */
const checks: Record<string, (call: Call) => Promise<Finding>> = {
  versions,
  letters,
  migrations,
  schema,
  'application role': appRole,
  clock,
  worker,
  disk,
  logs,
  'log store': logStore,
  redis,
  files,
  backups,
  feed,
  jobs,
  schedules,
  deletion: (call) => withDatabase(call, deletionFinding),
  keys: (call) =>
    withDatabase(call, (db) => keyFinding(db, { keyRing: fieldRing(call.installation.masterKeys), damaged: 0 })),
};

export const doctorCommands: Command[] = [
  {
    name: 'doctor',
    reads: true,
    summary: 'Checks configuration, connections, versions, disk and schema, and says what to do.',
    skipsMigration: true,
    run: async (call) => {
      const findings: Finding[] = [{ check: 'configuration', ok: true, detail: 'Complete' }];
      // At once: each may wait for a database that hangs.
      const looks = Object.entries(checks).map(([name, check]) => boundedFinding(name, () => check(call)));
      findings.push(...(await Promise.all(looks)));
      const traces = traceFinding(call.config);
      if (traces) findings.push(traces);
      const line = (f: Finding) =>
        `${f.ok ? 'ok  ' : isUrgent(f) ? 'FAIL' : 'WARN'}  ${f.check}: ${f.detail}${f.ok || !f.advice ? '' : `\n      ${f.advice}`}`;
      call.answer(findings, findings.map(line).join('\n'));
      return findings.some(isUrgent) ? 1 : 0;
    },
  },
];

async function versions({ installation }: Call): Promise<Finding> {
  const number = await withClient(installation.ownerUrl, application_name, async (client) =>
    Number((await client.query('show server_version_num')).rows[0].server_version_num),
  );
  const major = Math.floor(number / 10_000);
  const ok = major >= 16 && major <= 18;
  return {
    check: 'versions',
    ok,
    detail: `Node ${process.versions.node}, PostgreSQL ${major}.${number % 10_000}`,
    advice: 'Holdfast runs on PostgreSQL 16 to 18.',
  };
}

/** A database of the locale C takes only the letters of English for letters: `я` would not be found by `Я`. */
async function letters({ installation }: Call): Promise<Finding> {
  const ok = await withClient(
    installation.ownerUrl,
    application_name,
    async (client) => (await client.query(`select lower('Я') = 'я' as ok`)).rows[0].ok,
  );
  return {
    check: 'letters',
    ok,
    detail: ok ? 'Large and small letters of every script are known' : 'Only the letters of English have a small form',
    advice:
      'Search tells large and small letters apart: make the database anew with a UTF-8 locale such as C.UTF-8, and move the data there.',
  };
}

async function migrations(call: Call): Promise<Finding> {
  const rows = await migrationStatus(call.installation.ownerUrl);
  const missing = rows.filter((row) => !row.applied_at || row.changed);
  const detail =
    missing.length === 0 ? `${rows.length} applied` : `${missing.map((row) => row.name).join(', ')} missing or changed`;
  return { check: 'migrations', ok: missing.length === 0, detail, advice: 'Run: holdfast upgrade' };
}

async function schema(call: Call): Promise<Finding> {
  const { unexpected, missing, different } = await schemaDrift(call.installation.ownerUrl);
  const count = unexpected.length + missing.length + different.length;
  return {
    check: 'schema',
    ok: count === 0,
    detail: count === 0 ? 'As migrations and routines make it' : `Differences: ${count}`,
    advice: 'Run: holdfast db validate',
  };
}

async function appRole({ installation }: Call): Promise<Finding> {
  const { rows } = await withClient(installation.databaseUrl, application_name, (client) =>
    client.query(
      'select rolsuper, rolbypassrls, exists (select from pg_class where relowner = pg_roles.oid) as owns from pg_roles where rolname = current_user',
    ),
  );
  const role = rows[0];
  const ok = !role.rolsuper && !role.rolbypassrls && !role.owns;
  return {
    check: 'application role',
    ok,
    detail: ok ? 'Owns nothing and is held by row-level security' : 'It could pass by row-level security',
    advice: 'Run: holdfast db migrate',
  };
}

/** Where nothing runs, as while the program is stopped for an upgrade, none is missing. */
async function worker(call: Call): Promise<Finding> {
  const [servers, workers] = await withDatabase(call, (db) =>
    Promise.all([countConnections(db, 'web'), countConnections(db, 'worker')]),
  );
  if (servers + workers === 0) return { check: 'worker', ok: true, detail: 'Neither a server nor a worker runs' };
  return workerFinding(workers);
}

/**
 * The finding about the backup store. How far the log is on its way there counts only while a program runs that sends
 * it.
 */
async function backups(call: Call): Promise<Finding> {
  const { status, workers } = await withDatabase(call, async (db) => ({
    status: await backupStatus(call.config, call.installation.masterKeys, db, (store) =>
      examineStore(store, ownDatabase(call.config)),
    ),
    workers: await countConnections(db, 'worker'),
  }));
  if (status.kind === 'mark') return backupFinding(status);
  const { shipping } = status;
  // A sender that was lost a moment ago comes back; for how long it was away, what it measured says.
  return backupFinding({ ...status, shipping: workers > 0 && shipping?.loss ? { ...shipping, active: true } : null });
}

function clock(call: Call): Promise<Finding> {
  return withDatabase(call, clockFinding);
}

function disk({ config }: Call): Promise<Finding> {
  return diskFinding(config);
}

function logs({ config }: Call): Promise<Finding> {
  return logFinding(config);
}

async function logStore({ config, installation }: Call): Promise<Finding> {
  const store = createLogStore({ config, databaseUrl: installation.databaseUrl });
  return logStoreFinding(store, config).finally(() => store.close());
}

function feed(call: Call): Promise<Finding> {
  return withDatabase(call, feedFinding);
}

function jobs(call: Call): Promise<Finding> {
  return withDatabase(call, jobFinding);
}

function schedules(call: Call): Promise<Finding> {
  return withDatabase(call, scheduleFinding);
}

async function redis({ config }: Call): Promise<Finding> {
  if (!config.REDIS_URL)
    return { check: 'redis', ok: true, detail: 'Not configured: cache and limits are kept in each process' };
  const cache = await createCache({
    redisUrl: config.REDIS_URL,
    namespace: 'doctor',
    log: createLog('silent'),
    allowPlaintext: config.ALLOW_PLAINTEXT,
  });
  await cache.set('doctor', 'here', { ttlSeconds: 10 });
  const ok = (await cache.get('doctor')) === 'here' && cache.stats().errors === 0;
  await cache.close();
  return {
    check: 'redis',
    ok,
    detail: ok ? 'Answers' : 'Does not answer',
    advice: 'Holdfast works without it, more slowly. Check REDIS_URL and the server.',
  };
}

async function files(call: Call): Promise<Finding> {
  const { config } = call;
  const advice =
    'Files cannot be read, or none can be added. Check S3_…, FILES_WARM_URL and FILES_COLD_URL, whether these stores answer and their keys may write, and whether the data directory can be read and written.';
  const files = openFiles(config);
  const trouble = (what: string) => (error: Error) => `The store of files ${what}: ${redactText(error.message)}`;
  const wrong = await probe(files).then(
    () => probeWriting(config, files).then(() => undefined, trouble('takes no files')),
    trouble('does not answer'),
  );
  // What a database that does not answer, or is not migrated, has to say is found under its own name.
  const stored = wrong
    ? undefined
    : await withDatabase(call, (db) => storedFilesFinding(db, files)).catch(() => undefined);
  files.close();
  if (stored?.ok === false) return stored;
  const detail = config.S3_BUCKET ? `S3 bucket ${config.S3_BUCKET}` : 'Kept in the data directory';
  return { check: 'files', ok: !wrong, detail: wrong ?? detail, advice };
}

/**
 * Writes a file to a bucket. In a folder it would belong to whoever runs this, so that is only asked whether it may be
 * written to.
 */
async function probeWriting({ S3_BUCKET, HOLDFAST_DATA }: Config, files: FileStore): Promise<void> {
  if (!S3_BUCKET) {
    const folder = join(HOLDFAST_DATA, 'files');
    // It is made with the first file.
    return existsSync(folder) ? access(folder, constants.W_OK) : undefined;
  }
  const key = fileKey(system_tenant_id, 'temp');
  const content = Buffer.from('A test whether the store takes files');
  await files.put(key, content, { contentType: 'text/plain', sizeBytesMax: content.length });
  await files.delete(key);
}
