import { sql } from '../../../../kernel/database/database.ts';
import { storableText } from '../../../../kernel/database/text.ts';
import { uuidV7 } from '../../../../kernel/database/uuid.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import {
  type Bounce,
  enqueueScan,
  type ParsedMail,
  parser_version,
  refreshConversations,
} from '../../message/index.ts';
import { ownAddresses } from '../../own-addresses.ts';
import { freeMailDomains } from './free-mail.ts';

export interface ReceivedItem {
  id: string;
  raw_key: string;
  sent_at: string | null;
  size_bytes: number;
}

/** Raw mails of a mailbox that are to be read, beside some that are read already; the newest first. */
export const receivedItems = (
  ctx: Context,
  mailbox_id: string,
  beside: readonly ReceivedItem[],
  rows_max: number,
): Promise<ReceivedItem[]> =>
  ctx.tx.many(sql`select id, raw_key, sent_at, size_bytes::float8 as size_bytes from mail_ledger
    where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id} and outcome = 'received'
      and id <> all (${beside.map(({ id }) => id)}::uuid[])
    order by sent_at desc nulls last, id limit ${rows_max}`);

/** One import at a time in a workspace: two halves of a conversation would each begin one. */
const lockImports = (ctx: Context) =>
  ctx.tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`mail ${ctx.tenant_id}`}, 0))`);

/**
 * Those of the items that are still to be imported: of others another run may have done so, or their provider deleted
 * them.
 */
const stillReceived = async (ctx: Context, ids: readonly string[]): Promise<Set<string>> => {
  const rows = await ctx.tx.many<{ id: string }>(sql`select id from mail_ledger
    where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])
      and (outcome = 'received' or outcome in ('listed', 'failed') and raw_key is null) order by id for update`);
  return new Set(rows.map(({ id }) => id));
};

const idsOf = ({ header_id, references }: ParsedMail) => [
  ...new Set([...(header_id ? [header_id] : []), ...references]),
];

/**
 * The conversation of each mail, by its own Message-ID and those it refers to; conversations that they show to be one
 * become one.
 */
async function conversationsOf(ctx: Context, mails: readonly ParsedMail[]): Promise<string[]> {
  const all = [...new Set(mails.flatMap(idsOf))];
  const known = await ctx.tx.many<{ header_id: string; conversation_id: string }>(sql`select header_id, conversation_id
    from message_reference where tenant_id = ${ctx.tenant_id} and header_id = any (${all}::text[])`);
  const stored = new Set(known.map(({ conversation_id }) => conversation_id));
  const conversationOf = new Map(known.map((row) => [row.header_id, row.conversation_id]));
  /** What a conversation became. */
  const joined = new Map<string, string>();
  const current = (id: string): string => (joined.has(id) ? current(joined.get(id)!) : id);
  /** Mails that are in a conversation by the word of others alone, or that join one to it. */
  const joining: { digest: string; into: string }[] = [];
  const found = mails.map((mail) => {
    const ids = idsOf(mail);
    const before = new Set(ids.flatMap((id) => conversationOf.get(id) ?? []).map(current));
    const [into = uuidV7(), ...others] = [...before].sort();
    const isOwnWord = mail.references.some((id) => conversationOf.has(id) && current(conversationOf.get(id)!) === into);
    if (others.length > 0 || (before.size > 0 && !isOwnWord)) joining.push({ digest: mail.digest, into });
    for (const other of others) joined.set(other, into);
    for (const id of ids) conversationOf.set(id, into);
    return into;
  });
  const moved = [...joined.keys()].filter((id) => stored.has(id));
  for (const [into, others] of Map.groupBy(moved, current)) await joinConversations(ctx, into, others);
  await narrowExceptions(
    ctx,
    joining.map(({ digest, into }) => ({ digest, into: current(into) })),
  );
  await ctx.tx.run(sql`insert into message_reference (tenant_id, header_id, conversation_id)
    select ${ctx.tenant_id}, r.header_id, r.conversation_id
      from unnest(${all}::text[], ${all.map((id) => current(conversationOf.get(id)!))}::uuid[])
      r (header_id, conversation_id) on conflict (tenant_id, header_id) do nothing`);
  return found.map(current);
}

/**
 * As for conversations that are joined below, where the one was not there yet: newest mails are read first, so a mail
 * that refers to two may be read before one of them. One that is here already, in another mailbox, brings nothing new.
 */
async function narrowExceptions(ctx: Context, joining: readonly { digest: string; into: string }[]): Promise<void> {
  if (joining.length === 0) return;
  const digests = joining.map(({ digest }) => digest);
  const conversations = joining.map(({ into }) => into);
  await ctx.tx.run(sql`update sharing_exception e set only_narrows = true
    from unnest(${digests}::text[], ${conversations}::uuid[]) j (digest, conversation_id)
    where e.tenant_id = ${ctx.tenant_id} and e.kind = 'thread' and e.target_id = j.conversation_id and not e.only_narrows
      and not exists (select from mail_message m where m.tenant_id = ${ctx.tenant_id} and m.digest = decode(j.digest, 'hex'))`);
}

/**
 * An exception of one conversation says nothing of another that a mail joins to it: whoever sends that mail decides
 * what it refers to. So it shares less of both, and more of neither, until the owner of the mailbox says so again.
 */
const joinExceptions = (ctx: Context, into: string, others: readonly string[]): Promise<number> =>
  ctx.tx.run(sql`
    with joined as (select ${into}::uuid as id union select unnest(${others}::uuid[])),
    merged as (
      select e.mailbox_id, (array_agg(e.level order by app.sharing_rank(e.level)))[1] as level,
        bool_or(e.only_narrows) or count(*) < (select count(*) from mail_thread t where t.tenant_id = ${ctx.tenant_id}
          and t.mailbox_id = e.mailbox_id and t.conversation_id in (select id from joined)) as only_narrows
      from sharing_exception e where e.tenant_id = ${ctx.tenant_id} and e.kind = 'thread' and e.target_id in (select id from joined)
      group by e.mailbox_id),
    gone as (delete from sharing_exception where tenant_id = ${ctx.tenant_id} and kind = 'thread' and target_id = any (${others}::uuid[]))
    insert into sharing_exception (tenant_id, mailbox_id, kind, target_id, level, only_narrows)
    select ${ctx.tenant_id}, m.mailbox_id, 'thread', ${into}, m.level, m.only_narrows from merged m
    on conflict (tenant_id, mailbox_id, kind, target_id) do update set level = excluded.level, only_narrows = excluded.only_narrows`);

async function joinConversations(ctx: Context, into: string, others: readonly string[]): Promise<void> {
  await joinExceptions(ctx, into, others);
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

export interface ReadItem {
  item: ReceivedItem;
  mail: ParsedMail;
}

/**
 * Stores mails of a mailbox that were read, or finds them: one that is in several mailboxes or folders is one message.
 */
export async function importMails(
  ctx: Context,
  { scan }: Pick<Services, 'scan'>,
  mailbox_id: string,
  read: readonly ReadItem[],
): Promise<void> {
  if (read.length === 0) return;
  await lockImports(ctx);
  const received = await stillReceived(
    ctx,
    read.map(({ item }) => item.id),
  );
  const items = read.filter(({ item }) => received.has(item.id));
  if (items.length === 0) return;
  const conversations = await conversationsOf(
    ctx,
    items.map(({ mail }) => mail),
  );
  const made = new Set(await insertMessages(ctx, mailbox_id, items, conversations));
  const digests = items.map(({ mail }) => mail.digest);
  const messages = await ctx.tx.many<{
    id: string;
    digest: string;
  }>(sql`select id, encode(digest, 'hex') as digest from mail_message
    where tenant_id = ${ctx.tenant_id} and digest = any (array(select decode(d, 'hex') from unnest(${digests}::text[]) d))`);
  const idOf = new Map(messages.map(({ id, digest }) => [digest, id]));
  // Of equal mails of one batch the first is the message.
  const isFirst = items.map(({ mail }, at) => made.has(idOf.get(mail.digest)!) && digests.indexOf(mail.digest) === at);
  const fresh = items.filter((_, at) => isFirst[at]).map(({ mail }) => ({ id: idOf.get(mail.digest)!, mail }));
  const addresses = fresh.flatMap(({ id, mail }) => mail.participants.map(({ address }) => ({ id, address })));
  await ctx.tx.run(sql`insert into message_address (tenant_id, address, message_id) select distinct ${ctx.tenant_id}::uuid, a.address, a.id
    from unnest(${addresses.map(({ address }) => address)}::text[], ${addresses.map(({ id }) => id)}::uuid[]) a (address, id)
      where a.address <> ''`);
  await matchMessages(
    ctx,
    fresh.map(({ id }) => id),
  );
  const known = [...idOf.values()].filter((id) => !made.has(id));
  if (known.length > 0)
    await ctx.tx.run(sql`update mail_message set mailbox_ids = mailbox_ids || ${mailbox_id}::uuid
      where tenant_id = ${ctx.tenant_id} and id = any (${known}::uuid[]) and ${mailbox_id}::uuid <> all (mailbox_ids)`);
  for (const { mail } of fresh) if (mail.bounce) await noteBounce(ctx, mailbox_id, mail.bounce);
  const rows = items.map(({ item, mail }, at) => ({
    id: item.id,
    message_id: idOf.get(mail.digest)!,
    is_first: isFirst[at],
    header_id: mail.header_id,
    subject: mail.subject,
    from_address: mail.participants[0]?.address ?? '',
    raw_key: item.raw_key,
    sent_at: item.sent_at,
    size_bytes: item.size_bytes,
  }));
  // Google lists identifiers alone: what a mail says of itself is known by now.
  await ctx.tx.run(sql`update mail_ledger l set outcome = case when n.is_first then 'imported' else 'duplicate' end,
      rule = case when n.is_first then null else 'same_mail' end, message_id = n.message_id, problem = null,
        attempts = case when l.outcome = 'received' then l.attempts else l.attempts + 1 end, retry_at = null, raw_key = n.raw_key,
        sent_at = coalesce(l.sent_at, n.sent_at), size_bytes = coalesce(nullif(l.size_bytes, 0), n.size_bytes),
        parser_version = ${parser_version}, at = now(), header_id = case when n.is_new then n.header_id else l.header_id end,
        subject = case when n.is_new then n.subject else l.subject end,
        from_address = case when n.is_new then n.from_address else l.from_address end
    from (select r.*, exists (select from mail_connection c where c.tenant_id = ${ctx.tenant_id} and c.mailbox_id = ${mailbox_id}
        and c.provider = 'google') as is_new
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        r (id uuid, message_id uuid, is_first boolean, header_id text, subject text, from_address text, raw_key text, sent_at timestamptz,
          size_bytes bigint)) n
    where l.tenant_id = ${ctx.tenant_id} and l.id = n.id`);
  await refreshConversations(ctx, mailbox_id, [...new Set(conversations)]);
  if (scan)
    await enqueueScan(
      ctx,
      items.map(({ mail }) => mail),
    );
}

/** Returns the ids of those that were not there yet. */
async function insertMessages(
  ctx: Context,
  mailbox_id: string,
  items: readonly ReadItem[],
  conversations: readonly string[],
): Promise<string[]> {
  const senders = new Map(
    (
      await ctx.tx.many<{
        address: string;
        owner_id: string | null;
      }>(sql`select o.address, o.owner_id from ${ownAddresses(ctx)} o
        where o.address = any (${items.map(({ mail }) => mail.participants[0]?.address ?? '')}::text[])`)
    ).map(({ address, owner_id }) => [address, owner_id]),
  );
  const rows = items.map(({ item, mail }, at) => {
    const { header_id, digest, subject, snippet, body, html, participants, files, authentication } = mail;
    const [from] = participants;
    const to = participants.filter(({ kind }) => kind === 'to' || kind === 'cc');
    const owner = senders.get(from?.address ?? '');
    return {
      header_id,
      digest,
      conversation_id: conversations[at]!,
      subject,
      snippet,
      body,
      html,
      from_name: from?.name ?? '',
      from_address: from?.address ?? '',
      to_text: storableText(to.map(({ name, address }) => name || address).join(', '), 2000),
      recipients: participants,
      attachments: files,
      authentication,
      direction: owner === undefined ? 'in' : 'out',
      occurred_at: mail.sent_at ?? item.sent_at,
      author_id: owner ?? null,
      raw_key: item.raw_key,
    };
  });
  const made = await ctx.tx.many<{ id: string }>(sql`
    insert into mail_message (tenant_id, header_id, digest, conversation_id, subject, snippet, body, html, from_name, from_address,
      to_text, recipients, attachments, has_files, authentication, direction, occurred_at, author_id, mailbox_ids, raw_key, parser_version)
    select ${ctx.tenant_id}, r.header_id, decode(r.digest, 'hex'), r.conversation_id, r.subject, r.snippet, r.body, r.html, r.from_name,
      r.from_address, r.to_text, r.recipients, r.attachments, r.attachments <> '[]', r.authentication, r.direction,
      coalesce(r.occurred_at, now()), r.author_id, array[${mailbox_id}::uuid], r.raw_key, ${parser_version}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) r (header_id text, digest text, conversation_id uuid, subject text,
      snippet text, body text, html text, from_name text, from_address text, to_text text, recipients jsonb, attachments jsonb,
      authentication text, direction text, occurred_at timestamptz, author_id uuid, raw_key text)
    on conflict (tenant_id, digest) do nothing returning id`);
  return made.map(({ id }) => id);
}

const bounce_days = 5;

/**
 * Notes at a mail that was written here which addresses it did not reach, of those to which it went. A report that does
 * not name it counts for the last one to there.
 */
const noteBounce = (ctx: Context, mailbox_id: string, { original_id, recipients }: Bounce): Promise<number> =>
  ctx.tx.run(sql`
    with reported as (select * from jsonb_to_recordset(${JSON.stringify(recipients)}::jsonb) r (address text, reason text,
      is_lasting boolean)),
    meant as (
      select distinct on (r.address) o.id, r.address, r.reason, r.is_lasting from outgoing_mail o join reported r
        on exists (select from jsonb_array_elements(o.recipients) w where lower(w ->> 'address') = r.address)
      where o.tenant_id = ${ctx.tenant_id} and o.mailbox_id = ${mailbox_id} and o.state in ('sent', 'in_doubt', 'sending')
        and (o.header_id = ${original_id} or ${original_id}::text is null and o.send_at > now() - make_interval(days => ${bounce_days}))
      order by r.address, o.send_at desc),
    noted as (select id, jsonb_agg(jsonb_build_object('address', address, 'reason', reason, 'is_lasting', is_lasting, 'at',
      now())) as bounces
      from meant group by id)
    update outgoing_mail o set bounces = o.bounces || n.bounces, version = o.version + 1, updated_at = now() from noted n
    where o.tenant_id = ${ctx.tenant_id} and o.id = n.id`);

/** Says of which contacts and companies messages are, by all their addresses; not where somebody has said so. */
export const matchMessages = (ctx: Context, ids: readonly string[]): Promise<number> =>
  ctx.tx.run(sql`
    with own as (select o.address, split_part(o.address, '@', 2) as domain from ${ownAddresses(ctx)} o),
    named as (select a.message_id, a.address, split_part(a.address, '@', 2) as domain from message_address a
      where a.tenant_id = ${ctx.tenant_id} and a.message_id = any (${ids}::uuid[]) and a.address not in (select address from own)),
    further as (select c.id, app.label_keys(c.other_emails) as addresses
      from app.contacts_with_further_email(array(select distinct n.address from named n)) f (id)
      join contact c on c.tenant_id = ${ctx.tenant_id} and c.id = f.id and c.deleted_at is null),
    people as (
      select n.message_id, c.id from named n join contact c on c.tenant_id = ${ctx.tenant_id} and c.email_key = n.address
        and c.deleted_at is null
      union
      select n.message_id, f.id from further f join named n on n.address = any (f.addresses)),
    companies as (
      select distinct n.message_id, c.id from named n join company c on c.tenant_id = ${ctx.tenant_id} and c.domain = n.domain
        and c.deleted_at is null
      where n.domain <> all (${freeMailDomains}::text[]) and n.domain not in (select domain from own)),
    wanted as (select m.id, array(select r.id from (
        select p.id, 1 as place from people p where p.message_id = m.id union all select c.id, 2 from companies c
          where c.message_id = m.id) r
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
        select c.email_key as address from contact c where c.tenant_id = ${ctx.tenant_id} and c.id = any (${ids}::uuid[])
          and c.email_key is not null
        union select lower(o ->> 'value') from contact c cross join jsonb_array_elements(c.other_emails) o
          where c.tenant_id = ${ctx.tenant_id} and c.id = any (${ids}::uuid[])),
      found as (
        select a.message_id as id from message_address a join addresses w on a.address = w.address where a.tenant_id = ${ctx.tenant_id}
        union select a.message_id from company k join message_address a on a.tenant_id = k.tenant_id
          and split_part(a.address, '@', 2) = k.domain
          where k.tenant_id = ${ctx.tenant_id} and k.id = any (${ids}::uuid[]) and k.domain <> all (${freeMailDomains}::text[])
        union select l.item_id from record_link l where l.tenant_id = ${ctx.tenant_id} and l.record_id = any (${ids}::uuid[])
          and l.item_type = 'mail_message')
      select id from found where id > ${after}::uuid order by id limit ${rows_max}`)
  ).map(({ id }) => id);
