import type { AuditEvent } from '../../../../src/kernel/audit/contract.ts';
import { fullName } from '../../../../src/kernel/contract/person-name.ts';
import { productSettings } from '../../../app/settings/sections.ts';
import { actedThrough } from '../../../platform/record/actedThrough.ts';
import { findDefinition } from '../../../platform/record/definitions.ts';
import { findType, recordTypes } from '../../../platform/record/recordTypes.ts';
import { changedText } from '../../../platform/record/timeline/changedText.ts';
import { spoken } from '../../../text/names.ts';
import { t } from '../../../text/text.ts';
import { formatExactTime } from '../../../ui/format.ts';
import { recurrenceText } from '../../directory/task/recurrence.ts';
import { roleName } from '../roles/roleName.ts';

export type { AuditEvent };

/** Events that are no change of a record, as what somebody did. */
const deeds: Record<string, string> = {
  'session sign_in': t('signed in'),
  'session revoke': t('signed out a device'),
  'user sign_in_failed': t('refused a sign-in'),
  'user reset_requested': t('was asked for a new password'),
  'user_role create': t('assigned a role'),
  'user_role delete': t('removed a role'),
  'team_member create': t('added a member to a team'),
  'team_member delete': t('removed a member from a team'),
  'record_tag create': t('added a tag'),
  'record_tag delete': t('removed a tag'),
  'password create': t('set a password'),
  'password update': t('set a new password'),
  'totp create': t('started setting up an authenticator app'),
  'totp update': t('used an authenticator app'),
  'totp delete': t('removed an authenticator app'),
  'recovery_code create': t('created recovery codes'),
  'recovery_code update': t('used a recovery code'),
  'recovery_code delete': t('deleted recovery codes'),
  'passkey create': t('added a passkey'),
  'passkey update': t('used a passkey'),
  'passkey delete': t('removed a passkey'),
  'external_identity create': t('linked a sign-in provider'),
  'file create': t('uploaded a file'),
  'import create': t('uploaded an import'),
  'import update': t('continued an import'),
  'import_fix create': t('corrected a row of an import'),
  'import_fix update': t('corrected a row of an import'),
  'import_fix delete': t('undid a correction in an import'),
};

/** What an event is about, as it stands in a sentence. */
const things: Record<string, string> = {
  contact_position: t('a position of a contact'),
  task: t('a task'),
  note: t('a note'),
  comment: t('a comment'),
  activity: t('an activity'),
  file: t('a file'),
  attachment: t('an attachment'),
  tag: t('a tag'),
  duplicate_rules: t('rules for duplicates'),
  custom_field: t('a custom field'),
  saved_view: t('a saved view'),
  saved_mapping: t('a saved mapping'),
  calendar_feed: t('a calendar address'),
  notification_setting: t('settings of notifications'),
  export: t('an export'),
  user: t('a member'),
  team: t('a team'),
  role: t('a role'),
  api_key: t('an API key'),
  sign_in_provider: t('a sign-in provider'),
  webhook: t('a webhook'),
  tenant: t('the workspace'),
};

const thingOf = (resource: string): string | undefined =>
  things[resource] ?? productSettings().find((settings) => settings.things?.[resource])?.things?.[resource];

/** What ties two records together, said by the names of both. */
const ties: Record<string, (name: (field: string) => string | undefined) => string> = {
  'user_role create': (name) => t('gave {person} the role {role}', { person: name('user_id'), role: name('role_id') }),
  'user_role delete': (name) =>
    t('removed the role {role} from {person}', { person: name('user_id'), role: name('role_id') }),
  'team_member create': (name) =>
    t('added {person} to the team {team}', { person: name('user_id'), team: name('team_id') }),
  'team_member delete': (name) =>
    t('removed {person} from the team {team}', { person: name('user_id'), team: name('team_id') }),
  'record_tag create': (name) => t('added the tag {tag} to {record}', { tag: name('tag_id'), record: name('record') }),
  'record_tag delete': (name) =>
    t('removed the tag {tag} from {record}', { tag: name('tag_id'), record: name('record') }),
};

/** What happened, after who did it: "created the contact", before its name where it has one. */
export function deedOf(event: AuditEvent): string {
  const { action, resource, before, after } = event;
  const tie = tieOf(event);
  if (tie) return tie;
  const deed = deeds[`${resource} ${action}`];
  if (deed) return deed;
  const what = findDefinition(resource)?.indefinite ?? thingOf(resource) ?? spoken(resource);
  if (action === 'update' && after?.deleted_at) return t('moved {what} to the trash', { what });
  if (action === 'update' && before?.deleted_at) return t('restored {what} from the trash', { what });
  if (action === 'create') return t('created {what}', { what });
  if (action === 'update') return t('changed {what}', { what });
  if (action === 'delete') return t('deleted {what}', { what });
  return `${spoken(action)}: ${what}`;
}

export function actorName({ actor, actor_kind, via }: AuditEvent): string {
  if (actor) return actedThrough(actor.name, via);
  return actor_kind === 'system' ? 'Holdfast' : t('An API key');
}

/** The fields an event tells about, before and after; those that the workspace made itself each for itself. */
export function fieldsOf(event: AuditEvent): { field: string; before: unknown; after: unknown }[] {
  const [was, is] = [spread(event.before), spread(event.after)];
  for (const [field, by] of Object.entries(derivedOf(event))) joinDerived(was, is, field, by);
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const told = names.map((field) => ({ field, before: filled(was[field]), after: filled(is[field]) }));
  return told.filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
}

/** The fields an event changed, where it tells no values of them. */
export const fieldNamesOf = (event: AuditEvent): string[] =>
  (event.fields ?? []).filter((field) => derivedOf(event)[field] === undefined);

/** During an upgrade, servers of the release before answer without it. */
const derivedOf = ({ derived }: Partial<AuditEvent>) => derived ?? {};

/**
 * A field that follows from another one while that has a value is told as that one: a task is due on a day or at a
 * time. It is not told where the other one stayed as it was.
 */
function joinDerived(was: Record<string, unknown>, is: Record<string, unknown>, field: string, by: string): void {
  const told = !is[by] && is[field] ? field : by;
  const stayed = !(by in was || by in is);
  for (const side of [was, is]) {
    const value = side[by] ?? side[field];
    delete side[field];
    delete side[by];
    if (!stayed && value !== undefined) side[told] = value;
  }
}

function spread(values: AuditEvent['before']): Record<string, unknown> {
  // The id stands below, with the request.
  const { id: _, custom, ...own } = values ?? {};
  const theirs = Object.entries(custom ?? {}).map(([key, value]) => [`custom.${key}`, value]);
  return { ...own, ...Object.fromEntries(theirs) };
}

const filled = (value: unknown) => (Array.isArray(value) && value.length === 0 ? null : (value ?? null));

/** What the record is called, or else what it belongs to. */
export function nameOf(event: AuditEvent): string {
  if (tieOf(event)) return '';
  const { before, after, names, record_id } = event;
  const values = { ...before, ...after };
  const name =
    values.name ?? values.title ?? fullName(values.given_name as string | null, values.family_name as string | null);
  if (typeof name === 'string' && name)
    return event.resource === 'role' ? roleName({ key: String(values.key), name }) : name;
  const of =
    names[record_id ?? ''] ?? namedBy(event, owners()) ?? (isGone(event) ? t('(deleted, or not visible to you)') : '');
  // "Ann signed in", not "Ann signed in Ann".
  return of === event.actor?.name && deeds[`${event.resource} ${event.action}`] ? '' : of;
}

/** What has a name for whoever may see it, beside records. */
const namedOthers = ['assignee', 'author', 'owner', 'user', 'created_by', 'team', 'role', 'tag'];
const namedOfProducts = () => productSettings().flatMap((settings) => settings.named ?? []);

/** Whether this is such a type, or a field that refers to one. */
function isNamed(name: string): boolean {
  const of = name.replace(/_id$/, '');
  return namedOthers.includes(of) || namedOfProducts().includes(of) || findType(of) !== undefined;
}

/** Deleted for good meanwhile, or not for the reader to see. */
export const isGone = ({ resource, action, record_id, names }: AuditEvent): boolean =>
  record_id !== null && action !== 'delete' && isNamed(resource) && names[record_id] === undefined;

/** The fields of what a record without a name belongs to. */
const owners = (): string[] => [
  ...recordTypes().map(({ resource }) => `${resource}_id`),
  ...['record_id', 'user_id'],
  ...namedOfProducts().map((resource) => `${resource}_id`),
];

function namedBy({ before, after, names }: AuditEvent, fields: readonly string[]): string | undefined {
  const values = { ...before, ...after };
  return fields.map((field) => names[String(values[field])]).find(Boolean);
}

/** Undefined where one of both has no name: it is gone, or not for the reader to see. */
function tieOf(event: AuditEvent): string | undefined {
  let allNamed = true;
  const words = ties[`${event.resource} ${event.action}`]?.((field) => {
    const name = namedBy(event, field === 'record' ? owners() : [field]);
    allNamed &&= name !== undefined;
    return name;
  });
  return allNamed ? words : undefined;
}

/** A value in words. */
export function valueText(event: AuditEvent, field: string, value: unknown): string {
  const { resource, names } = event;
  if (field === 'recurrence' && typeof value === 'string') return recurrenceText(value);
  const name = names[String(value)];
  if (name !== undefined) return name;
  if (isNamed(field) && isId(value)) return t('{id} (deleted, or not visible to you)', { id: value });
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)))
    return formatExactTime(value);
  const known = findDefinition(resource)?.fields.find(({ key }) => key === field);
  // Durations, and amounts of which nobody knows the currency, are told as they are stored.
  if (typeof value === 'number' && (known?.kind === 'money' || known?.kind === 'duration')) return String(value);
  return changedText(value, known, currencyOf(event, field, value));
}

const isId = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);

/** A change of the currency has it before and after. */
const currencyOf = ({ before, after, currency }: AuditEvent, field: string, value: unknown): string | null =>
  ((before?.[field] === value ? before?.currency : after?.currency) as string | undefined) ?? currency;
