import { z } from 'zod';

export const errorStates = ['open', 'resolved', 'ignored'] as const;
const time = z.iso.datetime({ offset: true });

const report = z.object({
  id: z.uuid(),
  kind: z.string().describe('The class of the error and its code'),
  message: z.string(),
  location: z.string().nullable().describe("The first function of Holdfast's own in the stack"),
  route: z.string().nullable().describe('The route, job or consumer that ran the last time'),
  state: z.enum(errorStates),
  occurrences: z.int(),
  first_seen_at: time,
  last_seen_at: time,
  first_version: z.string(),
  last_version: z.string(),
  regressed_at: time.nullable().describe('When it came back after it had been resolved'),
  changed_at: time.nullable(),
  changed_by: z.string().nullable(),
});

export const errorReportList = z.object({
  counts: z.object({ open: z.int(), resolved: z.int(), ignored: z.int() }),
  data: z.array(report),
});
export type ErrorReport = z.infer<typeof report>;
export type ErrorReportList = z.infer<typeof errorReportList>;

export const errorReportQuery = z.strictObject({
  state: z.enum(errorStates).default('open'),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

export const errorReport = report.extend({
  latest: z.array(
    z.object({
      line_id: z.uuid(),
      at: time,
      workspace: z.string().nullable(),
      route: z.string().nullable(),
      request_id: z.string().nullable(),
      trace_id: z.string().nullable(),
      process: z.string(),
      version: z.string(),
      message: z.string(),
      stack: z.string().nullable(),
    }),
  ),
  workspaces: z.int().describe('In how many workspaces the latest occurrences were'),
  people: z.int().describe('How many people met them'),
});
export type ErrorReportDetail = z.infer<typeof errorReport>;

export const errorReportUpdate = z.strictObject({ state: z.enum(errorStates) });

/** What the page tells of an error of its own. */
export const pageError = z.strictObject({
  name: z.string().max(100),
  message: z.string().max(2_000),
  stack: z.string().max(8_000).nullable(),
  address: z.string().max(500).describe('The path of the page, without what was searched for'),
});
