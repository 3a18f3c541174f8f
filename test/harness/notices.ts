import { eventually, type SharedTestApp } from './app.ts';
import { feedAtRest } from './feed.ts';
import { asOwner } from './identity.ts';

const atRest = `select ${feedAtRest} and not exists (select from job where kind like 'notification.%'
  and (state in ('ready', 'running') or state = 'scheduled' and attempts > 0)) as rest`;

/** Waits until all notifications are sent, but for digests whose time has not come. */
export async function noticesAtRest(app: SharedTestApp): Promise<void> {
  await eventually(async () => ((await asOwner(app, atRest)) as { rest: boolean }[])[0]!.rest);
}
