/** An audit event as the database holds it. `before` and `after` are JSON as text, whose numbers may be longer than JavaScript's. */
export interface StoredEvent {
  tenant_id: string;
  seq: string;
  xid: string;
  /** `2026-11-20T07:00:00.000Z` */
  at: string;
  actor_kind: string;
  actor_id: string | null;
  action: string;
  resource: string;
  record_id: string | null;
  before: string | null;
  after: string | null;
  ip: string | null;
  request_id: string | null;
  import_id: string | null;
}

const plain = ['tenant_id', 'seq', 'xid', 'at', 'actor_kind', 'actor_id', 'action', 'resource', 'record_id', 'ip', 'request_id', 'import_id'] as const; // biome-ignore format: a list of words
const json = ['before', 'after'] as const;

/**
 * The bytes of an event that a seal covers. They are the same on every machine, and no two different events have the same:
 *
 *     holdfast-audit-event-1 LF, then for each field in the order of `plain` and then `json`:
 *     its length in bytes as decimal digits, ":", its text in UTF-8, LF; for null only "-", LF
 *
 * JSON is written by `canonicalJson`. A new form gets a new first line.
 */
export function canonicalEvent(event: StoredEvent): Buffer {
  const texts = [...plain.map((field) => event[field]), ...json.map((field) => canonicalJson(event[field]))];
  const lines = texts.map((text) => (text === null ? '-' : `${Buffer.byteLength(text)}:${text}`));
  return Buffer.from(['holdfast-audit-event-1', ...lines, ''].join('\n'));
}

/** JSON without spaces, the keys of objects sorted by code unit, numbers digit for digit as they were written. */
export function canonicalJson(text: string | null): string | null {
  if (text === null) return null;
  return write(parse(text, (_key, value, { source }) => (typeof value === 'number' ? rawJSON(source) : value)));
}

/** Parts of ES2026 that Node 24 has and TypeScript's library does not name yet. */
const { parse, rawJSON, isRawJSON } = JSON as unknown as {
  parse: (text: string, reviver: (key: string, value: unknown, context: { source: string }) => unknown) => unknown;
  rawJSON: (source: string) => object;
  isRawJSON: (value: unknown) => boolean;
};

function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null || isRawJSON(value)) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(',')}}`;
}
