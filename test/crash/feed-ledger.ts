import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/kernel/database/embedded.ts';
import { migrate } from '../../src/kernel/database/migrate.ts';

/** One does as it should, one fails one time in ten, one stalls up to a second. */
export const consumerNames = ['sound', 'fails', 'stalls'];

const script = fileURLToPath(new URL('./feed-worker.ts', import.meta.url));
/** The embedded PostgreSQL is started again so often in a minute. */
const kill_of_postgres_ms = 20_000;
const standstill_ms_max = 60_000;
/** Now and then a process sleeps instead, and goes on as if it still had its work. */
const sleeping_share = 0.3;
const sleep_ms_max = 3_000;
const tenants_count = 3;
/** However fast the machine. */
const kills_min = 6;

export interface LedgerOptions {
  /** So many are committed, or more. */
  events: number;
  /** Between two kills of one process or another. */
  killMs: number;
  say: (line: string) => void;
}

export interface LedgerResult {
  events: number;
  /** Kills by what was killed. */
  kills: Record<string, number>;
  /** Of each consumer: effects that are there, and those that are there twice, lacking, or of no event. */
  consumers: Record<string, { effects: number; twice: number; lacking: number; invented: number; setAside: number }>;
}

/**
 * Events are written and consumed by four processes while they, the backends of PostgreSQL and PostgreSQL itself are
 * killed, or put to sleep, until there are as many as wanted and all are consumed. Each effect has to be there once.
 */
export async function keepLedger({ events, killMs, say }: LedgerOptions): Promise<LedgerResult> {
  const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-ledger-'));
  // What killed processes wrote, the kernel has.
  const settings = { fsync: 'off', shared_buffers: '128MB' };
  const postgres = await startEmbeddedPostgres({ dataDir, log: () => {}, settings });
  const children = new Set<ChildProcess>();
  let ending = false;
  try {
    const appUrl = await prepare(postgres.ownerUrl);
    const tenants = await addTenants(postgres.ownerUrl);
    let enough = false;
    const keepRunning = async (role: 'write' | 'consume') => {
      while (!ending) {
        const child = spawn(process.execPath, [script, role, appUrl, tenants.join()], {
          stdio: ['ignore', 'ignore', 'inherit'],
        });
        children.add(child);
        await once(child, 'exit');
        children.delete(child);
        if (role === 'write' && enough) return;
      }
    };
    const running = (['write', 'write', 'consume', 'consume'] as const).map(keepRunning);
    const kills: Record<string, number> = {};
    const killed = (what: string) => {
      kills[what] = (kills[what] ?? 0) + 1;
    };
    let postgresKilled = Date.now();
    let [before, since] = ['', Date.now()];
    for (;;) {
      await sleep(killMs);
      const state = await stateOf(postgres.ownerUrl).catch(() => undefined);
      if (!state) continue;
      const now = JSON.stringify(state);
      if (now !== before) [before, since] = [now, Date.now()];
      if (Date.now() - since > standstill_ms_max) throw new Error(`It stands still at ${now}`);
      say(`${state.events} events, ${state.effects} effects, kills: ${JSON.stringify(kills)}`);
      const count = Object.values(kills).reduce((sum, each) => sum + each, 0);
      if (!enough && state.events >= events && count >= kills_min) {
        enough = true;
        for (const child of children) if (child.spawnargs.includes('write')) child.kill('SIGKILL');
      }
      if (enough && state.atRest) break;
      if (Date.now() - postgresKilled > kill_of_postgres_ms) {
        postgresKilled = Date.now();
        process.kill(
          Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]),
          'SIGKILL',
        );
        killed('postgres');
        continue;
      }
      const victims = [...children];
      const victim = victims[Math.floor(Math.random() * (victims.length + 1))];
      if (victim && Math.random() < sleeping_share) {
        victim.kill('SIGSTOP');
        setTimeout(() => victim.kill('SIGCONT'), Math.random() * sleep_ms_max).unref();
      } else if (victim) {
        killed(victim.spawnargs.includes('write') ? 'writer' : 'consumer');
        victim.kill('SIGKILL');
      } else if (await endBackend(postgres.ownerUrl)) killed('backend');
    }
    ending = true;
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(running);
    return { ...(await compare(postgres.ownerUrl)), kills };
  } finally {
    ending = true;
    for (const child of children) child.kill('SIGKILL');
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
  }
}

async function onOwner<Row>(ownerUrl: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  // Killed under its hands, it is tried again at the next turn.
  client.on('error', () => {});
  await client.connect();
  return client
    .query('set role holdfast_system')
    .then(() => client.query(text, values))
    .then(({ rows }) => rows as Row[])
    .finally(() => client.end().catch(() => {}));
}

/** Returns the address of the application's role. */
async function prepare(ownerUrl: string): Promise<string> {
  const appRole = { name: 'holdfast_ledger', password: randomUUID() };
  await migrate(ownerUrl, { appRole });
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query(`create table effect (tenant_id uuid not null, consumer text not null, seq bigint not null);
    create index effect_seq on effect (consumer, tenant_id, seq);
    grant select, insert on effect to holdfast_app, holdfast_system`);
  await client.end();
  const url = new URL(ownerUrl);
  url.username = appRole.name;
  url.password = appRole.password;
  return url.href;
}

async function addTenants(ownerUrl: string): Promise<string[]> {
  const rows = await onOwner<{ id: string }>(
    ownerUrl,
    `insert into tenant (id, name, title) select gen_random_uuid(), 'ledger-' || n, 'Ledger' from generate_series(1, $1::int) n
      returning id`,
    [tenants_count],
  );
  return rows.map(({ id }) => id);
}

async function stateOf(ownerUrl: string): Promise<{ events: number; effects: number; atRest: boolean }> {
  const [state] = await onOwner<{ events: number; effects: number; at_rest: boolean }>(
    ownerUrl,
    `select (select count(*)::int from audit_event where resource = 'thing') as events, (select count(*)::int from effect) as effects,
      not exists (select from feed_mark)
      and not exists (select from audit_event e cross join feed_router p where (e.xid, e.seq) > (p.xid, p.seq)) as at_rest`,
  );
  return { events: state!.events, effects: state!.effects, atRest: state!.at_rest };
}

const endBackend = async (ownerUrl: string): Promise<boolean> =>
  (
    await onOwner<{ ended: boolean }>(
      ownerUrl,
      `select pg_terminate_backend(pid) as ended from pg_stat_activity
      where application_name like 'ledger-%' and state <> 'idle' order by random() limit 1`,
    ).catch(() => [])
  ).length > 0;

async function compare(ownerUrl: string): Promise<Omit<LedgerResult, 'kills'>> {
  const [{ events }] = (await onOwner<{ events: number }>(
    ownerUrl,
    `select count(*)::int as events from audit_event where resource = 'thing'`,
  )) as [{ events: number }];
  const consumers: LedgerResult['consumers'] = {};
  for (const name of consumerNames) {
    const [row] = await onOwner<LedgerResult['consumers'][string]>(
      ownerUrl,
      `with e as materialized (select tenant_id, seq from audit_event where resource = 'thing'),
        aside as materialized (select tenant_id, seq from feed_set_aside where consumer = $1),
        f as materialized (select tenant_id, seq, count(*) as times from effect where consumer = $1 group by tenant_id, seq)
      select (select coalesce(sum(times), 0)::int from f) as effects, (select count(*)::int from f where times > 1) as twice,
        (select count(*)::int from e where not exists (select from f where (f.tenant_id, f.seq) = (e.tenant_id, e.seq))
          and not exists (select from aside a where (a.tenant_id, a.seq) = (e.tenant_id, e.seq))) as lacking,
        (select count(*)::int from f where not exists (select from e where (f.tenant_id, f.seq) = (e.tenant_id, e.seq))) as invented,
        (select count(*)::int from aside) as "setAside"`,
      [name],
    );
    consumers[name] = row!;
  }
  return { events, consumers };
}
