import { z } from 'zod';
import { shaped } from '../../kernel/contract/bounds.ts';
import { timeText } from '../../kernel/contract/time.ts';

export const logLevels = { info: 30, warn: 40, error: 50 } as const;

const filter = {
  from: timeText(),
  to: timeText().describe('Before this time'),
  level: z.enum(['info', 'warn', 'error']).optional().describe('Lines of this level and worse'),
  user_id: z.uuid().optional(),
  route: z.string().max(200).optional().describe('Of one route, job or consumer, such as GET /api/v1/contacts'),
  request_id: z.string().max(100).optional().describe('Of one request; job:… for a job'),
  trace_id: shaped(/^[0-9a-f]{32}$/, 32, { error: 'Write the 32 hexadecimal digits of a trace' }).optional(),
  text: z.string().min(2).max(200).optional().describe('In the message or the values of a line; case does not matter'),
};
const workspace = { tenant_id: z.uuid().optional().describe('Lines of one workspace') };
const page = {
  limit: z.coerce.number().int().min(1).max(200).default(100),
  cursor: z.string().max(4000).optional(),
};
const bars = { bars: z.coerce.number().int().min(1).max(200).default(60) };

export const logQuery = z.strictObject({ ...filter, ...page });
export const allLogQuery = z.strictObject({ ...filter, ...workspace, ...page });
export const logCountQuery = z.strictObject({ ...filter, ...bars });
export const allLogCountQuery = z.strictObject({ ...filter, ...workspace, ...bars });
export type LogQuery = z.infer<typeof allLogQuery>;
export type LogCountQuery = z.infer<typeof allLogCountQuery>;

export const logLine = z
  .object({
    id: z.uuid(),
    at: z.iso.datetime({ offset: true }),
    level: z.int().describe('30 information, 40 warning, 50 error, 60 fatal'),
    tenant_id: z.uuid().nullable(),
    user_id: z.uuid().nullable(),
    route: z.string().nullable(),
    request_id: z.string().nullable(),
    trace_id: z.string().nullable(),
    process: z.string(),
    message: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'LogLine' });
export type LogLine = z.infer<typeof logLine>;

export const logPage = z.object({
  data: z.array(logLine),
  next_cursor: z.string().nullable(),
  searched_to: z.iso
    .datetime({ offset: true })
    .nullable()
    .describe('How far back was looked when the time for one answer was over; next_cursor goes on from there'),
});

export const logCounts = z.object({
  data: z.array(z.object({ lines: z.int(), warnings: z.int(), errors: z.int() })),
  counted_to: z.iso
    .datetime({ offset: true })
    .nullable()
    .describe('How far back was counted when the time for one answer was over; what is older is missing'),
});

export const logWorkspaces = z.object({
  data: z.array(z.object({ id: z.uuid(), name: z.string(), title: z.string() })),
  trace_url: z
    .string()
    .nullable()
    .describe(
      'Where traces are shown, with {trace_id} in the place of the id; null where TRACE_URL_TEMPLATE is not set',
    ),
});
