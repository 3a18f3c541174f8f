import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import pg from 'pg';
import { loadConfig } from '../../src/kernel/config/config.ts';
import { embeddedSuperuserUrl } from '../../src/kernel/database/embedded.ts';
import { readMasterKeys } from '../../src/kernel/installation.ts';
import { openOwnBackups } from '../../src/operations/backup/catalogue.ts';
import type { InstallationStatus } from '../../src/operations/console/contract.ts';
import type { ScheduleList } from '../../src/operations/schedules/contract.ts';
import { desktop, launch, phone, withoutWorker } from '../e2e/browser.ts';
import { operatorPaths } from '../e2e/routes.ts';
import { alertsFor } from '../harness/alerts.ts';
import { selfSigned } from '../harness/certificate.ts';
import { eventually } from '../harness/eventually.ts';
import type { Browser } from '../harness/identity.ts';
import { asSuperuser, signInByLink } from '../harness/installation.ts';
import { ManagedInstallation } from '../harness/managed.ts';
import { type HoldfastProcess, holdfast, startProcess } from '../harness/process.ts';
import { freePort } from '../harness/service.ts';
import { TheirServer } from '../harness/their-server.ts';
import { withCluster } from '../harness/throw-away.ts';
import { readOptions } from '../harness/usage.ts';
import { type Scheme, take } from './camera.ts';

/**
 * `npm run pictures:installation`: what its operators see of a real installation, started on an empty directory: while
 * all is well, when there is something that can wait, and when it burns. Of the other ways to back up, and of backups
 * that grew old, the pages that speak of backups.
 */

const usage = `The operator's pages of an installation that is well, has troubles, and burns, as pictures in .cache/pictures/installation/.

npm run pictures:installation -- [--only health,backups] [--locale de]
  --only    pages whose names have one of these parts
  --locale  the language of the page, such as de`;
const asked = readOptions(usage, {
  only: { type: 'string' },
  locale: { type: 'string' },
});

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, '.cache', 'pictures', 'installation');
const schemes: readonly Scheme[] = ['light', 'dark'];
const proof_ms_max = 300_000;
const alerts_ms = 90_000;
const trouble_ms_max = 120_000;
const old_days = 4;

const paths = ['/', '/imports/new', '/settings/jobs', ...operatorPaths()];
const nameOf = (path: string) => path.replace('/settings', '').slice(1).replaceAll('/', '-') || 'home';
const wanted = paths.filter((path) =>
  (asked.only ?? nameOf(path)).split(',').some((part) => nameOf(path).includes(part)),
);

const ofBackups = wanted.filter((path) => ['backups', 'health'].includes(nameOf(path)));

const parent = await mkdtemp(join(tmpdir(), 'holdfast-pictures-'));
const [data, store, away] = ['data', 'store', 'store-away'].map((name) => join(parent, name)) as [
  string,
  string,
  string,
];
const faults: string[] = [];
let running: HoldfastProcess | undefined;
let session: Browser;

async function start(settings: Record<string, string> = {}): Promise<void> {
  running = await startProcess(['--data', data], {
    BACKUP_DIR: store,
    ALERTS_EVERY_SECONDS: '5',
    LOG_LEVEL: 'info',
    ...settings,
  });
  await signIn(running);
}

async function signIn(link: Pick<HoldfastProcess, 'url' | 'output'>): Promise<void> {
  session = await signInByLink(link, data);
  if (asked.locale) await session.send('PATCH', '/api/v1/profile', { locale: asked.locale });
}

/** A first operator, where there is no demo. */
async function signInFirst(env: Record<string, string>): Promise<void> {
  const who = ['--tenant', 'acme', '--email', 'olga@operator.example'];
  const said = await holdfast(['user', 'create', ...who, '--name', 'Olga Operator', '--role', 'admin'], env);
  await holdfast(['operator', 'grant', ...who], env);
  await signIn({ url: running!.url, output: () => said });
}

async function ask<R>(method: string, path: string, body?: object): Promise<R> {
  const answer = await session.send(method, `/api/v1${path}`, body);
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body as R;
}

/** A server whose certificate ends soon, and that nobody signed. */
async function startUntrusted(): Promise<{ port: number; stop: () => void }> {
  const server = createTlsServer(await selfSigned(parent, 9), (socket) => socket.end());
  server.on('tlsClientError', () => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { port: (server.address() as AddressInfo).port, stop: () => server.close() };
}

async function takeAll(state: string, paths = wanted): Promise<void> {
  const browser = await launch();
  try {
    for (const [size, device] of Object.entries({ desktop, phone })) {
      const baseURL = running!.url.replace('127.0.0.1', 'localhost');
      const context = await browser.newContext({
        baseURL,
        reducedMotion: 'reduce',
        ...device,
        viewport: { ...device.viewport, height: 1400 },
      });
      await withoutWorker(context);
      for (const path of paths) {
        const label = [nameOf(path), state, size, asked.locale].filter(Boolean).join('.');
        const scene = { name: label, path, refused: true as const };
        faults.push(
          ...(await take(context, { scene, workspace: { session, ids: {} }, state: 'demo', schemes, folder, label })),
        );
      }
      await context.close();
    }
  } finally {
    await browser.close();
  }
  console.error(`${state}: taken`);
}

async function beWell(): Promise<void> {
  await start();
  await eventually(async () => (await ask<InstallationStatus>('GET', '/installation')).recovery, proof_ms_max);
  await asSuperuser(data, (client) => client.query('select pg_switch_wal()'));
  await eventually(
    () => holdfast(['backup', 'prove', '--random'], { HOLDFAST_DATA: data, BACKUP_DIR: store }).catch(() => undefined),
    proof_ms_max,
  );
}

const paused = { reason: 'Until the import of the old system is done' };

/** What can wait for the morning. */
async function haveTroubles(): Promise<void> {
  await running!.stop();
  const untrusted = await startUntrusted();
  await start({ S3_REGIONN: 'eu-central-1', SENTRY_DSN: `https://key@localhost:${untrusted.port}/1` });
  const { data: schedules } = await ask<ScheduleList>('GET', '/installation/schedules');
  await ask('POST', `/installation/schedules/${schedules.at(-1)!.name}/pause`, paused);
  await asSuperuser(data, async (client) => {
    await client.query(
      `insert into job (tenant_id, kind, state, attempts, error, started_at, finished_at)
       select tenant.id, kind, 'failed', 5, error, now() - interval '1 hour', now() - interval '50 minutes' from tenant,
        (values ('notification.mail', 'The mail server at mail.example refused: 550 5.7.1 Relaying denied'),
          ('webhook.send', 'The receiver at https://hooks.example did not answer within 10 s')) given (kind, error)`,
    );
    await client.query(
      `insert into orphan_file select 'left/' || g, 48000 * g, now() - interval '9 days', now() - interval '5 days',
        now() - interval '5 days'
       from generate_series(1, 150) g`,
    );
    await client.query(
      `insert into error_report (fingerprint, kind, message, location, route, occurrences, first_seen_at, last_seen_at, first_version,
        last_version)
       select encode(sha256(kind::bytea), 'hex'), kind, message, location, route, seen, now() - interval '3 days',
         now() - interval '2 minutes', '0.1.0', '0.1.0'
       from (values ('TypeError', 'Cannot read properties of undefined (reading ''name'')', 'web/platform/record/RecordHeader.tsx:41:17',
         '/companies/$id', 41),
        ('PhoneError', 'Not a number of a telephone: +00', 'src/modules/directory/contact/phone.ts:88:9', 'PATCH /api/v1/contacts/:id',
          3)) given (kind, message, location, route, seen)`,
    );
    // One of the slow statements.
    await client.query('select pg_sleep(1.5)');
  });
  await ask('POST', '/installation/schedules/certificate.check/runs', { reason: 'To see them now' });
  await eventually(
    async () => (await ask<InstallationStatus>('GET', '/installation')).findings.some(({ ok }) => !ok),
    trouble_ms_max,
  );
  await sleep(alerts_ms);
  untrusted.stop();
}

/** What wakes somebody. */
async function burn(): Promise<{ stop: () => Promise<void> }> {
  await running!.stop();
  await start({ MONGODB_URL: `mongodb://127.0.0.1:${await freePort()}/logs` });
  await rename(store, away);
  await writeFile(store, 'Somebody put a file where the folder was.\n');
  const url = embeddedSuperuserUrl(data)!;
  const [holder, waiting] = [new pg.Client(url), new pg.Client(url)];
  await holder.connect();
  await waiting.connect();
  await holder.query(`begin; lock table tag in access exclusive mode`);
  const waits = waiting.query('select count(*) from tag').catch(() => {});
  await asSuperuser(data, async (client) => {
    await client.query(
      `insert into process (id, host, pid, role, version, node_version, address, started_at, seen_at, memory_bytes, settings, unread)
       select app.uuid_v7(), 'crm-2', 4711, role, '0.0.9', node_version, address, started_at, now() - interval '4 minutes', memory_bytes,
         settings, unread
       from process where role = 'web' limit 1`,
    );
    await client.query(
      `insert into job (tenant_id, kind, state, attempts, started_at) select id, 'notification.mail', 'in_doubt', 1,
        now() - interval '20 minutes' from tenant`,
    );
  });
  // Sooner than as they come, so that nobody waits for an hour.
  const desk = alertsFor(session.send);
  await desk.set('HoldfastBackupBehind', { threshold: 60 });
  await desk.set('HoldfastJobsInDoubt');
  await sleep(alerts_ms * 2);
  return {
    stop: async () => {
      await holder.end();
      await waits;
      await waiting.end();
    },
  };
}

/** As if none had been made for some days. */
async function growOld(): Promise<void> {
  const config = loadConfig([], { HOLDFAST_DATA: data, BACKUP_DIR: store });
  const backups = (await openOwnBackups(config, await readMasterKeys(config)))!;
  const back = (time: string) => new Date(Date.parse(time) - old_days * 86_400_000).toISOString();
  for (const kind of ['backup', 'proof', 'time-proof'] as const)
    for (const id of await backups.list(kind)) {
      const { at, began_at, ...kept } = await backups.getJson<{ at?: string; began_at: string }>(kind, id);
      await backups.putJson(kind, id, { ...kept, ...(at && { at: back(at) }), began_at: back(began_at) });
    }
  backups.store.close();
  await sleep(alerts_ms);
}

async function takeLogical(): Promise<void> {
  const installation = await ManagedInstallation.begin();
  running = installation.process;
  try {
    await signInFirst(installation.environment());
    await eventually(async () => (await ask<InstallationStatus>('GET', '/installation')).recovery, proof_ms_max);
    await takeAll('logical', ofBackups);
  } finally {
    await installation.close();
  }
}

async function takeTheirs(): Promise<void> {
  // Its program runs as another account, which has to find the way to it.
  const folder = await mkdtemp('/tmp/holdfast-pictures-theirs-');
  const theirs = await TheirServer.begin(folder);
  const env = theirs.environment();
  try {
    running = await startProcess(['--empty', '--data', env.HOLDFAST_DATA], env);
    await holdfast(['tenant', 'create', '--name', 'acme'], env);
    await signInFirst(env);
    await eventually(async () => (await ask<InstallationStatus>('GET', '/installation')).recovery, proof_ms_max);
    await takeAll('theirs', ofBackups);
    await theirs.archive(false);
    await ask('POST', '/companies', { name: 'Written since' });
    await sleep(alerts_ms);
    await takeAll('theirs-behind', ofBackups);
  } finally {
    await running?.stop();
    await theirs.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

const { buildPage } = await import(join(root, 'bin', 'bootstrap.mjs'));
buildPage();
await mkdir(folder, { recursive: true });
try {
  await beWell();
  await takeAll('well');
  await haveTroubles();
  await takeAll('troubles');
  const fire = await burn();
  await takeAll('fire');
  await fire.stop();
  await running!.stop();
  await rm(store);
  await rename(away, store);
  await start();
  await growOld();
  await takeAll('old', ofBackups);
  await running!.stop();
  await withCluster(async () => {
    await takeLogical();
    await takeTheirs();
  });
} catch (error) {
  faults.push(String(error instanceof Error ? error.stack : error), running?.output() ?? '');
} finally {
  await running?.stop();
  await rm(parent, { recursive: true, force: true, maxRetries: 10 });
}
for (const fault of faults) console.error(fault);
console.log(`Pictures in ${folder}, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
