import type { Named } from '../../../record/field.ts';

export interface AuditEvent {
  seq: string;
  at: string;
  actor_kind: 'user' | 'api_key' | 'system';
  actor: Named | null;
  action: string;
  resource: string;
  record_id: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  ip: string | null;
  request_id: string | null;
}

/** "close_reason" as one reads it. */
export const spoken = (name: string) => name.replaceAll('_', ' ');

const verbs: Record<string, string> = { create: 'created', update: 'changed', delete: 'deleted' };

/** Events that are no change of a record, as what somebody did. */
const deeds: Record<string, string> = {
  'session sign_in': 'signed in',
  'session revoke': 'signed out a device',
  'user sign_in_failed': 'refused a sign-in',
  'user reset_requested': 'was asked for a new password',
  'user_role create': 'gave a role',
  'user_role delete': 'took a role away',
  'team_member create': 'added a member to a team',
  'team_member delete': 'took a member out of a team',
  'record_tag create': 'added a tag',
  'record_tag delete': 'removed a tag',
  'password create': 'set a password',
  'password update': 'set a new password',
  'totp create': 'began to set up an authenticator app',
  'totp update': 'used an authenticator app',
  'totp delete': 'removed an authenticator app',
  'recovery_code create': 'made recovery codes',
  'recovery_code update': 'used a recovery code',
  'recovery_code delete': 'deleted recovery codes',
  'passkey create': 'added a passkey',
  'passkey update': 'used a passkey',
  'passkey delete': 'removed a passkey',
  'external_identity create': 'linked a sign-in provider',
  'file create': 'uploaded a file',
  'import create': 'uploaded an import',
  'import update': 'went on with an import',
};

/** Resources that people call something else. */
const nouns: Record<string, string> = {
  user: 'member',
  tenant: 'workspace',
  deal_line: 'product of a deal',
  stage: 'stage of a pipeline',
  api_key: 'API key',
  sign_in_provider: 'sign-in provider',
};

/** What happened, after who did it: "created the contact", before its name where it has one. */
export function deedOf({ action, resource, before, after }: AuditEvent): string {
  const deed = deeds[`${resource} ${action}`];
  if (deed) return deed;
  const noun = nouns[resource] ?? spoken(resource);
  if (action === 'update' && after?.deleted_at) return `moved a ${noun} to the trash`;
  if (action === 'update' && before?.deleted_at) return `took a ${noun} back from the trash`;
  return `${verbs[action] ?? spoken(action)} ${/^[aeio]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

export function actorName({ actor, actor_kind }: AuditEvent): string {
  if (actor) return actor_kind === 'api_key' ? `${actor.name} (API key)` : actor.name;
  return actor_kind === 'system' ? 'Holdfast' : 'An API key';
}

/** The fields an event tells about, before and after. */
export function fieldsOf({ before, after }: AuditEvent): { field: string; before: unknown; after: unknown }[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names.map((field) => ({ field, before: before?.[field] ?? null, after: after?.[field] ?? null }));
}

/** What the record is called, where the event tells. */
export function nameOf({ before, after }: AuditEvent): string {
  const tells = { ...before, ...after };
  const name = tells.name ?? tells.title ?? [tells.given_name, tells.family_name].filter(Boolean).join(' ');
  return typeof name === 'string' ? name : '';
}
