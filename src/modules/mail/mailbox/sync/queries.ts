import type { RawBuilder } from 'kysely';
import { sql } from '../../../../kernel/database/database.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import { leasesOf } from '../../lease.ts';
import type { folderRoles } from '../contract.ts';

export const mailboxLeases = leasesOf('mail_connection', 'mailbox_id');

export interface FolderRow {
  id: string;
  path: string;
  role: (typeof folderRoles)[number] | null;
  is_chosen: boolean;
  is_label: boolean;
  uid_validity: string | null;
}

export interface ListedFolder {
  path: string;
  name: string;
  role: FolderRow['role'];
  is_chosen: boolean;
  /** It has no items of its own: those of other folders are in it too. */
  is_label?: boolean;
}

/** Notes which folders there are. The choice of a folder that is known already stays. */
export async function putFolders(
  ctx: Context,
  mailbox_id: string,
  listed: readonly ListedFolder[],
): Promise<FolderRow[]> {
  await ctx.tx.run(sql`insert into mail_folder (tenant_id, mailbox_id, path, name, role, is_chosen, is_label)
    select ${ctx.tenant_id}, ${mailbox_id}, r.path, r.name, r.role, r.is_chosen, coalesce(r.is_label, false)
    from jsonb_to_recordset(${JSON.stringify(listed)}::jsonb) r (path text, name text, role text, is_chosen boolean, is_label boolean)
    on conflict (tenant_id, mailbox_id, path) do update set name = excluded.name, role = excluded.role, gone_at = null
      where (mail_folder.name, mail_folder.role, mail_folder.gone_at) is distinct from (excluded.name, excluded.role, null)`);
  return ctx.tx.many(sql`select id, path, role, is_chosen, is_label, uid_validity::text from mail_folder
    where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id} order by role = 'inbox' desc nulls last,
      role = 'sent' desc nulls last, path`);
}

/** An item as its provider lists it. */
export interface ListedItem {
  uid: string;
  header_id: string | null;
  subject: string;
  from_address: string;
  sent_at: string | null;
  size_bytes: number;
  is_seen: boolean;
  /** Paths of folders in which it is too. */
  labels?: readonly string[];
}

/** Where an item is: in its folder, and in others by its labels. */
export interface Located {
  uid: string;
  path: string;
  labels: readonly string[];
  is_seen: boolean;
}

/** Those of these that the ledger does not have, the newest first. */
export const unlisted = async (
  ctx: Context,
  folder: FolderRow,
  validity: string,
  uids: readonly string[],
): Promise<string[]> =>
  (
    await ctx.tx.many<{ uid: string }>(sql`select u.uid::text from unnest(${uids}::bigint[]) u (uid)
      where not exists (select from mail_ledger l where l.tenant_id = ${ctx.tenant_id} and l.folder_id = ${folder.id}
        and l.uid_validity = ${validity}::bigint and l.uid = u.uid) order by u.uid desc`)
  ).map(({ uid }) => uid);

export const insertItems = (
  ctx: Context,
  {
    mailbox_id,
    folder,
    validity,
    bytes_max,
  }: { mailbox_id: string; folder: FolderRow; validity: string; bytes_max: number },
  items: readonly ListedItem[],
): Promise<number> =>
  ctx.tx.run(sql`insert into mail_ledger (tenant_id, mailbox_id, folder_id, uid_validity, uid, header_id, subject, from_address, sent_at,
    size_bytes, is_seen, label_ids,
      outcome, rule)
    select ${ctx.tenant_id}, ${mailbox_id}, ${folder.id}, ${validity}::bigint, i.uid, i.header_id, i.subject, i.from_address, i.sent_at,
      i.size_bytes, i.is_seen, ${labelIds(ctx, mailbox_id, sql`i.labels`)},
      case when not ${folder.is_chosen}::boolean then 'excluded' when i.size_bytes > ${bytes_max} then 'too_large' else 'listed' end,
      case when not ${folder.is_chosen}::boolean then 'folder' when i.size_bytes > ${bytes_max} then 'size' end
    from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) i (uid bigint, header_id text, subject text, from_address text,
      sent_at timestamptz, size_bytes bigint,
      is_seen boolean, labels text[])
    on conflict (tenant_id, folder_id, uid_validity, uid) do nothing`);

/** The folders that a mailbox has at these paths. */
const labelIds = (ctx: Context, mailbox_id: string, paths: RawBuilder<unknown>) =>
  sql`array(select b.id from mail_folder b where b.tenant_id = ${ctx.tenant_id} and b.mailbox_id = ${mailbox_id}
    and b.path = any (${paths}) order by b.id)`;

/** Where the items of a mailbox are that keep their identifiers, as the ledger has it. */
export const locatedItems = (ctx: Context, mailbox_id: string): Promise<Located[]> =>
  ctx.tx.many(sql`select l.uid::text, f.path, array(select b.path from mail_folder b where b.tenant_id = l.tenant_id
      and b.id = any (l.label_ids) order by b.path) as labels, l.is_seen
    from mail_ledger l join mail_folder f on f.tenant_id = l.tenant_id and f.id = l.folder_id
    where l.tenant_id = ${ctx.tenant_id} and l.mailbox_id = ${mailbox_id} and l.outcome <> 'gone'`);

/**
 * Notes where items are by now. One that was taken for deleted and is there all the same is so again. Returns the
 * messages that they are.
 */
export const relocate = async (
  ctx: Context,
  { mailbox_id, validity }: { mailbox_id: string; validity: string },
  items: readonly Located[],
): Promise<string[]> =>
  (
    await ctx.tx.many<{ message_id: string | null }>(sql`
      with place as (select i.uid, i.is_seen, f.id as folder_id, ${labelIds(ctx, mailbox_id, sql`i.labels`)} as label_ids
        from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) i (uid bigint, path text, labels text[], is_seen boolean)
        join mail_folder f on f.tenant_id = ${ctx.tenant_id} and f.mailbox_id = ${mailbox_id} and f.path = i.path)
      update mail_ledger l set folder_id = p.folder_id, label_ids = p.label_ids, is_seen = p.is_seen,
        outcome = case when l.outcome <> 'gone' then l.outcome when l.raw_key is null then 'listed' else 'received' end,
        rule = case when l.outcome = 'gone' then null else l.rule end,
        attempts = case when l.outcome = 'gone' then 0 else l.attempts end,
        retry_at = case when l.outcome = 'gone' then null else l.retry_at end, at = now()
      from place p where l.tenant_id = ${ctx.tenant_id} and l.mailbox_id = ${mailbox_id} and l.uid_validity = ${validity}::bigint
        and l.uid = p.uid and (l.folder_id, l.label_ids, l.is_seen, l.outcome = 'gone')
          is distinct from (p.folder_id, p.label_ids, p.is_seen, false) returning l.message_id`)
  ).flatMap(({ message_id }) => message_id ?? []);

export interface CursorRow {
  cursor: string | null;
  listed_at: string | null;
  is_empty: boolean;
}

/** Up to where the changes of a provider are known, and when all its identifiers were last listed. */
export const findCursor = (ctx: Context, mailbox_id: string): Promise<CursorRow> =>
  ctx.tx.one(sql`select c.cursor, c.listed_at, not exists (select from mail_ledger l where l.tenant_id = c.tenant_id
      and l.mailbox_id = c.mailbox_id) as is_empty
    from mail_connection c where c.tenant_id = ${ctx.tenant_id} and c.mailbox_id = ${mailbox_id}`);

export const noteCursor = (
  ctx: Context,
  mailbox_id: string,
  { cursor, isFull }: { cursor: string; isFull: boolean },
): Promise<number> =>
  ctx.tx.run(sql`update mail_connection set cursor = ${cursor}, listed_at = case when ${isFull} then now() else listed_at end
    where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id}`);

/** Has all identifiers listed, not only what the provider says has changed. */
export const forgetCursor = (ctx: Context, mailbox_id: string): Promise<number> =>
  ctx.tx.run(
    sql`update mail_connection set cursor = null where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id}`,
  );

/** Items of which no more is known than that they are there, and that are not fetched; the newest first. */
export const undescribed = (ctx: Context, mailbox_id: string, rows_max: number): Promise<DueItem[]> =>
  ctx.tx.many(sql`select id, folder_id, uid::text, uid_validity::text, size_bytes::float8 as size_bytes, attempts, sent_at from mail_ledger
    where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id} and outcome = 'excluded' and sent_at is null
    order by uid desc limit ${rows_max}`);

export const describeItems = (ctx: Context, items: readonly (ListedItem & { id: string })[]): Promise<number> =>
  ctx.tx.run(sql`update mail_ledger l set header_id = i.header_id, subject = i.subject, from_address = i.from_address,
      sent_at = coalesce(i.sent_at, l.created_at), size_bytes = i.size_bytes
    from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) i (id uuid, header_id text, subject text, from_address text,
      sent_at timestamptz, size_bytes bigint)
    where l.tenant_id = ${ctx.tenant_id} and l.id = i.id`);

/**
 * After the provider numbered a folder anew: items that are the same by their identifiers get their new numbers, each
 * once, and are not fetched again. What has none of the new numbers is left for the comparison.
 */
export async function renumber(
  ctx: Context,
  { folder, validity }: { folder: FolderRow; validity: string },
  items: readonly ListedItem[],
): Promise<number> {
  return ctx.tx.run(sql`update mail_ledger l set uid_validity = ${validity}::bigint, uid = m.uid, is_seen = m.is_seen
    from (
      select o.id, n.uid, n.is_seen from (
        select i.*, row_number() over (partition by coalesce(i.header_id, ''), i.size_bytes, i.subject, i.from_address
          order by i.uid desc) as nth
        from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) i (uid bigint, header_id text, subject text, from_address text,
          sent_at timestamptz,
          size_bytes bigint, is_seen boolean)
        where not exists (select from mail_ledger k where k.tenant_id = ${ctx.tenant_id} and k.folder_id = ${folder.id}
          and k.uid_validity = ${validity}::bigint and k.uid = i.uid)) n
      join (
        select k.*, row_number() over (partition by coalesce(k.header_id, ''), k.size_bytes, k.subject, k.from_address
          order by k.uid desc) as nth
        from mail_ledger k where k.tenant_id = ${ctx.tenant_id} and k.folder_id = ${folder.id} and k.uid_validity <> ${validity}::bigint
          and k.outcome <> 'gone') o
      on coalesce(o.header_id, '') = coalesce(n.header_id, '') and o.size_bytes = n.size_bytes and o.subject = n.subject
        and o.from_address = n.from_address and o.nth = n.nth) m
    where l.tenant_id = ${ctx.tenant_id} and l.id = m.id`);
}

/** What a comparison found: how many the provider has, by which numbers. */
export const noteCompared = (ctx: Context, folder: FolderRow, validity: string, count: number): Promise<number> =>
  ctx.tx.run(sql`update mail_folder set uid_validity = ${validity}::bigint, provider_count = ${count}, compared_at = now()
    where tenant_id = ${ctx.tenant_id} and id = ${folder.id}`);

/**
 * Items of the ledger that the provider did not list. `is_ours`: it was fetched. `is_elsewhere`: the mailbox has the
 * same message in another folder, where it was moved.
 */
export const missingItems = (
  ctx: Context,
  folder: FolderRow,
  validity: string,
  uids: readonly string[],
): Promise<{ id: string; uid: string; is_current: boolean; is_ours: boolean; is_elsewhere: boolean }[]> =>
  ctx.tx.many(sql`select l.id, l.uid::text, l.uid_validity = ${validity}::bigint as is_current,
      l.outcome in ('received', 'imported', 'duplicate') as is_ours,
      l.message_id is not null and exists (select from mail_ledger o where o.tenant_id = l.tenant_id and o.message_id = l.message_id
        and o.mailbox_id = l.mailbox_id and o.id <> l.id and o.outcome in ('imported', 'duplicate')
          and o.folder_id <> l.folder_id) as is_elsewhere
    from mail_ledger l
    where l.tenant_id = ${ctx.tenant_id} and l.folder_id = ${folder.id} and l.outcome <> 'gone'
      and (l.uid_validity <> ${validity}::bigint or l.uid <> all (${uids}::bigint[]))`);

/** Marks items whose deletion the provider confirmed. Returns the messages that they were. */
export const markGone = async (ctx: Context, ids: readonly string[]): Promise<string[]> =>
  (
    await ctx.tx.many<{
      message_id: string | null;
    }>(sql`update mail_ledger l set outcome = 'gone', rule = 'deleted', problem = null, at = now()
      where l.tenant_id = ${ctx.tenant_id} and l.id = any (${ids}::uuid[]) and l.outcome <> 'gone' returning l.message_id`)
  ).flatMap(({ message_id }) => message_id ?? []);

export const noteMissing = (ctx: Context, folder: FolderRow, missing: number): Promise<number> =>
  ctx.tx.run(
    sql`update mail_folder set missing = ${missing} where tenant_id = ${ctx.tenant_id} and id = ${folder.id} and missing <> ${missing}`,
  );

export const noteFolderGone = (ctx: Context, folder: FolderRow): Promise<number> =>
  ctx.tx.run(sql`update mail_folder set gone_at = now(), provider_count = 0, missing = 0
    where tenant_id = ${ctx.tenant_id} and id = ${folder.id} and gone_at is null`);

export const isConfirmed = async (ctx: Context, mailbox_id: string): Promise<boolean> =>
  (await ctx.tx.maybe(sql`select from mail_connection where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id}
    and deletions_confirmed_at > now() - interval '1 hour'`)) !== undefined;

export const endConfirmation = (ctx: Context, mailbox_id: string): Promise<number> =>
  ctx.tx.run(
    sql`update mail_connection set deletions_confirmed_at = null where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id}`,
  );

export const noteSeen = (
  ctx: Context,
  folder: FolderRow,
  validity: string,
  flags: readonly { uid: string; is_seen: boolean }[],
) =>
  ctx.tx.many<{ message_id: string | null }>(sql`update mail_ledger l set is_seen = f.is_seen
    from jsonb_to_recordset(${JSON.stringify(flags)}::jsonb) f (uid bigint, is_seen boolean)
    where l.tenant_id = ${ctx.tenant_id} and l.folder_id = ${folder.id} and l.uid_validity = ${validity}::bigint and l.uid = f.uid
      and l.is_seen <> f.is_seen returning l.message_id`);

export interface DueItem {
  id: string;
  folder_id: string;
  uid: string;
  uid_validity: string;
  size_bytes: number;
  attempts: number;
  sent_at: string | null;
}

export const attempts_max = 5;

/** What is to be fetched next, the newest first. */
export const dueItems = (ctx: Context, mailbox_id: string, rows_max: number): Promise<DueItem[]> =>
  ctx.tx.many(sql`select id, folder_id, uid::text, uid_validity::text, size_bytes::float8 as size_bytes, attempts, sent_at from mail_ledger
    where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id} and outcome in ('listed', 'failed') and raw_key is null
      and attempts < ${attempts_max} and (retry_at is null or retry_at <= now())
    order by sent_at desc nulls last, uid desc, id limit ${rows_max}`);

export interface ReceivedRaw {
  id: string;
  raw_key: string;
  size_bytes: number;
  sent_at: string | null;
}

export const noteReceived = (ctx: Context, items: readonly ReceivedRaw[]): Promise<number> =>
  ctx.tx.run(sql`update mail_ledger l set outcome = 'received', raw_key = r.raw_key, attempts = l.attempts + 1, problem = null,
    retry_at = null, at = now(), sent_at = coalesce(l.sent_at, r.sent_at), size_bytes = coalesce(nullif(l.size_bytes, 0), r.size_bytes)
    from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) r (id uuid, raw_key text, size_bytes bigint, sent_at timestamptz)
    where l.tenant_id = ${ctx.tenant_id} and l.id = r.id and l.outcome in ('listed', 'failed') and l.raw_key is null`);

/** What turned out to be larger than was listed. */
export const noteTooLarge = (ctx: Context, id: string, size_bytes: number): Promise<number> =>
  ctx.tx.run(sql`update mail_ledger set outcome = 'too_large', rule = 'size', size_bytes = ${size_bytes}, problem = null, at = now()
    where tenant_id = ${ctx.tenant_id} and id = ${id} and outcome in ('listed', 'failed')`);

export const noteFailed = (ctx: Context, id: string, problem: string): Promise<number> =>
  ctx.tx.run(sql`update mail_ledger set outcome = 'failed', problem = ${problem.slice(0, 500)}, attempts = attempts + 1, at = now(),
      retry_at = now() + case attempts when 0 then interval '5 seconds' else make_interval(mins => least(60, power(2, attempts)::int)) end
    where tenant_id = ${ctx.tenant_id} and id = ${id} and outcome in ('listed', 'failed', 'received')`);

export const isWaiting = async (ctx: Context, mailbox_id: string): Promise<{ listed: boolean; received: boolean }> =>
  ctx.tx.one(sql`select exists (select from mail_ledger where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id}
    and outcome = 'listed'
      and attempts < ${attempts_max}) as listed,
    exists (select from mail_ledger where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id}
      and outcome = 'received') as received`);

/** Whether mail is being imported into the workspace. */
export const isImporting = async (ctx: Context): Promise<boolean> =>
  (await ctx.tx.maybe(sql`select from mail_connection where tenant_id = ${ctx.tenant_id} and state = 'syncing'`)) !==
  undefined;

/** Folders in which the ledger has not as many items as the provider. */
export const unequalFolders = (ctx: Context, mailbox_id: string): Promise<{ path: string; missing: number }[]> =>
  ctx.tx.many(sql`select f.path, f.missing from mail_folder f where f.tenant_id = ${ctx.tenant_id} and f.mailbox_id = ${mailbox_id}
    and not f.is_label and f.provider_count is distinct from (select count(*) from mail_ledger l where l.tenant_id = f.tenant_id and l.folder_id = f.id
      and l.outcome <> 'gone')`);

/** What a folder that was chosen has excluded so far is fetched, its past too; what was fetched before stays. */
export async function chooseFolder(
  ctx: Context,
  id: string,
  is_chosen: boolean,
): Promise<{ mailbox_id: string } | undefined> {
  return ctx.tx.maybe(
    sql`update mail_folder set is_chosen = ${is_chosen} where tenant_id = ${ctx.tenant_id} and id = ${id} and not is_label
      returning mailbox_id`,
  );
}

export const applyChoices = (ctx: Context, mailbox_id: string): Promise<number> =>
  ctx.tx.run(sql`update mail_ledger l set outcome = case when f.is_chosen then 'listed' else 'excluded' end, rule = case
    when f.is_chosen then null else 'folder' end,
      at = now()
    from mail_folder f where f.tenant_id = l.tenant_id and f.id = l.folder_id and l.tenant_id = ${ctx.tenant_id}
      and l.mailbox_id = ${mailbox_id}
      and (f.is_chosen and l.outcome = 'excluded' and l.rule = 'folder' or not f.is_chosen and l.outcome = 'listed')`);

/** What the owner of a mailbox did with one of its items here, and its provider does not have yet. */
export interface WantedItem {
  id: string;
  folder_id: string;
  uid: string;
  uid_validity: string;
  seen_wanted: boolean | null;
  folder_wanted: string | null;
}

export const wantedItems = (ctx: Context, mailbox_id: string, rows_max: number): Promise<WantedItem[]> =>
  ctx.tx.many(sql`select id, folder_id, uid::text, uid_validity::text, seen_wanted, folder_wanted from mail_ledger
    where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id} and (seen_wanted is not null or folder_wanted is not null)
      and outcome <> 'gone'
    order by id limit ${rows_max}`);

/** What was wanted when it was carried out; what its owner wants by now, if that is something else, stays wanted. */
export const noteSeenCarried = (ctx: Context, ids: readonly string[], is_seen: boolean): Promise<number> =>
  ctx.tx.run(sql`update mail_ledger set is_seen = ${is_seen}, seen_wanted = nullif(seen_wanted, ${is_seen})
    where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])`);

/** Items that were moved, with the number that each has there. */
export const noteMoved = (
  ctx: Context,
  folder_id: string,
  validity: string,
  moved: readonly { id: string; uid: string }[],
): Promise<number> =>
  ctx.tx.run(sql`update mail_ledger l set folder_id = ${folder_id}, uid_validity = ${validity}::bigint, uid = m.uid,
    folder_wanted = nullif(l.folder_wanted, ${folder_id}),
      problem = null, at = now()
    from jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) m (id uuid, uid bigint) where l.tenant_id = ${ctx.tenant_id} and l.id = m.id`);

/**
 * Items that were not moved, or of which nobody said what number they have now: the comparison finds them where they
 * are.
 */
export const forgetMove = (ctx: Context, ids: readonly string[], problem: string | null): Promise<number> =>
  ctx.tx.run(
    sql`update mail_ledger set folder_wanted = null, problem = ${problem} where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])`,
  );

export const messagesOfItems = async (ctx: Context, ids: readonly string[]): Promise<string[]> =>
  (
    await ctx.tx.many<{ message_id: string }>(
      sql`select distinct message_id from mail_ledger where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])
        and message_id is not null`,
    )
  ).map(({ message_id }) => message_id);
