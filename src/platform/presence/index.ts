import { scopeOf } from '../../kernel/access/rights.ts';
import type { Cache } from '../../kernel/cache/cache.ts';
import { idParams, type Resource } from '../../kernel/contract/resource.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { getRow } from '../../kernel/resource/store.ts';
import { type Actor, withContext } from '../../kernel/tenancy/context.ts';
import { presence } from './contract.ts';
import { readArrival, readTimeAt } from './queries.ts';
import { arrive, leave, type Spot } from './service.ts';

/**
 * Who is here now, on the records of a noun: said by their pages, told to those who may read the record, written
 * nowhere.
 */
export function presenceRoutes({ cache }: { cache: Cache }, resource: Resource): Route[] {
  const path = `/api/v1/${resource.plural}/{id}/presence`;
  const access = { resource: resource.right, action: 'read' } as const;
  const tag = 'Live';
  const spotOf = (actor: Actor, id: string): Spot => ({
    tenant_id: actor.tenant_id,
    resource: resource.name,
    record_id: id.toLowerCase(),
  });
  return [
    route({
      method: 'PUT',
      path,
      tag,
      summary: `Say that one looks at a ${resource.title}; answers who else does`,
      access,
      transaction: false,
      params: idParams,
      response: presence,
      handler: async ({ db, actor }, { params }) => {
        const { now, person } = await withContext(
          db,
          actor!,
          async (ctx) => {
            await getRow(ctx, resource, params.id);
            return readArrival(ctx);
          },
          { mode: 'read' },
        );
        const others = await arrive(cache, spotOf(actor!, params.id), person, Date.parse(now));
        const seesPeople = scopeOf(actor!.rights, 'user', 'read') !== 'none';
        return { body: { data: seesPeople ? others : [] } };
      },
    }),
    route({
      method: 'DELETE',
      path,
      tag,
      summary: `Say that one no longer looks at a ${resource.title}`,
      access,
      transaction: false,
      params: idParams,
      handler: async ({ db, actor }, { params }) => {
        // One also leaves a record that has just gone to the trash.
        const there = await withContext(db, actor!, (ctx) => readTimeAt(ctx, resource, params.id), { mode: 'read' });
        if (!there) throw problems.notFound(resource.title);
        if (actor!.user_id) await leave(cache, spotOf(actor!, params.id), actor!.user_id, Date.parse(there.now));
        return {};
      },
    }),
  ];
}
