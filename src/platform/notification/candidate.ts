import type { Resource } from '../../kernel/contract/resource.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { RecordName } from '../subject.ts';
import { assignmentNamed } from './assignment.ts';
import type { NotificationKind } from './contract.ts';

/** Something one person might be told of. */
export interface Candidate {
  user_id: string;
  kind: NotificationKind;
  cause: string;
  resource: string;
  record_id: string | null;
  source: 'comment' | 'note' | null;
  source_id: string | null;
  actor_id: string | null;
  /** What they acted through. */
  via: string | null;
  change_id: string | null;
  /** When it happened; null: just now. */
  at: string | null;
  /**
   * The records one of which its person must be able to read; none: nothing to check. Of what is said of them, it names
   * the first that is.
   */
  readable: readonly RecordName[];
  /** When nothing but custom fields changed, their keys: its person must be able to see one of them. */
  custom?: readonly string[];
}

/** What decides who is told of a change. */
interface Told {
  owner_id: string | null;
  assignee_id: string | null;
  mentions: string[] | null;
  /** None at a creation. */
  custom: Values | null;
}

/** An audit event of the change. */
export interface ChangeEvent {
  action: 'create' | 'update';
  resource: string;
  record_id: string;
  actor_id: string | null;
  via: string | null;
  at: string;
  /** What an update changed. */
  fields: string[];
  before: Told;
  after: Told;
  /**
   * As it is now: of a comment, a note or what is given to somebody its columns, of a record nothing but that it is
   * there.
   */
  row: Values | null;
}

/** Above this many records of one kind a person is told of them as one. */
export const told_singly_max = 10;

/** The records that a comment, note or task is about; a record itself is about none. */
export const recordsOf = (row: Values): readonly RecordName[] => (row.about ?? []) as RecordName[];

/** To whom a task or its like is newly given. */
const assigneeOf = ({ resource, after }: ChangeEvent): string | null =>
  assignmentNamed(resource) ? after.assignee_id : null;

/** Whom a text newly mentions. */
function mentioned({ before, after }: ChangeEvent): string[] {
  const old = before.mentions ?? [];
  return (after.mentions ?? []).filter((id) => !old.includes(id));
}

/** Fields whose change is worth telling those who follow a record. */
const toldFields = ({ meta }: Resource, { fields }: ChangeEvent): string[] =>
  fields.filter((field) => meta.has(field) && meta.get(field)!.type !== 'rank');

/** The keys of the custom fields that a change set. */
function changedCustom({ before, after }: ChangeEvent): string[] {
  const [old, now] = [before.custom ?? {}, after.custom ?? {}];
  const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...keys].filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key])).sort();
}

/** What makes people follow a record: to say something of it, to be mentioned there, to have something to do there. */
export function follows(events: readonly ChangeEvent[]): { user_id: string; subject: RecordName }[] {
  return events.flatMap((event) => {
    const [subject] = event.row ? recordsOf(event.row) : [];
    if (!subject) return [];
    const people = mentioned(event);
    if (event.resource === 'comment' && event.action === 'create' && event.row!.author_id)
      people.push(event.row!.author_id as string);
    const assigned = assigneeOf(event);
    if (assigned) people.push(assigned);
    return people.map((user_id) => ({ user_id, subject }));
  });
}

interface Scene {
  records: ReadonlyMap<string, Resource>;
  /** Of the records in the events, by their id; without those who asked not to hear of it. */
  followers: ReadonlyMap<string, readonly string[]>;
  change_id: string;
}

/** Whom a change is told to, and as what. Nobody hears of what they did themselves. */
export function candidatesOf(events: readonly ChangeEvent[], scene: Scene): Candidate[] {
  const found = events.flatMap((event) => (event.row ? ofEvent(event, scene) : []));
  const others = found.filter(({ user_id, actor_id }) => user_id !== actor_id);
  return gathered(others, scene.change_id);
}

function ofEvent(event: ChangeEvent, scene: Scene): Candidate[] {
  const { resource, record_id, actor_id, via, at, row } = event;
  const about = { actor_id, via, at, change_id: scene.change_id, source: null, source_id: null };
  if (resource === 'comment' || resource === 'note') {
    const readable = recordsOf(row!);
    const [subject] = readable;
    if (!subject) return [];
    const said = {
      ...about,
      resource: subject.type,
      record_id: subject.id,
      source: resource,
      source_id: record_id,
      cause: `${resource}:${record_id}`,
      readable,
    } as const;
    const named = mentioned(event);
    const mentions = named.map((user_id) => ({ ...said, user_id, kind: 'mentioned' as const }));
    if (resource === 'note' || event.action === 'update') return mentions;
    const listening = (scene.followers.get(subject.id) ?? []).filter((user_id) => !named.includes(user_id));
    return [...mentions, ...listening.map((user_id) => ({ ...said, user_id, kind: 'commented' as const }))];
  }
  const itself = { ...about, resource, record_id, cause: `${scene.change_id}:${record_id}` };
  if (assignmentNamed(resource)) {
    const user_id = assigneeOf(event);
    return user_id ? [{ ...itself, user_id, kind: 'assigned', readable: recordsOf(row!) }] : [];
  }
  const readable = [{ type: resource, id: record_id }];
  const owner = event.after.owner_id;
  const assigned: Candidate[] = owner ? [{ ...itself, user_id: owner, kind: 'assigned', readable }] : [];
  const noun = scene.records.get(resource)!;
  const former = noun.handedOver && event.before.owner_id;
  // Which one it was, the former owner may see no more.
  if (former) assigned.push({ ...itself, user_id: former, kind: 'handed_over', record_id: null, readable: [] });
  const told = toldFields(noun, event);
  if (told.length === 0) return assigned;
  const listening = (scene.followers.get(record_id) ?? []).filter((user_id) => user_id !== owner);
  const changed = {
    ...itself,
    kind: 'changed' as const,
    readable,
    ...(told.every((field) => field === 'custom') && { custom: changedCustom(event) }),
  };
  return [...assigned, ...listening.map((user_id) => ({ ...changed, user_id }))];
}

/** What is too much to be told record by record is told as one. */
function gathered(candidates: readonly Candidate[], change_id: string): Candidate[] {
  const groups = Map.groupBy(candidates, ({ user_id, kind, resource, source }) =>
    [user_id, kind, resource, source].join(' '),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (group.length <= told_singly_max || first!.source) return group;
    return [{ ...first!, record_id: null, cause: `${change_id}:${first!.resource}` }];
  });
}
