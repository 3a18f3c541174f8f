import { type Database, sql } from '../../database/database.ts';
import type { Context } from '../../tenancy/context.ts';

export interface FoundToken {
  tenant_id: string;
  id: string;
  user_id: string | null;
}

export async function insertToken(
  ctx: Context,
  token: {
    kind: string;
    hash: Buffer;
    user_id: string | null;
    minutes: number;
    sent_to?: string | undefined;
    payload?: object | undefined;
  },
): Promise<void> {
  await ctx.tx.run(sql`insert into one_time_token (tenant_id, kind, hash, user_id, expires_at, sent_to, payload)
    values (${ctx.tenant_id}, ${token.kind}, ${token.hash}, ${token.user_id}, now() + make_interval(mins => ${token.minutes}),
      app.email_key(${token.sent_to ?? null}),
      ${token.payload ? JSON.stringify(token.payload) : null}::jsonb)`);
}

export async function deleteTokensOf(ctx: Context, kinds: readonly string[], user_id: string): Promise<void> {
  await ctx.tx.run(
    sql`delete from one_time_token where tenant_id = ${ctx.tenant_id} and user_id = ${user_id} and kind = any (${kinds})`,
  );
}

/** Those of this kind but the one with this hash. */
export async function deleteOlderTokens(ctx: Context, kind: string, user_id: string, hash: Buffer): Promise<void> {
  await ctx.tx.run(sql`delete from one_time_token
    where tenant_id = ${ctx.tenant_id} and user_id = ${user_id} and kind = ${kind} and hash <> ${hash}`);
}

/** Locks the account of the person who acts until the transaction ends. */
export async function lockOwnAccount(ctx: Context): Promise<void> {
  await ctx.tx.run(sql`select from user_account
    where tenant_id = ${ctx.tenant_id} and id = ${ctx.actor.user_id} for no key update`);
}

export interface SpentToken {
  /** The normal form of the address that the link was mailed to; null when it was handed on otherwise. */
  sent_to: string | null;
  payload: unknown;
}

/** Deletes a token and returns it; of two concurrent uses, one gets it. */
export function deleteToken(ctx: Context, id: string): Promise<SpentToken | undefined> {
  return ctx.tx.maybe(
    sql`delete from one_time_token where tenant_id = ${ctx.tenant_id} and id = ${id} returning sent_to, payload`,
  );
}

/** Deletes a challenge of this user, or of an unknown one; whether it was valid. */
export async function deleteChallenge(ctx: Context, hash: Buffer, user_id: string | null): Promise<boolean> {
  const gone =
    await ctx.tx.run(sql`delete from one_time_token where tenant_id = ${ctx.tenant_id} and kind = 'passkey_challenge'
    and hash = ${hash} and user_id is not distinct from ${user_id}::uuid and expires_at > now()`);
  return gone === 1;
}

export async function findToken(db: Database, kind: string, hash: Buffer): Promise<FoundToken | undefined> {
  const [found] = await db.call<FoundToken>(sql`select * from app.find_one_time_token(${kind}, ${hash})`);
  return found;
}
