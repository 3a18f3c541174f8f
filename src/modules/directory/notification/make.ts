import type { Resource } from '../../../kernel/contract/resource.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type Candidate, candidatesOf, follows, subjectOf } from './candidate.ts';
import { leaveMails } from './mail.ts';
import {
  type Addressed,
  addFollowers,
  type Ended,
  insertNotifications,
  keepReaders,
  type Made,
  readCaretakers,
  readCreator,
  readDueTasks,
  readEvents,
  readFollowers,
  tellPages,
} from './make-queries.ts';
import { readSettings } from './settings.ts';

const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Tells people of what one transaction of a change did. */
export async function tellOfChange(
  ctx: Context,
  records: readonly Resource[],
  place: { request_id: string; xid: string },
): Promise<Made[]> {
  const byName = new Map(records.map((resource) => [resource.name, resource]));
  const events = await readEvents(ctx, place, [...byName.keys()]);
  await addFollowers(ctx, follows(events));
  const subjects = events.flatMap((event) => {
    if (byName.has(event.resource)) return { resource: event.resource, id: event.record_id };
    return (event.row && subjectOf(event.row)) ?? [];
  });
  const scene = { records: byName, followers: await readFollowers(ctx, subjects), change_id: place.request_id };
  const change_id = isId.test(place.request_id) ? place.request_id : null;
  return tell(
    ctx,
    candidatesOf(events, scene).map((candidate) => ({ ...candidate, change_id })),
  );
}

const byProgram = { at: null, source: null, source_id: null, actor_id: null, change_id: null } as const;

/** Tells people of their tasks whose time has come since. */
export async function tellOfTasks(ctx: Context, since: string): Promise<Made[]> {
  const due = await readDueTasks(ctx, since);
  return tell(
    ctx,
    due.map((task) => ({
      ...byProgram,
      user_id: task.user_id,
      kind: 'task_due',
      cause: `${task.id}:${task.moment}`,
      resource: 'task',
      record_id: task.id,
      readable: subjectOf(task),
    })),
  );
}

/** Tells whoever began some work that it has ended. */
export async function tellOfEnd(
  ctx: Context,
  { resource, id, state }: { resource: Ended; id: string; state: string },
): Promise<Made[]> {
  const creator = await readCreator(ctx, resource, id);
  if (!creator?.created_by) return [];
  const cause = `${resource}:${id}:${state}`;
  const about = { ...byProgram, kind: 'finished', cause, resource, record_id: id, readable: null } as const;
  return tell(ctx, [{ ...about, user_id: creator.created_by }]);
}

/** Tells those who look after the data that there are duplicates, once a day. */
export async function tellOfDuplicates(ctx: Context, day: string): Promise<Made[]> {
  const people = await readCaretakers(ctx);
  const about = { ...byProgram, kind: 'duplicates_found', resource: 'duplicate', record_id: null } as const;
  return tell(
    ctx,
    people.map(({ id }) => ({ ...about, user_id: id, cause: day, readable: null })),
  );
}

/** Keeps those whom it reaches, in the way each of them wants to be told. */
async function tell(ctx: Context, candidates: readonly Candidate[]): Promise<Made[]> {
  if (candidates.length === 0) return [];
  const reached = await keepReaders(ctx, candidates);
  const settings = await readSettings(ctx, [...new Set(reached.map(({ user_id }) => user_id))]);
  const addressed: Addressed[] = reached.flatMap((candidate) => {
    const { in_app, email } = settings.get(candidate.user_id)!.kinds[candidate.kind];
    return in_app || email !== 'off' ? { ...candidate, in_app, email } : [];
  });
  if (addressed.length === 0) return [];
  const made = await insertNotifications(ctx, addressed);
  await tellPages(ctx, [...new Set(made.map(({ user_id }) => user_id))]);
  await leaveMails(ctx, made, settings);
  return made;
}
