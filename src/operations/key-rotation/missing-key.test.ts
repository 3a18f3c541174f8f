import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { alertsFor, type ListedAlert } from '../../../test/harness/alerts.ts';
import {
  type Client,
  client,
  eventually,
  startTestApp,
  type TestApp,
  type TestTenant,
} from '../../../test/harness/app.ts';
import { testKey } from '../../../test/harness/cluster.ts';
import { asOwner } from '../../../test/harness/identity.ts';
import { type HoldfastProcess, holdfast, startProcess } from '../../../test/harness/process.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { connectAsSystem } from '../connection.ts';
import { finishRotations } from './rotate.ts';
import { beginRotation } from './workspace-keys.ts';

/**
 * Processes of one installation that have different keys, each started as with `npm start`, and what is said of keys
 * that are missing, damaged or old.
 */

// The database of a test belongs to this key.
const old = `1:${testKey()}`;
const fresh = `2:${randomBytes(32).toString('base64url')}`;
const base = '/api/v1/installation';

let app: TestApp;
let home: TestTenant;
let desk: ReturnType<typeof alertsFor>;
let operator: Client;
let folder: string;
let system: pg.Client;
/** `ahead` seals with the new key; `behind` has the old one alone, in a file. */
let ahead: HoldfastProcess;
let behind: HoldfastProcess;
const fileOfBehind = () => join(folder, 'behind.key');

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-keys-'));
  app = await startTestApp({ HOLDFAST_ROLE: 'web', HOLDFAST_KEY: old, ALERTS_EVERY_SECONDS: '1' });
  home = await app.tenant();
  operator = await home.signedIn('admin', 'Ann');
  const { user_id } = await home.as('admin', 'Ann');
  await asOwner(app, `insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    home.tenant_id,
    user_id,
  ]);
  desk = alertsFor(operator, 30_000);
  system = await connectAsSystem(app.database.ownerUrl, 'missing-key-test');
  await writeFile(fileOfBehind(), old, { mode: 0o600 });
  const start = (name: string, settings: Record<string, string>) =>
    startProcess(['--empty', '--data', join(folder, name)], {
      DATABASE_URL: app.database.ownerUrl,
      HOLDFAST_ROLE: 'web',
      ALERTS_EVERY_SECONDS: '1',
      ...settings,
    });
  behind = await start('behind', { HOLDFAST_KEY_FILE: fileOfBehind() });
  ahead = await start('ahead', { HOLDFAST_KEY: `${fresh},${old}` });
});
after(async () => {
  await Promise.all([behind, ahead].map((one) => one?.stop()));
  await system.end();
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

const good = <A extends { status: number; body: unknown }>(answer: A): A => {
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer;
};

async function personWithSsn(api: Client, ssn: string): Promise<string> {
  const contact = good(await api('POST', '/api/v1/contacts', { given_name: 'Ada' })).body.id;
  return good(await api('PUT', `/api/v1/contacts/${contact}/client-profile`, { ssn })).body.id;
}

const ssns = async (api: Client): Promise<string[]> =>
  good(await api('GET', '/api/v1/client-profiles?sort=created_at')).body.data.map(({ ssn }: { ssn: string }) => ssn);
const ready = async ({ url }: HoldfastProcess) => {
  const answer = await fetch(`${url}/api/health/ready`);
  return {
    status: answer.status,
    keys: ((await answer.json()) as { checks: { keys: { ok: boolean; detail: string } } }).checks.keys,
  };
};
const finding = async () =>
  (await operator('GET', base)).body.findings.find(({ check }: { check: string }) => check === 'keys');
const instanceOf = ({ url }: HoldfastProcess) => `${hostname()}:${new URL(url).port}`;
const firingAt = async (rule: string, one: HoldfastProcess): Promise<ListedAlert | undefined> =>
  (await desk.listed()).firing.find((each) => each.rule === rule && each.labels.instance === instanceOf(one));

test('a server that lacks the newer key says which, refuses what needs it, loses nothing, and goes on once it has it', async () => {
  await desk.set('HoldfastKeyMissing');
  const newer = await app.tenant();
  const { key: apiKey } = await newer.as('admin');
  const [there, here] = [client(ahead.url, apiKey), client(behind.url, apiKey)];
  const id = await personWithSsn(there, '219-09-5561');
  assert.deepEqual(await ssns(there), ['•••• 5561']);
  const ofOldKey = client(behind.url, (await home.as('admin')).key);
  await personWithSsn(ofOldKey, '219-09-5560');

  const { data } = good(await here('GET', '/api/v1/client-profiles')).body;
  assert.deepEqual([data.length, data[0].ssn], [1, '• key missing']);
  const contacts = good(await here('GET', '/api/v1/contacts')).body.data;
  assert.deepEqual(contacts.map(({ given_name }: { given_name: string }) => given_name), ['Ada']); // biome-ignore format: a line
  assert.deepEqual(await ssns(ofOldKey), ['•••• 5560'], 'what the old key sealed is shown as ever');
  const equals = encodeURIComponent(JSON.stringify({ field: 'ssn', op: 'eq', value: '219-09-5561' }));
  const contact = good(await here('POST', '/api/v1/contacts', { given_name: 'Bea' })).body.id;
  for (const answer of [
    await here('POST', `/api/v1/client-profiles/${id}/reveal`, { field: 'ssn', reason: 'A call' }),
    await here('PATCH', `/api/v1/client-profiles/${id}`, { ssn: '219-09-5562' }),
    await here('PUT', `/api/v1/contacts/${contact}/client-profile`, { ssn: '219-09-5563' }),
    await here('GET', `/api/v1/client-profiles?filter=${equals}`),
  ]) {
    assert.deepEqual(
      [answer.status, answer.body.code, answer.body.key],
      [503, 'key_missing', 2],
      JSON.stringify(answer.body),
    );
    assert.match(answer.body.detail, /lacks key 2 of HOLDFAST_KEY/);
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
  }

  const told = await ready(behind);
  assert.deepEqual([told.status, told.keys.ok], [200, false], 'it answers what needs no key');
  assert.match(told.keys.detail, /lacks key 2 of HOLDFAST_KEY.*docs\/operating\/keys\.md/);
  assert.equal((await ready(ahead)).keys.ok, true);
  const { ok, severity, detail, advice } = await finding();
  assert.deepEqual([ok, severity ?? 'page'], [false, 'page']);
  assert.match(detail, /lacks key 2 of HOLDFAST_KEY/);
  assert.match(advice, /Give it the missing key/);
  const alert = await eventually(() => firingAt('HoldfastKeyMissing', behind));
  assert.equal(alert.labels.key, '2');
  assert.match(alert.detail, /lacks key 2 of HOLDFAST_KEY/);
  assert.equal(await firingAt('HoldfastKeyMissing', ahead), undefined);
  assert.equal(await firingAt('HoldfastSealedDamaged', behind), undefined, 'a missing key damages nothing');

  assert.deepEqual(await ssns(there), ['•••• 5561'], 'nothing was changed');
  await writeFile(fileOfBehind(), `${fresh},${old}`);
  await eventually(async () => (await ready(behind)).keys.ok);
  assert.deepEqual(await ssns(here), ['•••• 5561']);
  good(await here('PATCH', `/api/v1/client-profiles/${id}`, { ssn: '219-09-5564' }));
  assert.deepEqual(await ssns(there), ['•••• 5564']);
  await eventually(async () => !(await firingAt('HoldfastKeyMissing', behind)));
});

test('a value that was changed in the database is an alert, and the others are shown', async () => {
  await desk.set('HoldfastSealedDamaged');
  const tenant = await app.tenant();
  const api = client(ahead.url, (await tenant.as('admin')).key);
  const id = await personWithSsn(api, '219-09-5571');
  await personWithSsn(api, '219-09-5572');
  await asOwner(app, 'update client_profile set ssn = set_byte(ssn, 50, get_byte(ssn, 50) # 1) where id = $1', [id]);
  const alert = await eventually(async () => {
    assert.deepEqual(await ssns(api), ['• damaged', '•••• 5572']);
    return firingAt('HoldfastSealedDamaged', ahead);
  });
  assert.match(alert.detail, /met a sealed value or key that does not open/);
  await desk.set('HoldfastSealedDamaged', { enabled: false });
});

class Killed extends Error {}
const killedAt = (n: number) => {
  let asked = 0;
  return {
    throwIfAborted: () => {
      if (++asked > n) throw new Killed();
    },
  };
};

test('a rotation that stands still, an old key that is needed and a key of great age are alerts, and on Health', async () => {
  // What the old key sealed waits since the new one is known.
  await desk.set('HoldfastKeyRotationStalled', { threshold: 1 });
  await desk.fires('HoldfastKeyRotationStalled');
  assert.match((await finding()).detail, /lacks key 2/, 'what hurts more comes first');
  const node = await app.secondNode({ HOLDFAST_KEY: `${fresh},${old}` });
  const onNode = async () => {
    const { keyFinding } = await import('../health/keys.ts');
    return keyFinding(node.services.db, { keyRing: node.services.keyRing, damaged: 0 });
  };
  const waiting = await onNode();
  assert.equal(waiting.ok, false);
  assert.match(
    waiting.detail,
    /A rotation of keys that began 0 hours ago has not finished; \d+ secrets still need key 1/,
  );
  const env = { DATABASE_URL: app.database.ownerUrl, HOLDFAST_KEY: `${fresh},${old}` };
  await holdfast(['keys', 'rotate', '--data', join(folder, 'ahead')], env);
  await desk.ends('HoldfastKeyRotationStalled');
  assert.equal((await onNode()).ok, true);

  const { db, keyRing: ring } = node.services;
  const rotation = { client: system, db, ring };
  await withContext(db, systemActor(home.tenant_id), (ctx) => beginRotation(ctx, { values: true }));
  await assert.rejects(finishRotations(rotation, killedAt(3)), Killed);
  await desk.fires('HoldfastKeyRotationStalled');
  assert.match((await onNode()).detail, /has not finished/);
  await finishRotations(rotation);
  await desk.over('HoldfastKeyRotationStalled');
  assert.equal((await onNode()).ok, true);

  await desk.set('HoldfastKeyOld', { threshold: 1 });
  const aged = await desk.fires('HoldfastKeyOld');
  assert.match(aged.detail, /The newest key of HOLDFAST_KEY has been in use for/);
  assert.match((await onNode()).detail, /Key 2 of HOLDFAST_KEY is 0 days old/);
  await desk.set('HoldfastKeyOld', { threshold: 3_600 });
  await desk.ends('HoldfastKeyOld');
});
