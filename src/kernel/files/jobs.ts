import { z } from 'zod';
import { type JobKind, jobKind } from '../jobs/kind.ts';
import { enqueue } from '../jobs/queue.ts';
import type { Context } from '../tenancy/context.ts';
import type { FileStore } from './file-store.ts';
import { deleteFile } from './queries.ts';

const kind = 'file.removal';
/**
 * Enough for a store that is away for some hours. A file that is given up is deleted as an orphan days later; many only
 * when an operator says so.
 */
const attempts_max = 16;

/**
 * Deletes a file's row and, in the same transaction, enqueues the job that deletes its bytes, so that neither happens
 * without the other. Returns false when there is no such file that the caller may delete, or something has it.
 */
export async function removeFile(ctx: Context, id: string): Promise<boolean> {
  const gone = await deleteFile(ctx, id);
  if (gone) await enqueue(ctx, kind, { storage_key: gone.storage_key }, { attemptsMax: attempts_max });
  return gone !== undefined;
}

export const fileJobs = ({ files }: { files: FileStore }): JobKind[] => [
  jobKind({
    kind,
    payload: z.object({ storage_key: z.string() }),
    run: (_, { storage_key }) => files.delete(storage_key),
  }),
];
