import { statfs } from 'node:fs/promises';
import pg from 'pg';
import { createCache } from '../kernel/cache/create-cache.ts';
import { migrationStatus } from '../kernel/database/migrate.ts';
import { schemaDrift } from '../kernel/database/schema.ts';
import { createLog } from '../kernel/logs/log.ts';
import { hasBackupStore } from '../operations/backup/backup-store.ts';
import { feedTroubles } from '../operations/health/feed.ts';
import { jobTroubles } from '../operations/health/jobs.ts';
import { lastProven } from './backup.ts';
import { type Call, type Command, withDatabase } from './command.ts';

const disk_free_share_min = 0.2;
const check_ms_max = 10_000;

interface Finding {
  check: string;
  ok: boolean;
  detail: string;
  /** What to do when it is not ok. */
  advice?: string;
}

const checks: ((call: Call) => Promise<Finding>)[] = [
  versions,
  letters,
  migrations,
  drift,
  appRole,
  disk,
  redis,
  fileStore,
  backups,
  feed,
  jobs,
];

export const doctorCommands: Command[] = [
  {
    name: 'doctor',
    summary: 'Checks configuration, connections, versions, disk and schema, and says what to do.',
    skipsMigration: true,
    run: async (call) => {
      const findings: Finding[] = [{ check: 'configuration', ok: true, detail: 'Complete' }];
      for (const check of checks) findings.push(await bounded(check, call));
      const line = (f: Finding) =>
        `${f.ok ? 'ok  ' : 'FAIL'}  ${f.check}: ${f.detail}${f.ok || !f.advice ? '' : `\n      ${f.advice}`}`;
      call.answer(findings, findings.map(line).join('\n'));
      return findings.every((f) => f.ok) ? 0 : 1;
    },
  },
];

async function bounded(check: (call: Call) => Promise<Finding>, call: Call): Promise<Finding> {
  const late = new Promise<Finding>((resolve) => {
    setTimeout(
      () => resolve({ check: check.name, ok: false, detail: `No answer within ${check_ms_max / 1000} s` }),
      check_ms_max,
    ).unref();
  });
  const failed = (error: Error): Finding => ({ check: check.name, ok: false, detail: error.message });
  return Promise.race([check(call).catch(failed), late]);
}

async function asOwner<R>(
  { installation }: Call,
  work: (client: pg.Client) => Promise<R>,
  url = installation.ownerUrl,
): Promise<R> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
}

async function versions(call: Call): Promise<Finding> {
  const number = await asOwner(call, async (client) =>
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
async function letters(call: Call): Promise<Finding> {
  const ok = await asOwner(call, async (client) => (await client.query(`select lower('Я') = 'я' as ok`)).rows[0].ok);
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
  return { check: 'migrations', ok: missing.length === 0, detail, advice: 'Run: npm run db:migrate' };
}

async function drift(call: Call): Promise<Finding> {
  const { unexpected, missing, different } = await schemaDrift(call.installation.ownerUrl);
  const count = unexpected.length + missing.length + different.length;
  return {
    check: 'schema',
    ok: count === 0,
    detail: count === 0 ? 'As migrations and routines make it' : `${count} differences`,
    advice: 'Run: npm run db:validate',
  };
}

async function appRole(call: Call): Promise<Finding> {
  const role = await asOwner(
    call,
    async (client) =>
      (
        await client.query(
          'select rolsuper, rolbypassrls, exists (select from pg_class where relowner = pg_roles.oid) as owns from pg_roles where rolname = current_user',
        )
      ).rows[0],
    call.installation.databaseUrl,
  );
  const ok = !role.rolsuper && !role.rolbypassrls && !role.owns;
  return {
    check: 'application role',
    ok,
    detail: ok ? 'Owns nothing and is held by row-level security' : 'It could pass by row-level security',
    advice: 'Run: npm run db:migrate',
  };
}

async function feed(call: Call): Promise<Finding> {
  const troubles = await withDatabase(call, feedTroubles);
  return {
    check: 'feed',
    ok: troubles.length === 0,
    detail: troubles.length === 0 ? 'Everything that follows from changes is done' : troubles.join('; '),
    advice: 'Run: holdfast feed list. A worker has to run for consumers to go on.',
  };
}

async function jobs(call: Call): Promise<Finding> {
  const trouble = await withDatabase(call, jobTroubles);
  return {
    check: 'jobs',
    ok: trouble === '',
    detail: trouble || 'The outcome of each is known',
    advice: 'Run: holdfast jobs list. Ask the other system, then: holdfast jobs resolve.',
  };
}

async function disk({ config }: Call): Promise<Finding> {
  const { bavail, blocks, bsize } = await statfs(config.HOLDFAST_DATA);
  const share = bavail / blocks;
  const detail = `${Math.round((bavail * bsize) / 1e9)} GB free (${Math.round(share * 100)} %)`;
  return {
    check: 'disk',
    ok: share >= disk_free_share_min || bavail * bsize > 50e9,
    detail,
    advice: 'Make room: PostgreSQL stops when the disk is full.',
  };
}

async function redis({ config }: Call): Promise<Finding> {
  if (!config.REDIS_URL)
    return { check: 'redis', ok: true, detail: 'Not configured: cache and limits are kept in each process' };
  const cache = createCache({
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

const proof_hours_max = 30;

async function backups(call: Call): Promise<Finding> {
  const advice = 'Set BACKUP_DIR or BACKUP_S3_… (docs/operating/backup.md).';
  if (call.config.DATABASE_URL)
    return { check: 'backups', ok: true, detail: 'Of the PostgreSQL at DATABASE_URL, which Holdfast does not make' };
  if (!hasBackupStore(call.config)) return { check: 'backups', ok: false, detail: 'There is no backup store', advice };
  const last = await lastProven(call);
  if (!last)
    return {
      check: 'backups',
      ok: false,
      detail: 'None was restored and found well yet',
      advice: 'holdfast backup now, then holdfast backup prove',
    };
  const hours = Math.round((Date.now() - Date.parse(last.began_at)) / 3_600_000);
  return {
    check: 'backups',
    ok: hours <= proof_hours_max,
    detail: `Last proven restore ${hours} hours ago, back in ${last.recovery_seconds} s`,
    advice: 'holdfast backup now, then holdfast backup prove; holdfast jobs list says why the last failed.',
  };
}

async function fileStore({ config }: Call): Promise<Finding> {
  return {
    check: 'files',
    ok: true,
    detail: config.S3_ENDPOINT ? `S3 bucket ${config.S3_BUCKET}` : 'Kept in the data directory',
  };
}
