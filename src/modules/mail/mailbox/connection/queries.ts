import { sql } from '../../../../kernel/database/database.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import type { ConnectionPut } from './contract.ts';

export interface ConnectionRow {
  mailbox_id: string;
  imap_host: string;
  imap_port: number;
  imap_security: ConnectionPut['imap']['security'];
  smtp_host: string;
  smtp_port: number;
  smtp_security: ConnectionPut['smtp']['security'];
  username: string;
  sealed_password: Buffer;
  state: 'syncing' | 'in_sync' | 'failed' | 'asks';
  problem: string | null;
  compared_at: string | null;
}

export const findConnection = (ctx: Context, mailbox_id: string): Promise<ConnectionRow | undefined> =>
  ctx.tx.maybe(sql`select mailbox_id, imap_host, imap_port, imap_security, smtp_host, smtp_port, smtp_security, username, sealed_password,
    state, problem,
    compared_at from mail_connection where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id}`);

export async function putConnection(
  ctx: Context,
  mailbox_id: string,
  { imap, smtp, username }: ConnectionPut,
  sealed: Buffer,
): Promise<void> {
  await ctx.tx.run(sql`insert into mail_connection as c (tenant_id, mailbox_id, imap_host, imap_port, imap_security, smtp_host, smtp_port,
    smtp_security,
      username, sealed_password)
    values (${ctx.tenant_id}, ${mailbox_id}, ${imap.host}, ${imap.port}, ${imap.security}, ${smtp.host}, ${smtp.port}, ${smtp.security},
      ${username},
      ${sealed})
    on conflict (tenant_id, mailbox_id) do update set imap_host = excluded.imap_host, imap_port = excluded.imap_port,
      imap_security = excluded.imap_security, smtp_host = excluded.smtp_host, smtp_port = excluded.smtp_port,
        smtp_security = excluded.smtp_security,
      username = excluded.username, sealed_password = excluded.sealed_password, state = 'syncing', problem = null, version = c.version + 1,
      updated_at = now()`);
}

export const deleteConnection = (ctx: Context, mailbox_id: string): Promise<number> =>
  ctx.tx.run(sql`delete from mail_connection where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id}`);

/** How a run ended. What a run compared was so when it began, or later. */
export const setState = (
  ctx: Context,
  mailbox_id: string,
  { state, problem, began }: Pick<ConnectionRow, 'state' | 'problem'> & { began: Date },
): Promise<number> =>
  ctx.tx.run(sql`update mail_connection set state = ${state}, problem = ${problem}, updated_at = now(),
      compared_at = case when ${state} in ('in_sync', 'asks') then ${began.toISOString()}::timestamptz else compared_at end
    where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id}`);

export const confirmDeletions = (ctx: Context, mailbox_id: string): Promise<number> =>
  ctx.tx.run(sql`update mail_connection set deletions_confirmed_at = now(), state = 'syncing', problem = null
    where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id}`);

/**
 * How many items the provider lists, of how many it is not known yet what becomes of them, and how many are gone
 * without a confirmation.
 */
export const countItems = (
  ctx: Context,
  mailbox_id: string,
): Promise<{ items: number; waiting: number; asked: number }> =>
  ctx.tx.one(sql`select coalesce((select sum(f.provider_count) from mail_folder f where f.tenant_id = ${ctx.tenant_id}
    and f.mailbox_id = ${mailbox_id}
      and f.gone_at is null), 0)::int as items,
    (select count(*) from mail_ledger l where l.tenant_id = ${ctx.tenant_id} and l.mailbox_id = ${mailbox_id}
      and l.outcome in ('listed', 'received'))::int as waiting,
    coalesce((select sum(f.missing) from mail_folder f where f.tenant_id = ${ctx.tenant_id} and f.mailbox_id = ${mailbox_id}),
      0)::int as asked`);

export const ownsMailbox = async (ctx: Context, id: string): Promise<boolean> =>
  (await ctx.tx.maybe(
    sql`select from mailbox where tenant_id = ${ctx.tenant_id} and id = ${id} and owner_id = ${ctx.actor.user_id}`,
  )) !== undefined;
