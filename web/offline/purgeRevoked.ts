import type { QueryClient } from '@tanstack/react-query';
import { api, type Page } from '../app/api.ts';
import { ApiError } from '../app/problem.ts';
import { isWorkedWith, pathOf, type Resource } from '../app/resources.ts';
import { allSeen, forgetAnswers } from './offlineCache.ts';

/** What one may no longer read does not stay in the browser. */

const asked_at_once_max = 100;
const anyId = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Forgets every answer in which one of these records stands, but for what is on screen, which is read again. */
export async function forgetRecords(client: QueryClient, ids: ReadonlySet<string>): Promise<void> {
  if (ids.size === 0) return;
  const names = (...parts: unknown[]) => (JSON.stringify(parts).match(anyId) ?? []).some((id) => ids.has(id));
  client.removeQueries({ type: 'inactive', predicate: ({ queryKey, state }) => names(queryKey, state.data) });
  await forgetAnswers((await allSeen()).filter(([name, data]) => names(name, data)).map(([name]) => name));
}

/** Asks about all records that are kept, for what happened while nobody could tell this page; forgets those it may not read any more. */
export async function forgetTaken(client: QueryClient): Promise<void> {
  const gone = new Set<string>();
  for (const [resource, ids] of await recordsKept())
    for (let from = 0; from < ids.length; from += asked_at_once_max) {
      const some = ids.slice(from, from + asked_at_once_max);
      const there = await stillThere(resource, some);
      // Without an answer it is asked again with the next connection.
      if (!there) break;
      for (const id of some) if (!there.has(id)) gone.add(id);
    }
  await forgetRecords(client, gone);
}

async function recordsKept(): Promise<Map<Resource, string[]>> {
  const kept = new Map<Resource, Set<string>>();
  for (const [name, data] of await allSeen()) {
    const [resource, part] = JSON.parse(name) as [string, string];
    if (!isWorkedWith(resource) || (part !== 'one' && part !== 'list')) continue;
    const ids = kept.get(resource) ?? new Set();
    kept.set(resource, ids);
    for (const { id } of rowsOf(data)) ids.add(id);
  }
  return new Map([...kept].map(([resource, ids]) => [resource, [...ids]]));
}

/** Of one record, or of a list of them. */
function rowsOf(data: unknown): { id: string }[] {
  const { id, pages } = data as { id?: string; pages?: Page<{ id: string }>[] };
  if (id) return [{ id }];
  return pages?.flatMap((page) => page.data) ?? [];
}

async function stillThere(resource: Resource, ids: readonly string[]): Promise<Set<string> | undefined> {
  const filter = JSON.stringify({ field: 'id', op: 'in', value: ids });
  try {
    const { data } = await api.get<Page<{ id: string }>>(pathOf(resource), { filter, limit: asked_at_once_max });
    return new Set(data.map(({ id }) => id));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status === 403 ? new Set() : undefined;
  }
}
