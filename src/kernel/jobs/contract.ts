import { z } from 'zod';
import { list_rows_default, list_rows_max } from '../contract/resource.ts';

export const jobStates = ['scheduled', 'ready', 'running', 'done', 'failed', 'cancelled', 'in_doubt'] as const;

/** A job as its workspace sees it, without its payload. */
export const job = z
  .object({
    id: z.uuid(),
    kind: z.string(),
    state: z.enum(jobStates),
    priority: z.int(),
    run_at: z.iso.datetime(),
    attempts: z.int(),
    attempts_max: z.int(),
    progress: z.object({ done: z.number(), total: z.number().nullable(), note: z.string().optional() }).nullable(),
    cancel_requested: z.boolean(),
    error: z.string().nullable(),
    /** Who caused it; null: the program itself. */
    actor_id: z.uuid().nullable(),
    created_at: z.iso.datetime(),
    started_at: z.iso.datetime().nullable(),
    finished_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof job>;

export const jobQuery = z.strictObject({
  kind: z.string().max(100).optional(),
  state: z.enum(jobStates).optional(),
  limit: z.coerce.number().int().min(1).max(list_rows_max).default(list_rows_default),
  cursor: z.string().max(4000).optional(),
});
export type JobQuery = z.infer<typeof jobQuery>;

export const jobPage = z.object({ data: z.array(job), next_cursor: z.string().nullable() });
