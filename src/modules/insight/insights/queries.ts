import type { RawBuilder } from 'kysely';
import { resourceNamed } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { isSealedText, type NamedTexts, openNamed, partSql } from '../../../kernel/resource/personal.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { ModelFeature } from '../language-model/contract.ts';
import type { Source } from '../meaning/index.ts';
import type { CheckedAnswer } from './check.ts';

/** A text that the caller reads in full: each table's policies decide. */
export interface ReadText {
  resource: Source;
  id: string;
  title: string | null;
  body: string;
  at: string;
  kind: string | null;
  direction: 'in' | 'out' | null;
  conversation_id: string | null;
  has_files: boolean;
}

/** What the model answered to these texts before, for a caller who may read every one of them: the policy asks. */
export const findAnswer = async (ctx: Context, digest: Buffer): Promise<CheckedAnswer | undefined> =>
  (
    await ctx.tx.maybe<{ answer: CheckedAnswer }>(
      sql`select answer from language_model_answer where tenant_id = ${ctx.tenant_id} and digest = ${digest}`,
    )
  )?.answer;

export async function insertAnswer(
  ctx: Context,
  {
    digest,
    model,
    answer,
    sources,
  }: { digest: Buffer; model: string; answer: CheckedAnswer; sources: readonly string[] },
): Promise<void> {
  await ctx.tx.run(sql`insert into language_model_answer (tenant_id, digest, model, answer, sources)
    values (${ctx.tenant_id}, ${digest}, ${model}, ${JSON.stringify(answer)}::jsonb, ${sources}::uuid[]) on conflict do nothing`);
}

export const deleteAnswer = (ctx: Context, digest: Buffer): Promise<number> =>
  ctx.tx.run(sql`delete from language_model_answer where tenant_id = ${ctx.tenant_id} and digest = ${digest}`);

/** Answers that were made of texts that have changed, or are gone, at this time. */
export const deleteAnswersOf = (ctx: Context, sources: readonly string[], changed_at: string): Promise<number> =>
  ctx.tx.run(
    sql`delete from language_model_answer where tenant_id = ${ctx.tenant_id} and sources && ${sources}::uuid[]
    and created_at <= ${changed_at}::timestamptz`,
  );

/** The language model that members may ask, without where it is. */
export const offeredModel = async (ctx: Context): Promise<{ name: string; features: ModelFeature[] } | null> => {
  const { model } = await ctx.tx.one<{ model: { name: string; features: ModelFeature[] } | null }>(
    sql`select app.offered_language_model() as model`,
  );
  return model;
};

/** The newest texts that are looked at, and how much of each. */
const texts_max = 200;
const body_max = 8_000;

const message = sql`'mail_message' as resource, m.id, m.subject as title, left(m.body, ${sql.lit(body_max)}) as body,
  m.occurred_at::timestamptz as at,
  'email' as kind, m.direction, m.conversation_id, m.has_files`;

/** What may be sealed is opened, and cut then. */
export async function textsOfRecords(
  ctx: Context,
  ids: readonly string[],
  hidden: readonly string[],
): Promise<ReadText[]> {
  const texts = await ctx.tx.many<ReadText>(sql`select s.* from (
      select distinct on (l.item_id) l.item_type, l.item_id, l.at from record_link l where l.tenant_id = ${ctx.tenant_id}
        and l.record_id = any (${ids}::uuid[])
        and l.item_type in ('note', 'activity', 'mail_message') and l.item_type <> all (${hidden}::text[])) l
    cross join lateral (
      select 'note' as resource, n.id, null::text as title, ${beginning(sql`n.body`)} as body, n.created_at::timestamptz as at,
        null::text as kind,
        null::text as direction, null::uuid as conversation_id, false as has_files
        from note n where l.item_type = 'note' and n.tenant_id = ${ctx.tenant_id} and n.id = l.item_id and n.deleted_at is null
      union all select 'activity', a.id, a.subject, ${beginning(sql`coalesce(a.body, '')`)}, a.occurred_at::timestamptz, a.kind,
        a.direction, null, false
        from activity a where l.item_type = 'activity' and a.tenant_id = ${ctx.tenant_id} and a.id = l.item_id and a.deleted_at is null
      union all select ${message} from mail_message m where l.item_type = 'mail_message' and m.tenant_id = ${ctx.tenant_id}
        and m.id = l.item_id
        and m.deleted_at is null) s
    where s.at <= now() order by s.at desc, s.id desc limit ${texts_max}`);
  const sealed = texts.filter(({ title, body }) => isSealedText(title) || isSealedText(body));
  await openNamed(ctx, sealed.map(namesOf));
  for (const text of sealed) text.body = text.body.slice(0, body_max);
  return texts;
}

const beginning = (body: RawBuilder<unknown>) => partSql(body, sql`left(${body}, ${sql.lit(body_max)})`);

const namesOf = (of: ReadText): NamedTexts => ({
  of,
  resource: resourceNamed(of.resource)!,
  id: of.id,
  names: { subject: 'title', body: 'body' },
});

/** The messages of a conversation as it stands in a mailbox that the caller reads; undefined where there is none. */
export async function textsOfThread(ctx: Context, id: string): Promise<ReadText[] | undefined> {
  const thread = await ctx.tx.maybe<{ mailbox_id: string; conversation_id: string }>(
    sql`select mailbox_id, conversation_id from mail_thread where tenant_id = ${ctx.tenant_id} and id = ${id}`,
  );
  return thread && conversation(ctx, thread.conversation_id, sql`and ${thread.mailbox_id}::uuid = any (m.mailbox_ids)`);
}

/** The same by one of its messages, in all mailboxes that the caller reads. */
export async function textsAround(ctx: Context, id: string): Promise<ReadText[] | undefined> {
  const found = await ctx.tx.maybe<{ conversation_id: string }>(
    sql`select conversation_id from mail_message where tenant_id = ${ctx.tenant_id} and id = ${id} and deleted_at is null`,
  );
  return found && conversation(ctx, found.conversation_id, sql``);
}

const conversation = ({ tx, tenant_id }: Context, id: string, where: ReturnType<typeof sql>): Promise<ReadText[]> =>
  tx.many(sql`select ${message} from mail_message m where m.tenant_id = ${tenant_id} and m.conversation_id = ${id} ${where}
    and m.deleted_at is null
    order by m.occurred_at desc, m.id desc limit ${texts_max}`);

const members_max = 50;

/** The people who belong to a household now. */
export async function membersOf(ctx: Context, household: string): Promise<string[]> {
  const rows = await ctx.tx.many<{
    id: string;
  }>(sql`select distinct contact_id as id from household_member where tenant_id = ${ctx.tenant_id}
    and household_id = ${household} and (from_on is null or from_on <= current_date) and (until_on is null or until_on >= current_date)
      limit ${members_max}`);
  return rows.map(({ id }) => id);
}

/** The task about these records that has been due for longest. */
export const overdueTask = (
  ctx: Context,
  ids: readonly string[],
): Promise<{ id: string; title: string; due_at: string } | undefined> =>
  ctx.tx.maybe(sql`select t.id, t.title, t.due_at::timestamptz as due_at from record_link l join task t on t.tenant_id = l.tenant_id
    and t.id = l.item_id
    where l.tenant_id = ${ctx.tenant_id} and l.record_id = any (${ids}::uuid[]) and l.item_type = 'task' and t.status = 'open'
      and t.deleted_at is null
      and t.due_at < now() order by t.due_at, t.id limit 1`);
