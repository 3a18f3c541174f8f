import { z } from 'zod';
import { idParams } from '../../kernel/contract/resource.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { selection } from '../bulk/contract.ts';
import type { BulkAction } from '../bulk/index.ts';
import type { UndoKinds } from '../undo/index.ts';
import { type Change, change, changePage, changeQuery, reversalQuery } from './contract.ts';
import { listChanges } from './queries.ts';
import { startReversal } from './reversal.ts';
import { cancelChange, getChange, type NewChange, startChange } from './service.ts';

const base = '/api/v1/changes';
const tag = 'Changes';

/** Done already, or on its way. */
const answer = (body: Change) => ({
  body,
  status: body.state === 'waiting' ? 202 : 200,
  headers: { location: `${base}/${body.id}` },
});

export function changeRoutes(kinds: UndoKinds, actions: readonly BulkAction[]): Route[] {
  const [first, ...others] = actions.map(({ schema }) => schema);
  const names = [...new Set(actions.flatMap(({ resources }) => resources.map(({ name }) => name)))];
  const newChange = z.strictObject({
    resource: z.enum(names),
    ...selection,
    action: z.discriminatedUnion('kind', [first!, ...others]),
  });
  return [
    route({
      method: 'GET',
      path: base,
      tag,
      summary: 'Changes of many records, newest first: one’s own, or all with the right to the audit',
      access: 'signed_in',
      query: changeQuery,
      response: changePage,
      handler: async (ctx, { query }) => ({ body: await listChanges(ctx, query) }),
    }),
    route({
      method: 'POST',
      path: base,
      tag,
      summary: 'Change many records in the background',
      access: 'signed_in',
      body: newChange,
      response: change,
      status: 202,
      otherStatuses: { 200: 'Done already: nothing matched' },
      handler: async (ctx, { body, request }) =>
        answer(await getChange(ctx, await startChange(ctx, actions, request.id, body as unknown as NewChange), true)),
    }),
    route({
      method: 'GET',
      path: `${base}/{id}`,
      tag,
      summary: 'How far a change of many records, or a reversal, is',
      access: 'signed_in',
      params: idParams,
      response: change,
      handler: async (ctx, { params }) => ({ body: await getChange(ctx, params.id) }),
    }),
    route({
      method: 'POST',
      path: `${base}/{id}/cancellation`,
      tag,
      summary: 'Stop it; what it did so far stays',
      access: 'signed_in',
      params: idParams,
      response: change,
      status: 200,
      handler: async (ctx, { params }) => ({ body: await cancelChange(ctx, params.id) }),
    }),
    route({
      method: 'POST',
      path: `${base}/{id}/reversal`,
      tag,
      summary: 'Take back what a request did, by the Change-Id of its answer',
      access: 'signed_in',
      params: idParams,
      query: reversalQuery,
      response: change,
      status: 200,
      otherStatuses: { 202: 'Large: done in the background' },
      handler: async (ctx, { params, query, request }) => {
        const target = {
          change_id: params.id.toLowerCase(),
          record_id: query.record_id?.toLowerCase() ?? null,
          is_import: false,
        };
        return answer(await getChange(ctx, await startReversal(ctx, kinds, request.id, target), true));
      },
    }),
  ];
}
