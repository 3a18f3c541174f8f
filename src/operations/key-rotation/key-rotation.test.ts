import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { type Client, client, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { sql } from '../../kernel/database/database.ts';
import { openedValues } from '../../kernel/resource/sealed.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { dataKeys } from '../../kernel/vault/data-keys.ts';
import { sealText } from '../../kernel/vault/envelope.ts';
import { parseMasterKeys } from '../../kernel/vault/master-key.ts';
import { fieldRing, openBytes } from '../../kernel/vault/seal.ts';
import { financialAccount } from '../../modules/wealth/financial-account/contract.ts';
import { verifyAudit } from '../audit-verify.ts';
import { connectAsSystem } from '../connection.ts';
import { countRotationsLeft, finishRotations } from './rotate.ts';
import { beginRotation } from './workspace-keys.ts';

const key = () => randomBytes(32).toString('base64url');
const [old, fresh] = [`1:${key()}`, `2:${key()}`];

let app: TestApp;
let tenant: TestTenant;
let system: pg.Client;
before(async () => {
  app = await startTestApp({ HOLDFAST_ROLE: 'web', HOLDFAST_KEY: old });
  tenant = await app.tenant();
  system = await connectAsSystem(app.database.ownerUrl, 'rotation-test');
});
after(async () => {
  await system.end();
  await app.stop();
});

class Killed extends Error {}
/** Ends the work at the n-th point at which it can be ended. */
const killedAt = (n: number) => {
  let asked = 0;
  return {
    throwIfAborted: () => {
      if (++asked > n) throw new Killed();
    },
  };
};

const ssnOf = (at: number) => `219-09-99${10 + at}`;
const good = <A extends { status: number; body: unknown }>(answer: A): A => {
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  return answer;
};

test('keys of every level are replaced while all is read, ended at any point, and afterwards nothing needs the old ones', async () => {
  const { api, key: apiKey } = await tenant.as('admin');
  const ids: string[] = [];
  for (const at of [0, 1, 2, 3]) {
    const contact = good(await api('POST', '/api/v1/contacts', { given_name: 'Ada' })).body.id;
    ids.push(good(await api('PUT', `/api/v1/contacts/${contact}/client-profile`, { ssn: ssnOf(at) })).body.id);
  }
  const household_id = good(await api('POST', '/api/v1/households', { name: 'Rotated' })).body.id;
  const account = { household_id, name: 'Joint', registration: 'individual', kind: 'managed', currency: 'USD' };
  const account_id = good(
    await api('POST', '/api/v1/financial-accounts', { ...account, account_number: 'Goldcrest-7761-04' }),
  ).body.id;
  const deleted = ids.pop();
  const change = good(await api('DELETE', `/api/v1/client-profiles/${deleted}`)).headers.get('change-id');
  const admin = await tenant.signedIn('admin');
  const hook = { name: 'Hook', url: 'https://receiver.example/hook', events: { contact: { verbs: ['created'] } } };
  good(await admin('POST', '/api/v1/webhooks', hook));

  const both = await app.secondNode({ HOLDFAST_KEY: `${fresh},${old}` });
  const { db, keyRing: ring } = both.services;
  const rotation = { client: system, db, ring };
  const during = client(both.address!, apiKey);
  const before = await keyIds();
  await withContext(db, systemActor(tenant.tenant_id), (ctx) => beginRotation(ctx, { values: true }));
  const left = await countRotationsLeft(rotation);
  assert.ok(left.secrets >= 2 && left.data_keys >= 4 && left.values === 4, JSON.stringify(left));

  let killed = 0;
  for (let n = 0; ; n++) {
    try {
      await finishRotations(rotation, killedAt(n));
      break;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      killed++;
    }
    await assertReads(during, ids);
    assert.deepEqual(await foundByPart(during), [account_id]);
  }
  assert.ok(killed >= 5, `killed ${killed} times`);
  assert.deepEqual(await countRotationsLeft(rotation), { secrets: 0, data_keys: 0, values: 0 });
  const now = await keyIds();
  assert.equal(now.workspaces.length, 1);
  assert.ok(!before.workspaces.includes(now.workspaces[0]!));
  assert.ok(now.values.length === 3 && now.values.every((id) => !before.values.includes(id)));

  const alone = await app.secondNode({ HOLDFAST_KEY: fresh });
  const afterwards = client(alone.address!, apiKey);
  await assertReads(afterwards, ids);
  assert.deepEqual(await foundByPart(afterwards), [account_id]);
  const newRing = fieldRing(parseMasterKeys(fresh));
  const { rows } = await system.query('select id, tenant_id, sealed_secret from webhook');
  for (const { id, tenant_id, sealed_secret } of rows) {
    const binding = { tenant: tenant_id, table: 'webhook', column: 'sealed_secret', row: id };
    assert.ok(openBytes(newRing, sealed_secret, binding).length > 0);
  }
  // What was deleted comes back as the trail has it, with its old data key, until the rotation is finished again.
  const undone = await afterwards('POST', `/api/v1/changes/${change}/reversal`);
  assert.equal(undone.status, 200, JSON.stringify(undone.body));
  const all = [...ids, deleted!];
  await assertReads(afterwards, all);
  const again = { client: system, db: alone.services.db, ring: alone.services.keyRing };
  assert.deepEqual(await finishRotations(again), { secrets: 0, data_keys: 0, values: 1 });
  await assertReads(afterwards, all);
  assert.deepEqual((await verifyAudit(app.database.ownerUrl)).findings, []);
});

const foundByPart = async (api: Client): Promise<string[]> => {
  const filter = encodeURIComponent(JSON.stringify({ field: 'account_number', op: 'contains', value: '7761' }));
  const { data } = good(await api('GET', `/api/v1/financial-accounts?filter=${filter}`)).body;
  return data.map(({ id }: { id: string }) => id);
};

test('values that were sealed before their field had an index of parts get one, ended at any point', async () => {
  const node = await app.secondNode({ HOLDFAST_KEY: `${fresh},${old}` });
  const { db, keyRing: ring } = node.services;
  const rotation = { client: system, db, ring };
  await finishRotations(rotation);
  const api = client(node.address!, (await tenant.as('admin')).key);
  const found = await foundByPart(api);
  assert.equal(found.length, 1);
  await withContext(db, systemActor(tenant.tenant_id), async (ctx) => {
    const [row] = await ctx.tx.many<Record<string, unknown>>(sql`select id, account_number from financial_account`);
    const [value] = await openedValues(ctx, financialAccount, [row!]);
    const binding = { tenant: tenant.tenant_id, table: 'financial_account', column: 'account_number', row: found[0]! };
    const [data] = await dataKeys(ctx).sealing(ctx, 'data', [null]);
    const plain = sealText(data!, value!.text!, binding);
    await ctx.tx.run(sql`update financial_account set account_number = ${plain} where id = ${found[0]}`);
  });
  assert.deepEqual(await foundByPart(api), []);
  assert.equal((await countRotationsLeft(rotation)).values, 1);
  await assert.rejects(finishRotations(rotation, killedAt(2)), Killed);
  assert.equal((await finishRotations(rotation)).values, 1);
  assert.deepEqual(await foundByPart(api), found);
  assert.deepEqual(await countRotationsLeft(rotation), { secrets: 0, data_keys: 0, values: 0 });
});

/** Every value is shown, found by its whole, and opened. */
async function assertReads(api: Client, ids: readonly string[]): Promise<void> {
  for (const [at, id] of ids.entries()) {
    const filter = encodeURIComponent(JSON.stringify({ field: 'ssn', op: 'eq', value: ssnOf(at) }));
    const { data } = good(await api('GET', `/api/v1/client-profiles?filter=${filter}`)).body;
    assert.deepEqual(
      data.map((row: { id: string; ssn: string }) => [row.id, row.ssn]),
      [[id, `•••• ${ssnOf(at).slice(-4)}`]],
    );
  }
}

/** The keys of the workspace, and those by which values are sealed. */
async function keyIds(): Promise<{ workspaces: string[]; values: string[] }> {
  const workspaces = await system.query<{ id: string }>('select id from workspace_key');
  const values = await system.query<{ id: string }>(
    `select distinct encode(substring(ssn from 2 for 16), 'hex') as id from client_profile where ssn is not null`,
  );
  return { workspaces: workspaces.rows.map(({ id }) => id), values: values.rows.map(({ id }) => id) };
}
