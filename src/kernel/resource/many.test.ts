import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type KitApp, startKitApp } from '../../../test/fixtures/kit/app.ts';
import { lease } from '../../../test/fixtures/kit/contract.ts';
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
