import { z } from 'zod';
import { externalJobKind, NotDone } from '../../src/kernel/jobs/external.ts';
import { JobFailed, type JobKind, jobKind } from '../../src/kernel/jobs/kind.ts';
import { enqueue } from '../../src/kernel/jobs/queue.ts';

const payload = z.object({ url: z.string() });

async function order(url: string, key: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(`${url}/orders/${key}`, { method: 'POST', signal });
  if (response.status === 422) throw new JobFailed('It is refused');
  if (response.status === 503) throw new NotDone('It is closed');
  return response.text();
}

/** Orders something of another program, so that it is ordered once. */
export const ordering = externalJobKind({
  kind: 'test.order',
  payload,
  send: ({ signal }, { url }, key) => order(url, key, signal),
  lookUp: async ({ signal }, { url }, key) => {
    const response = await fetch(`${url}/orders/${key}`, { signal });
    if (response.status === 200) return { is: 'done', answer: await response.text() };
    return { is: response.status === 404 ? 'not_done' : 'unknown' };
  },
  record: async (ctx, answer) => void (await enqueue(ctx, 'test.ordered', { answer })),
});

/** The same as an ordinary job. */
export const plainOrdering: JobKind = jobKind({
  kind: 'test.plain',
  payload,
  run: async ({ signal, job, finish }, { url }) => {
    const answer = await order(url, job.id, signal);
    await finish((ctx) => enqueue(ctx, 'test.ordered', { answer }));
  },
});
