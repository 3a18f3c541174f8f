import { type Database, sql } from '../../database/database.ts';
import type { Context } from '../../tenancy/context.ts';

export async function upsertPassword(ctx: Context, user_id: string, hash: string): Promise<void> {
  await ctx.tx.run(sql`insert into user_password (tenant_id, user_id, hash) values (${ctx.tenant_id}, ${user_id}, ${hash})
    on conflict (tenant_id, user_id) do update set hash = excluded.hash, changed_at = now()`);
}

export async function findPasswordHash(ctx: Context, user_id: string): Promise<string | undefined> {
  const row = await ctx.tx.maybe<{ hash: string }>(
    sql`select hash from user_password where tenant_id = ${ctx.tenant_id} and user_id = ${user_id}`,
  );
  return row?.hash;
}

interface FoundAccount {
  tenant_id: string;
  user_id: string;
  hash: string;
}

export async function findAccountByEmail(
  db: Database,
  email: string,
  workspace: string | null,
): Promise<FoundAccount | undefined> {
  const [found] = await db.call<FoundAccount>(sql`select * from app.find_password(${email}, ${workspace})`);
  return found;
}

export interface PersonalWords {
  email: string | null;
  name: string;
  tenant_name: string;
  tenant_title: string;
}

/** What a password of this user must not contain. */
export function readPersonalWords(ctx: Context, user_id: string): Promise<PersonalWords> {
  return ctx.tx.one(sql`select u.email, u.name, t.name as tenant_name, t.title as tenant_title
    from user_account u join tenant t on t.id = u.tenant_id where u.tenant_id = ${ctx.tenant_id} and u.id = ${user_id}`);
}

interface Account {
  tenant_id: string;
  user_id: string;
}

/** Every workspace's account with this address. */
export function findAccounts(db: Database, email: string, accounts_max: number): Promise<Account[]> {
  return db.call(sql`select * from app.find_accounts(${email}, ${accounts_max})`);
}

/** Of the caller's workspace. */
export async function findActiveUser(ctx: Context, email: string): Promise<string | undefined> {
  const row = await ctx.tx.maybe<{ id: string }>(sql`select id from user_account
    where tenant_id = ${ctx.tenant_id} and email_key = lower(${email}) and status = 'active'`);
  return row?.id;
}
