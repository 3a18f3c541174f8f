import type { Resource } from '../../../kernel/contract/resource.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { linksBetween } from '../import/index.ts';
import { arrivedSince } from './arrival-queries.ts';
import { undoChildren } from './children.ts';
import type { ChangeEvent, Target } from './event-queries.ts';
import type { UndoKinds } from './kinds.ts';
import { beginTakingBack } from './record-queries.ts';
import { undoCreates, undoDeletes, undoUpdates } from './records.ts';
import { Report } from './report.ts';

export {
  type ChangeEvent,
  countEvents,
  isConversion,
  isImport,
  readEvents,
  seesAny,
  type Target,
} from './event-queries.ts';
export { type UndoKinds, undoKinds } from './kinds.ts';

/**
 * Takes back some events of a change, newest first, in the caller's transaction and under the caller's rights. What is not as the change
 * left it stays and is told. Records come back before what refers to them, and go after it.
 */
export async function takeBack(
  ctx: Context,
  { records, children }: UndoKinds,
  target: Target,
  events: readonly ChangeEvent[],
): Promise<Report> {
  await beginTakingBack(ctx);
  const report = new Report();
  const byKind = Map.groupBy(events, ({ resource }) => resource);
  const of = (name: string) => byKind.get(name) ?? [];
  for (const resource of records) await undoDeletes(ctx, resource, of(resource.name), report);
  for (const resource of records) await undoUpdates(ctx, resource, of(resource.name), report);
  for (const kind of children) await undoChildren(ctx, kind, of(kind.table), target, report);
  for (const resource of records.toReversed()) await undoCreates(ctx, resource, of(resource.name), target, report);
  for (const merge of events) if (merge.action === 'merge') await tellArrivals(ctx, records, merge, report);
  return report;
}

/** What came to a survivor after the merge stays with it. */
async function tellArrivals(
  ctx: Context,
  records: readonly Resource[],
  merge: ChangeEvent,
  report: Report,
): Promise<void> {
  const survivors = records.find(({ name }) => name === merge.resource)!;
  for (const { from, column, to } of await linksBetween(ctx)) {
    const resource = records.find(({ table }) => table === from);
    if (!resource?.meta.has(column) || to !== survivors.table) continue;
    for (const row of await arrivedSince(ctx, resource, column, merge)) report.skip(resource.name, row, 'came_later');
  }
}
