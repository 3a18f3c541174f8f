import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Database } from '../database/database.ts';
import type { Actor, Context } from '../tenancy/context.ts';

export interface JobRow {
  tenant_id: string;
  id: string;
  kind: string;
  payload: unknown;
  attempts: number;
  attempts_max: number;
  actor_id: string | null;
}

/** What a running job works with. Its tenant and the person who caused it are restored. */
export interface JobRun {
  job: JobRow;
  db: Database;
  actor: Actor;
  /** Aborted when the job is cancelled, its lease is lost, or the worker stops: look at it between batches. */
  signal: AbortSignal;
  log: Logger;
  transaction: <R>(
    work: (ctx: Context) => Promise<R>,
    origin?: { import_id?: string; mode?: 'read' | 'write' },
  ) => Promise<R>;
  /** Shows how far it is; throws when the job was cancelled. */
  progress: (progress: { done: number; total: number | null; note?: string }) => Promise<void>;
}

export interface JobKind<P extends z.ZodType = z.ZodType> {
  kind: string;
  payload: P;
  /** Of this kind at once on one worker. */
  concurrencyMax?: number;
  /** Of this kind at once on one worker for one tenant, where one may run for long; such jobs start up to a quarter of a second later. */
  tenantMax?: number;
  run: (run: JobRun, payload: z.output<P>) => Promise<void>;
}

/** Gives a kind of job its types. The job may run more than once: make its effects idempotent. */
export function jobKind<P extends z.ZodType>(definition: JobKind<P>): JobKind {
  return definition as unknown as JobKind;
}
