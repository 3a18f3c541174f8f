import type { z } from 'zod';
import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { OutgoingCreate, outgoing, outgoingStates } from './contract.ts';

export type OutgoingRow = z.infer<typeof outgoing>;
type State = (typeof outgoingStates)[number];

const columns = sql.raw(
  `id, mailbox_id, header_id, from_address, reply_to_id, forward_id, file_ids, recipients, subject, body, state, problem, bounces, send_at, sent_at, version, created_at, updated_at`,
);
const listed_max = 100;

export const insertOutgoing = (
  ctx: Context,
  { mailbox_id, from_address, to, cc, bcc, subject, body, reply_to_id, forward_id, file_ids, send_at }: OutgoingCreate,
  header_id: string,
  seconds: number,
): Promise<OutgoingRow> => {
  const recipients = [...named('to', to), ...named('cc', cc), ...named('bcc', bcc)];
  return ctx.tx.one(sql`insert into outgoing_mail (tenant_id, mailbox_id, author_id, header_id, from_address, reply_to_id, forward_id, file_ids,
    recipients, subject, body, send_at)
    values (${ctx.tenant_id}, ${mailbox_id}, ${ctx.actor.user_id}, ${header_id}, ${from_address?.toLowerCase() ?? null}, ${reply_to_id}, ${forward_id}, ${file_ids}::uuid[],
      ${JSON.stringify(recipients)}, ${subject}, ${body},
      greatest(${send_at}::timestamptz, now() + make_interval(secs => ${seconds}))) returning ${columns}`);
};

const named = (kind: 'to' | 'cc' | 'bcc', addresses: readonly string[]) =>
  addresses.map((address) => ({ kind, address }));

export const listOutgoing = (ctx: Context, mailbox_id: string, state: State | undefined): Promise<OutgoingRow[]> =>
  ctx.tx.many(sql`select ${columns} from outgoing_mail where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id}
    and (${state ?? null}::text is null or state = ${state ?? null}) order by created_at desc, id desc limit ${listed_max}`);

export const findOutgoing = (ctx: Context, id: string): Promise<OutgoingRow | undefined> =>
  ctx.tx.maybe(sql`select ${columns} from outgoing_mail where tenant_id = ${ctx.tenant_id} and id = ${id}`);

/**
 * Moves a mail from one of these states to another, in one step: whoever comes second finds that it is in none of them.
 */
export const moveOutgoing = (
  ctx: Context,
  id: string,
  { from, to, problem = null }: { from: readonly State[]; to: State; problem?: string | null },
): Promise<OutgoingRow | undefined> =>
  ctx.tx.maybe(sql`update outgoing_mail set state = ${to}, problem = ${problem}, version = version + 1, updated_at = now(),
      sent_at = case when ${to} = 'sent' then coalesce(sent_at, now()) else sent_at end
    where tenant_id = ${ctx.tenant_id} and id = ${id} and state = any (${from}::text[]) returning ${columns}`);

/** What the mail that is answered says of itself, for the headers by which programs keep a conversation together. */
export const headersOf = (
  ctx: Context,
  message_id: string,
): Promise<{ header_id: string | null; reference_ids: string[] } | undefined> =>
  ctx.tx.maybe(sql`select m.header_id, array(select o.header_id from mail_message o where o.tenant_id = m.tenant_id
    and o.conversation_id = m.conversation_id
      and o.header_id is not null and o.occurred_at <= m.occurred_at order by o.occurred_at desc, o.id limit 20) as reference_ids
    from mail_message m where m.tenant_id = ${ctx.tenant_id} and m.id = ${message_id}`);

/** Of a mail from an alias that is no longer one of the mailbox there is no sender. */
export const senderOf = (
  ctx: Context,
  { mailbox_id, from_address }: { mailbox_id: string; from_address: string | null },
): Promise<{ name: string; address: string } | undefined> =>
  ctx.tx.maybe(sql`select coalesce(u.name, '') as name, coalesce(a.address, m.address) as address from mailbox m
    left join mailbox_alias a on a.tenant_id = m.tenant_id and a.mailbox_id = m.id and a.address = ${from_address?.toLowerCase() ?? null}
      and a.confirmed_at is not null left join user_account u on u.tenant_id = m.tenant_id
    and u.id = m.owner_id
    where m.tenant_id = ${ctx.tenant_id} and m.id = ${mailbox_id} and (${from_address}::text is null or a.id is not null)`);

export const sentFolder = (ctx: Context, mailbox_id: string): Promise<{ path: string } | undefined> =>
  ctx.tx.maybe(sql`select path from mail_folder where tenant_id = ${ctx.tenant_id} and mailbox_id = ${mailbox_id} and role = 'sent'
    and gone_at is null
    order by path limit 1`);

export const noteCopied = (ctx: Context, id: string): Promise<number> =>
  ctx.tx.run(sql`update outgoing_mail set copied_at = now() where tenant_id = ${ctx.tenant_id} and id = ${id}`);

/** Of these addresses one that did not exist or took no mail when it was last written to, by the caller's mailboxes. */
export const findBounced = (
  ctx: Context,
  addresses: readonly string[],
): Promise<{ address: string; reason: string } | undefined> =>
  ctx.tx.maybe(sql`select a.address, b ->> 'reason' as reason from unnest(${addresses.map((one) => one.toLowerCase())}::text[]) a (address)
    join outgoing_mail o on o.tenant_id = ${ctx.tenant_id} and o.bounces <> '[]'
      and o.bounces @> jsonb_build_array(jsonb_build_object('address', a.address, 'is_lasting', true))
    cross join jsonb_array_elements(o.bounces) b where b ->> 'address' = a.address
      and not exists (select from mail_message m join message_address f on f.tenant_id = m.tenant_id and f.message_id = m.id
        where m.tenant_id = o.tenant_id and f.address = a.address and m.from_address = a.address and m.occurred_at > o.send_at)
    order by o.send_at desc limit 1`);

export interface SentFile {
  name: string;
  content_type: string;
  size_bytes: number;
  storage_key: string;
}

/** Files that a mail may take along, in this order: uploads that the caller reads by themselves. */
export const filesToSend = (ctx: Context, ids: readonly string[]): Promise<SentFile[]> =>
  ctx.tx.many(sql`select f.name, f.content_type, f.size_bytes::float8 as size_bytes, f.storage_key
    from unnest(${ids}::uuid[]) with ordinality w (id, place)
    join file f on f.tenant_id = ${ctx.tenant_id} and f.id = w.id and f.kind = 'upload' and f.expires_at is null
      and not app.read_elsewhere(f.id)
    order by w.place`);

/** The files of a mail that was written: whoever wrote it could read them. */
export const filesOf = (ctx: Context, ids: readonly string[]): Promise<SentFile[]> =>
  ctx.tx.many(sql`select f.name, f.content_type, f.size_bytes::float8 as size_bytes, f.storage_key
    from unnest(${ids}::uuid[]) with ordinality w (id, place)
    join file f on f.tenant_id = ${ctx.tenant_id} and f.id = w.id order by w.place`);
