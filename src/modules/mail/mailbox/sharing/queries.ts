import type { z } from 'zod';
import { sql } from '../../../../kernel/database/database.ts';
import { isHiddenField } from '../../../../kernel/resource/custom.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { ownAddresses } from '../../own-addresses.ts';
import { freeMailDomains } from '../normalise/free-mail.ts';
import type { ExceptionKind, SharingException, SharingExceptionPut, threadSharing } from './contract.ts';

/** What is listed is what the page shows, and each message of the mailbox is compared with all of them. */
export const exceptions_max = 500;

const columns = sql.raw(`e.id, e.mailbox_id, e.kind, e.target_id, case e.kind
    when 'thread' then (select t.subject from mail_thread t where t.tenant_id = e.tenant_id and t.mailbox_id = e.mailbox_id
      and t.conversation_id = e.target_id)
    when 'folder' then (select f.name from mail_folder f where f.tenant_id = e.tenant_id and f.id = e.target_id and f.gone_at is null)
    when 'contact' then (select c.name from contact c where c.tenant_id = e.tenant_id and c.id = e.target_id and c.deleted_at is null)
    else (select k.name from company k where k.tenant_id = e.tenant_id and k.id = e.target_id and k.deleted_at is null) end as name,
  e.addresses, e.level, e.only_narrows, e.created_at`);

export const listExceptions = async (ctx: Context, mailbox_id: string): Promise<SharingException[]> =>
  (
    await ctx.tx.many<SharingException>(sql`select ${columns} from sharing_exception e
      where e.tenant_id = ${ctx.tenant_id} and e.mailbox_id = ${mailbox_id}
      order by array_position('{thread,folder,contact,company}', e.kind), e.created_at desc, e.id limit ${exceptions_max}`)
  ).map((row) => shownTo(ctx, row));

const findException = async (ctx: Context, id: string): Promise<SharingException> =>
  shownTo(
    ctx,
    await ctx.tx.one<SharingException>(
      sql`select ${columns} from sharing_exception e where e.tenant_id = ${ctx.tenant_id} and e.id = ${id}`,
    ),
  );

/** Addresses that are hidden from the caller at a contact are hidden here. */
const shownTo = (ctx: Context, row: SharingException): SharingException =>
  (row.kind === 'contact' && isHiddenField(ctx, 'contact', 'email')) ||
  (row.kind === 'company' && isHiddenField(ctx, 'company', 'domain'))
    ? { ...row, addresses: [] }
    : row;

export const countExceptions = async (ctx: Context, mailbox_id: string): Promise<number> =>
  (
    await ctx.tx.one<{ count: number }>(sql`select count(*)::int as count from sharing_exception
      where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id}`)
  ).count;

/** Made again, an exception of a contact knows the addresses of now. */
export async function putException(
  ctx: Context,
  mailbox_id: string,
  { kind, target_id, level }: SharingExceptionPut,
): Promise<SharingException> {
  const addresses = await addressesOf(ctx, kind, target_id);
  const { id } = await ctx.tx.one<{ id: string }>(sql`
    insert into sharing_exception (tenant_id, mailbox_id, kind, target_id, level, addresses)
    values (${ctx.tenant_id}, ${mailbox_id}, ${kind}, ${target_id}, ${level}, ${addresses}::text[])
    on conflict (tenant_id, mailbox_id, kind, target_id) do update set level = excluded.level, addresses = excluded.addresses,
      only_narrows = false, created_at = now() returning id`);
  return findException(ctx, id);
}

const addresses_max = 50;

/** By which mail is known as that of a contact or company, as it is matched (`matchMessages`). */
async function addressesOf(ctx: Context, kind: ExceptionKind, id: string): Promise<string[]> {
  if (kind === 'thread' || kind === 'folder') return [];
  const { tenant_id } = ctx;
  const rows = await ctx.tx.many<{ address: string }>(
    kind === 'contact'
      ? sql`select a.address from contact c cross join lateral (select c.email_key as address
            union select lower(o ->> 'value') from jsonb_array_elements(c.other_emails) o) a
          where c.tenant_id = ${tenant_id} and c.id = ${id} and a.address is not null
            and a.address not in (select o.address from ${ownAddresses(ctx)} o)
          order by a.address limit ${addresses_max}`
      : sql`select '@' || k.domain as address from company k where k.tenant_id = ${tenant_id} and k.id = ${id}
          and k.domain <> all (${freeMailDomains}::text[])
          and k.domain not in (select split_part(o.address, '@', 2) from ${ownAddresses(ctx)} o)`,
  );
  return rows.map(({ address }) => address);
}

export const deleteException = (ctx: Context, id: string): Promise<number> =>
  ctx.tx.run(sql`delete from sharing_exception where tenant_id = ${ctx.tenant_id} and id = ${id}`);

/** Whether a mailbox has such a conversation or folder. */
export const isInMailbox = async (
  ctx: Context,
  mailbox_id: string,
  kind: 'thread' | 'folder',
  id: string,
): Promise<boolean> =>
  (await ctx.tx.maybe(
    kind === 'thread'
      ? sql`select from mail_thread where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id} and conversation_id = ${id}`
      : sql`select from mail_folder where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id} and id = ${id}`,
  )) !== undefined;

/** What the caller's mailbox shares of a conversation, by the message of which it shares least. */
export async function sharingOfThread(
  ctx: Context,
  { mailbox_id, conversation_id }: { mailbox_id: string; conversation_id: string },
): Promise<z.infer<typeof threadSharing> | undefined> {
  const rows = await ctx.tx.many<Pick<SharingException, 'level'> & { exception_id: string | null }>(
    sql`select s.level, s.exception_id from app.thread_sharing(${mailbox_id}, ${conversation_id}) s
      order by app.sharing_rank(s.level), s.exception_id`,
  );
  const [least] = rows;
  if (!least) return undefined;
  const exception = least.exception_id ? await findException(ctx, least.exception_id) : null;
  return {
    mailbox_id,
    conversation_id,
    level: least.level,
    is_mixed: rows.some(({ level }) => level !== least.level),
    exception,
  };
}
