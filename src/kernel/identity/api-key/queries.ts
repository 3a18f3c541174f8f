import type { Rights } from '../../access/rights.ts';
import { sql } from '../../database/database.ts';
import type { Context } from '../../tenancy/context.ts';

export interface NewApiKey {
  name: string;
  prefix: string;
  hash: Buffer;
  role_id: string;
  scopes: Rights | null;
  user_id: string | null;
  expires_at: string | null;
  /** The key that creates this one. */
  parent_id: string | null;
}

export async function insertApiKey(ctx: Context, key: NewApiKey): Promise<string> {
  const { id } = await ctx.tx.one<{
    id: string;
  }>(sql`insert into api_key (tenant_id, name, prefix, hash, role_id, scopes, user_id, expires_at, parent_id)
    values (${ctx.tenant_id}, ${key.name}, ${key.prefix}, ${key.hash}, ${key.role_id}, ${key.scopes && JSON.stringify(key.scopes)},
      ${key.user_id}, ${key.expires_at}, ${key.parent_id})
    returning id`);
  return id;
}

/** When a key expires, and its depth: how many keys are above it, itself included. */
export function readParent(ctx: Context, id: string): Promise<{ expires_at: string | null; depth: number }> {
  return ctx.tx.one(sql`select expires_at, depth from app.api_key_above(${id})`);
}

/** Row-level security decides which keys the caller may delete. */
export async function deleteApiKey(ctx: Context, id: string): Promise<Buffer | undefined> {
  const row = await ctx.tx.maybe<{ hash: Buffer }>(
    sql`delete from api_key where tenant_id = ${ctx.tenant_id} and id = ${id} returning hash`,
  );
  return row?.hash;
}
