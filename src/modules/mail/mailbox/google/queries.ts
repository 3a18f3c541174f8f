import { sql } from '../../../../kernel/database/database.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';

export interface GoogleClientRow {
  id: string;
  client_id: string;
  sealed_client_secret: Buffer;
  is_testing: boolean;
}

export const findGoogleClient = (ctx: Context): Promise<GoogleClientRow | undefined> =>
  ctx.tx.maybe(sql`select id, client_id, sealed_client_secret, is_testing from google_client
    where tenant_id = ${ctx.tenant_id}`);

export const putGoogleClient = (
  ctx: Context,
  { id, client_id, sealed_client_secret, is_testing }: GoogleClientRow,
): Promise<number> =>
  ctx.tx.run(sql`insert into google_client as c (tenant_id, id, client_id, sealed_client_secret, is_testing)
    values (${ctx.tenant_id}, ${id}, ${client_id}, ${sealed_client_secret}, ${is_testing})
    on conflict (tenant_id, id) do update set client_id = excluded.client_id,
      sealed_client_secret = excluded.sealed_client_secret, is_testing = excluded.is_testing`);

export const deleteGoogleClient = (ctx: Context): Promise<number> =>
  ctx.tx.run(sql`delete from google_client where tenant_id = ${ctx.tenant_id}`);

/** Whether a mailbox or calendars of this account at Google are connected. */
export const isAccountConnected = async (ctx: Context, username: string): Promise<boolean> =>
  (await ctx.tx.maybe(sql`select from mail_connection c where c.tenant_id = ${ctx.tenant_id} and c.provider = 'google'
      and lower(c.username) = lower(${username})
    union all select from calendar_account a where a.tenant_id = ${ctx.tenant_id} and a.provider = 'google'
      and lower(a.username) = lower(${username}) limit 1`)) !== undefined;
