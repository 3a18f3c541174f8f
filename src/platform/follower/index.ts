import { idParams, type Resource } from '../../kernel/contract/resource.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { getRow } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { personToChange } from '../notification/index.ts';
import { followers } from './contract.ts';
import { readFollowersOf, setFollowing } from './queries.ts';

/** Who follows the records of a noun. */
export function followerRoutes(resource: Resource): Route[] {
  const base = `/api/v1/${resource.plural}/{id}`;
  const access = { resource: resource.right, action: 'read' } as const;
  const tag = 'Notifications';
  const follow = async (ctx: Context, id: string, following: boolean) => {
    const person = personToChange(ctx);
    await getRow(ctx, resource, id);
    await setFollowing(ctx, id, person, following);
    // Again, because that may have waited for the record to become part of another, which does not get this follower
    // any more.
    await getRow(ctx, resource, id);
    return { body: await readFollowersOf(ctx, resource, id) };
  };
  return [
    route({
      method: 'GET',
      path: `${base}/followers`,
      tag,
      summary: `Who follows a ${resource.title}`,
      access,
      params: idParams,
      response: followers,
      handler: async (ctx, { params }) => {
        await getRow(ctx, resource, params.id);
        return { body: await readFollowersOf(ctx, resource, params.id) };
      },
    }),
    route({
      method: 'PUT',
      path: `${base}/following`,
      tag,
      summary: `Follow a ${resource.title}`,
      access,
      params: idParams,
      response: followers,
      handler: (ctx, { params }) => follow(ctx, params.id, true),
    }),
    route({
      method: 'DELETE',
      path: `${base}/following`,
      tag,
      summary: `Hear no more of a ${resource.title}`,
      access,
      params: idParams,
      response: followers,
      handler: (ctx, { params }) => follow(ctx, params.id, false),
    }),
  ];
}
