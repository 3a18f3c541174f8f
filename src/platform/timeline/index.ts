import { idParams, type Resource } from '../../kernel/contract/resource.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { settle } from '../../kernel/resource/settle.ts';
import { getRow } from '../../kernel/resource/store.ts';
import { timelinePage, timelineQuery } from './contract.ts';
import { readTimeline } from './service.ts';

export { shownValue } from './change.ts';

/** The timeline of a record type to which things can be attached. */
export function timelineRoute(resource: Resource): Route {
  return route({
    method: 'GET',
    path: `/api/v1/${resource.plural}/{id}/timeline`,
    tag: 'Timeline',
    summary: `What was written about a ${resource.title} and how it changed, newest first`,
    access: { resource: resource.right, action: 'read' },
    params: idParams,
    query: timelineQuery(),
    response: timelinePage().extend({ record: resource.row.optional() }),
    handler: async (ctx, { params, query }) => {
      const record = query.record === 'true' ? getRow(ctx, resource, params.id) : undefined;
      const page = readTimeline(ctx, resource, params.id, query);
      // What became of a record that is absent says the record, not its timeline.
      await settle([record, page]);
      return { body: { ...(await page), record: await record } };
    },
  });
}
