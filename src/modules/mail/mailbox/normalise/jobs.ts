import { z } from 'zod';
import { type JobKind, jobKind } from '../../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../../kernel/jobs/queue.ts';
import { ParseError } from '../../../../kernel/parsing/parse-error.ts';
import type { Services } from '../../../../kernel/services.ts';
import { asProgram } from '../../as-program.ts';
import { matching } from '../../matching.ts';
import { parseMail, readRaw } from '../../message/index.ts';
import { noteFailed } from '../sync/queries.ts';
import { importMail, matchMessages, messagesOf, receivedItems } from './queries.ts';

const batch_rows = 20;
const turn_ms_max = 15_000;

const ofMessages = matching({ kind: 'mail.match', rows_max: 500, itemsOf: messagesOf, match: matchMessages });

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
  ofMessages.job,
];

export const matchConsumer = ofMessages.consumer;
