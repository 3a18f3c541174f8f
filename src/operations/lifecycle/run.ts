import { archiveDue, type Run } from './archive.ts';
import { type Archive, asSystem, lifecycle_turn, listArchives, nameOf, noteError, setState } from './catalogue.ts';
import { nothingDeleted } from './delete-past.ts';
import { alone, type FileRun, noteFileRun } from './file-run.ts';
import { moveFiles, refuseOnePlace } from './move-files.ts';
import { sweepFiles } from './sweep-files.ts';

/**
 * Archives and deletes what is due, one process at a time. What fails is told at the end, and does not keep the rest
 * from being done.
 */
export async function runLifecycle(run: Run): Promise<void> {
  await alone(run.client, lifecycle_turn, async () => {
    const errors = [...(await archiveDue(run)), ...(await deleteDue(run))];
    if (errors.length > 0)
      throw new AggregateError(errors, `${errors.length} periods could not be archived or deleted: ${errors[0]}`);
  });
}

/** First what earlier moves left over, then those of today. */
export async function runFiles(run: FileRun): Promise<void> {
  await alone(run.client, 'lifecycle of files', async () => {
    await refuseOnePlace(run.tiers).catch(async (error) => {
      await noteFileRun(run, 'file_tiers', nothingDeleted(), [error]);
      throw error;
    });
    const errors = [...(await sweepFiles(run)), ...(await moveFiles(run))];
    if (errors.length > 0)
      throw new AggregateError(errors, `${errors.length} files could not be moved or deleted: ${errors[0]}`);
  });
}

/** Which archived periods are past their time: by age, because the workspace is gone, or because values expire. */
export const isDue = `(a.expired or a.end_at + make_interval(years => $2) <= $1::timestamptz
  or (a.source = 'record_history' and $3::int > 0 and a.end_at + make_interval(days => $3::int) <= $1::timestamptz))`;

/** Whether it is held, or no longer there, since it was found: what comes before it may have taken long. */
async function isKept(client: Run['client'], { id }: Archive): Promise<boolean> {
  const [free] = await listArchives(
    client,
    `id = $1 and state = 'archived' and not app.is_held(a.source, a.of_tenant, a.first_at, a.end_at)`,
    [id],
  );
  return free === undefined;
}

/** Deletes archived periods that are past their time and not held. */
async function deleteDue(run: Run): Promise<unknown[]> {
  const { client, files, at, deleteYears, historyDays, log } = run;
  const errors: unknown[] = [];
  const due = await listArchives(
    client,
    `state = 'archived' and ${isDue} and not app.is_held(a.source, a.of_tenant, a.first_at, a.end_at)`,
    [at, deleteYears, historyDays],
  );
  for (const archive of due) {
    run.signal?.throwIfAborted();
    try {
      if (await isKept(client, archive)) continue;
      // In this order: a run that stops in between deletes once more what is gone.
      await files.delete(archive.storage_key);
      await run.after?.('file_deleted', archive);
      await asSystem(client, () => setState(client, archive, 'deleted', { at }));
      await run.after?.('deleted', archive);
      log.info({ rows: archive.row_count }, `deleted the archived ${nameOf(archive)}`);
    } catch (error) {
      errors.push(error);
      await noteError(client, archive, error);
    }
  }
  return errors;
}
