import assert from 'node:assert/strict';
import { connectAsSystem } from '../../src/operations/connection.ts';
import { finishSwitches } from '../../src/operations/personal-sealing/finish.ts';
import type { Client, TestApp } from './app.ts';

const sealing = '/api/v1/tenant/personal-sealing';

/** Seals the personal texts of the workspace of an administrator, or opens them, and waits until that is done. */
export async function sealTenant(
  { app, database }: Pick<TestApp, 'app' | 'database'>,
  admin: Client,
  on = true,
): Promise<void> {
  const turned = await admin('PUT', sealing, { on });
  assert.ok(turned.status < 300, JSON.stringify(turned.body));
  const client = await connectAsSystem(database.ownerUrl, 'sealing');
  await finishSwitches({ client, db: app.services.db }).finally(() => client.end());
  assert.equal((await admin('GET', sealing)).body.state, on ? 'on' : 'off');
}
