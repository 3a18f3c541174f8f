import { sql } from '../../../../kernel/database/database.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import type { ConnectionPut, connectionStates } from './contract.ts';

/** The folder that each mailbox of Google has, and none of others. */
const google_all = 'ALL';

export interface ConnectionRow {
  mailbox_id: string;
  provider: 'imap' | 'google';
  imap_host: string | null;
  imap_port: number | null;
  imap_security: ConnectionPut['imap']['security'] | null;
  smtp_host: string | null;
  smtp_port: number | null;
  smtp_security: ConnectionPut['smtp']['security'] | null;
  username: string;
  sealed_password: Buffer;
  state: (typeof connectionStates)[number];
  problem: string | null;
  compared_at: string | null;
}

/** Where a mailbox is that has servers of its own: undefined for one of Google. */
export function serversOf({
  imap_host,
  imap_port,
  imap_security,
  smtp_host,
  smtp_port,
  smtp_security,
}: ConnectionRow): Pick<ConnectionPut, 'imap' | 'smtp'> | undefined {
  if (!imap_host || !imap_port || !imap_security || !smtp_host || !smtp_port || !smtp_security) return undefined;
  return {
    imap: { host: imap_host, port: imap_port, security: imap_security },
    smtp: { host: smtp_host, port: smtp_port, security: smtp_security },
  };
}

export const findConnection = (ctx: Context, mailbox_id: string): Promise<ConnectionRow | undefined> =>
  ctx.tx.maybe(sql`select mailbox_id, provider, imap_host, imap_port, imap_security, smtp_host, smtp_port, smtp_security, username, sealed_password,
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
      username = excluded.username, sealed_password = excluded.sealed_password, provider = 'imap', cursor = null, state = 'syncing',
      problem = null, version = c.version + 1,
      updated_at = now()`);
}

/** Of a mailbox of Google. What it has is compared with what is here: nothing that was fetched is fetched again. */
export const putGoogleConnection = (
  ctx: Context,
  mailbox_id: string,
  { username, sealed }: { username: string; sealed: Buffer },
): Promise<number> =>
  ctx.tx.run(sql`insert into mail_connection as c (tenant_id, mailbox_id, provider, username, sealed_password)
    values (${ctx.tenant_id}, ${mailbox_id}, 'google', ${username}, ${sealed})
    on conflict (tenant_id, mailbox_id) do update set provider = 'google', username = excluded.username,
      sealed_password = excluded.sealed_password, imap_host = null, imap_port = null, imap_security = null, smtp_host = null,
      smtp_port = null, smtp_security = null, cursor = null, state = 'syncing', problem = null, version = c.version + 1,
      updated_at = now()`);

/** Whether the ledger of a mailbox is of another kind of provider: those of two cannot be compared. */
export const isOfOther = async (
  ctx: Context,
  mailbox_id: string,
  provider: ConnectionRow['provider'],
): Promise<boolean> =>
  (await ctx.tx.maybe(sql`select from mail_ledger l where l.tenant_id = ${ctx.tenant_id} and l.mailbox_id = ${mailbox_id}
    and ${provider === 'google'}::boolean <> exists (select from mail_folder f where f.tenant_id = l.tenant_id
      and f.mailbox_id = l.mailbox_id and f.path = ${google_all} and f.role = 'all') limit 1`)) !== undefined;

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
      and f.gone_at is null and not f.is_label), 0)::int as items,
    (select count(*) from mail_ledger l where l.tenant_id = ${ctx.tenant_id} and l.mailbox_id = ${mailbox_id}
      and l.outcome in ('listed', 'received'))::int as waiting,
    coalesce((select sum(f.missing) from mail_folder f where f.tenant_id = ${ctx.tenant_id} and f.mailbox_id = ${mailbox_id}),
      0)::int as asked`);

export const ownsMailbox = async (ctx: Context, id: string): Promise<boolean> =>
  (await ctx.tx.maybe(
    sql`select from mailbox where tenant_id = ${ctx.tenant_id} and id = ${id} and owner_id = ${ctx.actor.user_id}`,
  )) !== undefined;
