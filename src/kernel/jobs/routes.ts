import { idParams } from '../contract/resource.ts';
import { type Problem, problems } from '../errors/problem.ts';
import { route } from '../http/route.ts';
import type { Context } from '../tenancy/context.ts';
import { type Job, job, jobPage, jobQuery } from './contract.ts';
import { uncancellableKinds } from './dropped.ts';
import { cancelJob, findJob, listJobs, mayChange, retryJob } from './queries.ts';

const tag = 'Jobs';
const unfinished: readonly Job['state'][] = ['scheduled', 'ready', 'running'];

/**
 * Throws why nothing was changed: the job does not exist, the caller may not change it, or its state does not allow it.
 */
async function refuse(ctx: Context, id: string, because: (found: Job) => Problem): Promise<never> {
  const found = await findJob(ctx, id);
  if (!found) throw problems.notFound('job');
  if (!mayChange(ctx, found)) throw problems.forbidden();
  throw because(found);
}

export const routes = [
  route({
    method: 'GET',
    path: '/api/v1/jobs',
    tag,
    summary: 'Background jobs, newest first: one’s own, or all of the workspace with the right to read jobs',
    access: 'signed_in',
    query: jobQuery,
    response: jobPage,
    handler: async (ctx, { query }) => ({ body: await listJobs(ctx, query) }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/jobs/{id}',
    tag,
    summary: 'Read a job with its progress',
    access: 'signed_in',
    params: idParams,
    response: job,
    handler: async (ctx, { params }) => {
      const body = await findJob(ctx, params.id);
      if (!body) throw problems.notFound('job');
      return { body };
    },
  }),
  route({
    method: 'POST',
    path: '/api/v1/jobs/{id}/cancellation',
    tag,
    summary: 'Stop a job; one that runs ends when it next looks',
    access: 'signed_in',
    params: idParams,
    response: job,
    status: 200,
    handler: async (ctx, { params }) => ({
      body:
        (await cancelJob(ctx, params.id)) ??
        (await refuse(ctx, params.id, ({ kind, state }) =>
          uncancellableKinds().includes(kind) && unfinished.includes(state)
            ? problems.conflict('This mail notifies somebody about a change of their account, so it cannot be stopped.')
            : problems.conflict(`The job is ${state} and cannot be stopped any more.`),
        )),
    }),
  }),
  route({
    method: 'POST',
    path: '/api/v1/jobs/{id}/retry',
    tag,
    summary: 'Run a failed job again; look up one whose outcome is in doubt',
    access: 'signed_in',
    params: idParams,
    response: job,
    status: 200,
    handler: async (ctx, { params }) => ({
      body:
        (await retryJob(ctx, params.id)) ??
        (await refuse(ctx, params.id, ({ state }) =>
          problems.conflict(`Only a failed job, or one in doubt, runs again; this one is ${state}.`),
        )),
    }),
  }),
];
