import type { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import type { Services } from '../services.ts';
import type { Context } from '../tenancy/context.ts';
import {
  usage_rows_max,
  usageActivity,
  usageFeatures,
  usagePeople,
  usageQuery,
  usageStatements,
  usageTimings,
} from './contract.ts';
import { percentile } from './histogram.ts';
import { activePeople, activityBy, features, type Period, people, slowStatements, timings } from './queries.ts';
import { slow_ms } from './recorder.ts';

/** Usage figures of the workspace for administrators, including what this process has counted but not written. */
export function usageRoutes({ usage }: Services): Route[] {
  const read = (
    noun: string,
    summary: string,
    response: z.ZodType,
    handler: (ctx: Context, period: Period) => Promise<object>,
  ): Route =>
    route({
      method: 'GET',
      path: `/api/v1/usage/${noun}`,
      tag: 'Usage',
      summary,
      access: { resource: 'usage', action: 'read' },
      query: usageQuery,
      response,
      handler: async (ctx, { query }) => {
        await usage.flush(ctx.tenant_id);
        return { body: await handler(ctx, query) };
      },
    });
  return [
    read('activity', 'People, requests and sign-ins by day and by week', usageActivity, readActivity),
    read('features', 'What is used, by how many people', usageFeatures, async (ctx, period) => ({
      data: await features(ctx, period),
    })),
    read('people', 'Who uses it how much', usagePeople, async (ctx, period) => ({
      data: await people(ctx, period, usage_rows_max),
    })),
    read('timings', 'How long the API takes, by route', usageTimings, readTimings),
    read('statements', 'Slow queries, by their shape', usageStatements, async (ctx, period) => ({
      slow_ms,
      data: await slowStatements(ctx, period, usage_rows_max),
    })),
  ];
}

async function readActivity(ctx: Context, period: Period) {
  const [total, days, weeks] = await Promise.all([
    activePeople(ctx, period),
    activityBy(ctx, 'day', period),
    activityBy(ctx, 'week', period),
  ]);
  return { people: total, days, weeks };
}

async function readTimings(ctx: Context, period: Period) {
  const rows = await timings(ctx, period, usage_rows_max);
  return {
    data: rows.map(({ counts, ...row }) => ({
      ...row,
      // A percentile is interpolated and must not exceed the maximum.
      p50_ms: Math.min(row.max_ms, percentile(counts, 0.5)),
      p95_ms: Math.min(row.max_ms, percentile(counts, 0.95)),
      p99_ms: Math.min(row.max_ms, percentile(counts, 0.99)),
    })),
  };
}
