import { addAbortSignal, PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ResourceName, scopeOf } from '../../kernel/access/rights.ts';
import type { Database } from '../../kernel/database/database.ts';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import { invalidField, problems } from '../../kernel/errors/problem.ts';
import { type FileStore, fileKey } from '../../kernel/files/file-store.ts';
import { removeFile } from '../../kernel/files/jobs.ts';
import { sealedFileKey, sealedFiles } from '../../kernel/files/sealed-files.ts';
import { readsFewer, rightsLeft, seesLess } from '../../kernel/identity/index.ts';
import type { JobRow } from '../../kernel/jobs/kind.ts';
import { cancelJob, liveJobs } from '../../kernel/jobs/queries.ts';
import { deleteRow, getRow } from '../../kernel/resource/store.ts';
import {
  type Actor,
  actWith,
  type Context,
  contextOver,
  type Origin,
  settingsOf,
  systemActor,
  withContext,
} from '../../kernel/tenancy/context.ts';
import { csvLine, utf8_mark } from '../csv/index.ts';
import type { ExportColumn } from './column.ts';
import { exportResource, type Selection, type Streamed } from './contract.ts';
import type { ExportTarget } from './format.ts';
import {
  beginExport,
  copyRows,
  countPending,
  endExport,
  endLost,
  exportStatement,
  findExport,
  insertExport,
  insertExportFile,
  lockRunning,
  planPlainly,
  rightsBeside,
} from './queries.ts';
import { isOpenedOnItsWay, openingSealed, refuseUnlessRevealing } from './sealed.ts';
import { contentTypeOf, writeRows } from './writers.ts';

export const export_kind = 'export.make';
/** Waiting and running, of those that the caller sees. */
const exports_pending_max = 20;
const retry_seconds = 60;
const days_kept = 7;
const file_bytes_max = 20 * 1024 ** 3;

/** Notes an export, after looking whether it can be made. Its row is also its mark in the audit. */
export async function createExport(
  ctx: Context,
  targets: readonly ExportTarget[],
  selection: Selection,
): Promise<string> {
  requireFormat(targets, selection);
  refuseUnlessRevealing(ctx.actor, selection.reason);
  await exportStatement(ctx, targets, targetOf(ctx, targets, selection.resource), selection);
  if ((await countPending(ctx, exports_pending_max)) >= exports_pending_max)
    throw problems.tooMany(
      'too_many_exports',
      'Too many exports are waiting. Wait until some are done, or delete them.',
      retry_seconds,
    );
  const id = uuidV7();
  await insertExport(ctx, id, selection);
  return id;
}

/** Refuses a form of file in which there are no such records, or not these columns of them. */
function requireFormat(targets: readonly ExportTarget[], { resource, columns, format }: Selection): void {
  if (format === 'csv' || format === 'xlsx') return;
  const able = targets.find(({ formats }) => formats?.[format])!;
  if (able.resource === resource && !columns) return;
  throw invalidField('format', 'invalid_value', able.formats![format]!.message);
}

function targetOf({ actor }: Context, targets: readonly ExportTarget[], resource: string): ExportTarget {
  const target = targets.find((candidate) => candidate.resource === resource);
  if (!target)
    throw invalidField('resource', 'invalid_value', `Choose one of ${targets.map((one) => one.resource).join(', ')}`);
  if (scopeOf(actor.rights, target.contract.right, 'read') === 'none') throw problems.forbidden();
  return target;
}

/**
 * The file of an export as it is being written, under the rights of whoever asked for it. `rowCount` is there just
 * before its end; `signal` breaks it off, also while the database has nothing to send.
 */
export function streamExport(
  db: Database,
  targets: readonly ExportTarget[],
  actor: Actor,
  selection: Streamed,
  signal?: AbortSignal,
  origin?: Origin,
): { body: Readable; rowCount: Promise<number> } {
  const csv = new PassThrough();
  // Nobody may be reading yet.
  csv.on('error', () => undefined);
  if (signal) addAbortSignal(signal, csv);
  const head = Promise.withResolvers<ExportColumn[]>();
  const read = db.streaming(settingsOf(actor), async (tx, client) => {
    const ctx = contextOver(tx, db, actor);
    const target = targetOf(ctx, targets, selection.resource);
    refuseUnlessRevealing(actor, selection.reason);
    const { columns, copy } = await exportStatement(ctx, targets, target, selection);
    head.resolve(columns);
    await planPlainly(ctx);
    if (selection.byte_order_mark) csv.write(utf8_mark);
    // Its line ends as those of the rows, which the database writes.
    if (selection.format === 'csv') csv.write(csvLine(columns.map(({ label }) => label)).replace(/\r\n$/, '\n'));
    const rows = copyRows(client, copy);
    try {
      const opening = { db, actor, resource: target.contract, columns, reason: selection.reason, origin };
      if (!columns.some(isOpenedOnItsWay)) await pipeline(rows, csv, { end: false });
      else await pipeline(rows, openingSealed(opening), csv, { end: false });
    } catch (error) {
      // The server would go on to send what nobody reads, and nothing else could be asked on this connection.
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
      throw error;
    }
    return rows;
  });
  // Only now has the database said how many rows there were, and whoever is at the end of the file can at once have
  // another.
  const rowCount = read.then((rows) => {
    csv.end();
    return rows.rowCount;
  });
  rowCount.catch((error: Error) => {
    head.reject(error);
    csv.destroy(error);
  });
  // Of a CSV nobody asks for the head.
  head.promise.catch(() => undefined);
  if (selection.format === 'csv') return { body: csv, rowCount };
  return { body: writeRows(targetNamed(targets, selection), selection.format, csv, head.promise), rowCount };
}

const targetNamed = (targets: readonly ExportTarget[], { resource }: Selection): ExportTarget =>
  targets.find((target) => target.resource === resource)!;

/** Makes the file of an export that was asked for. */
export async function makeExport(
  db: Database,
  store: FileStore,
  targets: readonly ExportTarget[],
  { job, signal, key_id }: { job: Pick<JobRow, 'tenant_id' | 'actor_id'>; signal: AbortSignal; key_id: string | null },
  id: string,
): Promise<void> {
  const { tenant_id, actor_id } = job;
  const system = systemActor(tenant_id);
  const begun = await withContext(db, system, async (ctx) => {
    const row = await findExport(ctx, id);
    if (!row) return undefined;
    // Of somebody whose account was deleted only the job still says who it was.
    const rights = await rightsLeft(ctx, { user_id: row.created_by ?? actor_id, key_id }, row.rights);
    await beginExport(ctx, id, rights);
    return { row, rights };
  });
  // Somebody has deleted it meanwhile.
  if (!begun) return;
  const { row, rights } = begun;
  const actor: Actor = { ...system, user_id: row.created_by, rights };
  const { body, rowCount } = streamExport(db, targets, actor, row, signal, { request_id: `export:${id}` });
  const target = targetNamed(targets, row);
  const content_type = contentTypeOf(target, row.format);
  const file_id = uuidV7();
  const storage_key = row.reason === null ? fileKey(tenant_id, 'export', file_id) : sealedFileKey(tenant_id, file_id);
  const stored = await sealedFiles(store, db).put(storage_key, body, {
    contentType: content_type,
    sizeBytesMax: file_bytes_max,
  });
  const row_count = await rowCount;
  const isWanted = await withContext(db, { ...actor, rights: system.rights }, async (ctx) => {
    // Somebody may have deleted or stopped it meanwhile, and then no one would find the file.
    if (!(await lockRunning(ctx, id))) return false;
    await insertExportFile(ctx, {
      id: file_id,
      name: `${target.contract.plural}.${row.format}`,
      content_type,
      storage_key,
      size_bytes: stored.sizeBytes,
      sha256: stored.sha256,
      created_by: row.created_by,
      days_kept,
    });
    await endExport(ctx, id, { state: 'done', row_count, file_id });
    return true;
  });
  if (!isWanted) await store.delete(storage_key);
}

/** Whoever deletes an export deletes its file as well, and ends its making. */
export async function forgetExport(ctx: Context, id: string, version?: number): Promise<void> {
  const { file_id } = await getRow(ctx, exportResource, id);
  await deleteRow(ctx, exportResource, id, version);
  const { rights } = systemActor(ctx.tenant_id);
  await actWith(ctx, rights);
  const asProgram = { ...ctx, actor: { ...ctx.actor, rights } };
  for (const job_id of await liveJobs(ctx, export_kind, { export_id: id })) await cancelJob(asProgram, job_id);
  if (file_id) await removeFile(asProgram, file_id as string);
}

/** The file holds what its maker saw when it was made. */
export async function refuseSeeingLess(ctx: Context, targets: readonly ExportTarget[], id: string): Promise<void> {
  await getRow(ctx, exportResource, id);
  const made = (await findExport(ctx, id))!;
  const target = targets.find(({ resource }) => resource === made.resource);
  const beside = target ? await rightsBeside(ctx, targets, target, made) : [];
  const isBeyond = (right: ResourceName) =>
    scopeOf(made.rights, right, 'read') !== 'none' && readsFewer(ctx.actor, made, right);
  // Whoever else wants to see sealed values says why, and makes one of their own.
  if (made.reason !== null && made.created_by !== ctx.actor.user_id) throw problems.forbidden();
  refuseUnlessRevealing(ctx.actor, made.reason);
  if (!target || seesLess(ctx.actor, made, target.contract) || beside.some(isBeyond))
    throw problems.forbidden(
      'This export holds records or fields that you do not see. Make one of your own, or ask an administrator.',
    );
}

export const failExport = (db: Database, tenant_id: string, id: string, error: string): Promise<void> =>
  withContext(db, systemActor(tenant_id), (ctx) => endExport(ctx, id, { state: 'failed', error }));

export const finishStreamed = (db: Database, tenant_id: string, id: string, row_count: number): Promise<void> =>
  withContext(db, systemActor(tenant_id), (ctx) => endExport(ctx, id, { state: 'done', row_count }));

/** Longer than any takes: whoever stops reading is let go before. */
const lost_hours = 6;

/** Says of exports that nobody makes any more that they have failed; the server that sent them died. */
export async function failLostExports(db: Database): Promise<void> {
  const message = 'It broke off, and nothing more comes of it. Export again to have the file.';
  await endLost(db, lost_hours, message);
}

const waits_seconds = [1, 2, 4, 8, 16, 32, 64];

/**
 * What has just broken a stream may keep its end from being noted too, and then it would be said for ever that it
 * waits.
 */
export async function notePatiently(note: () => Promise<void>): Promise<void> {
  for (const seconds of waits_seconds) {
    const isNoted = await note().then(
      () => true,
      () => sleep(seconds * 1_000, false, { ref: false }),
    );
    if (isNoted) return;
  }
  await note();
}
