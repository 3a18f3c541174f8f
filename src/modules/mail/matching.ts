import { z } from 'zod';
import type { Consumer } from '../../kernel/feed/consumer.ts';
import { type JobKind, jobKind } from '../../kernel/jobs/kind.ts';
import { enqueue } from '../../kernel/jobs/queue.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { asProgram } from './as-program.ts';

const records_max = 1000;
const first_id = '00000000-0000-0000-0000-000000000000';
const fields = ['email', 'other_emails', 'domain'];

interface Matching {
  /** Of the job, and of the consumer that enqueues it. */
  kind: string;
  rows_max: number;
  /** What addresses of these contacts and companies stand in, in the order of its ids, after one of them. */
  itemsOf: (ctx: Context, ids: readonly string[], after: string, rows_max: number) => Promise<string[]>;
  match: (ctx: Context, items: readonly string[]) => Promise<unknown>;
}

/** Whoever becomes a contact, or has another address, gets what came before as well. */
export function matching({ kind, rows_max, itemsOf, match }: Matching): { job: JobKind; consumer: Consumer } {
  const job = jobKind({
    kind,
    payload: z.object({ ids: z.array(z.uuid()).max(records_max) }),
    tenantMax: 1,
    run: async (run, { ids }) => {
      for (let after = first_id; ; ) {
        run.signal.throwIfAborted();
        const found = await asProgram(run, async (ctx) => {
          const items = await itemsOf(ctx, ids, after, rows_max);
          if (items.length > 0) await match(ctx, items);
          return items;
        });
        if (found.length < rows_max) return;
        after = found.at(-1)!;
      }
    },
  });
  const consumer: Consumer = {
    name: kind,
    version: 1,
    events: [
      'contact.create',
      'contact.update',
      'contact.restore',
      'contact.trash',
      'contact.merge',
      'company.create',
      'company.update',
      'company.restore',
      'company.trash',
      'company.merge',
    ],
    imports: true,
    starts: 'now',
    handle: async (ctx, events) => {
      const changed = events.filter(
        (event) => event.action !== 'update' || event.fields?.some((name) => fields.includes(name)),
      );
      const ids = [...new Set(changed.flatMap(({ record_id }) => record_id ?? []))];
      for (let at = 0; at < ids.length; at += records_max)
        await enqueue(ctx, kind, { ids: ids.slice(at, at + records_max) });
    },
  };
  return { job, consumer };
}
