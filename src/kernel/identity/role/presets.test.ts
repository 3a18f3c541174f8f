import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { eventually, startTestApp } from '../../../../test/harness/app.ts';
import { testKey } from '../../../../test/harness/cluster.ts';
import { asOwner } from '../../../../test/harness/identity.ts';
import { presetRoles } from '../../access/rights.ts';

const root = new URL('../../../../', import.meta.url).pathname;

test('a workspace made before a record type existed has its preset rights after the update, and all other rights as they were', async (t) => {
  const app = await startTestApp();
  const data = mkdtempSync(join(tmpdir(), 'holdfast-presets-'));
  t.after(async () => {
    await app.stop();
    rmSync(data, { recursive: true });
  });
  const [old, other] = [await app.tenant('old'), await app.tenant('other')];
  // As an earlier version left them, which knew no products; and somebody who owns the database let members read their
  // own contacts alone.
  await asOwner(app, `update role set rights = rights - 'product' where tenant_id = $1`, [old.tenant_id]);
  await asOwner(
    app,
    `update role set rights = jsonb_set(rights, '{contact}', '{"read": "own"}') where tenant_id = $1 and key = 'member'`,
    [old.tenant_id],
  );
  const { api } = await old.as('admin');
  const own = await api('POST', '/api/v1/roles', { name: 'Own', rights: { contact: { read: 'all' } } });
  assert.equal(own.status, 201, JSON.stringify(own.body));
  const manager = (await old.as('manager')).api;
  let desks = 0;
  const may = async (by: typeof api) => (await by('POST', '/api/v1/products', { name: `Desk ${++desks}` })).status;
  assert.deepEqual([await may(api), await may(manager)], [403, 403]);
  const rolesOf = async ({ tenant_id }: typeof old) =>
    (await asOwner(app, 'select key, preset, version, rights from role where tenant_id = $1 order by id', [
      tenant_id,
    ])) as { key: string; preset: boolean; version: number; rights: object }[];
  const before = await rolesOf(other);

  const update = () =>
    promisify(execFile)(process.execPath, [`${root}src/cli/main.ts`, 'db', 'migrate', '--data', data], {
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: app.database.ownerUrl,
        HOLDFAST_KEY: testKey(),
      },
    });
  await update();
  await eventually(async () => (await may(manager)) === 201);
  assert.equal(await may(api), 201);
  assert.equal(await may((await old.as('member')).api), 403, 'members only read products');
  const roles = await rolesOf(old);
  for (const { key, preset, rights } of roles) {
    const standard = presetRoles().find((role) => role.key === key)?.rights;
    const expected = key === 'member' ? { ...standard, contact: { read: 'own' } } : standard;
    assert.deepEqual(rights, preset ? expected : own.body.rights, key);
  }
  assert.deepEqual(await rolesOf(other), before, 'what has all of its rights is not written');
  await update();
  assert.deepEqual(await rolesOf(old), roles, 'nor is it the second time');
});
