/** An audit event as the database holds it, each field as text. */
export interface StoredEvent {
  tenant_id: string;
  seq: string;
  xid: string;
  /** `2026-11-20T07:00:00.000Z` */
  at: string;
  actor_kind: string;
  actor_id: string | null;
  credential_id: string | null;
  action: string;
  resource: string;
  record_id: string | null;
  /** Names of columns, with commas between. */
  fields: string | null;
  /** In hexadecimal digits. */
  commitment: string | null;
  ip: string | null;
  request_id: string | null;
  import_id: string | null;
  cause: string | null;
  depth: string;
  via: string | null;
}

const order = [
  'tenant_id',
  'seq',
  'xid',
  'at',
  'actor_kind',
  'actor_id',
  'credential_id',
  'action',
  'resource',
  'record_id',
  'fields',
  'commitment',
  'ip',
  'request_id',
  'import_id',
  'cause',
  'depth',
  'via',
] as const;

/**
 * The bytes of an event that its seal covers. They are the same on every machine, and different for different events:
 *
 * holdfast-audit-event-1 LF, then for each field in the order above: its length in bytes as decimal digits, ":", its
 * text in UTF-8, LF; for null only "-", LF
 *
 * A new form gets a new first line.
 */
export function canonicalEvent(event: StoredEvent): Buffer {
  const lines = order.map((field) => {
    const text = event[field];
    return text === null ? '-' : `${Buffer.byteLength(text)}:${text}`;
  });
  return Buffer.from(['holdfast-audit-event-1', ...lines, ''].join('\n'));
}
