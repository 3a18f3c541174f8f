import { z } from 'zod';
import { type JobKind, type JobRun, jobKind } from '../../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../../kernel/jobs/queue.ts';
import { ParseError } from '../../../../kernel/parsing/parse-error.ts';
import type { Services } from '../../../../kernel/services.ts';
import { asProgram } from '../../as-program.ts';
import { bySize } from '../../by-size.ts';
import { matching } from '../../matching.ts';
import { parseMails, readRaw } from '../../message/index.ts';
import { noteFailed } from '../sync/queries.ts';
import { importMails, matchMessages, messagesOf, type ReadItem, type ReceivedItem, receivedItems } from './queries.ts';

const batch_rows = 100;
/** Of raw mails; one that is larger is a batch by itself. */
const batch_bytes_max = 4 * 1024 * 1024;
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
        let batch = await readNext(services, run, mailbox_id, []);
        while (Date.now() < until) {
          own.isWantedAgain = false;
          batch = await storeAndReadOn(services, run, mailbox_id, batch);
          if (batch.items.length === 0 && !own.isWantedAgain) return;
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

interface Batch {
  items: readonly ReceivedItem[];
  /** Those that could be read. */
  read: readonly ReadItem[];
}

/** The next mails to be stored, beside those of a batch that is being stored. */
async function readNext(
  services: Services,
  run: JobRun,
  mailbox_id: string,
  beside: readonly ReceivedItem[],
): Promise<Batch> {
  run.signal.throwIfAborted();
  const found = await asProgram(run, (ctx) => receivedItems(ctx, mailbox_id, beside, batch_rows));
  const [items = []] = bySize(found, ({ size_bytes }) => size_bytes, batch_bytes_max);
  const raws = await Promise.all(items.map(({ raw_key }) => readRaw(services, raw_key)));
  const outcomes = await parseMails(raws, run.job.tenant_id);
  const read: ReadItem[] = [];
  for (const [at, item] of items.entries()) {
    const mail = outcomes[at]!;
    if (mail instanceof ParseError) await asProgram(run, (ctx) => noteFailed(ctx, item.id, mail.message));
    else read.push({ item, mail });
  }
  return { items, read };
}

/** The parser works while the database does. */
async function storeAndReadOn(services: Services, run: JobRun, mailbox_id: string, batch: Batch): Promise<Batch> {
  const [stored, next] = await Promise.allSettled([
    store(services, run, mailbox_id, batch.read),
    readNext(services, run, mailbox_id, batch.items),
  ]);
  if (stored.status === 'rejected') throw stored.reason;
  if (next.status === 'rejected') throw next.reason;
  return next.value;
}

/** SQLSTATE classes that a value itself is to blame for: data exceptions, constraints and limits. */
const of_the_value = /^(22|23|54)/;

/** All at once; where one of them cannot be stored, each by itself, so that the others are, and it is said of that one. */
async function store(services: Services, run: JobRun, mailbox_id: string, read: readonly ReadItem[]): Promise<void> {
  if (read.length === 0) return;
  const write = (some: readonly ReadItem[]) => asProgram(run, (ctx) => importMails(ctx, services, mailbox_id, some));
  try {
    await write(read);
  } catch (error) {
    if (run.signal.aborted) throw error;
    for (const one of read)
      await write([one]).catch(async (reason: Error & { code?: string }) => {
        if (!of_the_value.test(reason.code ?? '')) throw reason;
        run.log.error({ err: reason, item: one.item.id }, 'a mail cannot be stored');
        await asProgram(run, (ctx) => noteFailed(ctx, one.item.id, 'its text cannot be stored'));
      });
  }
}
