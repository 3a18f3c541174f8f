import { z } from 'zod';
import type { Consumer } from '../../../kernel/feed/consumer.ts';
import { type JobKind, jobKind } from '../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../kernel/jobs/queue.ts';
import { asProgram } from '../as-program.ts';
import { matchConsumer } from '../mailbox/index.ts';
import { matchMeetings, objectsOf } from './match.ts';

const match_rows = 200;
const records_max = 1000;
const first_id = '00000000-0000-0000-0000-000000000000';

export const meetingJobs: JobKind[] = [
  jobKind({
    kind: 'meeting.match',
    payload: z.object({ ids: z.array(z.uuid()).max(records_max) }),
    tenantMax: 1,
    run: async (run, { ids }) => {
      for (let after = first_id; ; ) {
        run.signal.throwIfAborted();
        const found = await asProgram(run, async (ctx) => {
          const objects = await objectsOf(ctx, ids, after, match_rows);
          await matchMeetings(ctx, objects);
          return objects;
        });
        if (found.length < match_rows) return;
        after = found.at(-1)!;
      }
    },
  }),
];

/** Whoever becomes a contact, or has another address, gets the meetings of before as well. */
export const meetingConsumer: Consumer = {
  ...matchConsumer,
  name: 'meeting.match',
  handle: async (ctx, events) => {
    const fields = ['email', 'other_emails', 'domain'];
    const changed = events.filter(
      (event) => event.action !== 'update' || event.fields?.some((name) => fields.includes(name)),
    );
    const ids = [...new Set(changed.flatMap(({ record_id }) => record_id ?? []))];
    for (let at = 0; at < ids.length; at += records_max)
      await enqueue(ctx, 'meeting.match', { ids: ids.slice(at, at + records_max) });
  },
};
