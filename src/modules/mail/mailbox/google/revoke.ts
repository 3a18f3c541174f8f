import { z } from 'zod';
import { createOutboundFetch } from '../../../../kernel/http/outbound.ts';
import { type JobKind, jobKind } from '../../../../kernel/jobs/kind.ts';
import { enqueue } from '../../../../kernel/jobs/queue.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { asProgram } from '../../as-program.ts';
import { accountPasswords, mailboxPasswords } from '../../password.ts';
import { addressesOf } from './addresses.ts';
import { isAccountConnected } from './queries.ts';

const kind = 'google.revoke';
const passwords = { mailbox: mailboxPasswords, calendars: accountPasswords };

interface Disconnected {
  of: keyof typeof passwords;
  /** Of the row in which the refresh token stood: it opens with its name alone. */
  id: string;
  username: string;
  sealed_password: Buffer;
}

/** Some hours, with the pauses between. */
const attempts_max = 12;

/** Gives a grant back to Google once the caller commits; while Google does not answer it is tried again. */
export const revokeGrant = (ctx: Context, { of, id, username, sealed_password }: Disconnected): Promise<unknown> =>
  enqueue(ctx, kind, { of, id, username, sealed: sealed_password.toString('base64') }, { attemptsMax: attempts_max });

export const revokeJobs = (services: Services): JobKind[] => [
  jobKind({
    kind,
    payload: z.object({ of: z.enum(['mailbox', 'calendars']), id: z.uuid(), username: z.string(), sealed: z.string() }),
    run: async (run, { of, id, username, sealed }) => {
      // Google ends all that a person granted to a client at once, so it waits for the last that they connected.
      if (await asProgram(run, (ctx) => isAccountConnected(ctx, username))) return;
      const token = passwords[of].open(services, run.job.tenant_id, id, Buffer.from(sealed, 'base64'));
      const ask = createOutboundFetch({ allowPrivate: services.config.ALLOW_PRIVATE_NETWORKS });
      const { status } = await ask(addressesOf(services.config).revoke, {
        method: 'POST',
        redirect: 'error',
        signal: run.signal,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ token }).toString(),
      });
      // 400: Google does not know it any more.
      if (status !== 200 && status !== 400) throw new Error(`Google did not take a grant back (${status})`);
    },
  }),
];
