import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Database } from '../../kernel/database/database.ts';
import { sealStoredAnswers } from '../../kernel/http/idempotency.ts';
import { hasSealableLabel } from '../../kernel/resource/label.ts';
import { type Context, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { enqueueLearn, forgetWords } from '../../modules/insight/meaning/index.ts';
import { searchSuspects } from '../../platform/duplicate/index.ts';
import { forgetChanges, forgetNamed, sealKeptRows } from '../../platform/import/index.ts';
import { sealStoredDeliveries } from '../../platform/webhook/index.ts';
import type { Stop } from '../key-rotation/secrets.ts';
import { type Form, SwitchTurned } from './convert.ts';
import { convertAll } from './convert-all.ts';
import { forgetBulkTexts, sealableResources } from './history.ts';
import { rewriteTables } from './remnants.ts';
import { endSwitch, noteClosed, readSwitch } from './service.ts';

const rows_max = 500;
const wait_seconds_max = 30;

export interface Sealing {
  /** Sees all workspaces, and belongs to the owner of the tables. */
  client: pg.Client;
  db: Database;
}

/** Workspaces that are on their way, or seal what is written. */
async function workspacesIn(client: pg.Client, states: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    'select id from public.tenant where personal_sealing = any ($1) order by 1',
    [states],
  );
  return rows.map(({ id }) => id);
}

/**
 * Does what is left of the switches of all workspaces. It may be stopped anywhere, and goes on when it is called again.
 * `gives_up`: the workspace whose damaged texts are given up. Answers how many texts it gave another form.
 */
export async function finishSwitches(sealing: Sealing, signal?: Stop, gives_up?: string): Promise<number> {
  let count = 0;
  for (const tenant_id of await workspacesIn(sealing.client, ['sealing', 'opening']))
    count += await unlessTurned(() => finishSwitch(sealing, { tenant_id, givesUp: tenant_id === gives_up }, signal));
  return count;
}

/**
 * Seals texts of workspaces that seal them which are in the clear, as of archived months that came back, and those of a
 * data key that was replaced.
 */
export async function sealLeftovers({ client, db }: Sealing, signal?: Stop): Promise<number> {
  let count = 0;
  for (const tenant_id of await workspacesIn(client, ['on']))
    count += await unlessTurned(async () => {
      const { converted } = await convertAll({ client, db, tenant_id, to: 'sealed', signal });
      // Records whose values were sealed with different keys were no pair meanwhile.
      if (converted > 0) await withContext(db, systemActor(tenant_id), searchSuspects);
      return converted;
    });
  return count;
}

/** Leaves a workspace whose switch was turned meanwhile. */
async function unlessTurned(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SwitchTurned) return 0;
    throw error;
  }
}

interface Turned {
  tenant_id: string;
  givesUp: boolean;
}

async function finishSwitch({ client, db }: Sealing, { tenant_id, givesUp }: Turned, signal?: Stop): Promise<number> {
  const within: Within = (work) => withContext(db, systemActor(tenant_id), work);
  const state = await within(readSwitch);
  if (state !== 'sealing' && state !== 'opening') return 0;
  const to: Form = state === 'sealing' ? 'sealed' : 'open';
  let count = 0;
  for (;;) {
    // Whoever began before the switch may still write the other form.
    if (!(await awaitOlderTransactions(client, signal))) return count;
    const conversion = { client, db, tenant_id, to, signal };
    const { converted, closed } = await convertAll(conversion);
    count += converted;
    if (converted > 0) continue;
    if (to === 'sealed' || closed.length === 0) break;
    if (givesUp && (await convertAll({ ...conversion, givesUp })).converted > 0) continue;
    // Their keys may come back, and only a workspace without sealed texts is off.
    await within((ctx) => noteClosed(ctx, closed));
    return count;
  }
  if (to === 'open') {
    await within(async (ctx) => {
      await endSwitch(ctx, state, []);
      await searchSuspects(ctx);
    });
    return count;
  }
  await sealCopies(within, signal);
  // Whoever began before the last text was sealed keeps its earlier form in the file of its table.
  if (!(await awaitOlderTransactions(client, signal))) return count;
  const remnants = await rewriteTables(client, signal);
  await within(async (ctx) => {
    await endSwitch(ctx, state, remnants);
    // Of two records, one was sealed and the other not meanwhile: those are no pair.
    await searchSuspects(ctx);
    await enqueueLearn(ctx, 0);
  });
  return count;
}

type Within = <R>(work: (ctx: Context) => Promise<R>) => Promise<R>;

/** Seals or forgets what stands in the clear outside of records and their history. */
async function sealCopies(within: Within, signal?: Stop): Promise<void> {
  const before = new Date();
  const untilNone = async (some: (ctx: Context) => Promise<number>) => {
    for (let done = rows_max; done === rows_max; ) {
      signal?.throwIfAborted();
      done = await within(some);
    }
  };
  await untilNone((ctx) => sealStoredAnswers(ctx, before, rows_max));
  await untilNone((ctx) => sealStoredDeliveries(ctx, rows_max));
  for (const resource of sealableResources()) {
    await within((ctx) => forgetChanges(ctx, resource));
    if (hasSealableLabel(resource)) await within((ctx) => forgetNamed(ctx, resource));
  }
  await untilNone((ctx) => sealKeptRows(ctx, rows_max));
  await within(forgetBulkTexts);
  await within(forgetWords);
}

/** Waits until the transactions that run now have ended; false where that takes too long. */
async function awaitOlderTransactions(client: pg.Client, signal?: Stop): Promise<boolean> {
  const running = async (among: readonly string[] | null) => {
    const { rows } = await client.query<{ id: string }>(
      `select l.virtualxid as id from pg_locks l join pg_stat_activity a on a.pid = l.pid
       where l.locktype = 'virtualxid' and l.virtualxid is not null and l.pid <> pg_backend_pid() and a.datname = current_database()
         and ($1::text[] is null or l.virtualxid = any ($1))`,
      [among],
    );
    return rows.map(({ id }) => id);
  };
  let left = await running(null);
  for (const until = Date.now() + wait_seconds_max * 1000; left.length > 0; left = await running(left)) {
    signal?.throwIfAborted();
    if (Date.now() > until) return false;
    await sleep(20);
  }
  return true;
}
