import type { Resource } from '../../../kernel/contract/resource.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import { refuseSwitchedOff, refuseTypesOff } from '../../../kernel/features/switches.ts';
import { getRow } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { company } from '../../directory/company/contract.ts';
import { contact } from '../../directory/contact/contract.ts';
import { deal } from '../../sales/deal/contract.ts';
import { household } from '../../wealth/household/contract.ts';
import type { InsightSource, Insights, insightSubjects, NextAction, OpenPromise } from './contract.ts';
import { openPromises } from './promises.ts';
import { membersOf, overdueTask, type ReadText, textsAround, textsOfRecords, textsOfThread } from './queries.ts';
import { isAnswered, isContact, strengthOf } from './relationship.ts';
import { type Sentence, sentencesOf, summarise } from './sentences.ts';

type Subject = (typeof insightSubjects)[number];

type OfRecord = Exclude<Subject, 'thread' | 'message'>;

const records: Record<OfRecord, Resource> = { contact, company, deal, household };
const promises_max = 10;
const day_ms = 86_400_000;
const unanswered_days = 2;
/** Whoever waited for so long does not wait any more. */
const unanswered_days_max = 60;
const silent_days = 30;
/** With fewer contacts nobody is missed. */
const contacts_min = 3;

/**
 * What texts say about a record or in a conversation. It is made anew for each request of what the caller reads, under
 * the policies of each table, so it holds nothing of what they may not read.
 */
export async function insightsOf(ctx: Context, of: Subject, id: string): Promise<Insights> {
  const now = new Date();
  const isMail = of === 'thread' || of === 'message';
  const ids = isMail ? [] : await recordIds(ctx, of, id);
  const texts = isMail ? await conversationTexts(ctx, of, id) : await textsOfRecords(ctx, ids, hiddenOf(ctx));
  const sentences = texts.flatMap(sentencesOf);
  const source = sourceOf(isMail ? null : { resource: of, id });
  const promises = openPromises(sentences)
    .slice(0, promises_max)
    .map(
      ({ sentence, by, due_on }): OpenPromise => ({
        text: sentence.text,
        source: source(sentence.of),
        by,
        due_on,
        overdue: due_on !== null && due_on < now.toISOString().slice(0, 10),
      }),
    );
  return {
    made_by: 'rules',
    texts: texts.length,
    summary: summarise(sentences, now).map((each: Sentence) => ({ text: each.text, source: source(each.of) })),
    promises,
    strength: isMail ? null : strengthOf(texts, now),
    next_action: await nextAction(ctx, { ids, texts, promises, source, now }),
  };
}

async function recordIds(ctx: Context, of: OfRecord, id: string): Promise<string[]> {
  refuseTypesOff(ctx.actor, [records[of].name]);
  await getRow(ctx, records[of], id);
  return of === 'household' ? [id, ...(await membersOf(ctx, id))] : [id];
}

const hiddenOf = ({ actor }: Context): string[] => (actor.features_off?.includes('mail') ? ['mail_message'] : []);

async function conversationTexts(ctx: Context, of: 'thread' | 'message', id: string): Promise<ReadText[]> {
  refuseSwitchedOff(ctx.actor, ['mail']);
  const texts = await (of === 'thread' ? textsOfThread : textsAround)(ctx, id);
  if (!texts) throw problems.notFound('conversation');
  return texts;
}

const sourceOf =
  (subject: InsightSource['subject']) =>
  ({ resource, id, title, at }: Omit<InsightSource, 'subject'>): InsightSource => ({
    resource,
    id,
    title,
    at,
    subject,
  });

interface Known {
  ids: readonly string[];
  texts: readonly ReadText[];
  promises: readonly OpenPromise[];
  source: ReturnType<typeof sourceOf>;
  now: Date;
}

/**
 * The first of these rules that holds: what we promised is overdue, they wait for an answer, a task is overdue, what
 * they promised is, or it is long silent.
 */
async function nextAction(ctx: Context, { ids, texts, promises, source, now }: Known): Promise<NextAction | null> {
  const daysSince = (at: string) => (now.getTime() - Date.parse(at)) / day_ms;
  const ours = promises.find(({ overdue, by }) => overdue && by !== 'them');
  if (ours) return { rule: 'keep_promise', text: ours.text, since: ours.source.at, source: ours.source };
  const mails = texts.filter(({ resource }) => resource === 'mail_message');
  const waits = ({ direction, at }: ReadText) =>
    direction === 'in' && daysSince(at) >= unanswered_days && daysSince(at) <= unanswered_days_max;
  const unanswered = mails.find((mail) => waits(mail) && !isAnswered(mail, mails));
  if (unanswered)
    return { rule: 'answer', text: unanswered.title ?? '', since: unanswered.at, source: source(unanswered) };
  const task = ids.length > 0 ? await overdueTask(ctx, ids) : undefined;
  if (task) {
    const { id, title, due_at } = task;
    return { rule: 'do_task', text: title, since: due_at, source: source({ resource: 'task', id, title, at: due_at }) };
  }
  const theirs = promises.find(({ overdue, by }) => overdue && by === 'them');
  if (theirs) return { rule: 'ask_for_promise', text: theirs.text, since: theirs.source.at, source: theirs.source };
  const contacts = texts.filter(isContact);
  const [last] = contacts;
  if (last && ids.length > 0 && contacts.length >= contacts_min && daysSince(last.at) > silent_days)
    return { rule: 'get_in_touch', text: last.title ?? '', since: last.at, source: source(last) };
  return null;
}
