import { sql } from '../../../../kernel/database/database.ts';
import { uuidV7 } from '../../../../kernel/database/uuid.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { type Bounce, type ParsedMail, parser_version, refreshConversations } from '../../message/index.ts';
import { freeMailDomains } from './free-mail.ts';

export interface ReceivedItem {
  id: string;
  mailbox_id: string;
  raw_key: string;
  attempts: number;
  sent_at: string | null;
}

/** Raw mails of a mailbox that are to be read, the newest first. */
export const receivedItems = (ctx: Context, mailbox_id: string, rows_max: number): Promise<ReceivedItem[]> =>
  ctx.tx.many(sql`select id, mailbox_id, raw_key, attempts, sent_at from mail_ledger
    where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id} and outcome = 'received'
    order by sent_at desc nulls last, id limit ${rows_max}`);

/** One import at a time in a workspace: two halves of a conversation would each begin one. */
const lockImports = (ctx: Context) =>
  ctx.tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`mail ${ctx.tenant_id}`}, 0))`);

/** Whether an item is still to be read: another run may have done so, or its provider deleted it. */
const isReceived = async (ctx: Context, id: string): Promise<boolean> =>
  (await ctx.tx.maybe(
    sql`select from mail_ledger where tenant_id = ${ctx.tenant_id} and id = ${id} and outcome = 'received' for update`,
  )) !== undefined;

/** The conversation of a mail, by its own Message-ID and those it refers to; conversations that it shows to be one become one. */
async function conversationOf(ctx: Context, { header_id, references }: ParsedMail): Promise<string> {
  const ids = [...new Set([...(header_id ? [header_id] : []), ...references])];
  if (ids.length === 0) return uuidV7();
  const known = await ctx.tx.many<{
    conversation_id: string;
  }>(sql`select distinct conversation_id from message_reference
    where tenant_id = ${ctx.tenant_id} and header_id = any (${ids}::text[]) order by 1`);
  const [conversation = uuidV7(), ...others] = known.map(({ conversation_id }) => conversation_id);
  if (others.length > 0) await joinConversations(ctx, conversation, others);
  await ctx.tx.run(sql`insert into message_reference (tenant_id, header_id, conversation_id)
    select ${ctx.tenant_id}, h, ${conversation} from unnest(${ids}::text[]) h on conflict (tenant_id, header_id) do nothing`);
  return conversation;
}

async function joinConversations(ctx: Context, into: string, others: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`update message_reference set conversation_id = ${into}
    where tenant_id = ${ctx.tenant_id} and conversation_id = any (${others}::uuid[])`);
  await ctx.tx.run(
    sql`update mail_message set conversation_id = ${into} where tenant_id = ${ctx.tenant_id} and conversation_id = any (${others}::uuid[])`,
  );
  const mailboxes = await ctx.tx.many<{ mailbox_id: string }>(sql`delete from mail_thread
    where tenant_id = ${ctx.tenant_id} and conversation_id = any (${others}::uuid[]) returning mailbox_id`);
  for (const mailbox_id of new Set(mailboxes.map((row) => row.mailbox_id)))
    await refreshConversations(ctx, mailbox_id, [into]);
}

/** Stores a mail that was read, or finds it: one that is in several mailboxes or folders is one message. */
export async function importMail(ctx: Context, item: ReceivedItem, mail: ParsedMail): Promise<void> {
  await lockImports(ctx);
  if (!(await isReceived(ctx, item.id))) return;
  const conversation = await conversationOf(ctx, mail);
  const [from] = mail.participants;
  const to = mail.participants.filter(({ kind }) => kind === 'to' || kind === 'cc');
  const sender = await ctx.tx.maybe<{ owner_id: string | null }>(sql`select owner_id from mailbox
    where tenant_id = ${ctx.tenant_id} and lower(address) = ${from?.address ?? ''} limit 1`);
  const made = await ctx.tx.maybe<{ id: string }>(sql`
    insert into mail_message (tenant_id, header_id, digest, conversation_id, subject, snippet, body, html, from_name, from_address, to_text, recipients, attachments,
      has_files, authentication, direction, occurred_at, author_id, mailbox_ids, raw_key, parser_version)
    values (${ctx.tenant_id}, ${mail.header_id?.slice(0, 1000) ?? null}, decode(${mail.digest}, 'hex'), ${conversation}, ${mail.subject}, ${mail.snippet}, ${mail.body},
      ${mail.html}, ${from?.name ?? ''}, ${from?.address ?? ''}, ${to
        .map(({ name, address }) => name || address)
        .join(', ')
        .slice(0, 2000)},
      ${JSON.stringify(mail.participants)}, ${JSON.stringify(mail.files)}, ${mail.files.length > 0}, ${mail.authentication}, ${sender ? 'out' : 'in'},
      coalesce(${mail.sent_at ?? item.sent_at}::timestamptz, now()), ${sender?.owner_id ?? null}, array[${item.mailbox_id}::uuid], ${item.raw_key}, ${parser_version})
    on conflict (tenant_id, digest) do nothing returning id`);
  const id =
    made?.id ??
    (
      await ctx.tx.one<{ id: string }>(
        sql`select id from mail_message where tenant_id = ${ctx.tenant_id} and digest = decode(${mail.digest}, 'hex')`,
      )
    ).id;
  if (made) {
    await ctx.tx.run(sql`insert into message_address (tenant_id, address, message_id)
      select distinct ${ctx.tenant_id}::uuid, a, ${id}::uuid from unnest(${mail.participants.map(({ address }) => address)}::text[]) a where a <> ''`);
    await matchMessages(ctx, [id]);
  } else {
    await ctx.tx.run(sql`update mail_message set mailbox_ids = mailbox_ids || ${item.mailbox_id}::uuid
      where tenant_id = ${ctx.tenant_id} and id = ${id} and ${item.mailbox_id}::uuid <> all (mailbox_ids)`);
  }
  if (made && mail.bounce) await noteBounce(ctx, item.mailbox_id, mail.bounce);
  await ctx.tx.run(sql`update mail_ledger set outcome = ${made ? 'imported' : 'duplicate'}, rule = ${made ? null : 'same_mail'}, message_id = ${id}, problem = null,
      parser_version = ${parser_version}, at = now() where tenant_id = ${ctx.tenant_id} and id = ${item.id}`);
  await refreshConversations(ctx, item.mailbox_id, [conversation]);
}

const bounce_days = 5;

/** Notes at a mail that was written here which addresses it did not reach, of those to which it went. A report that does not name it counts for the last one to there. */
const noteBounce = (ctx: Context, mailbox_id: string, { original_id, recipients }: Bounce): Promise<number> =>
  ctx.tx.run(sql`
    with reported as (select * from jsonb_to_recordset(${JSON.stringify(recipients)}::jsonb) r (address text, reason text, is_lasting boolean)),
    meant as (
      select distinct on (r.address) o.id, r.address, r.reason, r.is_lasting from outgoing_mail o join reported r
        on exists (select from jsonb_array_elements(o.recipients) w where lower(w ->> 'address') = r.address)
      where o.tenant_id = ${ctx.tenant_id} and o.mailbox_id = ${mailbox_id} and o.state in ('sent', 'in_doubt', 'sending')
        and (o.header_id = ${original_id} or ${original_id}::text is null and o.send_at > now() - make_interval(days => ${bounce_days}))
      order by r.address, o.send_at desc),
    noted as (select id, jsonb_agg(jsonb_build_object('address', address, 'reason', reason, 'is_lasting', is_lasting, 'at', now())) as bounces
      from meant group by id)
    update outgoing_mail o set bounces = o.bounces || n.bounces, version = o.version + 1, updated_at = now() from noted n
    where o.tenant_id = ${ctx.tenant_id} and o.id = n.id`);

/** Says of which contacts and companies messages are, by all their addresses; not where somebody has said so. */
export const matchMessages = (ctx: Context, ids: readonly string[]): Promise<number> =>
  ctx.tx.run(sql`
    with own as (select lower(address) as address, split_part(lower(address), '@', 2) as domain from mailbox where tenant_id = ${ctx.tenant_id}),
    named as (select a.message_id, a.address, split_part(a.address, '@', 2) as domain from message_address a
      where a.tenant_id = ${ctx.tenant_id} and a.message_id = any (${ids}::uuid[]) and a.address not in (select address from own)),
    people as (
      select n.message_id, c.id from named n join contact c on c.tenant_id = ${ctx.tenant_id} and c.email_key = n.address and c.deleted_at is null
      union
      select n.message_id, c.id from named n cross join lateral app.contacts_with_further_email(array[n.address]) f (id)
        join contact c on c.tenant_id = ${ctx.tenant_id} and c.id = f.id and c.deleted_at is null),
    companies as (
      select distinct n.message_id, c.id from named n join company c on c.tenant_id = ${ctx.tenant_id} and c.domain = n.domain and c.deleted_at is null
      where n.domain <> all (${freeMailDomains}::text[]) and n.domain not in (select domain from own)),
    wanted as (select m.id, array(select r.id from (
        select p.id, 1 as place from people p where p.message_id = m.id union all select c.id, 2 from companies c where c.message_id = m.id) r
        order by r.place, r.id limit 20) as records
      from mail_message m where m.tenant_id = ${ctx.tenant_id} and m.id = any (${ids}::uuid[]) and not m.records_set)
    update mail_message m set records = w.records from wanted w
    where m.tenant_id = ${ctx.tenant_id} and m.id = w.id and m.records <> w.records`);

/** Messages in which the addresses of these contacts, or the domains of these companies, stand, from one on. */
export const messagesOf = async (
  ctx: Context,
  ids: readonly string[],
  after: string,
  rows_max: number,
): Promise<string[]> =>
  (
    await ctx.tx.many<{ id: string }>(sql`
      with addresses as (
        select c.email_key as address from contact c where c.tenant_id = ${ctx.tenant_id} and c.id = any (${ids}::uuid[]) and c.email_key is not null
        union select lower(o ->> 'value') from contact c cross join jsonb_array_elements(c.other_emails) o
          where c.tenant_id = ${ctx.tenant_id} and c.id = any (${ids}::uuid[])),
      found as (
        select a.message_id as id from message_address a join addresses w on a.address = w.address where a.tenant_id = ${ctx.tenant_id}
        union select a.message_id from company k join message_address a on a.tenant_id = k.tenant_id and split_part(a.address, '@', 2) = k.domain
          where k.tenant_id = ${ctx.tenant_id} and k.id = any (${ids}::uuid[]) and k.domain <> all (${freeMailDomains}::text[])
        union select l.item_id from record_link l where l.tenant_id = ${ctx.tenant_id} and l.record_id = any (${ids}::uuid[]) and l.item_type = 'mail_message')
      select id from found where id > ${after}::uuid order by id limit ${rows_max}`)
  ).map(({ id }) => id);
