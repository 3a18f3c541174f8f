import type { z } from 'zod';
import { actWith, type Context, systemActor } from '../tenancy/context.ts';

type Work<P = unknown> = (ctx: Context, payload: P, error: string | null) => Promise<void>;

const byKind = new Map<string, { payload: z.ZodType; work: Work }>();

/**
 * Declares what to do when no run of a job of this kind comes any more that could tell what the job was for: somebody
 * has cancelled it while it waits, or its worker was lost once more than it may be, which `error` says then. To be
 * called while modules load, in every process, because jobs are cancelled in a web server and run in a worker.
 */
export function whenDropped<P extends z.ZodType>(kind: string, payload: P, work: Work<z.output<P>>): void {
  byKind.set(kind, { payload, work: work as Work });
}

const uncancellable = new Set<string>();

/**
 * Declares, like `whenDropped`, that jobs of this kind cannot be cancelled: whoever caused one may be the very person
 * about whom it warns.
 */
export const forbidCancelling = (kind: string): void => void uncancellable.add(kind);

export const uncancellableKinds = (): readonly string[] => [...uncancellable];

/** Does what is declared for a kind, as the program, in the transaction that ends the job. */
export async function runDropped(
  ctx: Context,
  { kind, payload, error }: { kind: string; payload: unknown; error: string | null },
): Promise<void> {
  const declared = byKind.get(kind);
  const parsed = declared?.payload.safeParse(payload);
  if (!declared || !parsed?.success) return;
  const program = systemActor(ctx.tenant_id);
  await actWith(ctx, program.rights);
  await declared.work({ ...ctx, actor: program }, parsed.data, error);
  await actWith(ctx, ctx.actor.rights);
}
