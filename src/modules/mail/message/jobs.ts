import { z } from 'zod';
import { FileError } from '../../../kernel/files/file-store.ts';
import { type JobKind, type JobRun, jobKind } from '../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../kernel/jobs/queue.ts';
import type { Services } from '../../../kernel/services.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { asProgram } from '../as-program.ts';
import type { MailFile } from './contract.ts';
import { scanUnopened, unopened_bytes_max } from './open-files.ts';
import { findUnscanned, type MailWithFiles } from './queries.ts';

const kind = 'mail.scan_files';
/** Files of older mail, such as a first import brings by the ten thousand, are scanned when they are opened. */
const recent_days = 7;
const mails_max = 20;
/** So many in a row, and the scanner is away. */
const failures_max = 3;
/** Between two turns, so that the scanner has time for uploads. */
const rest_ms = 10_000;

interface Arrived {
  sent_at: string | null;
  files: readonly MailFile[];
}

/** In the transaction that stores the mails. */
export async function enqueueScan(ctx: Context, arrived: readonly Arrived[]): Promise<void> {
  const since = Date.now() - recent_days * 86_400_000;
  const hasNew = arrived.some(({ sent_at, files }) => files.length > 0 && !(Date.parse(sent_at ?? '') < since));
  if (hasNew) await enqueue(ctx, kind, {}, { dedupeKey: 'newest' });
}

/** Has the files of new mail scanned, the newest first. */
export const scanJobs = (services: Services): JobKind[] => [
  jobKind({
    kind,
    payload: z.object({ before: z.object({ occurred_at: z.string(), id: z.uuid() }).optional() }),
    tenantMax: 1,
    run: async (run, { before }) => {
      if (!services.scan) return;
      const wanted = { recent_days, bytes_max: unopened_bytes_max, before, limit: mails_max };
      const mails = await asProgram(run, (ctx) => findUnscanned(ctx, wanted));
      await scanEach(services, run, mails);
      if (mails.length < mails_max) return;
      const { occurred_at, id } = mails.at(-1)!;
      // What cannot be scanned is passed by: what comes meanwhile begins at the newest.
      await asProgram(run, (ctx) =>
        enqueue(ctx, kind, { before: { occurred_at, id } }, { dedupeKey: 'older', delayMs: rest_ms }),
      );
    },
  }),
];

/**
 * One at which the scanner breaks off, as clamd does with a file that is too large for it, holds up no other. Where it
 * takes none, the job is tried again.
 */
async function scanEach(services: Services, run: JobRun, mails: readonly MailWithFiles[]): Promise<void> {
  let failures = 0;
  let failure: unknown;
  for (const mail of mails) {
    run.signal.throwIfAborted();
    try {
      await scanUnopened(services, run.job.tenant_id, mail);
      failures = 0;
    } catch (error) {
      failures++;
      if (!(error instanceof FileError) || failures >= failures_max) throw error;
      run.log.warn({ err: error, message_id: mail.id }, 'a file of a mail could not be scanned');
      failure = error;
    }
  }
  if (failures > 0 && failures === mails.length) throw failure;
}
