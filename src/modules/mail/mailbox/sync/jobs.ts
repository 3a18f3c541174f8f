import { z } from 'zod';
import { whenDropped } from '../../../../kernel/jobs/dropped.ts';
import { type JobKind, type JobRun, jobKind } from '../../../../kernel/jobs/kind.ts';
import { enqueue, setTimer } from '../../../../kernel/jobs/queue.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { asProgram } from '../../as-program.ts';
import { LeaseLost } from '../../lease.ts';
import { lookAgain } from '../../look-again.ts';
import { type ConnectionRow, findConnection, setState } from '../connection/queries.ts';
import { MailTrouble } from '../connection/trouble.ts';
import { GrantRefused } from '../google/oauth.ts';
import { withProvider } from '../provider/with-provider.ts';
import { isWaiting, mailboxLeases } from './queries.ts';
import { type SyncOutcome, syncTurn } from './sync.ts';

/** After so long a mailbox lets the others of its workspace have a turn. */
const turn_ms_max = 15_000;
const poll_seconds = 60;
const differs_seconds = 5;
/** While another run has it. Mail that arrives meanwhile may have come too late for that one. */
const taken_seconds = 1;
/** While what was fetched is being read, before it is known what was moved and what deleted. */
const reading_seconds = 2;
const trouble_seconds = { passing: 120, lasting: 3600 };

const kind = 'mail.sync';

/** Has a mailbox looked at after so long, and no later than that was wanted already; one timer for each. */
export const syncAt = async (ctx: Context, mailbox_id: string, seconds: number): Promise<void> => {
  const payload = { mailbox_id };
  if (seconds === 0) await setTimer(ctx, kind, mailbox_id, new Date(), payload);
  else await enqueue(ctx, kind, payload, { dedupeKey: mailbox_id, delayMs: seconds * 1000 });
};

const payload = z.object({ mailbox_id: z.uuid() });

// Whatever its attempts met is over some time, and nobody else has the mailbox looked at.
whenDropped(kind, payload, async (ctx, { mailbox_id }) => {
  if (await findConnection(ctx, mailbox_id)) await syncAt(ctx, mailbox_id, trouble_seconds.lasting);
});

export const syncJobs = (services: Services): JobKind[] => [
  jobKind({
    kind,
    payload,
    // A turn waits for what it fetched to be read, by jobs that take slots too.
    concurrencyMax: Math.max(1, Math.floor(services.config.WORKER_SLOTS / 2)),
    tenantMax: 2,
    run: (run, { mailbox_id }) =>
      lookAgain(run, trySync(services, run, mailbox_id), (ctx) => syncAt(ctx, mailbox_id, trouble_seconds.passing)),
  }),
];

async function trySync(services: Services, run: JobRun, mailbox_id: string): Promise<void> {
  const lease = `${run.job.id} ${run.job.attempts}`;
  const began = new Date();
  const connection = await asProgram(run, async (ctx) =>
    (await mailboxLeases.take(ctx, mailbox_id, lease)) ? findConnection(ctx, mailbox_id) : undefined,
  );
  if (!connection) return asProgram(run, (ctx) => laterIfConnected(ctx, mailbox_id));
  let outcome: SyncOutcome | MailTrouble;
  try {
    const { signal } = run;
    outcome = await withProvider({ services, tenant_id: run.job.tenant_id, connection, signal }, (provider) =>
      syncTurn({ services, run, mailbox_id, lease, provider, until: Date.now() + turn_ms_max }),
    );
  } catch (error) {
    if (error instanceof LeaseLost) return;
    if (!(error instanceof MailTrouble)) throw error;
    outcome = error;
  }
  await settle(run, { mailbox_id, lease, began }, outcome);
}

/** Another run has it: its timer is moved, in case that run dies. */
async function laterIfConnected(ctx: Context, mailbox_id: string): Promise<void> {
  if (await findConnection(ctx, mailbox_id)) await syncAt(ctx, mailbox_id, taken_seconds);
}

async function settle(
  { db, job }: JobRun,
  { mailbox_id, lease, began }: { mailbox_id: string; lease: string; began: Date },
  outcome: SyncOutcome | MailTrouble,
): Promise<void> {
  await asProgram({ db, job }, async (ctx) => {
    if (!(await mailboxLeases.release(ctx, mailbox_id, lease))) return;
    const { received } = await isWaiting(ctx, mailbox_id);
    if (received) await enqueue(ctx, 'mail.normalise', { mailbox_id }, { dedupeKey: mailbox_id });
    const [state, problem, seconds] = stateAfter(outcome);
    await setState(ctx, mailbox_id, { state, problem, began });
    await syncAt(ctx, mailbox_id, seconds === 0 && received ? reading_seconds : seconds);
  });
}

function stateAfter(outcome: SyncOutcome | MailTrouble): [ConnectionRow['state'], string | null, number] {
  if (outcome instanceof GrantRefused) return ['refused', outcome.message, trouble_seconds.lasting];
  if (outcome instanceof MailTrouble)
    return ['failed', outcome.message, outcome.isLasting ? trouble_seconds.lasting : trouble_seconds.passing];
  switch (outcome.is) {
    case 'more':
      return ['syncing', null, 0];
    case 'in_sync':
      return ['in_sync', null, poll_seconds];
    case 'asks':
      return [
        'asks',
        `${outcome.missing} mails are gone at your provider. Confirm that they were deleted there, and they go here too.`,
        poll_seconds,
      ];
    case 'differs': {
      const reason = `The folder ${outcome.folder} has another number of mails than the ledger. It is compared again.`;
      return ['syncing', reason, differs_seconds];
    }
  }
}
