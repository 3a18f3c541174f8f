import { z } from 'zod';
import { whenDropped } from '../../../../kernel/jobs/dropped.ts';
import { type JobKind, type JobRun, jobKind } from '../../../../kernel/jobs/kind.ts';
import { enqueue, setTimer } from '../../../../kernel/jobs/queue.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { asProgram } from '../../as-program.ts';
import { LeaseLost } from '../../lease.ts';
import { lookAgain } from '../../look-again.ts';
import { MailTrouble } from '../../mailbox/index.ts';
import { findAccount, listSources, putCalendars } from '../account/queries.ts';
import { providerOf } from '../provider/for-account.ts';
import { accountLeases, noteAccountCompared, setAccountProblem, setSource } from './queries.ts';
import { type AccountRun, syncCalendar } from './sync.ts';

/** After so long an account lets the others of its workspace have a turn. */
const turn_ms_max = 15_000;
const poll_seconds = 120;
const busy_seconds = 5;
const trouble_seconds = { passing: 300, lasting: 3600 };
/** So often all items are compared, whatever the provider says has changed. */
const compared_ms = 86_400_000;

const kind = 'calendar.sync';

/** Has an account looked at after so long, and no later than that was wanted already; one timer for each. */
export const syncCalendarsAt = async (ctx: Context, account_id: string, seconds: number): Promise<void> => {
  const payload = { account_id };
  if (seconds === 0) await setTimer(ctx, kind, account_id, new Date(), payload);
  else await enqueue(ctx, kind, payload, { dedupeKey: account_id, delayMs: seconds * 1000 });
};

const payload = z.object({ account_id: z.uuid() });

// Whatever its attempts met is over some time, and nobody else has the account looked at.
whenDropped(kind, payload, async (ctx, { account_id }) => {
  if (await findAccount(ctx, account_id)) await syncCalendarsAt(ctx, account_id, trouble_seconds.lasting);
});

export const calendarJobs = (services: Services): JobKind[] => [
  jobKind({
    kind,
    payload,
    tenantMax: 2,
    run: (run, { account_id }) =>
      lookAgain(run, trySync(services, run, account_id), (ctx) =>
        syncCalendarsAt(ctx, account_id, trouble_seconds.passing),
      ),
  }),
];

async function trySync(services: Services, run: JobRun, account_id: string): Promise<void> {
  const lease = `${run.job.id} ${run.job.attempts}`;
  const began = new Date();
  const account = await asProgram(run, async (ctx) =>
    (await accountLeases.take(ctx, account_id, lease)) ? findAccount(ctx, account_id) : undefined,
  );
  if (!account) {
    // Another run has it: its timer is moved, in case that run dies.
    await asProgram(run, async (ctx) => {
      if (await findAccount(ctx, account_id)) await syncCalendarsAt(ctx, account_id, busy_seconds);
    });
    return;
  }
  const { compared_at } = account;
  const isFull = !compared_at || Date.parse(compared_at) < began.getTime() - compared_ms;
  try {
    const provider = await providerOf(services, run.job.tenant_id, account, run.signal);
    const turn = { services, run, account_id, lease, provider, isFull, until: began.getTime() + turn_ms_max };
    const isDone = await syncAll(turn);
    await asProgram(run, async (ctx) => {
      if (!(await accountLeases.release(ctx, account_id, lease))) return;
      await setAccountProblem(ctx, account_id, null);
      if (isDone && isFull) await noteAccountCompared(ctx, account_id, began.toISOString());
      await syncCalendarsAt(ctx, account_id, isDone ? poll_seconds : 0);
    });
  } catch (error) {
    if (error instanceof LeaseLost) return;
    if (!(error instanceof MailTrouble)) throw error;
    await asProgram(run, async (ctx) => {
      if (!(await accountLeases.release(ctx, account_id, lease))) return;
      await setAccountProblem(ctx, account_id, error.message);
      for (const { calendar_id, is_chosen } of await listSources(ctx, account_id))
        if (is_chosen) await setSource(ctx, calendar_id, { state: 'failed', problem: error.message });
      await syncCalendarsAt(ctx, account_id, error.isLasting ? trouble_seconds.lasting : trouble_seconds.passing);
    });
  }
}

/** Each calendar that is chosen. A day's first turn also looks which calendars there are. */
async function syncAll(account: AccountRun): Promise<boolean> {
  const { run, account_id, isFull } = account;
  if (isFull) {
    const { calendars } = await account.provider.calendars();
    await asProgram(run, (ctx) => putCalendars(ctx, account_id, calendars));
  }
  const sources = await asProgram(run, (ctx) => listSources(ctx, account_id));
  let isDone = true;
  for (const source of sources) {
    if (!source.is_chosen) continue;
    if (Date.now() >= account.until) return false;
    isDone = (await syncCalendar(account, source)) && isDone;
  }
  return isDone;
}
