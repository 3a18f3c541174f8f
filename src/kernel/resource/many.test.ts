import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type KitApp, startKitApp } from '../../../test/fixtures/kit/app.ts';
import { lease } from '../../../test/fixtures/kit/contract.ts';
import { eventually } from '../../../test/harness/app.ts';
import { countBlocked, systemClient } from '../../../test/harness/identity.ts';
import { systemActor, withContext } from '../tenancy/context.ts';
import { tagMany } from './many.ts';

let app: KitApp;
const unhandled: unknown[] = [];
const noteUnhandled = (error: unknown) => void unhandled.push(error);
before(async () => {
  process.on('unhandledRejection', noteUnhandled);
  app = await startKitApp();
});
after(async () => {
  process.off('unhandledRejection', noteUnhandled);
  await app.stop();
});

test('a change of tags that fails leaves no rejection that nobody handles, which would end the process', async () => {
  const tenant = await app.tenant();
  const api = app.kit((await tenant.as('admin')).key);
  const made = await api('POST', '/api/v1/leases', { name: 'Lease', room: '1', valid_from: '2026-01-01' });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const changed = withContext(app.app.services.db, systemActor(tenant.tenant_id), (ctx) =>
    tagMany(ctx, lease, [made.body.id], { add: [], remove: ['no id'] }),
  );
  await assert.rejects(changed, { code: '22P02' });
  await nextTurn();
  assert.deepEqual(unhandled, []);
});

test('who tags many records does not wait crosswise with who tags one of them', async () => {
  const tenant = await app.tenant();
  const { api, key } = await tenant.as('admin');
  const { body: made } = await app.kit(key)('POST', '/api/v1/leases', {
    name: 'Lease',
    room: '1',
    valid_from: '2026-01-01',
  });
  const { body: tag } = await api('POST', '/api/v1/tags', { name: 'Both' });
  const other = await systemClient(app);
  try {
    await other.query('begin');
    await other.query('update lease set updated_at = now() where id = $1', [made.id]);
    const tagging = withContext(app.app.services.db, systemActor(tenant.tenant_id), (ctx) =>
      tagMany(ctx, lease, [made.id], { add: [tag.id], remove: [] }),
    );
    tagging.catch(() => {});
    await eventually(async () => (await countBlocked(other)) === 1);
    const tagged = 'insert into record_tag (tenant_id, tag_id, record_id) values ($1, $2, $3) on conflict do nothing';
    await other.query(tagged, [tenant.tenant_id, tag.id, made.id]);
    await other.query('commit');
    assert.deepEqual(await tagging, { changed: [], unchanged: 1, refused: [] });
  } finally {
    await other.end();
  }
});
