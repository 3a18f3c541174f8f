import { invalidField } from '../../../kernel/errors/problem.ts';
import { mail_attempts_max } from '../../../kernel/identity/index.ts';
import { cancelTimer, setTimer } from '../../../kernel/jobs/queue.ts';
import { createRows, type ErrorPath, lockRow, type Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type DeletedRow, insertAgain } from '../../../platform/undo/index.ts';
import { dashboardMailing, type Rhythm } from './contract.ts';
import { clockOf, findDashboard } from './queries.ts';
import { nextTime } from './rhythm.ts';

export const mailing_kind = 'dashboard.mail';
const hour_default = 8;

/** Sets the timer of the next time. */
export const leaveMail = (ctx: Context, id: string, next: Date): Promise<void> =>
  setTimer(ctx, mailing_kind, id, next, { id, at: next.toISOString() }, { attemptsMax: mail_attempts_max });

export async function stopMails(ctx: Context, id: string): Promise<void> {
  await cancelTimer(ctx, mailing_kind, id);
}

export async function createMailings(ctx: Context, inputs: Values[], errorPath: ErrorPath): Promise<Values[]> {
  const prepared: Values[] = [];
  for (const [index, input] of inputs.entries()) {
    await checkAudience(ctx, input, errorPath(index));
    const hour = (input.hour as number | null | undefined) ?? hour_default;
    const next_at = await nextFor(ctx, input.recipient_id, input.rhythm as Rhythm, hour);
    prepared.push({ ...input, hour, owner_id: ctx.actor.user_id, next_at: next_at.toISOString() });
  }
  const rows = await createRows(ctx, dashboardMailing, prepared, {}, errorPath);
  for (const row of rows) await leaveMail(ctx, row.id as string, new Date(row.next_at as string));
  return rows;
}

export async function changeMailing(ctx: Context, id: string, input: Values): Promise<Values> {
  const { recipient_id, ...kept } = await lockRow(ctx, dashboardMailing, id);
  const { rhythm, hour } = { ...kept, ...input } as { rhythm: Rhythm; hour: number | null };
  const next_at = await nextFor(ctx, recipient_id, rhythm, hour ?? hour_default);
  await leaveMail(ctx, id, next_at);
  return { ...input, hour: hour ?? hour_default, next_at: next_at.toISOString() };
}

/**
 * Puts deleted mailings in again. Their next time is as from now: the audit does not hold what it was, and it may be
 * over.
 */
export async function insertMailingsAgain(ctx: Context, table: string, rows: readonly DeletedRow[]): Promise<void> {
  for (const row of rows) {
    const before = JSON.parse(row.before!) as Values;
    const next_at = await nextFor(ctx, before.recipient_id, before.rhythm as Rhythm, before.hour as number);
    const whole = { ...row, columns: [...row.columns, 'next_at'], before: JSON.stringify({ ...before, next_at }) };
    await insertAgain(ctx, table, [whole]);
    await leaveMail(ctx, row.id, next_at);
  }
}

async function nextFor(ctx: Context, recipient_id: unknown, rhythm: Rhythm, hour: number): Promise<Date> {
  const { now, time_zone } = await clockOf(ctx, recipient_id);
  return nextTime(new Date(now), rhythm, hour, time_zone);
}

/**
 * The overview is everybody's. What is not shared goes to nobody but its maker: others would get an e-mail of what they
 * may not open.
 */
async function checkAudience(ctx: Context, { dashboard_id, recipient_id }: Values, path: string): Promise<void> {
  if (dashboard_id == null) return;
  const dashboard = await findDashboard(ctx, dashboard_id);
  if (!dashboard) throw invalidField(`${path}dashboard_id`, 'no_such_record', 'There is no such dashboard');
  if (!dashboard.shared && dashboard.owner_id !== recipient_id)
    throw invalidField(
      `${path}recipient_id`,
      'not_shared',
      'This dashboard is not shared. Share it, or send it to yourself alone.',
    );
}
