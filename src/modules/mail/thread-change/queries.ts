import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { folderOf, isHere, isSeen, type ThreadRow } from '../message/index.ts';
import type { MoveRole } from './contract.ts';

export const snooze = (ctx: Context, id: string, until: string | null): Promise<number> =>
  ctx.tx.run(sql`update mail_thread set snoozed_until = ${until} where tenant_id = ${ctx.tenant_id} and id = ${id}`);

/** The items of a conversation in a mailbox, for an update of `mail_ledger i`. */
const ofThread = ({ tenant_id }: Context, { mailbox_id, conversation_id }: ThreadRow) =>
  sql`i.tenant_id = ${tenant_id} and i.mailbox_id = ${mailbox_id} and ${isHere} and i.message_id in (select m.id from mail_message m
    where m.tenant_id = ${tenant_id} and m.conversation_id = ${conversation_id})`;

/** That all was read, or that the last message was not. What the provider has already is not wanted any more. */
export async function wantSeen(ctx: Context, thread: ThreadRow, is_seen: boolean): Promise<void> {
  const last = sql`and i.message_id = (select m.id from mail_message m where m.tenant_id = ${ctx.tenant_id}
    and m.conversation_id = ${thread.conversation_id}
    and ${thread.mailbox_id}::uuid = any (m.mailbox_ids) order by m.occurred_at desc, m.id desc limit 1)`;
  await ctx.tx.run(sql`update mail_ledger i set seen_wanted = case when i.is_seen = ${is_seen} then null else ${is_seen}::boolean end
    where ${ofThread(ctx, thread)} and ${isSeen} <> ${is_seen} ${is_seen ? sql`` : last}`);
}

/** From where a move takes items, by the roles of their folders; null stands for folders that have none. */
const taken: Record<MoveRole, readonly (string | null)[]> = {
  inbox: ['archive', 'junk', 'trash'],
  archive: ['inbox'],
  junk: ['inbox', 'archive', 'trash', null],
  trash: ['inbox', 'archive', 'junk', 'sent', 'drafts', null],
};

/** Gmail's folder of all mail has what was archived; elsewhere such a folder has copies of what is in others. */
const isArchived = ({ tenant_id }: Context, { mailbox_id }: ThreadRow) =>
  sql`f.role = 'all' and exists (select from mail_connection c where c.tenant_id = ${tenant_id} and c.mailbox_id = ${mailbox_id}
    and c.provider = 'google')`;

export async function wantFolder(ctx: Context, thread: ThreadRow, role: MoveRole): Promise<void> {
  const folder_id = await folderFor(ctx, thread.mailbox_id, role);
  const from = taken[role];
  await ctx.tx.run(sql`update mail_ledger i set folder_wanted = case when i.folder_id = ${folder_id} then null else ${folder_id}::uuid end
    from mail_folder f where ${ofThread(ctx, thread)} and f.tenant_id = i.tenant_id and f.id = ${folderOf} and f.id <> ${folder_id}
      and (coalesce(f.role, '') = any (${from.map((each) => each ?? '')}::text[]) or ${role} <> 'archive' and ${isArchived(ctx, thread)})
      and (${role} <> 'inbox' or not exists (select from mail_message m where m.tenant_id = i.tenant_id and m.id = i.message_id
        and m.direction = 'out'))`);
}

const made: Record<MoveRole, string> = { inbox: 'INBOX', archive: 'Archive', junk: 'Junk', trash: 'Trash' };

/**
 * The folder of a mailbox for what is archived, deleted and so on. One that it does not have yet is made at the
 * provider with the first mail that goes there.
 */
async function folderFor(ctx: Context, mailbox_id: string, role: MoveRole): Promise<string> {
  const roles = role === 'archive' ? ['archive', 'all'] : [role];
  const known = await ctx.tx.maybe<{
    id: string;
  }>(sql`select id from mail_folder where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id}
    and gone_at is null and (role = any (${roles}::text[]) or path = ${made[role]}) order by array_position(${roles}::text[], role)
      limit 1`);
  if (known) return known.id;
  const path = made[role];
  const row = await ctx.tx.one<{
    id: string;
  }>(sql`insert into mail_folder (tenant_id, mailbox_id, path, name, role, is_chosen)
    values (${ctx.tenant_id}, ${mailbox_id}, ${path}, ${path}, ${role}, ${role === 'archive'})
    on conflict (tenant_id, mailbox_id, path) do update set gone_at = null, role = excluded.role returning id`);
  return row.id;
}

/** How a conversation stands after its owner did something with it. */
export const restateThread = (ctx: Context, thread: ThreadRow): Promise<number> =>
  ctx.tx.run(sql`update mail_thread t set
      unread = (select count(*) from (select 1 from mail_ledger i where ${ofThread(ctx, thread)}
        group by i.message_id having not bool_or(${isSeen})) u),
      folder_ids = array(select distinct f.id from mail_ledger i cross join unnest(i.label_ids || ${folderOf}) f (id)
        where ${ofThread(ctx, thread)})
    where t.tenant_id = ${ctx.tenant_id} and t.id = ${thread.id}`);
