import { type Database, sql } from '../../database/database.ts';
import type { Context } from '../../tenancy/context.ts';
import type { Passkey } from './contract.ts';

interface FoundPasskey {
  tenant_id: string;
  user_id: string;
  id: string;
}

export async function findPasskey(db: Database, credential_id: Buffer): Promise<FoundPasskey | undefined> {
  const [found] = await db.call<FoundPasskey>(sql`select * from app.find_passkey(${credential_id})`);
  return found;
}

/** Whether the credential exists in any workspace. */
export async function isKnownCredential(ctx: Context, credential_id: Buffer): Promise<boolean> {
  return (await ctx.tx.maybe(sql`select from app.find_passkey(${credential_id})`)) !== undefined;
}

interface StoredPasskey {
  public_key: Buffer;
  sign_count: string;
}

/** Locks the passkey, so that of two uses with the same counter one fails. */
export function lockPasskey(ctx: Context, id: string): Promise<StoredPasskey | undefined> {
  return ctx.tx.maybe(
    sql`select public_key, sign_count from passkey where tenant_id = ${ctx.tenant_id} and id = ${id} for update`,
  );
}

export async function notePasskeyUse(ctx: Context, id: string, sign_count: number, backed_up: boolean): Promise<void> {
  await ctx.tx.run(sql`update passkey set sign_count = ${sign_count}, backed_up = ${backed_up}, last_used_at = now()
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

export function listPasskeys(ctx: Context, user_id: string): Promise<Passkey[]> {
  return ctx.tx.many(sql`select id, name, backed_up, created_at, last_used_at from passkey
    where tenant_id = ${ctx.tenant_id} and user_id = ${user_id} order by created_at, id`);
}

export async function listCredentialIds(
  ctx: Context,
  user_id: string,
): Promise<{ id: string; transports: string[] }[]> {
  const rows = await ctx.tx.many<{
    credential_id: Buffer;
    transports: string[];
  }>(sql`select credential_id, transports from passkey
    where tenant_id = ${ctx.tenant_id} and user_id = ${user_id}`);
  return rows.map(({ credential_id, transports }) => ({ id: credential_id.toString('base64url'), transports }));
}

/** How many passkeys somebody has. Of those who add one at once, the next counts when the one before is done. */
export async function countPasskeys(ctx: Context, user_id: string): Promise<number> {
  await ctx.tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`passkeys ${ctx.tenant_id} ${user_id}`}, 0))`);
  const { count } = await ctx.tx.one<{ count: number }>(
    sql`select count(*)::int as count from passkey where tenant_id = ${ctx.tenant_id} and user_id = ${user_id}`,
  );
  return count;
}

export interface NewPasskey {
  name: string;
  credential_id: Buffer;
  public_key: Buffer;
  sign_count: number;
  transports: string[];
  backed_up: boolean;
}

export function insertPasskey(ctx: Context, user_id: string, key: NewPasskey): Promise<Passkey> {
  return ctx.tx.one(sql`insert into passkey (tenant_id, user_id, name, credential_id, public_key, sign_count, transports, backed_up)
    values (${ctx.tenant_id}, ${user_id}, ${key.name}, ${key.credential_id}, ${key.public_key}, ${key.sign_count}, ${key.transports},
      ${key.backed_up})
    returning id, name, backed_up, created_at, last_used_at`);
}

export async function deletePasskey(ctx: Context, user_id: string, id: string): Promise<boolean> {
  const gone = await ctx.tx.run(
    sql`delete from passkey where tenant_id = ${ctx.tenant_id} and user_id = ${user_id} and id = ${id}`,
  );
  return gone === 1;
}

/** Whether there was one. */
export async function deletePasskeysOf(ctx: Context, user_id: string): Promise<boolean> {
  return (await ctx.tx.run(sql`delete from passkey where tenant_id = ${ctx.tenant_id} and user_id = ${user_id}`)) > 0;
}
