import { z } from 'zod';
import type { Rights } from '../../../kernel/access/rights.ts';
import { remainingRights } from '../../../kernel/identity/index.ts';
import { type JobKind, type JobRun, jobKind } from '../../../kernel/jobs/kind.ts';
import { JobFailed } from '../../../kernel/jobs/worker.ts';
import { type Actor, type Context, withContext } from '../../../kernel/tenancy/context.ts';
import type { BulkAction } from '../bulk/index.ts';
import type { UndoKinds } from '../undo/index.ts';
import { type ChangeRow, endChange, findChangeRow, isJobCancelled } from './queries.ts';
import { reverseBatch, run_kind } from './reversal.ts';
import { changeBatch } from './service.ts';

/** Of one worker at once: each keeps a connection and half a core busy. */
const changes_at_once = 2;

export const changeJobs = (kinds: UndoKinds, actions: readonly BulkAction[]): JobKind[] => [
  jobKind({
    kind: run_kind,
    payload: z.object({ change_id: z.uuid() }),
    concurrencyMax: changes_at_once,
    run: async (run, { change_id }) => {
      try {
        await runChange(run, change_id, kinds, actions);
      } catch (error) {
        const { job, signal } = run;
        const cancelled = signal.aborted && (await run.transaction((ctx) => isJobCancelled(ctx, job.id)));
        if (cancelled) await run.transaction((ctx) => endChange(ctx, change_id, 'cancelled'));
        else if (error instanceof JobFailed || job.attempts >= job.attempts_max)
          await run.transaction((ctx) => endChange(ctx, change_id, 'failed', (error as Error).message));
        throw error;
      }
    },
  }),
];

/** Each batch commits with its progress: whoever goes on after a crash does none twice and leaves none out. */
async function runChange(run: JobRun, id: string, kinds: UndoKinds, actions: readonly BulkAction[]): Promise<void> {
  for (;;) {
    const row = await run.transaction((ctx) => findChangeRow(ctx, id));
    if (!row || !isOpen(row)) return;
    await run.progress({ done: row.done, total: row.total });
    // In the name of whoever asked for it, and by its own id in the audit.
    const rights = await run.transaction((ctx) => rightsLeft(ctx, row));
    const actor: Actor = { ...run.actor, kind: 'user', user_id: row.created_by, rights };
    await withContext(run.db, actor, (ctx) => nextBatch(ctx, id, kinds, actions), { request_id: id });
  }
}

/** What is left of the rights it was begun with, asked again for every batch. */
async function rightsLeft(ctx: Context, { created_by, rights }: ChangeRow): Promise<Rights> {
  if (created_by === null) return rights;
  const left = await remainingRights(ctx, created_by, rights);
  if (Object.keys(left).length > 0) return left;
  throw new JobFailed('Whoever began it may no longer do anything here. What was done so far stays.');
}

async function nextBatch(ctx: Context, id: string, kinds: UndoKinds, actions: readonly BulkAction[]): Promise<void> {
  // Locked: a run that lost its lease may still be in a batch.
  const row = await findChangeRow(ctx, id, true);
  if (!row || !isOpen(row)) return;
  if (row.cancel_requested) return endChange(ctx, id, 'cancelled');
  const more = row.of_change === null ? await changeBatch(ctx, actions, row) : await reverseBatch(ctx, kinds, row);
  if (!more) await endChange(ctx, id, 'done');
}

const isOpen = ({ state }: ChangeRow) => state === 'waiting' || state === 'running';
