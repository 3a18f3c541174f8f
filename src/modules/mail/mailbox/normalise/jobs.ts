import { z } from 'zod';
import { type JobKind, type JobRun, jobKind } from '../../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../../kernel/jobs/queue.ts';
import { ParseError } from '../../../../kernel/parsing/parse-error.ts';
import type { Services } from '../../../../kernel/services.ts';
import { asProgram } from '../../as-program.ts';
import { matching } from '../../matching.ts';
import { parseMail, readRaw } from '../../message/index.ts';
import { noteFailed } from '../sync/queries.ts';
import { importMails, matchMessages, messagesOf, type ReadItem, type ReceivedItem, receivedItems } from './queries.ts';

const batch_rows = 40;
/** A batch with more text than this ends early. */
const batch_characters_max = 4_000_000;
/** Of one mailbox. Two of a workspace are read at a time, and more than five mails wait for no parser. */
const parsed_at_once = 2;
const turn_ms_max = 15_000;

/**
 * Mailboxes that this process reads the mails of: a second run would read the same ones, so it has the first look
 * again.
 */
const reading = new Map<string, { isWantedAgain: boolean }>();

const ofMessages = matching({ kind: 'mail.match', rows_max: 500, itemsOf: messagesOf, match: matchMessages });

export const normaliseJobs = (services: Services): JobKind[] => [
  jobKind({
    kind: 'mail.normalise',
    payload: z.object({ mailbox_id: z.uuid() }),
    tenantMax: 2,
    run: async (run, payload) => {
      const { mailbox_id } = payload;
      const other = reading.get(mailbox_id);
      if (other) {
        other.isWantedAgain = true;
        return;
      }
      const own = { isWantedAgain: false };
      reading.set(mailbox_id, own);
      try {
        const until = Date.now() + turn_ms_max;
        while (Date.now() < until) {
          own.isWantedAgain = false;
          const items = await asProgram(run, (ctx) => receivedItems(ctx, mailbox_id, batch_rows));
          if (items.length > 0) await store(run, mailbox_id, await readItems(services, run, items));
          else if (!own.isWantedAgain) return;
        }
        await asProgram(run, (ctx) => enqueue(ctx, 'mail.normalise', payload, { dedupeKey: mailbox_id }));
      } finally {
        reading.delete(mailbox_id);
      }
    },
  }),
  ofMessages.job,
];

export const matchConsumer = ofMessages.consumer;

/** What cannot be read today is not read tomorrow either; whatever else goes wrong is the job's to try again. */
async function readItems(services: Services, run: JobRun, items: readonly ReceivedItem[]): Promise<ReadItem[]> {
  const read: ReadItem[] = [];
  let characters = 0;
  for (let at = 0; at < items.length && characters <= batch_characters_max; at += parsed_at_once) {
    run.signal.throwIfAborted();
    const some = items.slice(at, at + parsed_at_once);
    for (const one of await Promise.all(some.map((item) => readItem(services, run, item)))) {
      if (!one) continue;
      read.push(one);
      characters += one.mail.body.length + (one.mail.html?.length ?? 0);
    }
  }
  return read;
}

async function readItem(services: Services, run: JobRun, item: ReceivedItem): Promise<ReadItem | undefined> {
  try {
    return { item, mail: await parseMail(await readRaw(services, item.raw_key), run.job.tenant_id) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    await asProgram(run, (ctx) => noteFailed(ctx, item.id, error.message));
    return undefined;
  }
}

/** All at once; where one of them cannot be stored, each by itself, so that the others are. */
async function store(run: JobRun, mailbox_id: string, read: readonly ReadItem[]): Promise<void> {
  const write = (some: readonly ReadItem[]) => asProgram(run, (ctx) => importMails(ctx, mailbox_id, some));
  try {
    await write(read);
  } catch (error) {
    if (read.length <= 1 || run.signal.aborted) throw error;
    for (const one of read) await write([one]);
  }
}
