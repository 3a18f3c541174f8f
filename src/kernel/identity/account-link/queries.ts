import type pg from 'pg';
import { sql } from '../../database/database.ts';
import type { Context } from '../../tenancy/context.ts';
import type { AccountLink } from './contract.ts';

type LinkedAccount = AccountLink & { user_id: string };

export const findLinkedAccounts = (ctx: Context): Promise<LinkedAccount[]> =>
  ctx.tx.many(sql`select * from app.linked_accounts()`);

/** Links the caller's account with the one of this proof; the workspace of that. */
export async function linkAccount(ctx: Context, proof: Buffer): Promise<string | null> {
  return (await ctx.tx.one<{ linked: string | null }>(sql`select app.link_account(${proof}) as linked`)).linked;
}

export async function unlinkAccount(ctx: Context, tenant_id: string): Promise<boolean> {
  return (await ctx.tx.one<{ gone: boolean }>(sql`select app.unlink_account(${tenant_id}) as gone`)).gone;
}

interface Account {
  tenant_id: string;
  user_id: string;
}

/**
 * Says for the installation that two accounts are the same person's. Needs the system's connection, which only the
 * start of the program and the command line have.
 */
export async function linkAccounts(client: pg.ClientBase, account: Account, other: Account): Promise<void> {
  await client.query('select app.add_account_link($1, $2, $3, $4)', [
    account.tenant_id,
    account.user_id,
    other.tenant_id,
    other.user_id,
  ]);
}
