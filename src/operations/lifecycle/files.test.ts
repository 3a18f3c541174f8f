import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { type Client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { systemClient } from '../../../test/harness/identity.ts';
import { tiers as allTiers, type Tier } from '../../kernel/files/contract.ts';
import { fileKey } from '../../kernel/files/file-store.ts';
import { FileReads } from '../../kernel/files/reads.ts';
import { tiersOf } from '../../kernel/files/tiered-store.ts';
import { verifyAudit } from '../audit-verify.ts';
import { allFiles } from '../backup/files.ts';
import type { LifecycleReport } from './contract.ts';
import type { FileRun, FileStep } from './file-run.ts';
import { runFiles } from './run.ts';

const day_ms = 86_400_000;
const options = { contentType: 'text/plain', sizeBytesMax: 1_000 };

let app: TestApp;
let folder: string;
let tenant: TestTenant;
let api: Client;
let operator: Client;
let owner: pg.Client;

const rows = async (text: string, values: unknown[] = []) => (await owner.query(text, values)).rows;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-tiers-'));
  app = await startTestApp({ FILES_WARM_URL: join(folder, 'warm'), FILES_COLD_URL: join(folder, 'cold') });
  tenant = await app.tenant('acme');
  ({ api } = await tenant.as('admin', 'Ada'));
  owner = new pg.Client({ connectionString: app.database.ownerUrl });
  await owner.connect();
  const { user_id } = await tenant.as('viewer', 'Olga');
  operator = await tenant.signedIn('viewer', 'Olga');
  await rows(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    tenant.tenant_id,
    user_id,
  ]);
});
after(async () => {
  await owner.end();
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

const stores = () => tiersOf(app.app.services.files);

/** So many days from now. */
async function runAt(days: number, given: Partial<FileRun> = {}): Promise<void> {
  const client = new pg.Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  const at = new Date(Date.now() + days * day_ms);
  const run = { client, tiers: stores(), at, warmDays: 90, coldDays: 365, orphanDays: 2, log: app.app.services.log };
  await runFiles({ ...run, ...given }).finally(() => client.end());
}

async function upload(text: string | Buffer): Promise<{ id: string; key: string }> {
  const form = new FormData();
  form.set('file', new File([text as string], 'letter.txt', { type: 'text/plain' }));
  const { status, body } = await api('POST', '/api/v1/files', form);
  assert.equal(status, 201, JSON.stringify(body));
  return { id: body.id, key: fileKey(tenant.tenant_id, 'upload', body.id) };
}

const placesOf = async (key: string): Promise<Tier[]> => {
  const found: Tier[] = [];
  for (const tier of allTiers) if (await stores()[tier]!.head(key)) found.push(tier);
  return found;
};
const classOf = async (id: string) => (await api('GET', `/api/v1/files/${id}`)).body.storage_class as Tier;
const contentOf = async (id: string, headers: Record<string, string> = {}) => {
  const { key } = await tenant.as('admin', 'Ada');
  const response = await fetch(`${app.url}/api/v1/files/${id}/content`, {
    headers: { authorization: `Bearer ${key}`, ...headers },
  });
  return response.text();
};

async function report(): Promise<LifecycleReport> {
  const { status, body } = await operator('GET', '/api/v1/installation/lifecycle');
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

test('files move to the warm and the cold store by age, are read from there, and come back when they are read', async () => {
  const file = await upload('Dear reader, this is old');
  await runAt(89);
  assert.deepEqual(await placesOf(file.key), ['hot']);
  await runAt(91);
  assert.deepEqual([await placesOf(file.key), await classOf(file.id)], [['warm'], 'warm']);
  assert.equal(await contentOf(file.id), 'Dear reader, this is old');
  await runAt(366);
  assert.deepEqual([await placesOf(file.key), await classOf(file.id)], [['cold'], 'cold']);
  assert.equal(await contentOf(file.id, { range: 'bytes=5-10' }), 'reader');
  const { tiers, tier_run } = await report();
  assert.deepEqual(
    tiers.map(({ tier, place, after_days, files }) => [tier, place, after_days, files]),
    [
      ['hot', 'HOLDFAST_DATA', null, 0],
      ['warm', join(folder, 'warm'), 90, 0],
      ['cold', join(folder, 'cold'), 365, 1],
    ],
  );
  assert.equal(tiers[2]!.moving, 1, 'today it is young');
  assert.deepEqual([tier_run!.rows, tier_run!.rows_total, tier_run!.error], [1, 2, null]);
  // Backups find it wherever it lies.
  const system = await systemClient(app);
  for await (const { storage_key } of allFiles(system))
    if (storage_key === file.key)
      assert.equal(
        (await buffer(await app.app.services.files.get(storage_key))).toString(),
        'Dear reader, this is old',
      );
  await system.end();

  // Somebody reads it; what is noted once a day counts like an upload.
  const reads = new FileReads(app.app.services.db, app.app.services.log);
  reads.add(file.key);
  await reads.flush();
  await rows(`update file_read set read_at = now() + interval '300 days'`);
  await runAt(366);
  assert.deepEqual([await placesOf(file.key), await classOf(file.id)], [['hot'], 'hot']);
  await runAt(391);
  assert.deepEqual(await placesOf(file.key), ['warm']);
  // The trail says each move, and agrees with the row.
  assert.deepEqual((await verifyAudit(app.database.ownerUrl)).findings, []);
  await api('DELETE', `/api/v1/files/${file.id}`);
  await eventually(async () => (await placesOf(file.key)).length === 0);
});

test('wherever a move stops, the file is read, and the next run leaves one copy of it', async () => {
  for (const step of ['copied', 'moved', 'source_deleted'] as FileStep[]) {
    const file = await upload(`Stopped when ${step}`);
    const stopped = runAt(100, {
      after: (now, key) => {
        if (now === step && key === file.key) throw new Error(`killed after ${step}`);
      },
    });
    await assert.rejects(stopped, /killed after/, step);
    assert.equal(await contentOf(file.id), `Stopped when ${step}`);
    await runAt(100);
    assert.deepEqual([await placesOf(file.key), await classOf(file.id)], [['warm'], 'warm'], step);
    assert.equal(await contentOf(file.id), `Stopped when ${step}`);
    await api('DELETE', `/api/v1/files/${file.id}`);
  }
});

test('a damaged file does not move, and the page says which; one place with two names is refused', async () => {
  const file = await upload('Whole');
  const path = join(app.app.services.config.HOLDFAST_DATA, 'files', file.key);
  await writeFile(path, 'Split');
  await assert.rejects(runAt(100), /1 files could not be moved/);
  assert.deepEqual([await placesOf(file.key), await classOf(file.id)], [['hot'], 'hot']);
  const { tier_run } = await report();
  assert.ok(tier_run!.error!.includes(file.key) && tier_run!.error!.includes('restore it from a backup'));
  assert.equal((await readFile(path)).toString(), 'Split');
  await writeFile(path, 'Whole');
  const { hot } = stores();
  await assert.rejects(runAt(100, { tiers: { hot, warm: hot } }), /same place/);
  assert.deepEqual(await placesOf(file.key), ['hot'], 'the only copy was not deleted');
  await api('DELETE', `/api/v1/files/${file.id}`);
});

test('files that lie elsewhere than their row says, as after a restore, are put in order', async () => {
  const file = await upload('Restored');
  await runAt(400);
  assert.deepEqual(await placesOf(file.key), ['cold']);
  await stores().hot.put(file.key, Buffer.from('Restored'), options);
  await stores().cold!.delete(file.key);
  assert.equal(await contentOf(file.id), 'Restored');
  await runAt(400);
  assert.deepEqual([await placesOf(file.key), await classOf(file.id)], [['cold'], 'cold']);
  await api('DELETE', `/api/v1/files/${file.id}`);
});

test('files that no row names are listed and deleted after a grace time, unless a row names them by then', async () => {
  const { hot, cold } = stores();
  const kept = await upload('Kept');
  const orphan = fileKey(tenant.tenant_id, 'upload');
  const claimed = fileKey(tenant.tenant_id, 'upload');
  const foreign = 'somebody/upload/else';
  await hot.put(orphan, Buffer.from('Nobody knows me'), options);
  await cold!.put(claimed, Buffer.from('Somebody will'), options);
  await hot.put(foreign, Buffer.from('Of another program'), options);
  await runAt(0);
  assert.equal((await report()).orphans.files, 0, 'they may be uploads whose row is about to come');
  await runAt(1);
  const { orphans, rules } = await report();
  assert.deepEqual([orphans.files, orphans.bytes, orphans.unconfirmed], [2, 15 + 13, 0]);
  assert.deepEqual(orphans.oldest.map(({ storage_key }) => storage_key).sort(), [orphan, claimed].sort());
  assert.equal(rules[0]!.name, 'orphan_files');
  await runAt(2.9);
  assert.deepEqual(await placesOf(orphan), ['hot']);
  await rows(`select set_config('app.tenant_id', $1, false)`, [tenant.tenant_id]);
  await rows(
    `insert into file (tenant_id, kind, name, content_type, size_bytes, sha256, storage_key, storage_class)
     values ($1, 'upload', 'late.txt', 'text/plain', 13, sha256('Somebody will'), $2, 'cold')`,
    [tenant.tenant_id, claimed],
  );
  const define = (body: string) =>
    rows(`set role holdfast_system; create or replace function app.is_held(kind text, of_tenant uuid, first_at timestamptz, end_at timestamptz) returns boolean
      language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$ select ${body} $$; reset role`);
  await define(`kind = 'orphan_files'`);
  await runAt(4);
  await define('false');
  assert.deepEqual(await placesOf(orphan), ['hot'], 'what is held stays');
  await runAt(4);
  assert.deepEqual(await placesOf(orphan), []);
  assert.deepEqual(await placesOf(claimed), ['hot'], 'it moved to where its age belongs');
  assert.deepEqual(await placesOf(kept.key), ['hot']);
  assert.ok(await hot.head(foreign));
  const { orphans: left, rules: told } = await report();
  assert.equal(left.files, 0);
  assert.deepEqual([told[0]!.last!.rows, told[0]!.last!.bytes], [1, 15]);
  await api('DELETE', `/api/v1/files/${kept.id}`);
});

test('more orphans than a crash explains wait for an operator', async () => {
  const { hot } = stores();
  const keys = Array.from({ length: 120 }, () => fileKey(tenant.tenant_id, 'upload'));
  for (const key of keys) await hot.put(key, randomBytes(10), options);
  await runAt(1);
  await assert.rejects(runAt(4), /could not be moved or deleted/);
  assert.ok(await hot.head(keys[0]!));
  assert.match((await report()).rules[0]!.last!.error!, /another installation/);
  await rows(`update orphan_file set found_at = now() - interval '3 days'`);
  assert.equal((await report()).orphans.unconfirmed, 120);
  const confirm = (by: Client) =>
    by('POST', '/api/v1/installation/lifecycle/orphan-confirmations', { reason: 'Of a workspace that was deleted' });
  assert.equal((await confirm(api)).status, 403);
  // One that was found since is on no page yet.
  await rows(`update orphan_file set found_at = now() where storage_key = $1`, [keys[1]]);
  assert.deepEqual((await confirm(operator)).body, { files: 119 });
  assert.equal((await report()).orphans.unconfirmed, 0);
  await runAt(4);
  assert.equal(await hot.head(keys[0]!), undefined);
  assert.equal((await rows(`select from operator_action where action = 'lifecycle.orphans'`)).length, 1);
});
