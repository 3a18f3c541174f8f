import { z } from 'zod';
import { job } from '../../kernel/jobs/contract.ts';

export const scheduleList = z.object({
  data: z.array(
    z.object({
      name: z.string(),
      kind: z.string().describe('Of the jobs that it leaves'),
      cron: z.string(),
      time_zone: z
        .string()
        .nullable()
        .describe('By whose clock; null when it is that of each workspace, and these differ'),
      per: z.enum(['workspace', 'installation']),
      workspaces: z.int().describe('For how many it is planned; 0 when no worker has planned it yet'),
      next_at: z.iso.datetime().nullable().describe('When it is next, in the first workspace that it is for'),
      last: z
        .object({
          state: job.shape.state,
          started_at: z.iso.datetime().nullable(),
          finished_at: z.iso.datetime().nullable(),
          error: z.string().nullable(),
        })
        .nullable()
        .describe('Its latest job; null when it left none yet'),
      idle: z.string().nullable().describe('Why its jobs do nothing here; null when they do something'),
      failed: z.int().describe('In how many workspaces its last job failed or is in doubt'),
      paused: z.object({ at: z.iso.datetime(), by: z.string(), reason: z.string() }).nullable(),
    }),
  ),
});
export type ScheduleList = z.infer<typeof scheduleList>;
export type ScheduleStatus = ScheduleList['data'][number];
