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

export function actorName({ actor, actor_kind }: AuditEvent): string {
  if (actor) return actor_kind === 'api_key' ? `${actor.name} (API key)` : actor.name;
  return actor_kind === 'system' ? 'Holdfast' : 'An API key';
}

/** The fields an event tells about, before and after. */
export function fieldsOf({ before, after }: AuditEvent): { field: string; before: unknown; after: unknown }[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names.map((field) => ({ field, before: before?.[field] ?? null, after: after?.[field] ?? null }));
}
