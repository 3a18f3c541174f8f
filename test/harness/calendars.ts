import type { Client, TestApp } from './app.ts';
import { eventually } from './eventually.ts';
import { asOwner } from './identity.ts';
import { made, read } from './mailbox.ts';

/** Resolves when an account has what its provider has; `left`: with items that could not be had. */
export async function calendarsInSync(api: Client, id: string, left?: 'failed') {
  let last: unknown;
  await eventually(async () => {
    const account = (await read(api, 'calendar-accounts')).data.find((one: { id: string }) => one.id === id);
    last = account;
    return (
      account.compared_at !== null &&
      account.calendars.every(
        ({ state, is_chosen, failed }: Record<string, unknown>) =>
          !is_chosen || (state === 'in_sync' && (left !== undefined || failed === 0)),
      )
    );
  }).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}: ${JSON.stringify(last)}`);
  });
}

/** Looks at an account once more; `isFull`: at each item. */
export async function lookAtCalendars(app: TestApp, api: Client, id: string, isFull: boolean, left?: 'failed') {
  if (isFull) await made(api, `calendar-accounts/${id}/comparisons`);
  else {
    await asOwner(app, `update calendar_source set synced_at = null, state = 'syncing' where account_id = $1`, [id]);
    await asOwner(
      app,
      `update job set run_at = now(), state = 'ready' where kind = 'calendar.sync' and payload ->> 'account_id' = $1
        and state = 'scheduled'`,
      [id],
    );
  }
  await calendarsInSync(api, id, left);
}
