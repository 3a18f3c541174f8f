import { scopeOf } from '../../kernel/access/rights.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import { invalidField, problems } from '../../kernel/errors/problem.ts';
import { writeRows } from '../../kernel/resource/bisect-write.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { TrashItem, TrashOutcome, TrashQuery } from './contract.ts';
import { mayPurge, purge, readTrash, restore } from './queries.ts';

type Change = (ctx: Context, resource: Resource, ids: readonly string[]) => Promise<{ id: string }[]>;

/** What the caller may read of the trash. */
export function listTrash(ctx: Context, resources: readonly Resource[], query: TrashQuery) {
  const chosen = query.resource === undefined ? resources : [find(resources, query.resource, 'resource')];
  const readable = chosen.filter(({ right }) => scopeOf(ctx.actor.rights, right, 'read') !== 'none');
  if (readable.length === 0) throw problems.forbidden();
  return readTrash(ctx, readable, query);
}

export const restoreItems = (ctx: Context, resources: readonly Resource[], items: readonly TrashItem[]) =>
  changeItems(ctx, resources, items, restore);

export function purgeItems(ctx: Context, resources: readonly Resource[], items: readonly TrashItem[]) {
  const named = new Set(items.map(({ resource }) => resource));
  if (resources.some((resource) => named.has(resource.name) && !mayPurge(ctx, resource)))
    throw problems.forbidden('To delete for good takes the right to delete the records of everybody.');
  return changeItems(ctx, resources, items, purge);
}

async function changeItems(
  ctx: Context,
  resources: readonly Resource[],
  items: readonly TrashItem[],
  change: Change,
): Promise<TrashOutcome> {
  for (const [index, { resource }] of items.entries()) find(resources, resource, `items.${index}.resource`);
  const done = new Set<string>();
  for (const resource of resources) {
    const ids = items.filter((item) => item.resource === resource.name).map(({ id }) => id.toLowerCase());
    if (ids.length === 0) continue;
    const write = async (some: readonly string[]) => {
      for (const { id } of await change(ctx, resource, some)) done.add(`${resource.name}/${id}`);
    };
    // Of several, those for which there is no room stay; of one alone it is said why.
    if (items.length > 1 && change === restore) await writeRows(ctx, ids, write);
    else await write(ids);
  }
  if (done.size === 0) throw problems.notFound('record in the trash');
  return { done: done.size, left: items.filter(({ resource, id }) => !done.has(`${resource}/${id.toLowerCase()}`)) };
}

function find(resources: readonly Resource[], name: string, field: string): Resource {
  const found = resources.find((resource) => resource.name === name);
  if (found) return found;
  throw invalidField(field, 'invalid_value', `Choose one of ${resources.map((resource) => resource.name).join(', ')}`);
}
