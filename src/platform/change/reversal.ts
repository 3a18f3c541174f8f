import { Problem, problems } from '../../kernel/errors/problem.ts';
import { isJobLive } from '../../kernel/jobs/queries.ts';
import { enqueue } from '../../kernel/jobs/queue.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type Skip, undo_days } from '../undo/contract.ts';
import {
  type ChangeEvent,
  countEvents,
  isConversion,
  isImport,
  readEvents,
  seesAny,
  type Target,
  type UndoKinds,
  undoEvents,
} from '../undo/index.ts';
import {
  type ChangeRow,
  endChange,
  findChangeRow,
  findReversal,
  insertChange,
  noteProgress,
  reopenChange,
  setTotal,
} from './queries.ts';

export const run_kind = 'change.run';
export const import_reversal_kind = 'import_reversal';

/** Has a change done, or gone on with, in the background and in the name of the caller. */
export const enqueueRun = (ctx: Context, change_id: string): Promise<string | null> =>
  enqueue(ctx, run_kind, { change_id });

/** What is taken back while the caller waits; more is done in the background. */
const events_at_once_max = 500;
const batch_events = 1_000;

/**
 * Takes a change back, at once or in the background. `id` is that of the request, by which its own audit events are
 * known.
 */
export async function startReversal(ctx: Context, kinds: UndoKinds, id: string, target: Target): Promise<string> {
  // Asked before its events are read: what it did in between would be missed.
  const reversed = await findChangeRow(ctx, target.change_id);
  const runs = reversed !== undefined && (await isRunning(ctx, reversed));
  const events = await readEvents(ctx, target, kinds, null, events_at_once_max + 1);
  await checkReach(ctx, kinds, target, events);
  if (runs) throw stillRunning();
  if (!(await insertChange(ctx, { id, kind: 'reversal', of: target }))) return resume(ctx, target);
  const large = events.length > events_at_once_max;
  await setTotal(ctx, id, large ? await countEvents(ctx, target, kinds) : events.length);
  if (large) await enqueueRun(ctx, id);
  else await reverseNow(ctx, kinds, id, target, events);
  return id;
}

/** Takes an import back in the background, or goes on with that. */
export async function startImportReversal(
  ctx: Context,
  kinds: UndoKinds,
  id: string,
  import_id: string,
): Promise<string> {
  const target = { change_id: import_id, record_id: null, is_import: true };
  if (!(await insertChange(ctx, { id, kind: import_reversal_kind, of: target }))) return resume(ctx, target);
  await setTotal(ctx, id, await countEvents(ctx, target, kinds));
  await enqueueRun(ctx, id);
  return id;
}

/** What a reversal undoes. */
export const targetOf = ({ kind, of_change, of_record }: ChangeRow): Target => ({
  change_id: of_change!,
  record_id: of_record,
  is_import: kind === import_reversal_kind,
});

async function reverseNow(
  ctx: Context,
  kinds: UndoKinds,
  id: string,
  target: Target,
  events: ChangeEvent[],
): Promise<void> {
  const { changed, skipped } = await undoEvents(ctx, kinds, target, events);
  if (changed === 0) throw nothingToUndo(skipped);
  await noteProgress(ctx, id, { done: events.length, changed, unchanged: 0, skipped });
  await endChange(ctx, id, 'done');
}

/** The next batch of a reversal in the background; false when there is none. */
export async function reverseBatch(ctx: Context, kinds: UndoKinds, row: ChangeRow): Promise<boolean> {
  const target = targetOf(row);
  const events = await readEvents(ctx, target, kinds, row.undone_to_seq, batch_events);
  if (events.length === 0) return false;
  const { changed, skipped } = await undoEvents(ctx, kinds, target, events);
  await noteProgress(ctx, row.id, {
    done: events.length,
    changed,
    unchanged: 0,
    skipped,
    undone_to_seq: events.at(-1)!.seq,
  });
  return true;
}

/**
 * Goes on with the reversal that there is already, unless it runs or is done. The caller may not see it: then nobody
 * says which it is.
 */
async function resume(ctx: Context, target: Target): Promise<string> {
  const earlier = await findReversal(ctx, target);
  if (!earlier || !(await isStopped(ctx, earlier))) throw undoneAlready(earlier?.id ?? null);
  await reopenChange(ctx, earlier.id);
  await enqueueRun(ctx, earlier.id);
  return earlier.id;
}

const isStopped = async (ctx: Context, row: ChangeRow): Promise<boolean> =>
  row.state !== 'done' && !(await isRunning(ctx, row));

/** One whose job ended without telling it, as when its worker was lost too often, runs no more. */
const isRunning = async (ctx: Context, { id, state }: ChangeRow): Promise<boolean> =>
  (state === 'waiting' || state === 'running') && isJobLive(ctx, run_kind, { change_id: id });

/** Whether an import is being taken back by a job that is no more. */
export async function isReversalLost(ctx: Context, import_id: string): Promise<boolean> {
  const reversal = await findReversal(ctx, { change_id: import_id, record_id: null, is_import: true }, false);
  return reversal !== undefined && isStopped(ctx, reversal);
}

/** Whether there is a change, young enough, that the caller made or whose records the caller sees. */
async function checkReach(ctx: Context, kinds: UndoKinds, target: Target, events: ChangeEvent[]): Promise<void> {
  const [newest] = events;
  if (target.record_id === null && (await isImport(ctx, target.change_id))) throw wholeImport();
  if (!newest) throw problems.notFound('change');
  if (await isConversion(ctx, target.change_id)) throw wholeConversion();
  const own = ctx.actor.user_id !== null && newest.actor_id === ctx.actor.user_id;
  const tables = kinds.records.map(({ name, table }) => ({
    table,
    ids: events.filter(({ resource }) => resource === name).map(({ record_id }) => record_id),
  }));
  const rows = kinds.children.map(({ table }) => ({
    table,
    ids: events.filter(({ resource }) => resource === table).map(({ record_id }) => record_id),
  }));
  const named = [...tables, ...rows].filter(({ ids }) => ids.length > 0);
  if (!own && !(await seesAny(ctx, named))) throw problems.notFound('change');
  if (events.some(({ expired }) => expired)) throw expired();
}

const undoneAlready = (reversal_id: string | null) =>
  new Problem(409, 'undone_already', 'This was undone already', 'Take that back to have the change again.', {
    extra: { reversal_id },
  });

/** What a change does after it was taken back could never be taken back: each is taken back once. */
const stillRunning = () =>
  problems.conflict('It is still running. Stop it, or wait until it is done, and undo it then.', 'still_running');

const expired = () =>
  new Problem(
    410,
    'undo_expired',
    'This can no longer be undone',
    `Changes can be undone for ${undo_days} days. The record's history says what it was before.`,
  );

const wholeConversion = () =>
  problems.conflict(
    'A custom field got another type by this. It is taken back as a whole by DELETE /api/v1/custom-fields/{id}/conversion.',
    'is_conversion',
  );

const wholeImport = () =>
  problems.conflict(
    'An import is taken back as a whole by POST /api/v1/imports/{id}/reversal. To have it again, load its file again.',
    'is_import',
  );

function nothingToUndo(skipped: Skip[]): Problem {
  if (skipped.length > 0 && skipped.every(({ code }) => code === 'forbidden')) return problems.forbidden();
  const first = skipped[0]?.reason ?? 'It changed nothing that can be taken back.';
  return new Problem(409, 'nothing_to_undo', 'Nothing was left to undo', `${first} Nothing was changed.`, {
    extra: { skipped },
  });
}
