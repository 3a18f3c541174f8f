import type { SharedTestApp } from './app.ts';
import { eventually } from './eventually.ts';
import { asOwner } from './identity.ts';

/** The SQL condition that all consumers have handled all changes so far. */
export const feedAtRest = `(not exists (select from feed_mark)
  and not exists (select from audit_event e cross join feed_router p where (e.xid, e.seq) > (p.xid, p.seq)))`;

/** Waits until consumers have handled all changes so far; jobs that they enqueue may still be waiting. */
export async function consumed(app: SharedTestApp, ms = 20_000): Promise<void> {
  await eventually(
    async () => ((await asOwner(app, `select ${feedAtRest} as rest`)) as { rest: boolean }[])[0]!.rest,
    ms,
  );
}
