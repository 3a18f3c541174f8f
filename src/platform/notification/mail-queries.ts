import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

/** What may be mailed still: nobody has read it, put it off, or been sent it. */
const pending = sql`n.mailed_at is null and n.read_at is null and (n.snoozed_until is null or n.snoozed_until <= now())`;

export const isOne = (id: string) => sql`n.id = ${id} and n.email = 'at_once' and ${pending}`;
export const isOfDigest = (ids: readonly string[]) => sql`n.id = any (${ids}) and ${pending}`;

export interface Recipient {
  email: string | null;
  locale: string;
  tenant_title: string;
}

export function findRecipient(ctx: Context, user_id: string): Promise<Recipient | undefined> {
  return ctx.tx.maybe(sql`select u.email, u.locale, t.title as tenant_title from user_account u join tenant t on t.id = u.tenant_id
    where u.tenant_id = ${ctx.tenant_id} and u.id = ${user_id} and app.has_access(u.status, u.access_until)`);
}

export const findOwner = (ctx: Context, id: string): Promise<{ user_id: string } | undefined> =>
  ctx.tx.maybe(sql`select user_id from notification where tenant_id = ${ctx.tenant_id} and id = ${id}`);

export async function markMailed(ctx: Context, id: string): Promise<void> {
  await ctx.tx.run(sql`update notification set mailed_at = now() where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

/** Also those that their person may not read any more: they will not be mailed. */
export async function markDigestMailed(ctx: Context, user_id: string, ids: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`update notification n set mailed_at = now()
    where n.tenant_id = ${ctx.tenant_id} and n.user_id = ${user_id} and ${isOfDigest(ids)}`);
}

export async function readNow(ctx: Context): Promise<string> {
  const { now } = await ctx.tx.one<{ now: string }>(sql`select now()`);
  return now;
}

/**
 * What waits for a digest, when the oldest of it came, and the time by the clock of the database. By their ids, because
 * the time of a notification is that of its event: one that is made later may look older.
 */
export function readWaiting(
  ctx: Context,
  user_id: string,
): Promise<{ ids: string[]; oldest: string | null; now: string }> {
  return ctx.tx.one(sql`select coalesce(array_agg(n.id), '{}') as ids, min(n.created_at) as oldest, now() as now from notification n
    where n.tenant_id = ${ctx.tenant_id} and n.user_id = ${user_id} and n.email = 'digest' and ${pending}`);
}
