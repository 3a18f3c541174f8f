import { enqueue } from '../../src/kernel/jobs/queue.ts';
import { system_tenant_id, systemActor, withContext } from '../../src/kernel/tenancy/context.ts';
import { eventually, type TestApp } from './app.ts';
import { asOwner } from './identity.ts';

/** The upkeep of every hour, to its end. */
export async function tidy(app: TestApp): Promise<void> {
  const actor = systemActor(system_tenant_id);
  const id = await withContext(app.app.services.db, actor, (ctx) => enqueue(ctx, 'housekeeping', {}));
  const done = `select from job where id = $1 and state = 'done'`;
  await eventually(async () => (await asOwner(app, done, [id])).length > 0, 60_000);
}
