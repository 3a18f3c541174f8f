import type { Resource } from '../../kernel/contract/resource.ts';
import { keepDefinitions } from '../../kernel/resource/custom.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { arrivedSince } from './arrival-queries.ts';
import { undoChildren } from './children.ts';
import type { ChangeEvent, Target } from './event-queries.ts';
import type { UndoKinds } from './kinds.ts';
import { type Link, linksBetween } from './link-queries.ts';
import { beginUndo } from './record-queries.ts';
import { undoCreates, undoDeletes, undoUpdates } from './records.ts';
import { Report } from './report.ts';

export { insertAgain } from './deleted-queries.ts';
export {
  type ChangeEvent,
  countEvents,
  isConversion,
  isImport,
  readEvents,
  seesAny,
  type Target,
} from './event-queries.ts';
export { type DeletedRow, type RestoredKind, type UndoKinds, undoKinds } from './kinds.ts';
export { withoutSealedNames } from './stored-names.ts';
export { countByResource, type ResourceCounts } from './summary-queries.ts';
export { shownSkips } from './visibility.ts';

/**
 * Undoes some events of a change, newest first, in the caller's transaction and under the caller's rights. What is not
 * as the change left it stays and is reported. Records come back before what refers to them, and go after it.
 */
export async function undoEvents(
  ctx: Context,
  kinds: UndoKinds,
  target: Target,
  events: readonly ChangeEvent[],
): Promise<Report> {
  await beginUndo(ctx);
  const { records, children, restored } = kinds;
  const report = new Report();
  const byResource = Map.groupBy(events, ({ resource }) => resource);
  const of = (name: string) => byResource.get(name) ?? [];
  await keepDefinitions(ctx, ...records.filter(({ name }) => byResource.has(name)));
  for (const resource of records) await undoDeletes(ctx, resource, of(resource.name), report);
  for (const { resource, insert } of restored) await undoDeletes(ctx, resource, of(resource.name), report, insert);
  for (const resource of records) await undoUpdates(ctx, resource, of(resource.name), target, report);
  for (const kind of children) await undoChildren(ctx, kind, of(kind.table), target, report);
  if (!events.some(({ action }) => action === 'create' || action === 'merge')) return report;
  const links = await linksBetween(ctx);
  for (const resource of records.toReversed())
    await undoCreates(ctx, kinds, resource, of(resource.name), { target, links, report });
  for (const merge of events) if (merge.action === 'merge') await reportArrivals(ctx, records, links, merge, report);
  return report;
}

/**
 * What came to a survivor after the merge stays with it; of what custom fields name, which the merge moved by itself,
 * nothing is said.
 */
async function reportArrivals(
  ctx: Context,
  records: readonly Resource[],
  links: readonly Link[],
  merge: ChangeEvent,
  report: Report,
): Promise<void> {
  const survivors = records.find(({ name }) => name === merge.resource)!;
  for (const { from, column, to, custom_field_id } of links) {
    const resource = records.find(({ table }) => table === from);
    if (custom_field_id !== null || !resource?.meta.has(column) || to !== survivors.table) continue;
    for (const row of await arrivedSince(ctx, resource, column, merge)) report.skip(resource.name, row, 'came_later');
  }
}
