import { execFile } from 'node:child_process';
import { chown, copyFile, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { loadConfig } from '../../src/kernel/config/config.ts';
import { clusterDir, embeddedSuperuserUrl, startEmbeddedPostgres } from '../../src/kernel/database/embedded.ts';
import { readMasterKeys } from '../../src/kernel/installation.ts';
import { type CataloguedBackup, openOwnBackups, readCatalogue } from '../../src/operations/backup/catalogue.ts';
import { modestSettings, type Proof } from '../../src/operations/backup/prove.ts';
import { type Bench, type Case, tenantNamed } from '../bench.ts';
import { holdfastSettings, startCluster, withClient } from '../cluster.ts';
import { connections } from '../compare.ts';
import { ensureOwnDatabase, usualShape } from '../dataset/dataset.ts';
import { type Figure, withSpread } from '../figure.ts';
import { limitFigure } from '../limit.ts';
import { type Call, Connection, type Target } from '../load.ts';
import { signIn } from '../people.ts';
import { nodeFlags, type Server, startServer } from '../servers.ts';
import { median, percentile, spreadOf } from '../statistics.ts';

const run = promisify(execFile);

/** 10 GB on the disk. */
const contacts_count = 2_000_000;
const proof_max = 3;
const requests_max = 1.5;
const loss_seconds_max = 60;
/** Between two requests of one of the sixteen, who read what they got. */
const pause_ms = 250;
const alone_seconds = 30;
const look_ms = 250;
const backup_ms_max = 30 * 60_000;

/** An installation with a database of its own and a folder for backups, as `npm start` has it. */
interface Installation {
  data: string;
  server: Server;
  superuserUrl: string;
  people: Target;
  operator: Connection;
  newest: () => Promise<CataloguedBackup | undefined>;
  stop: () => Promise<void>;
}

async function start(bench: Bench, data: string): Promise<Installation> {
  const backupDir = `${data}-store`;
  await rm(backupDir, { recursive: true, force: true });
  await mkdir(backupDir, { recursive: true });
  const cluster = await startCluster(data);
  const database = await ensureOwnDatabase(cluster, usualShape(contacts_count), bench.say);
  // What a run that was stopped left to do would be measured along.
  await withClient(cluster.urlOf(database), (client) =>
    client.query(`delete from job where state in ('scheduled', 'ready', 'running')`),
  );
  await cluster.stop();
  // Its key lies in its directory: the data outlast this run.
  const { DATABASE_URL: _, HOLDFAST_KEY: __, ...shared } = holdfastSettings(bench.cluster, '');
  const env = { ...shared, HOLDFAST_DATA: data, BACKUP_DIR: backupDir };
  const server = await startServer(cluster, 'backup', [...nodeFlags(), 'src/main.ts'], env, /ready after .*? at (\S+)/);
  const superuserUrl = embeddedSuperuserUrl(data)!;
  const config = loadConfig([], env);
  const backups = (await openOwnBackups(config, await readMasterKeys(config)))!;
  const tenant_id = await tenantNamed(superuserUrl, 'bench-0');
  const [admin] = await signIn(superuserUrl, tenant_id, { role: 'admin', people: 1 });
  await withClient(superuserUrl, (client) =>
    client.query(
      `insert into operator (tenant_id, user_id, granted_by) select tenant_id, user_id, 'a benchmark' from session where tenant_id = $1
       order by created_at desc limit 1 on conflict do nothing`,
      [tenant_id],
    ),
  );
  return {
    data,
    server,
    superuserUrl,
    people: {
      url: server.url,
      headers: {},
      callers: await signIn(superuserUrl, tenant_id, { role: 'member', people: connections }),
    },
    operator: new Connection({ url: server.url, headers: admin! }),
    newest: async () => (await readCatalogue(backups, 1)).backups[0],
    stop: async () => {
      backups.store.close();
      await server.stop();
    },
  };
}

/** What sixteen people do until told to stop, each at a pace: the p95 of their requests, in milliseconds. */
async function work(target: Target, until: Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  let over = false;
  const ended = until.finally(() => {
    over = true;
  });
  const person = async (n: number) => {
    const connection = new Connection(target, n);
    const timed = async (call: Call) => {
      const began = performance.now();
      const answer = await connection.send(call);
      taken.push(performance.now() - began);
      await sleep(pause_ms);
      return answer;
    };
    // They do not all begin at once.
    await sleep((n * pause_ms) / connections);
    while (!over) {
      await timed({ method: 'GET', path: '/api/v1/contacts?sort=name&limit=50' });
      const body = { given_name: 'Grace', family_name: `Number ${taken.length}` };
      const path = (await timed({ method: 'POST', path: '/api/v1/contacts', body })).headers.location as string;
      await timed({ method: 'GET', path });
      await timed({ method: 'PATCH', path, body: { job_title: 'Head' } });
    }
    await connection.close();
  };
  await Promise.all([ended, ...Array.from({ length: connections }, (_, n) => person(n))]);
  return percentile(taken, 0.95);
}

/** Looks until something is there. */
async function awaited<R>(look: () => Promise<R | undefined | false | null>, what: string): Promise<R> {
  for (const late = performance.now() + backup_ms_max; performance.now() < late; await sleep(look_ms)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`${what} takes longer than ${backup_ms_max / 60_000} minutes`);
}

const isProven = ({ newest }: Installation) => awaited(async () => (await newest())?.proof, 'The proof');

interface Round {
  alone_ms: number;
  backup_ms: number;
  proof_ms: number;
  backup_seconds: number;
  proof_seconds: number;
  checks: Proof['checks'];
}

/**
 * A backup and its proof, as the operator asks for one on the page, while people work; and their work by itself before.
 */
async function backUp(installation: Installation): Promise<Round> {
  const { people, operator, newest } = installation;
  const alone_ms = await work(people, sleep(alone_seconds * 1000));
  const before = (await newest())?.backup.id;
  const began = performance.now();
  const path = '/api/v1/installation/schedules/backup/runs';
  await operator.send({ method: 'POST', path, body: { reason: 'A benchmark' } });
  const made = awaited(async () => (await newest())!.backup.id !== before, 'The backup');
  const backup_ms = await work(people, made);
  const backup_seconds = (performance.now() - began) / 1000;
  const proven = isProven(installation);
  const proof_ms = await work(people, proven);
  const { began_at, passed, checks } = await proven;
  if (!passed) throw new Error(`The backup is not proven: ${JSON.stringify(checks)}`);
  return {
    alone_ms,
    backup_ms,
    proof_ms,
    backup_seconds,
    proof_seconds: (Date.now() - Date.parse(began_at)) / 1000,
    checks,
  };
}

/**
 * What one would do by hand: copy the files of the database as they lie there, between the two calls that make that
 * sound, and start a server on them. In seconds.
 */
async function copyByHand({ data, superuserUrl }: Installation): Promise<number> {
  const copy = `${data}-by-hand`;
  await rm(copy, { recursive: true, force: true });
  await mkdir(copy, { mode: 0o700 });
  return withClient(superuserUrl, async (client) => {
    const began = performance.now();
    await client.query(`select pg_backup_start('by hand', fast => true)`);
    await run('cp', ['-a', '--reflink=never', clusterDir(data), clusterDir(copy)]).catch(unlessGone);
    const { rows } = await client.query('select labelfile from pg_backup_stop()');
    await rm(join(clusterDir(copy), 'postmaster.pid'));
    const label = join(clusterDir(copy), 'backup_label');
    await writeFile(label, rows[0].labelfile);
    // Under root the server runs as another account.
    const { uid, gid } = await stat(clusterDir(data));
    await chown(label, uid, gid);
    // The log of the time of copying.
    await run('cp', ['-a', join(clusterDir(data), 'pg_wal'), clusterDir(copy)]).catch(unlessGone);
    await copyFile(join(data, 'postgres-password'), join(copy, 'postgres-password'));
    const server = await startEmbeddedPostgres({ dataDir: copy, log: () => {}, settings: modestSettings });
    const seconds = (performance.now() - began) / 1000;
    await server.stop();
    await rm(copy, { recursive: true, force: true });
    return seconds;
  });
}

/** A server at work deletes files that `cp` has seen; the log has what became of them. */
function unlessGone(error: { stderr?: string }): void {
  const lines = (error.stderr ?? '').trim().split('\n');
  if (!lines.every((line) => /No such file or directory$/.test(line))) throw error;
}

/** While `during` runs: for how long the newest change was not in the backup store yet, at the most, in seconds. */
async function longestLoss({ superuserUrl }: Installation, during: Promise<unknown>): Promise<number> {
  return withClient(superuserUrl, async (client) => {
    let over = false;
    const ended = during.finally(() => {
      over = true;
    });
    const places: { at: number; lsn: string }[] = [];
    let longest = 0;
    while (!over) {
      const { rows } = await client.query<{ now: string; safe: string | null }>(
        `select pg_current_wal_flush_lsn() - '0/0' as now,
          (select max(restart_lsn) - '0/0' from pg_replication_slots where not temporary) as safe`,
      );
      places.push({ at: performance.now(), lsn: rows[0]!.now });
      const safe = BigInt(rows[0]!.safe ?? 0);
      while (places.length > 0 && BigInt(places[0]!.lsn) <= safe) places.shift();
      if (places.length > 0) longest = Math.max(longest, performance.now() - places[0]!.at);
      await sleep(look_ms);
    }
    await ended;
    return longest / 1000;
  });
}

/**
 * R16: a backup of 10 GB and its proof, both by the worker while sixteen people work. The proof is beside what one
 * would do by hand while they work: copy the files and start a server on them.
 */
export const r16: Case = {
  id: 'R16',
  sizes: 'largest',
  smoke: false,
  measure: async (bench): Promise<Figure[]> => {
    const installation = await start(bench, `${bench.cluster.directory}-backup`);
    try {
      // The first backup begins by itself.
      await isProven(installation);
      const rounds: Round[] = [];
      const losses: number[] = [];
      const byHand: number[] = [];
      for (let round = 0; round < bench.effort.rounds; round++) {
        const made = backUp(installation);
        losses.push(await longestLoss(installation, made));
        rounds.push(await made);
        const copied = copyByHand(installation);
        await work(installation.people, copied);
        byHand.push(await copied);
        const { backup_seconds, checks, ...waits } = rounds.at(-1)!;
        const each = checks.map(({ name, seconds }) => `${name} ${Math.round(seconds)} s`).join(', ');
        bench.say(
          `  backup ${Math.round(backup_seconds)} s; ${each}; by hand ${Math.round(byHand.at(-1)!)} s; requests ${Math.round(waits.alone_ms)}, ${Math.round(waits.backup_ms)}, ${Math.round(waits.proof_ms)} ms`,
        );
      }
      const beside = (during: 'backup_ms' | 'proof_ms'): Omit<Figure, 'id' | 'what'> => {
        const ratio = median(rounds.map((round) => round[during] / round.alone_ms));
        return {
          holdfast: withSpread(spreadOf(rounds.map((round) => round[during])), 'ms'),
          reference: withSpread(spreadOf(rounds.map((round) => round.alone_ms)), 'ms'),
          ratio,
          bar: `<= ${requests_max}x`,
          met: ratio <= requests_max,
        };
      };
      const { rows } = await withClient(installation.superuserUrl, (client) =>
        client.query('select round(sum(pg_database_size(oid)) / 1e9, 1)::text as gigabytes from pg_database'),
      );
      const size = `${rows[0].gigabytes} GB`;
      const ratio = median(rounds.map((round, n) => round.proof_seconds / byHand[n]!));
      return [
        {
          id: 'R16',
          what: `proof of a backup of ${size}, beside copying the files by hand and starting on them`,
          holdfast: withSpread(spreadOf(rounds.map(({ proof_seconds }) => proof_seconds)), 's'),
          reference: withSpread(spreadOf(byHand), 's'),
          ratio,
          bar: `<= ${proof_max}x`,
          met: ratio <= proof_max,
        },
        {
          id: 'R16.backup',
          what: `requests of sixteen people while ${size} are backed up, beside before, p95`,
          ...beside('backup_ms'),
        },
        { id: 'R16.proof', what: 'the same while the backup is proven', ...beside('proof_ms') },
        limitFigure({
          id: 'R16.loss',
          what: 'the longest that a change was not in the backup store, meanwhile',
          unit: 's',
          values: losses,
          max: loss_seconds_max,
        }),
      ];
    } finally {
      await installation.operator.close();
      await installation.stop();
    }
  },
};
