import type { Resource } from '../../../kernel/contract/resource.ts';
import { problems } from '../../../kernel/errors/problem.ts';
import { refuseSwitchedOff, refuseTypesOff } from '../../../kernel/features/switches.ts';
import { getRow } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { company } from '../../directory/company/contract.ts';
import { contact } from '../../directory/contact/contract.ts';
import { deal } from '../../sales/deal/contract.ts';
import { household } from '../../wealth/household/contract.ts';
import type {
  AnswerKind,
  InsightAnswer,
  InsightSource,
  Insights,
  insightSubjects,
  NextAction,
  OpenPromise,
} from './contract.ts';
import { openPromises } from './promises.ts';
import {
  membersOf,
  offeredModel,
  overdueTask,
  type ReadText,
  textsAround,
  textsOfRecords,
  textsOfThread,
} from './queries.ts';
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
  const read = await readTexts(ctx, of, id);
  const { texts, source, isMail } = read;
  const sentences = texts.flatMap(sentencesOf);
  const promises = promisesIn(sentences, source, now);
  return {
    made_by: 'rules',
    model: await offeredModel(ctx),
    texts: texts.length,
    summary: summarise(sentences, now).map((each: Sentence) => ({ text: each.text, source: source(each.of) })),
    promises,
    strength: isMail ? null : strengthOf(texts, now),
    next_action: await nextAction(ctx, { ...read, promises, now }),
  };
}

/** What the caller reads about a record or in a conversation, the newest first. */
export interface InsightTexts {
  /** Of the records; none of a conversation. */
  ids: readonly string[];
  texts: readonly ReadText[];
  source: ReturnType<typeof sourceOf>;
  isMail: boolean;
}

export async function readTexts(ctx: Context, of: Subject, id: string): Promise<InsightTexts> {
  if (of === 'thread' || of === 'message')
    return { ids: [], texts: await conversationTexts(ctx, of, id), source: sourceOf(null), isMail: true };
  const ids = await recordIds(ctx, of, id);
  const texts = await textsOfRecords(ctx, ids, hiddenOf(ctx));
  return { ids, texts, source: sourceOf({ resource: of, id }), isMail: false };
}

function promisesIn(sentences: readonly Sentence[], source: InsightTexts['source'], now: Date): OpenPromise[] {
  return openPromises(sentences)
    .slice(0, promises_max)
    .map(({ sentence, by, due_on }) => ({
      text: sentence.text,
      source: source(sentence.of),
      by,
      due_on,
      overdue: due_on !== null && due_on < now.toISOString().slice(0, 10),
    }));
}

const asked_max = 6;

/** What rules say in the place of a language model. To a mail they write no reply, and name what it asks. */
export async function answerByRules(ctx: Context, kind: AnswerKind, read: InsightTexts): Promise<InsightAnswer> {
  const now = new Date();
  const sentences = read.texts.flatMap(sentencesOf);
  const newest = read.texts.find(({ direction }) => direction === 'in');
  const chosen = {
    summary: () => summarise(sentences, now),
    next_action: () => [],
    reply_draft: () => sentences.filter(({ text, of }) => of === newest && text.includes('?')).slice(0, asked_max),
  }[kind]();
  const promises = promisesIn(sentences, read.source, now);
  return {
    kind,
    made_by: 'rules',
    model: null,
    why: null,
    is_cached: false,
    sentences: chosen.map(({ text, of }) => ({ text, sources: [read.source(of)] })),
    next_action: kind === 'next_action' ? await nextAction(ctx, { ...read, promises, now }) : null,
    dropped: 0,
    tokens_left: null,
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

interface Known extends Pick<InsightTexts, 'ids' | 'texts' | 'source'> {
  promises: readonly OpenPromise[];
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
