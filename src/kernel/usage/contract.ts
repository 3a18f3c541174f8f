import { z } from 'zod';
import { dateText } from '../contract/time.ts';

/** How long figures are stored. */
export const usage_days = 90;
const rows_max = 200;

const day = dateText();

export const usageQuery = z
  .strictObject({ from: day, to: day })
  .refine(({ from, to }) => from <= to && Date.parse(to) - Date.parse(from) <= usage_days * 86_400_000, {
    path: ['to'],
    error: `Choose a day up to ${usage_days} days after the first`,
  });

export const usage_rows_max = rows_max;

const count = z.int().min(0);
const ms = z.number().min(0);

const activityRow = z.object({ from: z.iso.date(), people: count, requests: count, sign_ins: count });

export const usageActivity = z
  .object({ people: count, days: z.array(activityRow), weeks: z.array(activityRow) })
  .meta({ id: 'UsageActivity' });

export const usageFeatures = z
  .object({ data: z.array(z.object({ feature: z.string(), people: count, requests: count })) })
  .meta({ id: 'UsageFeatures' });

export const usagePeople = z
  .object({
    data: z.array(
      z.object({
        user: z.object({ id: z.uuid(), name: z.string() }),
        days: count,
        sign_ins: count,
        requests: count,
        last_day: z.iso.date(),
        favourite: z.string().nullable().describe('The feature used most'),
      }),
    ),
  })
  .meta({ id: 'UsagePeople' });

export const usageTimings = z
  .object({
    data: z.array(
      z.object({
        method: z.string(),
        path: z.string(),
        requests: count,
        refused: count.describe('Answered 4xx'),
        failed: count.describe('Answered 5xx'),
        mean_ms: ms,
        p50_ms: ms,
        p95_ms: ms,
        p99_ms: ms,
        max_ms: ms,
      }),
    ),
  })
  .meta({ id: 'UsageTimings' });

export const usageStatements = z
  .object({
    slow_ms: ms.describe('From this time on a statement counts as slow'),
    data: z.array(z.object({ statement: z.string(), operation: z.string(), runs: count, mean_ms: ms, max_ms: ms })),
  })
  .meta({ id: 'UsageStatements' });
