import { eventually, type TestApp } from './app.ts';
import { asOwner } from './identity.ts';

const waiting = `select (select count(*) from notice_due) + (select count(*) from job where kind like 'notification.%'
  and (state in ('ready', 'running') or state = 'scheduled' and attempts > 0)) = 0 as rest`;

/** Waits until everything that was to be told has been, but for digests whose time has not come. */
export async function noticesAtRest(app: TestApp): Promise<void> {
  await eventually(async () => ((await asOwner(app, waiting)) as { rest: boolean }[])[0]!.rest);
}
