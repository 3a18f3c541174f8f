import { sql } from '../../../../kernel/database/database.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { conversation_max } from '../queries.ts';

/**
 * Of an item `i`: whether it has been read, and where it stands: as its owner wants it, also while the provider has it
 * otherwise.
 */
export const isSeen = sql.raw(`coalesce(i.seen_wanted, i.is_seen)`);
export const folderOf = sql.raw(`coalesce(i.folder_wanted, i.folder_id)`);
/** Items `i` that stand for a message. */
export const isHere = sql.raw(`i.outcome in ('imported', 'duplicate')`);

/** Writes anew how the conversations of these messages stand in a mailbox. */
export const refreshThreads = async (ctx: Context, mailbox_id: string, messages: readonly string[]): Promise<void> => {
  if (messages.length === 0) return;
  const rows = await ctx.tx.many<{ id: string }>(sql`select distinct conversation_id as id from mail_message
    where tenant_id = ${ctx.tenant_id} and id = any (${messages}::uuid[])`);
  await refreshConversations(
    ctx,
    mailbox_id,
    rows.map(({ id }) => id),
  );
};

/**
 * The items of each message are looked up by it (`offset 0`): of a ledger that fills the planner knows nothing, and
 * would read all of it for each message.
 */
export async function refreshConversations(ctx: Context, mailbox_id: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await ctx.tx.run(sql`delete from mail_thread t where t.tenant_id = ${ctx.tenant_id} and t.mailbox_id = ${mailbox_id}
    and t.conversation_id = any (${ids}::uuid[]) and not exists (select from mail_message m where m.tenant_id = t.tenant_id
      and m.conversation_id = t.conversation_id and ${mailbox_id}::uuid = any (m.mailbox_ids))`);
  await ctx.tx.run(sql`insert into mail_thread (tenant_id, mailbox_id, conversation_id, subject, snippet, participants, last_at, messages,
    unread, has_files, folder_ids)
    select ${ctx.tenant_id}, ${mailbox_id}, m.conversation_id,
      (array_agg(m.subject order by m.occurred_at, m.id))[1],
      (array_agg(m.snippet order by m.occurred_at desc, m.id desc))[1],
      left(coalesce((select string_agg(p.name, ', ' order by p.last desc) from (
        select coalesce(nullif(s.from_name, ''), s.from_address) as name, max(s.occurred_at) as last from mail_message s
        join mailbox b on b.tenant_id = s.tenant_id and b.id = ${mailbox_id}
        where s.tenant_id = ${ctx.tenant_id} and s.conversation_id = m.conversation_id and ${mailbox_id}::uuid = any (s.mailbox_ids)
          and s.from_address <> lower(b.address) and s.from_address not in (select a.address from mailbox_alias a
            where a.tenant_id = b.tenant_id and a.mailbox_id = b.id and a.confirmed_at is not null) group by 1 order by 2 desc limit 6) p), (array_agg(m.to_text order by m.occurred_at desc,
            m.id desc))[1]), 500),
      max(m.occurred_at), count(*)::int, count(*) filter (where l.unread)::int, bool_or(m.has_files),
      array(select distinct f.id from mail_message s
        cross join lateral (select * from mail_ledger i where i.tenant_id = s.tenant_id and i.message_id = s.id
          and i.mailbox_id = ${mailbox_id} and ${isHere} offset 0) i
        join mail_folder f on f.tenant_id = i.tenant_id and (f.id = ${folderOf} or f.id = any (i.label_ids))
        where s.tenant_id = ${ctx.tenant_id} and s.conversation_id = m.conversation_id)
    from mail_message m
    left join lateral (select not bool_or(${isSeen}) as unread from mail_ledger i where i.tenant_id = m.tenant_id and i.message_id = m.id
      and i.mailbox_id = ${mailbox_id} and ${isHere}) l on true
    where m.tenant_id = ${ctx.tenant_id} and m.conversation_id = any (${ids}::uuid[]) and ${mailbox_id}::uuid = any (m.mailbox_ids)
    group by m.conversation_id
    on conflict (tenant_id, mailbox_id, conversation_id) do update set subject = excluded.subject, snippet = excluded.snippet,
      participants = excluded.participants, last_at = excluded.last_at, messages = excluded.messages, unread = excluded.unread,
      has_files = excluded.has_files, folder_ids = excluded.folder_ids,
      snoozed_until = case when excluded.last_at > mail_thread.last_at then null else mail_thread.snoozed_until end`);
}

/**
 * Takes a mailbox from messages of which it has no item any more. Whoever saw them through it alone sees them no
 * longer.
 */
export const leaveMailbox = (ctx: Context, mailbox_id: string, messages: readonly string[]): Promise<number> =>
  ctx.tx.run(sql`update mail_message m set mailbox_ids = array_remove(m.mailbox_ids, ${mailbox_id}::uuid)
    where m.tenant_id = ${ctx.tenant_id} and m.id = any (${messages}::uuid[]) and ${mailbox_id}::uuid = any (m.mailbox_ids)
      and not exists (select from mail_ledger l where l.tenant_id = m.tenant_id and l.message_id = m.id and l.mailbox_id = ${mailbox_id}
        and l.outcome in ('imported', 'duplicate'))`);

export interface ThreadRow {
  id: string;
  mailbox_id: string;
  conversation_id: string;
  subject: string;
  snippet: string;
  participants: string;
  last_at: string;
  messages: number;
  unread: number;
  has_files: boolean;
  snoozed_until: string | null;
  shown_at: string;
  folders: string[];
}

const columns =
  sql.raw(`t.id, t.mailbox_id, t.conversation_id, t.subject, t.snippet, t.participants, t.last_at, t.messages, t.unread, t.has_files,
  t.snoozed_until, t.shown_at, t.folder_ids as folders`);

interface Wanted {
  mailbox_id: string;
  folder_id: string | undefined;
  unread: boolean;
  snoozed: boolean;
  q: string | undefined;
  after: { shown_at: string; id: string } | undefined;
  limit: number;
}

/**
 * The conversations of a mailbox or of one of its folders, the newest first. Without a folder and words: all but junk
 * and what was deleted.
 */
export const listThreads = (
  ctx: Context,
  { mailbox_id, folder_id, unread, snoozed, q, after, limit }: Wanted,
): Promise<ThreadRow[]> =>
  ctx.tx.many(sql`select ${columns} from mail_thread t where t.tenant_id = ${ctx.tenant_id} and t.mailbox_id = ${mailbox_id}
    ${
      q
        ? sql`and (t.conversation_id = any (app.find_mail(${mailbox_id}, ${q}))
      or strpos(app.fold(t.participants), app.fold(${q})) > 0)`
        : whereIn(ctx, { folder_id, snoozed })
    }
    and (not ${unread}::boolean or t.unread > 0)
    and (${after?.shown_at ?? null}::timestamptz is null or (t.shown_at, t.id) < (${after?.shown_at ?? null}::timestamptz,
      ${after?.id ?? null}::uuid))
    order by t.shown_at desc, t.id desc limit ${limit}`);

const whereIn = ({ tenant_id }: Context, { folder_id, snoozed }: Pick<Wanted, 'folder_id' | 'snoozed'>) => {
  if (snoozed) return sql`and t.snoozed_until > now()`;
  const back = sql`and (t.snoozed_until is null or t.snoozed_until <= now())`;
  if (folder_id) return sql`and ${folder_id}::uuid = any (t.folder_ids) ${back}`;
  return sql`and not t.folder_ids && array(select f.id from mail_folder f where f.tenant_id = ${tenant_id} and f.mailbox_id = t.mailbox_id
    and f.role in ('junk', 'trash'))`;
};

export const findThread = (ctx: Context, id: string): Promise<ThreadRow | undefined> =>
  ctx.tx.maybe(sql`select ${columns} from mail_thread t where t.tenant_id = ${ctx.tenant_id} and t.id = ${id}`);

/** The conversation of a message as it stands in a mailbox of the caller's own that has the message. */
export const findOwnThread = (
  { tx, tenant_id, actor }: Context,
  message_id: string,
): Promise<Pick<ThreadRow, 'id' | 'mailbox_id'> | undefined> =>
  tx.maybe(sql`select t.id, t.mailbox_id from mail_message m join mailbox b on b.tenant_id = m.tenant_id and b.id = any (m.mailbox_ids)
    join mail_thread t on t.tenant_id = m.tenant_id and t.mailbox_id = b.id and t.conversation_id = m.conversation_id
    where m.tenant_id = ${tenant_id} and m.id = ${message_id} and b.owner_id = ${actor.user_id} order by t.id limit 1`);

/**
 * The messages of a conversation as it stands in one mailbox, the newest first; undefined where the caller sees no such
 * conversation.
 */
export const threadMessages = async (ctx: Context, id: string): Promise<{ id: string }[] | undefined> => {
  const found = await ctx.tx.maybe<{ mailbox_id: string; conversation_id: string }>(
    sql`select mailbox_id, conversation_id from mail_thread where tenant_id = ${ctx.tenant_id} and id = ${id}`,
  );
  if (!found) return undefined;
  return ctx.tx.many(sql`select id from mail_message where tenant_id = ${ctx.tenant_id} and conversation_id = ${found.conversation_id}
    and ${found.mailbox_id}::uuid = any (mailbox_ids) and deleted_at is null order by occurred_at desc, id desc limit ${conversation_max}`);
};
