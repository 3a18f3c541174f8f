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

/**
 * Keeps a password as it was when it was compared, which takes a while: whoever sets a new one waits, and then ends the
 * session that begins here. False when there is another one by now.
 */
export async function keepPassword(ctx: Context, user_id: string, hash: string): Promise<boolean> {
  const kept = await ctx.tx.maybe(sql`select from user_password
    where tenant_id = ${ctx.tenant_id} and user_id = ${user_id} and hash = ${hash} for share`);
  return kept !== undefined;
}

/** The address of an account, and the title of its workspace. */
export function readAccount(ctx: Context, user_id: string): Promise<{ email: string | null; title: string }> {
  return ctx.tx.one(sql`select u.email, t.title from user_account u join tenant t on t.id = u.tenant_id
    where u.tenant_id = ${ctx.tenant_id} and u.id = ${user_id}`);
}

interface FoundAccount {
  tenant_id: string;
  user_id: string;
  hash: string;
}

/** The normal form of an address, and the accounts that it may sign in to, the one used last first. */
export async function findSignInAccounts(
  db: Database,
  email: string,
  workspace: string | null,
  accounts_max: number,
): Promise<{ key: string; accounts: FoundAccount[] }> {
  const rows = await db.call<
    { key: string } & (FoundAccount | { tenant_id: null })
  >(sql`select app.email_key(${email}) as key, a.*
    from (values (1)) one left join app.find_sign_in_accounts(${email}, ${workspace}, ${accounts_max}) a on true`);
  return { key: rows[0]!.key, accounts: rows.flatMap((row) => (row.tenant_id === null ? [] : row)) };
}

/** The normal form of an e-mail address, made by the database, because accounts are looked up by it. */
export async function emailKey(db: Database, email: string): Promise<string> {
  const [found] = await db.call<{ key: string }>(sql`select app.email_key(${email}) as key`);
  return found!.key;
}

/** Stores that the address was confirmed, if it is still that of the user. */
export async function confirmEmail(ctx: Context, user_id: string, email: string): Promise<void> {
  await ctx.tx.run(sql`insert into confirmed_email (tenant_id, user_id, email_key)
    select tenant_id, id, email_key from user_account where tenant_id = ${ctx.tenant_id} and id = ${user_id}
      and email_key = app.email_key(${email})
    on conflict (tenant_id, user_id) do update set email_key = excluded.email_key, confirmed_at = excluded.confirmed_at`);
}

export async function isEmailConfirmed(ctx: Context, user_id: string): Promise<boolean> {
  const row = await ctx.tx.maybe(sql`select from confirmed_email c join user_account u
    on u.tenant_id = c.tenant_id and u.id = c.user_id and u.email_key = c.email_key
    where c.tenant_id = ${ctx.tenant_id} and c.user_id = ${user_id}`);
  return row !== undefined;
}

export interface PersonalWords {
  email: string | null;
  name: string;
  tenant_name: string;
  tenant_title: string;
}

/**
 * Revokes the caller's API keys and calendar address. Returns the hashes of the keys, to remove from the cache after
 * the commit.
 */
export async function revokeOwnCredentials(ctx: Context): Promise<Buffer[]> {
  const rows = await ctx.tx.many<{ hash: Buffer }>(sql`select app.revoke_own_credentials() as hash`);
  return rows.map(({ hash }) => hash);
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

/** The accounts with this address, in all workspaces. */
export function findAccounts(db: Database, email: string, accounts_max: number): Promise<Account[]> {
  return db.call(sql`select * from app.find_accounts(${email}, ${accounts_max})`);
}

/** The active user with this address in the caller's workspace. */
export async function findActiveUser(ctx: Context, email: string): Promise<string | undefined> {
  const row = await ctx.tx.maybe<{ id: string }>(sql`select id from user_account
    where tenant_id = ${ctx.tenant_id} and email_key = app.email_key(${email}) and app.has_access(status, access_until)`);
  return row?.id;
}
