import type { Context } from '../../../../kernel/tenancy/context.ts';
import { expandItems, gatherReadable, storeItems, windowNow, zoneFor } from '../../meeting/index.ts';
import type { ReceivedItem } from '../provider/provider.ts';
import { markObjectsGone } from './queries.ts';

export interface Reading {
  received: readonly ReceivedItem[];
  /** Items and series that are read again; by default those of what was received. */
  keys?: readonly string[];
}

/** Makes meetings of what was received: of a series all that is here of it. */
export async function readItems(
  run: <R>(work: (ctx: Context) => Promise<R>) => Promise<R>,
  { tenant_id, calendar_id }: { tenant_id: string; calendar_id: string },
  { received, keys = received.map(({ href, series_href }) => series_href ?? href) }: Reading,
): Promise<void> {
  const window = windowNow();
  const { readable, zone } = await run(async (ctx) => ({
    readable: await gatherReadable(ctx, calendar_id, [...new Set(keys)], received),
    zone: await zoneFor(ctx, calendar_id),
  }));
  if (readable.length === 0) return;
  const items = readable.map(({ texts }) => texts);
  const read = await expandItems({ items, ...window, zone }, { tenant: tenant_id, caller: '' });
  await run(async (ctx) => {
    await markObjectsGone(ctx, await storeItems(ctx, calendar_id, window, readable, read));
  });
}
