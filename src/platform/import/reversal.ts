import { problems } from '../../kernel/errors/problem.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { isReversalLost, type ReversalEnd, startImportReversal } from '../change/index.ts';
import { type UndoKinds, withoutSealedNames } from '../undo/index.ts';
import { endImport, isArchived, startImport } from './queries.ts';
import { lockImport } from './service.ts';

/**
 * Has an import undone in the background: by the same code as any change, with `request_id` as the id of its reversal.
 */
export async function startReversal(
  ctx: Context,
  kinds: UndoKinds,
  request_id: string,
  import_id: string,
): Promise<void> {
  const row = await lockImport(ctx, import_id);
  const isOver = ['done', 'cancelled', 'failed'].includes(row.state);
  if (!isOver && !(row.state === 'reverting' && (await isReversalLost(ctx, row.id))))
    throw problems.conflict('Only an import that is over can be reverted, and only once.');
  if (await isArchived(ctx, row.id))
    throw problems.conflict(
      'What this import did is in the archive, or was deleted after its time. While it is archived, an operator can return it.',
    );
  await startImport(ctx, row.id, 'reverting');
  await startImportReversal(ctx, kinds, request_id, row.id);
}

/** One that was stopped or failed can be started again, and goes on where it stands. */
export async function endReversal(ctx: Context, { import_id, error, report }: ReversalEnd): Promise<void> {
  if (!report) {
    const message = 'The import was not reverted to the end. Revert it again to go on.';
    return endImport(ctx, import_id, { state: 'done', error: error ?? message });
  }
  const { counts: kinds, skipped, skipped_samples: kept_samples } = report;
  const sum = (of: 'deleted' | 'restored' | 'kept') => kinds.reduce((total, kind) => total + kind[of], 0);
  const reversal = {
    deleted: sum('deleted'),
    restored: sum('restored'),
    kept: sum('kept'),
    kinds,
    kept_samples: await withoutSealedNames(ctx, kept_samples),
    skipped,
  };
  await endImport(ctx, import_id, { state: 'reverted', reversal });
}
