import { z } from 'zod';
import { idParams, type Resource } from '../../kernel/contract/resource.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { getRow } from '../../kernel/resource/store.ts';
import { peopleQuery, person } from './contract.ts';
import { searchPeople } from './queries.ts';

/** Whom one may mention on the records of a noun. */
export function peopleRoute(resource: Resource): Route {
  return route({
    method: 'GET',
    path: `/api/v1/${resource.plural}/{id}/people`,
    tag: 'Timeline',
    summary: `People to mention on a ${resource.title}, those who may read it first`,
    access: { resource: resource.right, action: 'read' },
    params: idParams,
    query: peopleQuery,
    response: z.object({ data: z.array(person) }),
    handler: async (ctx, { params, query }) => {
      await getRow(ctx, resource, params.id);
      const target = {
        noun: resource.name,
        record_id: params.id,
        attached: query.in,
        author_id: ctx.actor.user_id,
      };
      return { body: { data: await searchPeople(ctx, target, query) } };
    },
  });
}

export { cleanHtml, labelsIn } from './html.ts';
export { withText } from './service.ts';
