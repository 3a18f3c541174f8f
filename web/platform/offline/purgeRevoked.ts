import type { QueryClient } from '@tanstack/react-query';
import { afterWords } from '../../text/lazy.ts';
import { api, type Page } from '../query/api.ts';
import { ApiError } from '../query/problem.ts';
import { isWorkedWith, pathOf, type Resource } from '../query/resources.ts';
import type { AnyRecord } from '../record/field.ts';
import { dropRecents, nameRecents, recentRecords } from '../record/recents.ts';
import { allSeen, forgetAnswers } from './offlineCache.ts';
import { isNew } from './waiting.ts';

/** What one may no longer read does not stay in the browser. */

const asked_at_once_max = 100;
const anyId = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Whether one of these ids stands anywhere in an answer or its name. */
function mentions(ids: ReadonlySet<string>, answer: readonly unknown[]): boolean {
  for (const [id] of JSON.stringify(answer).matchAll(anyId)) if (ids.has(id)) return true;
  return false;
}

/** Forgets every answer in which one of these records stands, but for what is on screen: that its caller reads again. */
export async function forgetRecords(client: QueryClient, ids: ReadonlySet<string>): Promise<void> {
  if (ids.size === 0) return;
  dropRecents(ids);
  client.removeQueries({ type: 'inactive', predicate: ({ queryKey, state }) => mentions(ids, [queryKey, state.data]) });
  await forgetAnswers((await allSeen()).filter((answer) => mentions(ids, answer)).map(([name]) => name));
}

/**
 * Asks about all records that are kept, for what happened while nobody could tell this page; forgets those it may not
 * read any more.
 */
export async function forgetTaken(client: QueryClient): Promise<void> {
  for (const [resource, ids] of await recordsKept())
    for (let from = 0; from < ids.length; from += asked_at_once_max)
      // Without an answer it is asked again with the next connection.
      if (!(await checkRecords(client, resource, ids.slice(from, from + asked_at_once_max)))) break;
}

/**
 * Asks about some records of a type: those that are gone are forgotten, also on screen, the others are called as they
 * are now. False without an answer.
 */
export async function checkRecords(client: QueryClient, resource: Resource, ids: readonly string[]): Promise<boolean> {
  const there = await stillThere(resource, ids);
  if (!there) return false;
  const found = new Set(there.map(({ id }) => id));
  const gone = new Set(ids.filter((id) => !found.has(id)));
  await forgetRecords(client, gone);
  // Nobody told this page, which may still show them.
  void client.invalidateQueries({
    type: 'active',
    predicate: ({ queryKey, state }) => mentions(gone, [queryKey, state.data]),
  });
  const { namesOnPage } = await afterWords(() => import('../record/recordName.ts'))();
  nameRecents(namesOnPage(resource, there));
  return true;
}

async function recordsKept(): Promise<Map<Resource, string[]>> {
  const kept = new Map<Resource, Set<string>>();
  const add = (resource: Resource, ids: readonly string[]) =>
    isWorkedWith(resource) && kept.set(resource, new Set([...(kept.get(resource) ?? []), ...ids]));
  // Of what waits here to be made the server knows nothing.
  for (const { resource, id } of recentRecords()) if (!isNew(id)) add(resource, [id]);
  for (const [name, data] of await allSeen()) {
    const [resource, part] = JSON.parse(name) as [string, string];
    if (part === 'one' || part === 'list')
      add(
        resource,
        rowsOf(data).map(({ id }) => id),
      );
  }
  return new Map([...kept].map(([resource, ids]) => [resource, [...ids]]));
}

/** The rows of a response with one record or a list of records. */
function rowsOf(data: unknown): { id: string }[] {
  const { id, pages } = data as { id?: string; pages?: Page<{ id: string }>[] };
  if (id) return [{ id }];
  return pages?.flatMap((page) => page.data) ?? [];
}

async function stillThere(resource: Resource, ids: readonly string[]): Promise<AnyRecord[] | undefined> {
  const filter = JSON.stringify({ field: 'id', op: 'in', value: ids });
  try {
    return (await api.get<Page<AnyRecord>>(pathOf(resource), { filter, limit: asked_at_once_max })).data;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status === 403 ? [] : undefined;
  }
}
