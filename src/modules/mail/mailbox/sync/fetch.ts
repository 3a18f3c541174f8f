import { sql } from '../../../../kernel/database/database.ts';
import { abandonFiles } from '../../../../kernel/files/abandon.ts';
import { enqueue } from '../../../../kernel/jobs/queue.ts';
import { ParseError } from '../../../../kernel/parsing/parse-error.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { bySize, inBatches } from '../../by-size.ts';
import { insertRaws, parseSoon, raw_bytes_max, type StoredRaw, storeRaw } from '../../message/index.ts';
import { importMails, type ReadItem } from '../normalise/queries.ts';
import type { OpenFolder } from '../provider/provider.ts';
import {
  type DueItem,
  dueItems,
  type FolderRow,
  noteFailed,
  noteReceived,
  noteTooLarge,
  type ReceivedRaw,
} from './queries.ts';
import { type MailboxRun, owned, staysOwner } from './run.ts';

const due_rows = 1000;
const fetch_batch = 100;
const fetch_bytes_max = 16 * 1024 * 1024;
/** What a mail counts for whose size was not listed. */
const unknown_bytes = 2 * 1024 * 1024;

/**
 * Fetches the newest of what waits, as it is, and imports it: while one batch is written, the next is fetched and read.
 * Returns how many it tried. `isSame`: the folder that is open already need not be opened anew.
 */
export async function fetchSome(
  mailbox: MailboxRun,
  folders: readonly FolderRow[],
  { isSame }: { isSame: boolean },
): Promise<number> {
  const { provider, mailbox_id } = mailbox;
  const due = await owned(mailbox, (ctx) => dueItems(ctx, mailbox_id, due_rows));
  let tried = 0;
  let writing: Promise<void> = Promise.resolve();
  try {
    for (const [folder_id, items] of Map.groupBy(due, (item) => item.folder_id)) {
      const folder = folders.find(({ id }) => id === folder_id);
      const opened = folder && (await provider.open(folder.path, { isSame }));
      if (!opened) continue;
      // Numbered anew since it was listed: the next turn sees to it.
      const current = items.filter(({ uid_validity }) => opened.validity === uid_validity);
      for (const batch of batchesOf(current)) {
        if (tried > 0 && Date.now() > mailbox.until) return tried;
        const fetched = await fetchBatch(mailbox, opened, batch);
        const reading = readAtOnce(mailbox, fetched.stored);
        await writing.catch((error) => forget(mailbox, fetched, error));
        writing = reading.then((read) => writeBatch(mailbox, fetched, read));
        // It is awaited below, whatever happens before.
        writing.catch(() => {});
        tried += batch.length;
      }
    }
  } finally {
    await writing;
  }
  return tried;
}

function* batchesOf(items: readonly DueItem[]): Generator<DueItem[]> {
  for (const some of inBatches(items, fetch_batch)) yield* bySize(some, bytesOf, fetch_bytes_max);
}

const bytesOf = ({ size_bytes }: DueItem): number => size_bytes || unknown_bytes;

interface StoredItem {
  item: DueItem;
  raw: StoredRaw;
  source: Uint8Array;
  /** When the provider received it, where listing did not say so. */
  sent_at: string | null;
}

const receivedOf = ({ item, raw, sent_at }: StoredItem): ReceivedRaw => ({
  id: item.id,
  raw_key: raw.key,
  size_bytes: raw.sizeBytes,
  sent_at: item.sent_at ?? sent_at,
});

interface Fetched {
  stored: StoredItem[];
  large: { id: string; size: number }[];
  /** What the provider lists and did not give out. */
  absent: DueItem[];
}

async function fetchBatch(mailbox: MailboxRun, opened: OpenFolder, items: readonly DueItem[]): Promise<Fetched> {
  const { services, run } = mailbox;
  run.signal.throwIfAborted();
  const byUid = new Map(items.map((item) => [item.uid, item]));
  const fetched: Fetched = { stored: [], large: [], absent: [] };
  const answered = await opened.fetch([...byUid.keys()]);
  const stored = await Promise.allSettled(
    answered.map(async ({ uid, source, sent_at = null }) => {
      const item = byUid.get(uid);
      // The provider's word for each: a server may leave some out of what it was asked for.
      if (!item) return;
      byUid.delete(uid);
      if (source.length > raw_bytes_max) fetched.large.push({ id: item.id, size: source.length });
      else fetched.stored.push({ item, source, sent_at, raw: await storeRaw(services, run.job.tenant_id, source) });
    }),
  );
  const failed = stored.find(({ status }) => status === 'rejected');
  if (failed) await forget(mailbox, fetched, (failed as PromiseRejectedResult).reason);
  fetched.absent.push(...byUid.values());
  return fetched;
}

/** Of a batch that is not written, because the one before could not be or some of it could not be stored. */
async function forget({ services }: MailboxRun, { stored }: Fetched, error: unknown): Promise<never> {
  for (const { raw } of stored) await services.files.delete(raw.key);
  throw error;
}

/** Those that can be read soon. What is to be said of the others is left to the job that reads what was received. */
async function readAtOnce(mailbox: MailboxRun, stored: readonly StoredItem[]): Promise<ReadItem[]> {
  const { run } = mailbox;
  const raws = stored.map(({ source }) => source);
  const outcomes = await staysOwner(mailbox, parseSoon(raws, run.job.tenant_id)).catch((error: unknown) => {
    run.log.warn({ err: error }, 'mails could not be read when they came, and are read later');
    return [];
  });
  return stored.flatMap((one, at) => {
    const mail = outcomes[at];
    return !mail || mail instanceof ParseError ? [] : [{ item: receivedOf(one), mail }];
  });
}

/** What was imported says in one step that it was received, too. */
async function writeBatch(mailbox: MailboxRun, fetched: Fetched, read: readonly ReadItem[]): Promise<void> {
  const { services, mailbox_id } = mailbox;
  const { stored, large, absent } = fetched;
  try {
    await owned(mailbox, async (ctx) => {
      await insertRaws(
        ctx,
        stored.map(({ raw }) => raw),
      );
      const imported = new Set((await importAtOnce(ctx, mailbox, read)).map(({ item }) => item.id));
      const received = stored.filter(({ item }) => !imported.has(item.id));
      if (received.length > 0) {
        await noteReceived(ctx, received.map(receivedOf));
        await enqueue(ctx, 'mail.normalise', { mailbox_id }, { dedupeKey: mailbox_id });
      }
      for (const { id, size } of large) await noteTooLarge(ctx, id, size);
      for (const { id } of absent) await noteFailed(ctx, id, 'The provider lists it and did not give it out');
    });
  } catch (error) {
    await abandonFiles(
      services.files,
      stored.map(({ raw }) => raw.key),
      error,
    );
    throw error;
  }
}

/** Returns those that were imported: none where one of them cannot be, so that another run tries each by itself. */
async function importAtOnce(
  ctx: Context,
  { services, run, mailbox_id }: MailboxRun,
  read: readonly ReadItem[],
): Promise<readonly ReadItem[]> {
  await ctx.tx.run(sql`savepoint import_mails`);
  try {
    await importMails(ctx, services, mailbox_id, read);
    await ctx.tx.run(sql`release savepoint import_mails`);
    return read;
  } catch (error) {
    if (run.signal.aborted) throw error;
    run.log.warn({ err: error }, 'mails could not be imported when they came, and are imported one by one');
    await ctx.tx.run(sql`rollback to savepoint import_mails`);
    return [];
  }
}
