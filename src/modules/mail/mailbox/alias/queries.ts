import { sql } from '../../../../kernel/database/database.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { type Alias, code_minutes, tries_max } from './contract.ts';

const columns = sql.raw('id, mailbox_id, address, confirmed_at, created_at');
export const aliases_max = 20;

export const listAliases = (ctx: Context, mailbox_id: string): Promise<Alias[]> =>
  ctx.tx.many(sql`select ${columns} from mailbox_alias where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id}
    order by address limit ${aliases_max}`);

/** Made again, one that waits gets another code. */
export const putAlias = (ctx: Context, mailbox_id: string, address: string): Promise<Alias> =>
  ctx.tx.one(sql`insert into mailbox_alias (tenant_id, mailbox_id, address)
    values (${ctx.tenant_id}, ${mailbox_id}, ${address.toLowerCase()})
    on conflict (tenant_id, mailbox_id, address) do update set created_at = mailbox_alias.created_at returning ${columns}`);

export const findAlias = (ctx: Context, id: string): Promise<Alias | undefined> =>
  ctx.tx.maybe(sql`select ${columns} from mailbox_alias where tenant_id = ${ctx.tenant_id} and id = ${id}`);

export const deleteAlias = (ctx: Context, id: string): Promise<number> =>
  ctx.tx.run(sql`delete from mailbox_alias where tenant_id = ${ctx.tenant_id} and id = ${id}`);

export const setCode = (ctx: Context, id: string, hash: Buffer): Promise<number> =>
  ctx.tx.run(sql`update mailbox_alias set code_hash = ${hash}, code_sent_at = now(), tries = 0
    where tenant_id = ${ctx.tenant_id} and id = ${id} and confirmed_at is null`);

/** Counts a try, and confirms the alias where the code is right. Returns whether it is. */
export async function tryCode(ctx: Context, id: string, hash: Buffer): Promise<boolean> {
  const row = await ctx.tx.maybe<{ is_confirmed: boolean }>(sql`update mailbox_alias set tries = tries + 1,
      confirmed_at = case when code_hash = ${hash} then now() end, code_hash = case when code_hash <> ${hash} then code_hash end
    where tenant_id = ${ctx.tenant_id} and id = ${id} and confirmed_at is null and tries < ${tries_max}
      and code_sent_at > now() - make_interval(mins => ${code_minutes}) returning confirmed_at is not null as is_confirmed`);
  return row?.is_confirmed ?? false;
}

/** Whom to write to, and where, about an alias that waits for its code. */
export const aliasToConfirm = (
  ctx: Context,
  id: string,
): Promise<{ address: string; locale: string; name: string; workspace: string } | undefined> =>
  ctx.tx.maybe(sql`select a.address, coalesce(u.locale, t.locale) as locale, u.name, t.title as workspace from mailbox_alias a
    join mailbox m on m.tenant_id = a.tenant_id and m.id = a.mailbox_id
    join user_account u on u.tenant_id = m.tenant_id and u.id = m.owner_id join tenant t on t.id = a.tenant_id
    where a.tenant_id = ${ctx.tenant_id} and a.id = ${id} and a.confirmed_at is null`);
