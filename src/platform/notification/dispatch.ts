import type { Resource } from '../../kernel/contract/resource.ts';
import type { Mailer } from '../../kernel/mail/mailer.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { suspectResource, suspectTypes } from '../duplicate/contract.ts';
import type { RecordName } from '../subject.ts';
import { type Candidate, type ChangeEvent, candidatesOf, follows, recordsOf } from './candidate.ts';
import {
  type Addressed,
  addFollowers,
  type ChangeTransaction,
  type Ended,
  events_max,
  insertNotifications,
  keepReaders,
  readCaretakers,
  readCreator,
  readEvents,
  readFollowers,
  tellPages,
} from './dispatch-queries.ts';
import { leaveMails } from './mail.ts';
import { readSettings } from './settings.ts';

const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Tells people of what these transactions did. */
export async function notifyOfChanges(
  ctx: Context,
  records: readonly Resource[],
  xids: readonly string[],
  mailer: Mailer,
): Promise<void> {
  const byName = new Map(records.map((resource) => [resource.name, resource]));
  const events = await readEvents(ctx, xids, [...byName.keys()]);
  if (events.length === events_max && xids.length > 1) {
    const half = Math.ceil(xids.length / 2);
    for (const some of [xids.slice(0, half), xids.slice(half)]) await notifyOfChanges(ctx, records, some, mailer);
    return;
  }
  const candidates: Candidate[] = [];
  for (const changes of untilSomebodyFollows(events)) {
    await addFollowers(ctx, follows(changes[0]!));
    const subjects = changes.flat().flatMap((event): RecordName | readonly RecordName[] => {
      if (byName.has(event.resource)) return { type: event.resource, id: event.record_id };
      return event.row ? recordsOf(event.row) : [];
    });
    const followers = await readFollowers(ctx, subjects);
    for (const change of changes) {
      const { request_id } = change[0]!;
      const change_id = isId.test(request_id) ? request_id : null;
      const found = candidatesOf(change, { records: byName, followers, change_id: request_id });
      candidates.push(...found.map((candidate) => ({ ...candidate, change_id })));
    }
  }
  await tell(ctx, candidates, mailer);
}

/**
 * The events by their transaction, in runs of transactions. By the first of a run somebody may come to follow a record:
 * they hear of what is done from then on.
 */
function untilSomebodyFollows<Event extends ChangeEvent & ChangeTransaction>(events: readonly Event[]): Event[][][] {
  const runs: Event[][][] = [];
  for (const change of Map.groupBy(events, ({ xid }) => xid).values()) {
    if (runs.length === 0 || follows(change).length > 0) runs.push([change]);
    else runs.at(-1)!.push(change);
  }
  return runs;
}

const byProgram = { at: null, source: null, source_id: null, actor_id: null, via: null, change_id: null } as const;

/** Tells people of what they have to do, whose time has come. `cause`: nobody is told twice of the same. */
export async function notifyOfDue(
  ctx: Context,
  resource: Resource,
  due: readonly { id: string; user_id: string; cause: string; about: Values[] }[],
  mailer: Mailer,
): Promise<void> {
  const candidates = due.map(({ id, user_id, cause, about }) => ({
    ...byProgram,
    user_id,
    kind: 'task_due' as const,
    cause,
    resource: resource.name,
    record_id: id,
    readable: recordsOf({ about }),
  }));
  await tell(ctx, candidates, mailer);
}

/** Tells whoever began some work that it has ended. */
export async function notifyOfJobEnd(
  ctx: Context,
  { resource, id, state }: { resource: Ended; id: string; state: string },
  mailer: Mailer,
): Promise<void> {
  const creator = await readCreator(ctx, resource, id);
  if (!creator?.created_by) return;
  const cause = `${resource}:${id}:${state}`;
  const about = { ...byProgram, kind: 'finished', cause, resource, record_id: id, readable: [] } as const;
  await tell(ctx, [{ ...about, user_id: creator.created_by }], mailer);
}

/** Tells those who look after the data that there are duplicates, once a day. */
export async function notifyOfDuplicates(ctx: Context, day: string, mailer: Mailer): Promise<void> {
  const rights = suspectTypes().map((type) => suspectResource(type).right);
  const people = await readCaretakers(ctx, rights);
  const about = { ...byProgram, kind: 'duplicates_found', resource: 'duplicate', record_id: null } as const;
  await tell(
    ctx,
    people.map(({ id }) => ({ ...about, user_id: id, cause: day, readable: [] })),
    mailer,
  );
}

/** Tells the owner of a webhook that nothing is sent any more. */
export async function notifyOfWebhook(
  ctx: Context,
  { id, owner_id }: { id: string; owner_id: string },
  mailer: Mailer,
): Promise<void> {
  const cause = `webhook:${id}:${new Date().toISOString()}`;
  const about = { ...byProgram, kind: 'webhook_disabled', resource: 'webhook', record_id: id, readable: [] } as const;
  await tell(ctx, [{ ...about, user_id: owner_id, cause }], mailer);
}

/** Keeps those whom it reaches, in the way each of them wants to be told. */
async function tell(ctx: Context, candidates: readonly Candidate[], mailer: Mailer): Promise<void> {
  if (candidates.length === 0) return;
  const reached = await keepReaders(ctx, candidates);
  const settings = await readSettings(ctx, [...new Set(reached.map(({ user_id }) => user_id))]);
  const addressed: Addressed[] = reached.flatMap((candidate) => {
    const { in_app, email } = settings.get(candidate.user_id)!.kinds[candidate.kind];
    return in_app || email !== 'off' ? { ...candidate, in_app, email } : [];
  });
  if (addressed.length === 0) return;
  const made = await insertNotifications(ctx, addressed);
  await tellPages(ctx, [...new Set(made.map(({ user_id }) => user_id))]);
  if (mailer.configured) await leaveMails(ctx, made, settings);
}
