import { idParams } from '../../../kernel/contract/resource.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { contactPoints, dealScore, fittingJob, scoreModel } from './contract.ts';
import { enqueueFit, readContactPoints, readModel, readScore } from './service.ts';

const tag = 'Scores';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/deals/{id}/score',
    tag,
    summary: "A deal's score with its reasons",
    access: { resource: 'deal', action: 'read' },
    params: idParams,
    response: dealScore,
    handler: async (ctx, { params }) => ({ body: await readScore(ctx, params.id) }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/contacts/{id}/score',
    tag,
    summary: 'What the rules about contacts give this one',
    access: { resource: 'contact', action: 'read' },
    params: idParams,
    response: contactPoints,
    handler: async (ctx, { params }) => ({ body: await readContactPoints(ctx, params.id) }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/score-model',
    tag,
    summary: 'The model that deals are scored by, how it was judged and what it has learnt',
    access: { resource: 'scoring', action: 'read' },
    response: scoreModel,
    handler: async (ctx) => ({ body: await readModel(ctx) }),
  }),
  route({
    method: 'POST',
    path: '/api/v1/score-model/fittings',
    tag,
    summary: 'Fit it anew in the background',
    access: { resource: 'scoring', action: 'update' },
    response: fittingJob,
    status: 202,
    handler: async (ctx) => ({ body: { job_id: await enqueueFit(ctx) } }),
  }),
];
