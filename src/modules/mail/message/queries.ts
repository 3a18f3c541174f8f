import { sql } from '../../../kernel/database/database.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { MailFile } from './contract.ts';

/** What a scanner said of a file. It counts for these bytes alone, however the mail is taken apart later. */
export interface FileScan {
  sha256: string;
  /** The scanner's name for what it found; null: nothing. */
  found: string | null;
  scanned_at: string;
}

export interface MailWithFiles {
  id: string;
  raw_key: string | null;
  attachments: MailFile[];
  /** By the part of the file. */
  file_scans: Record<string, FileScan>;
}

/** Of a longer one the newest are shown. */
export const conversation_max = 200;

/** What of a message is for those alone who read it in full: the table has no other rows for them. */
export const findContent = (
  ctx: Context,
  id: string,
): Promise<(Values & MailWithFiles & { html: string | null }) | undefined> =>
  ctx.tx.maybe(sql`select m.id, m.header_id, m.recipients as participants, m.body as text, m.html, m.attachments, m.authentication,
    m.raw_key, m.file_scans,
    coalesce((select json_agg(json_build_object('id', b.id, 'name', b.name) order by b.name) from mailbox b
      where b.tenant_id = m.tenant_id and b.id = any (m.mailbox_ids)), '[]') as mailboxes
    from mail_message m where m.tenant_id = ${ctx.tenant_id} and m.id = ${id} and m.deleted_at is null`);

/** The ids of a conversation, the oldest first, of those that the caller reads in full. */
export const conversationIds = (ctx: Context, id: string): Promise<{ id: string }[]> =>
  ctx.tx.many(sql`select o.id from mail_message m join mail_message o on o.tenant_id = m.tenant_id
    and o.conversation_id = m.conversation_id and o.deleted_at is null
    where m.tenant_id = ${ctx.tenant_id} and m.id = ${id} order by o.occurred_at desc, o.id desc limit ${conversation_max}`);

/** What a message brings along, whoever asks: for a mail that forwards it. */
export const findFiles = (ctx: Context, id: string): Promise<MailWithFiles | undefined> =>
  ctx.tx.maybe(sql`select id, raw_key, attachments, file_scans from mail_message
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);

interface Unscanned {
  recent_days: number;
  /** Of a file that is to be scanned. */
  bytes_max: number;
  before: { occurred_at: string; id: string } | undefined;
  limit: number;
}

/** Mails of these days with a file that nothing was said of yet, the newest first. */
export const findUnscanned = (
  ctx: Context,
  { recent_days, bytes_max, before, limit }: Unscanned,
): Promise<(MailWithFiles & { occurred_at: string })[]> =>
  ctx.tx.many(sql`select m.id, m.raw_key, m.attachments, m.file_scans, m.occurred_at::text from mail_message m
    where m.tenant_id = ${ctx.tenant_id} and m.occurred_at > now() - make_interval(days => ${recent_days})
      and (${before?.id ?? null}::uuid is null
        or (m.occurred_at, m.id) < (${before?.occurred_at ?? null}::timestamptz, ${before?.id ?? null}::uuid))
      and m.has_files and m.deleted_at is null and m.raw_key is not null
      and exists (select from jsonb_array_elements(m.attachments) f
        where not m.file_scans ? (f ->> 'part') and (f ->> 'size_bytes')::bigint <= ${bytes_max})
    order by m.occurred_at desc, m.id desc limit ${limit}`);

export const noteScan = (ctx: Context, message_id: string, part: number, scan: FileScan): Promise<number> =>
  ctx.tx.run(sql`update mail_message
    set file_scans = file_scans || jsonb_build_object(${part}::text, ${JSON.stringify(scan)}::jsonb)
    where tenant_id = ${ctx.tenant_id} and id = ${message_id}`);
