import { z } from 'zod';
import type { Consumer } from '../../../../kernel/feed/consumer.ts';
import { type JobKind, jobKind } from '../../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../../kernel/jobs/queue.ts';
import { ParseError } from '../../../../kernel/parsing/parse-error.ts';
import type { Services } from '../../../../kernel/services.ts';
import { asProgram } from '../../as-program.ts';
import { parseMail, readRaw } from '../../message/index.ts';
import { noteFailed } from '../sync/queries.ts';
import { importMail, matchMessages, messagesOf, receivedItems } from './queries.ts';

const batch_rows = 20;
const turn_ms_max = 15_000;
const match_rows = 500;
const records_max = 1000;
const first_id = '00000000-0000-0000-0000-000000000000';

export const normaliseJobs = (services: Services): JobKind[] => [
  jobKind({
    kind: 'mail.normalise',
    payload: z.object({ mailbox_id: z.uuid() }),
    tenantMax: 2,
    run: async (run, payload) => {
      const { mailbox_id } = payload;
      const until = Date.now() + turn_ms_max;
      while (true) {
        const items = await asProgram(run, (ctx) => receivedItems(ctx, mailbox_id, batch_rows));
        if (items.length === 0) return;
        for (const item of items) {
          run.signal.throwIfAborted();
          try {
            const mail = await parseMail(await readRaw(services, item.raw_key), run.job.tenant_id);
            await asProgram(run, (ctx) => importMail(ctx, item, mail));
          } catch (error) {
            // What cannot be read today is not read tomorrow either; whatever else goes wrong is the job's to try again.
            if (!(error instanceof ParseError)) throw error;
            await asProgram(run, (ctx) => noteFailed(ctx, item.id, error.message));
          }
        }
        if (Date.now() < until) continue;
        await asProgram(run, (ctx) => enqueue(ctx, 'mail.normalise', payload, { dedupeKey: mailbox_id }));
        return;
      }
    },
  }),
  jobKind({
    kind: 'mail.match',
    payload: z.object({ ids: z.array(z.uuid()).max(records_max) }),
    tenantMax: 1,
    run: async (run, { ids }) => {
      for (let after = first_id; ; ) {
        run.signal.throwIfAborted();
        const found = await asProgram(run, async (ctx) => {
          const messages = await messagesOf(ctx, ids, after, match_rows);
          if (messages.length > 0) await matchMessages(ctx, messages);
          return messages;
        });
        if (found.length < match_rows) return;
        after = found.at(-1)!;
      }
    },
  }),
];

/** Whoever becomes a contact, or has another address, gets the mail of before as well. */
export const matchConsumer: Consumer = {
  name: 'mail.match',
  version: 1,
  events: [
    'contact.create', 'contact.update', 'contact.restore', 'contact.trash', 'contact.merge', 'company.create', 'company.update', 'company.restore',
    'company.trash', 'company.merge',
  ], // biome-ignore format: a list of words
  imports: true,
  starts: 'now',
  handle: async (ctx, events) => {
    const fields = ['email', 'other_emails', 'domain'];
    const changed = events.filter(
      (event) => event.action !== 'update' || event.fields?.some((name) => fields.includes(name)),
    );
    const ids = [...new Set(changed.flatMap(({ record_id }) => record_id ?? []))];
    for (let at = 0; at < ids.length; at += records_max)
      await enqueue(ctx, 'mail.match', { ids: ids.slice(at, at + records_max) });
  },
};
