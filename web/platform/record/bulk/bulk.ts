import { t } from '../../../text/text.ts';
import { api, type Page } from '../../query/api.ts';
import { attempt } from '../../query/attempt.ts';
import { pathOf, type Resource } from '../../query/resources.ts';
import { type Change, follow, hasEnded, leftOf, offerUndo, refresh, stopped } from '../../query/undo.ts';
import type { BulkAction, RecordDefinition } from '../definition.ts';
import type { Filter } from '../filter/filter.ts';

/** Records by their ids; or, without ids, all that match the filter, null being all there are. */
export interface Selected {
  ids: string[] | null;
  filter: Filter | null;
}

/** Starts a change of many records; its progress and its end, with the way back, are shown wherever one is by then. */
export async function changeMany(
  { resource }: RecordDefinition,
  { ids, filter }: Selected,
  { action, doing, done }: BulkAction,
): Promise<void> {
  const records = ids ? { ids } : { filter: filter && JSON.stringify(filter) };
  const started = await api.post<Change>('/changes', { resource, ...records, action });
  void attempt(async () => {
    const ended = hasEnded(started) ? started : await follow(started, doing);
    await refresh();
    const { changed, unchanged, id } = ended;
    const told = done(changed);
    const same =
      unchanged > 0
        ? t('{count, plural, one {# already was.} other {# already were.}}', { count: unchanged })
        : undefined;
    offerUndo(
      ended.state === 'done' ? told : `${stopped(ended)}: ${told}`,
      changed > 0 ? id : null,
      [same, await leftOf(ended)].filter(Boolean).join(' ') || undefined,
    );
  });
}

/** How many records all matching ones are. */
export async function countAll(resource: Resource, filter: Filter | null, signal: AbortSignal): Promise<number> {
  const query = { filter: filter && JSON.stringify(filter), limit: 1, count: 'exact' };
  return (await api.get<Page<unknown>>(pathOf(resource), query, signal)).total ?? 0;
}
