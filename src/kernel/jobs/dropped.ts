import type { z } from 'zod';
import { actWith, type Context, systemActor } from '../tenancy/context.ts';

type Work = (ctx: Context, payload: unknown) => Promise<void>;

const byKind = new Map<string, { payload: z.ZodType; work: Work }>();

/**
 * Declares what to do when somebody cancels a job of this kind while it waits: no run of it comes any more that could tell what the job was for. To be
 * called while modules load, in every process, because jobs are cancelled in a web server and run in a worker.
 */
export function whenDropped<P extends z.ZodType>(
  kind: string,
  payload: P,
  work: (ctx: Context, payload: z.output<P>) => Promise<void>,
): void {
  byKind.set(kind, { payload, work: work as Work });
}

const kept = new Set<string>();

/** Declares that nobody cancels jobs of this kind, as `whenDropped` does: who has one enqueued may be the one of whom it warns. */
export const keepFromCancelling = (kind: string): void => void kept.add(kind);

export const keptKinds = (): readonly string[] => [...kept];

/** Does what is declared for a kind, as the program, in the transaction of whoever cancels the job. */
export async function runDropped(ctx: Context, kind: string, payload: unknown): Promise<void> {
  const declared = byKind.get(kind);
  const parsed = declared?.payload.safeParse(payload);
  if (!declared || !parsed?.success) return;
  const program = systemActor(ctx.tenant_id);
  await actWith(ctx, program.rights);
  await declared.work({ ...ctx, actor: program }, parsed.data);
  await actWith(ctx, ctx.actor.rights);
}
