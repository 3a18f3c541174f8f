import type { Resource } from '../../kernel/contract/resource.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { withoutOff } from '../../kernel/features/switches.ts';
import { getRow } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { personOf, personToChange } from '../notification/index.ts';
import { type Favourites, favourites_max } from './contract.ts';
import {
  announceFavourites,
  deleteFavourite,
  insertFavourite,
  lockFavourites,
  placeFavourites,
  readFavourites,
  readNames,
} from './queries.ts';

/** Those of the caller, without what the caller does not see now. */
export async function listFavourites(ctx: Context, types: readonly Resource[]): Promise<Favourites> {
  const rows = await readFavourites(ctx, personOf(ctx));
  const shown = withoutOff(ctx.actor, types, ({ name }) => name);
  const found = await Promise.all(
    [...Map.groupBy(rows, ({ resource }) => resource)].map(([name, some]) => {
      const type = shown.find((each) => each.name === name);
      return type
        ? readNames(
            ctx,
            type,
            some.map(({ id }) => id),
          )
        : [];
    }),
  );
  const names = new Map(found.flat().map(({ id, name }) => [id, name]));
  return {
    data: rows.flatMap((row) => {
      const name = names.get(row.id);
      return name === undefined ? [] : { ...row, name };
    }),
    hidden: rows.flatMap(({ id }) => (names.has(id) ? [] : id)),
  };
}

export async function addFavourite(
  ctx: Context,
  types: readonly Resource[],
  resource: Resource,
  id: string,
): Promise<Favourites> {
  const person = personToChange(ctx);
  const record = await getRow(ctx, resource, id);
  await lockFavourites(ctx, person);
  const before = await listFavourites(ctx, types);
  if (before.data.some((each) => each.id === record.id)) return before;
  if (before.data.length >= favourites_max)
    throw problems.conflict(`You have ${favourites_max} favourites, and there is no room for more. Remove one first.`);
  await insertFavourite(ctx, person, { resource: resource.name, id });
  await announceFavourites(ctx, person);
  return listFavourites(ctx, types);
}

export async function removeFavourite(
  ctx: Context,
  types: readonly Resource[],
  resource: Resource,
  id: string,
): Promise<Favourites> {
  const person = personToChange(ctx);
  await getRow(ctx, resource, id);
  await deleteFavourite(ctx, person, id);
  await announceFavourites(ctx, person);
  return listFavourites(ctx, types);
}

/**
 * Puts the named ones into this order, in the places that they have among the others, of which some may be hidden from
 * the page that sends it.
 */
export async function orderFavourites(
  ctx: Context,
  types: readonly Resource[],
  ids: readonly string[],
): Promise<Favourites> {
  const person = personToChange(ctx);
  await lockFavourites(ctx, person);
  const before = (await readFavourites(ctx, person)).map(({ id }) => id);
  const named = new Set(ids.map((id) => id.toLowerCase()));
  const inOrder = [...named].filter((id) => before.includes(id)).values();
  await placeFavourites(
    ctx,
    person,
    before.map((id) => (named.has(id) ? inOrder.next().value! : id)),
  );
  await announceFavourites(ctx, person);
  return listFavourites(ctx, types);
}
