import { z } from 'zod';
import { problems } from '../../kernel/errors/problem.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import type { Schedule } from '../../kernel/jobs/schedule.ts';
import { operatorReason } from '../console/contract.ts';
import { scheduleList } from './contract.ts';
import { pauseSchedule, resumeSchedule, runSchedule } from './queries.ts';
import { listSchedules } from './service.ts';

const base = '/api/v1/installation/schedules';
const nameParams = z.object({ name: z.string().min(1).max(100) });

export function scheduleRoutes(schedules: readonly Schedule[]): Route[] {
  const byName = new Map(schedules.map((schedule) => [schedule.name, schedule]));
  const find = (name: string): Schedule => {
    const found = byName.get(name);
    if (!found) throw problems.notFound();
    return found;
  };
  const shared = { tag: 'Installation', access: 'operator' } as const;
  const change = { ...shared, params: nameParams, body: operatorReason } as const;
  return [
    route({
      ...shared,
      method: 'GET',
      path: base,
      summary: 'What runs again and again, how it went the last time, and when it is next',
      response: scheduleList,
      handler: async (ctx) => ({ body: { data: await listSchedules(ctx, schedules) } }),
    }),
    route({
      ...change,
      method: 'POST',
      path: `${base}/{name}/runs`,
      summary: 'Run it now, in every workspace that it is for; its next time stays',
      status: 202,
      handler: async (ctx, { params, body }) => {
        if ((await runSchedule(ctx, find(params.name), body.reason)) === 0)
          throw problems.conflict('No worker has planned this schedule yet. Start one: HOLDFAST_ROLE=worker npm start');
        return {};
      },
    }),
    route({
      ...change,
      method: 'POST',
      path: `${base}/{name}/pause`,
      summary: 'Leave no jobs of it until it is resumed',
      status: 204,
      handler: async (ctx, { params, body }) => {
        if (!(await pauseSchedule(ctx, find(params.name).name, body.reason)))
          throw problems.conflict('This schedule is paused already.');
        return {};
      },
    }),
    route({
      ...change,
      method: 'POST',
      path: `${base}/{name}/resumption`,
      summary: 'Let it run again; what was missed is made up for once',
      status: 204,
      handler: async (ctx, { params, body }) => {
        if (!(await resumeSchedule(ctx, find(params.name).name, body.reason)))
          throw problems.conflict('This schedule is not paused.');
        return {};
      },
    }),
  ];
}
