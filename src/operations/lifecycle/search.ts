import type { AuditEvent } from '../../kernel/audit/contract.ts';
import { derivedAmong } from '../../kernel/audit/derived.ts';
import { addNames } from '../../kernel/audit/names.ts';
import type { Database } from '../../kernel/database/database.ts';
import { decodeCursor, encodeCursor } from '../../kernel/resource/cursor.ts';
import { type Actor, parseVia, withContext } from '../../kernel/tenancy/context.ts';
import { type ArchiveStore, readArchive } from './archive-file.ts';
import type { ArchivePage, ArchiveQuery } from './contract.ts';
import { type ArchiveFile, listArchiveFiles, namesOf } from './queries.ts';

/**
 * After so long the answer is what was found, and the search goes on where the caller asks for more. A file is always
 * read to its end.
 */
const search_ms = 5_000;

interface Line {
  tenant_id: string;
  seq: number;
  at: string;
  actor_kind: AuditEvent['actor_kind'];
  actor_id?: string;
  action: string;
  resource: string;
  record_id?: string;
  fields?: string[];
  ip?: string;
  request_id?: string;
  import_id?: string;
  cause?: string;
  via?: string;
}

/**
 * Events of the caller's workspace in the archived trail, the newest first. The files are read from the newest back,
 * without any transaction: that takes seconds where the database takes milliseconds.
 */
export async function searchArchive(
  { db, actor, store }: { db: Database; actor: Actor; store: ArchiveStore },
  { limit, cursor, ...filter }: ArchiveQuery,
): Promise<ArchivePage> {
  const began = Date.now();
  const binding = JSON.stringify([actor.tenant_id, 'audit-archive', filter]);
  const from = cursor ? positionIn(decodeCursor(cursor, binding)) : undefined;
  const files = await withContext(db, actor, (ctx) => listArchiveFiles(ctx, filter.from, filter.to), { mode: 'read' });
  const found: Line[] = [];
  let searched_back_to: string | null = null;
  let next_cursor: string | null = null;
  const isThere = from !== undefined && files.some(({ id }) => id === from.id);
  for (const file of files) {
    if (from && isBefore(file, from, isThere)) continue;
    // The last page ended in this file, or in the one that was written again as this one: what it had is known by its
    // number.
    const isPartly = from !== undefined && (isThere ? file.id === from.id : timeAfter(file, from) === 0);
    const kept = limit - found.length + 1;
    const matches = await newestOf(
      readArchive(store, file.storage_key),
      actor.tenant_id,
      kept,
      (line) => isWanted(line, filter) && (!isPartly || line.seq < from!.seq),
    );
    found.push(...matches.reverse());
    searched_back_to = new Date(file.first_at).toISOString();
    const last = found[Math.min(found.length, limit) - 1];
    const isLast = file === files.at(-1);
    if (found.length > limit || (!isLast && (found.length === limit || Date.now() - began > search_ms))) {
      const isCut = found.length > limit;
      const next = files[files.indexOf(file) + 1];
      next_cursor = isCut
        ? encodeCursor([String(last!.seq), file.first_at, file.id], binding)
        : encodeCursor([String(Number.MAX_SAFE_INTEGER), next!.first_at, next!.id], binding);
      break;
    }
  }
  return { data: await asEvents(db, actor, found.slice(0, limit)), searched_back_to, next_cursor };
}

interface ArchivePosition {
  seq: number;
  first_at: string;
  id: string;
}

const positionIn = ([seq, first_at, id]: unknown[]): ArchivePosition => ({
  seq: Number(seq),
  first_at: String(first_at),
  id: String(id),
});

/** By how much a file is of a later month. */
const timeAfter = (file: ArchiveFile, { first_at }: ArchivePosition): number =>
  Date.parse(file.first_at) - Date.parse(first_at);

/** Files come by their period and id, the last first: a month has several where the past of a workspace came later. */
function isBefore(file: ArchiveFile, position: ArchivePosition, isThere: boolean): boolean {
  const difference = timeAfter(file, position);
  return difference > 0 || (difference === 0 && isThere && file.id > position.id);
}

function isWanted(
  line: Line,
  { resource, record_id, actor_id, action, request_id, from, to }: Omit<ArchiveQuery, 'limit' | 'cursor'>,
): boolean {
  return (
    line.action !== 'signal' &&
    (!resource || line.resource === resource) &&
    (!record_id || line.record_id === record_id) &&
    (!actor_id || line.actor_id === actor_id) &&
    (!action || line.action === action) &&
    (!request_id || line.request_id === request_id) &&
    (!from || Date.parse(line.at) >= Date.parse(from)) &&
    (!to || Date.parse(line.at) < Date.parse(to))
  );
}

/**
 * The last so many lines of a workspace that fit. A file is in the order of workspaces and numbers, so those behind are
 * not read.
 */
async function newestOf(
  batches: AsyncIterable<string[]>,
  tenant_id: string,
  rows_max: number,
  fits: (line: Line) => boolean,
): Promise<Line[]> {
  const newest: Line[] = [];
  const mark = `"tenant_id": "${tenant_id}"`;
  let met = false;
  for await (const lines of batches) {
    for (const text of lines) {
      if (!text.includes(mark)) {
        if (met) return newest;
        continue;
      }
      const line = JSON.parse(text) as Line;
      // A value of another workspace could hold the mark.
      if (line.tenant_id !== tenant_id) continue;
      met = true;
      if (!fits(line)) continue;
      newest.push(line);
      if (newest.length > rows_max) newest.shift();
    }
  }
  return newest;
}

async function asEvents(db: Database, actor: Actor, lines: readonly Line[]): Promise<AuditEvent[]> {
  if (lines.length === 0) return [];
  const ids = [...new Set(lines.flatMap(({ actor_id }) => actor_id ?? []))];
  return withContext(
    db,
    actor,
    async (ctx) => {
      const names = new Map((await namesOf(ctx, ids)).map(({ id, name }) => [id, name]));
      const events = lines.map(({ seq, at, actor_kind, actor_id, action, resource, ...line }) => ({
        seq: String(seq),
        at: new Date(at).toISOString(),
        actor_kind,
        actor: actor_id ? { id: actor_id, name: names.get(actor_id) ?? '' } : null,
        action,
        resource,
        record_id: line.record_id ?? null,
        fields: line.fields ?? null,
        before: null,
        after: null,
        currency: null,
        ip: line.ip?.replace(/\/\d+$/, '') ?? null,
        request_id: line.request_id ?? null,
        import_id: line.import_id ?? null,
        cause: line.cause ?? null,
        via: archivedVia(line),
      }));
      return addNames(
        ctx,
        events.map((event) => ({ ...event, derived: derivedAmong(event) })),
      );
    },
    { mode: 'read' },
  );
}

/** The archive does not say what a key was called. */
function archivedVia({ via, import_id }: Pick<Line, 'via' | 'import_id'>): AuditEvent['via'] {
  const found = parseVia(via ?? null) ?? (import_id ? { type: 'import', id: import_id } : undefined);
  return found ? { ...found, name: null } : null;
}
