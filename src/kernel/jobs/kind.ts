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
  /** Whether it was cancelled while an earlier attempt ran. */
  cancel_requested: boolean;
  /** When an attempt sent something to another system whose outcome is not known yet. */
  sent_at: string | null;
  /** How many jobs and consumers caused each other, up to the one that enqueued it; 0: a request did. */
  depth: number;
  /** What its person acted through, as `api_key:ID`. */
  via: string | null;
  /** What enqueued it, as W3C Trace Context names it, where traces are on. */
  traceparent: string | null;
}

/** Thrown by a job to say that trying again is useless. */
export class JobFailed extends Error {}

/** Thrown by a job whose outcome cannot be determined: it waits for a person. */
export class InDoubt extends Error {}

/** The run of a job. It acts for the tenant and person who caused the job. */
export interface JobRun {
  job: JobRow;
  db: Database;
  actor: Actor;
  /** Aborted when the job is cancelled, its lease is lost, or the worker stops: check it between batches. */
  signal: AbortSignal;
  log: Logger;
  transaction: <R>(
    work: (ctx: Context) => Promise<R>,
    origin?: { import_id?: string; mode?: 'read' | 'write' },
  ) => Promise<R>;
  /** Runs `work` and ends the job in one transaction, so that its changes happen once, however often the job runs. */
  finish: <R>(work: (ctx: Context) => Promise<R>) => Promise<R>;
  /** Updates the progress; throws when the job was cancelled. */
  progress: (progress: { done: number; total: number | null; note?: string }) => Promise<void>;
}

export interface JobKind<P extends z.ZodType = z.ZodType> {
  kind: string;
  payload: P;
  /** Its jobs run only while these features are on in their workspace; others end as cancelled. */
  features?: readonly string[];
  /** How many jobs of this kind a worker runs at once. */
  concurrencyMax?: number;
  /**
   * How many jobs of this kind a worker runs at once for one tenant, for kinds that may take long; such jobs start up
   * to a quarter of a second later.
   */
  tenantMax?: number;
  run: (run: JobRun, payload: z.output<P>) => Promise<void>;
}

/** What fails is tried again where it stands, but for this attempt. */
export const isLastAttempt = ({ job }: JobRun): boolean => job.attempts >= job.attempts_max;

/** Gives a kind of job its types. The job may run more than once: make its effects idempotent. */
export function jobKind<P extends z.ZodType>(definition: JobKind<P>): JobKind {
  return definition as unknown as JobKind;
}
