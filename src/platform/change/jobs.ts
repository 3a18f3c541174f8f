import { z } from 'zod';
import { scopeOf } from '../../kernel/access/rights.ts';
import { rightsLeft } from '../../kernel/identity/index.ts';
import { whenDropped } from '../../kernel/jobs/dropped.ts';
import { JobFailed, type JobKind, type JobRun, jobKind } from '../../kernel/jobs/kind.ts';
import { type Actor, type Context, keyOf, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import type { BulkAction } from '../bulk/index.ts';
import type { Skip } from '../undo/contract.ts';
import { countByResource, type ResourceCounts, type UndoKinds } from '../undo/index.ts';
import { type ChangeRow, endChange, findChangeRow, isJobCancelled, readSkipped } from './queries.ts';
import { reverseBatch, run_kind, targetOf } from './reversal.ts';
import { changeBatch } from './service.ts';

/**
 * Of one worker at once: each keeps a connection and half a core busy, for many minutes where it is large. One is left
 * to other workspaces.
 */
const changes_at_once = 3;
const changes_per_tenant_at_once = 2;

/** How the reversal of an import ended. */
export interface ReversalEnd {
  import_id: string;
  error: string | null;
  /** What it did and what it left; null when it was stopped or failed, and can go on. */
  report: { counts: ResourceCounts[]; skipped: number; skipped_samples: Skip[] } | null;
}

/** What imports say of their reversal. */
export interface ImportReversal {
  /** What imports write to. */
  kinds: UndoKinds;
  onEnd: (ctx: Context, end: ReversalEnd) => Promise<void>;
}

interface Work {
  kinds: UndoKinds;
  actions: readonly BulkAction[];
  imports: ImportReversal;
}

const payload = z.object({ change_id: z.uuid() });

/** Declares that a change ends with its job where no run of that comes any more. */
export const whenChangeDropped = (imports: ImportReversal): void =>
  whenDropped(run_kind, payload, async (ctx, { change_id }, error) => {
    const row = await findChangeRow(ctx, change_id, true);
    if (row && isOpen(row)) await end(ctx, row, imports, error === null ? 'cancelled' : 'failed', error);
  });

export const changeJobs = (kinds: UndoKinds, actions: readonly BulkAction[], imports: ImportReversal): JobKind[] => [
  jobKind({
    kind: run_kind,
    payload,
    concurrencyMax: changes_at_once,
    tenantMax: changes_per_tenant_at_once,
    run: async (run, { change_id }) => {
      try {
        await runChange(run, change_id, { kinds, actions, imports });
      } catch (error) {
        await endUnlessTriedAgain(run, change_id, imports, error as Error);
        throw error;
      }
    },
  }),
];

async function endUnlessTriedAgain(run: JobRun, id: string, imports: ImportReversal, error: Error): Promise<void> {
  const { job, signal } = run;
  const cancelled = signal.aborted && (await run.transaction((ctx) => isJobCancelled(ctx, job.id)));
  const failed = error instanceof JobFailed || job.attempts >= job.attempts_max;
  if (!cancelled && !failed) return;
  await run.transaction(async (ctx) => {
    const row = await findChangeRow(ctx, id, true);
    if (!row || !isOpen(row)) return;
    if (cancelled) await end(ctx, row, imports, 'cancelled');
    else await end(ctx, row, imports, 'failed', error.message);
  });
}

/** Each batch commits with its progress: whoever goes on after a crash does none twice and leaves none out. */
async function runChange(run: JobRun, id: string, work: Work): Promise<void> {
  for (;;) {
    const row = await run.transaction((ctx) => findChangeRow(ctx, id));
    if (!row || !isOpen(row)) return;
    await run.progress({ done: row.done, total: row.total });
    const actor = await actorOf(run, row);
    // By its own id in the audit.
    await withContext(run.db, actor, (ctx) => nextBatch(ctx, id, work), { request_id: id });
  }
}

/** In the name of whoever asked for it. An import is taken back by whoever may delete it, whatever it made. */
async function actorOf(run: JobRun, row: ChangeRow): Promise<Actor> {
  // Of somebody whose account was deleted only the job still says who it was.
  const user_id = row.created_by ?? run.job.actor_id;
  // Asked again for every batch.
  const rights = await run.transaction((ctx) => rightsLeft(ctx, { user_id, key_id: keyOf(run.actor) }, row.rights));
  if (isImportReversal(row)) {
    if (scopeOf(rights, 'import', 'delete') === 'none')
      throw new JobFailed('The person who started it may no longer revert imports. What was done so far stays.');
    return { ...systemActor(run.actor.tenant_id), user_id: row.created_by };
  }
  if (Object.keys(rights).length === 0)
    throw new JobFailed('The person who started it no longer has access. What was done so far stays.');
  return { ...run.actor, kind: 'user', user_id, rights };
}

async function nextBatch(ctx: Context, id: string, work: Work): Promise<void> {
  // Locked: a run that lost its lease may still be in a batch.
  const row = await findChangeRow(ctx, id, true);
  if (!row || !isOpen(row)) return;
  if (row.cancel_requested) return end(ctx, row, work.imports, 'cancelled');
  const kinds = isImportReversal(row) ? work.imports.kinds : work.kinds;
  const more = row.of_change === null ? await changeBatch(ctx, work.actions, row) : await reverseBatch(ctx, kinds, row);
  if (!more) await end(ctx, row, work.imports, 'done');
}

async function end(
  ctx: Context,
  row: ChangeRow,
  imports: ImportReversal,
  state: 'done' | 'failed' | 'cancelled',
  error: string | null = null,
): Promise<void> {
  await endChange(ctx, row.id, state, error);
  if (!isImportReversal(row)) return;
  const target = targetOf(row);
  const report =
    state === 'done'
      ? {
          counts: await countByResource(ctx, imports.kinds, target),
          ...(await readSkipped(ctx, row.id)),
        }
      : null;
  await imports.onEnd(ctx, { import_id: target.change_id, error, report });
}

const isOpen = ({ state }: ChangeRow) => state === 'waiting' || state === 'running';
const isImportReversal = (row: ChangeRow) => row.of_change !== null && targetOf(row).is_import;
