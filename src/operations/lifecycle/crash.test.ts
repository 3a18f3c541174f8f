import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { type LifecycleProcessOptions, lifecycleRing } from '../../../test/harness/lifecycle-process.ts';
import { type S3Server, s3Missing, startS3Server } from '../../../test/harness/s3-server.ts';
import { createFileStore } from '../../kernel/files/create-file-store.ts';
import { type FileStore, fileKey } from '../../kernel/files/file-store.ts';
import { readArchive } from './archive-file.ts';
import { runFiles, runLifecycle } from './run.ts';

const program = fileURLToPath(new URL('../../../test/harness/lifecycle-process.ts', import.meta.url));
const key = randomBytes(32).toString('hex');
const day_ms = 86_400_000;

let app: TestApp;
let tenant: TestTenant;
let api: Client;
let owner: pg.Client;
let cold: string;
let hot: string;

const rows = async (text: string, values: unknown[] = []) => (await owner.query(text, values)).rows;

before(async () => {
  app = await startTestApp();
  tenant = await app.tenant('acme');
  ({ api } = await tenant.as('admin', 'Ada'));
  cold = await mkdtemp(join(tmpdir(), 'holdfast-cold-'));
  hot = join(app.app.services.config.HOLDFAST_DATA, 'files');
  owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
});
after(async () => {
  await owner.end();
  await app.stop();
  await rm(cold, { recursive: true, force: true });
});

/** Runs until it reaches a step, and is killed there, as by a power failure. */
async function killAt(given: Omit<LifecycleProcessOptions, 'ownerUrl' | 'hot' | 'key'>): Promise<void> {
  const options: LifecycleProcessOptions = { ...given, ownerUrl: app.database.ownerUrl, hot, key };
  const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  await eventually(async () => output.includes(given.stopAt) || child.exitCode !== null);
  assert.equal(child.exitCode, null, output);
  child.kill('SIGKILL');
  await exited;
  // Its connection holds the lock until the server notices.
  await eventually(
    async () =>
      (
        await rows(`select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database
          where datname = current_database()) and pid <> pg_backend_pid()
    and objid in (select (hashtextextended(n, 0) & 4294967295)::bigint::oid from unnest('{lifecycle,lifecycle of files}'::text[]) n)`)
      ).length === 0,
  );
}

async function finish(work: 'archive' | 'files', at: Date, coldStore?: FileStore): Promise<void> {
  const client = new pg.Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  const { files, log } = app.app.services;
  const shared = { client, at, log };
  const archive = { ...shared, files, ring: lifecycleRing(key), archiveMonths: 24, deleteYears: 7, historyDays: 0 };
  const tiers = { hot: files, ...(coldStore && { cold: coldStore }) };
  await (work === 'archive'
    ? runLifecycle(archive)
    : runFiles({ ...shared, tiers, warmDays: 0, coldDays: 365, orphanDays: 2 })
  ).finally(() => client.end());
}

test('an archive run that is killed at any step leaves each month exactly once', async () => {
  const steps = [
    'begun audit_event',
    'written record_history',
    'verified audit_event',
    'detached record_history',
    'detached audit_event',
    'removed record_history',
  ];
  for (const [i, stopAt] of steps.entries()) {
    const id = (await api('POST', '/api/v1/contacts', { given_name: stopAt })).body.id as string;
    const months = 30 + i;
    await rows('select app.ensure_partitions(-$1::int, $1::int)', [months]);
    for (const table of ['audit_event', 'record_history'])
      await rows(
        `update ${table} set at = date_trunc('month', now() - make_interval(months => $2), 'UTC') + interval '14 days'
          where record_id = $1`,
        [id, months],
      );
    await killAt({ work: 'archive', at: new Date().toISOString(), stopAt });
    await finish('archive', new Date());
    const archives = await rows(
      `select source, state, storage_key from lifecycle_archive where first_at = date_trunc('month', now() - make_interval(months => $1),
        'UTC') order by source`,
      [months],
    );
    assert.deepEqual(
      archives.map(({ source, state }) => [source, state]),
      [
        ['audit_event', 'archived'],
        ['record_history', 'archived'],
      ],
      stopAt,
    );
    for (const { storage_key } of archives) {
      const lines: { record_id: string }[] = [];
      for await (const batch of readArchive({ files: app.app.services.files, ring: lifecycleRing(key) }, storage_key))
        lines.push(...batch.map((line) => JSON.parse(line)));
      assert.equal(lines.filter(({ record_id }) => record_id === id).length, 1, `${stopAt} ${storage_key}`);
    }
    assert.equal((await rows('select from audit_event where record_id = $1', [id])).length, 0, stopAt);
    assert.equal((await rows('select from record_history where record_id = $1', [id])).length, 0, stopAt);
  }
  // No file of an attempt that came to nothing is left.
  const named = new Set(
    (await rows('select storage_key from lifecycle_archive')).map(({ storage_key }) => storage_key),
  );
  for await (const { key: found } of app.app.services.files.list())
    if (found.includes('/archive/')) assert.ok(named.has(found), found);
});

async function moveKilled(coldStore: FileStore, place: Pick<LifecycleProcessOptions, 'cold' | 's3'>): Promise<void> {
  const at = new Date(Date.now() + 400 * day_ms);
  for (const stopAt of ['copied', 'moved', 'source_deleted']) {
    const form = new FormData();
    form.set('file', new File([`Killed when ${stopAt}`], 'letter.txt', { type: 'text/plain' }));
    const { id } = (await api('POST', '/api/v1/files', form)).body;
    const stored = fileKey(tenant.tenant_id, 'upload', id);
    await killAt({ work: 'files', at: at.toISOString(), stopAt, ...place });
    const { files } = app.app.services;
    // The row names a store that has it.
    const [{ storage_class }] = await rows('select storage_class from file where id = $1', [id]);
    const named = storage_class === 'hot' ? files : coldStore;
    assert.equal((await buffer(await named.get(stored))).toString(), `Killed when ${stopAt}`, stopAt);
    await finish('files', at, coldStore);
    assert.equal(await files.head(stored), undefined, `${stopAt}: the old copy is gone`);
    assert.equal((await buffer(await coldStore.get(stored))).toString(), `Killed when ${stopAt}`);
    assert.equal((await rows('select storage_class from file where id = $1', [id]))[0].storage_class, 'cold');
    await rows('delete from file where id = $1', [id]);
  }
}

test('a move that is killed at any step leaves each file exactly once', () =>
  moveKilled(createFileStore({ folder: cold }), { cold }));

test('so does a move to S3, and orphans are found there', { skip: s3Missing }, async (t) => {
  const server: S3Server = await startS3Server();
  t.after(() => server.close());
  const store = createFileStore({ folder: '', s3: server.options });
  t.after(() => store.close());
  const { credentials, ...options } = server.options;
  await moveKilled(store, { s3: { ...options, ...credentials() } });
  // Whose rows are gone by now.
  const left = async () => {
    let files = 0;
    for await (const _ of store.list()) files++;
    return files;
  };
  assert.equal(await left(), 3);
  await finish('files', new Date(Date.now() + 401 * day_ms), store);
  await finish('files', new Date(Date.now() + 404 * day_ms), store);
  assert.equal(await left(), 0);
});
