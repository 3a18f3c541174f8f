import { scopeOf } from '../../kernel/access/rights.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import { invalidField, Problem, problems, reasonOf } from '../../kernel/errors/problem.ts';
import { refuseSwitchedOff } from '../../kernel/features/switches.ts';
import { JobFailed } from '../../kernel/jobs/kind.ts';
import { countWaiting } from '../../kernel/jobs/queries.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { BulkAction } from '../bulk/index.ts';
import { type Change, change_rows_max } from './contract.ts';
import {
  type ChangeRow,
  chooseRecords,
  endChange,
  findChange,
  insertChange,
  noteProgress,
  requestCancel,
  type Selection,
  setTotal,
  takeRecords,
} from './queries.ts';
import { enqueueRun, run_kind } from './reversal.ts';

const batch_rows = 1_000;
/** How many changes of a workspace may wait. Each has chosen its records, up to 500,000. */
const waiting_max = 100;
const retry_seconds = 60;

export interface NewChange extends Selection {
  resource: string;
  action: { kind: string } & Record<string, unknown>;
}

/** Starts a change of many records. Which they are is settled now; `id` is that of the request. */
export async function startChange(
  ctx: Context,
  actions: readonly BulkAction[],
  id: string,
  { resource: name, action, ids, filter }: NewChange,
): Promise<string> {
  const { action: known, resource } = find(actions, name, action.kind);
  refuseSwitchedOff(ctx.actor, known.features);
  if (scopeOf(ctx.actor.rights, resource.right, known.right) === 'none') throw problems.forbidden();
  // A program that lost its filter does not mean all records there are.
  if ((ids === undefined) === (filter === undefined) || filter === '')
    throw invalidField(
      filter === '' ? 'filter' : 'ids',
      'required',
      'Say which records: either "ids", or "filter", which is null for all',
    );
  await known.check(ctx, resource, action);
  if ((await countWaiting(ctx, run_kind, waiting_max)) >= waiting_max)
    throw problems.tooMany(
      'too_many_changes',
      'Too many changes are waiting. Wait until some are done, or stop them.',
      retry_seconds,
    );
  await insertChange(ctx, { id, kind: action.kind, resource: name, action });
  const total = await chooseRecords(ctx, id, resource, { ids, filter });
  if (total > change_rows_max)
    throw invalidField('filter', 'too_many', `More than ${change_rows_max} records match. Narrow the filter.`);
  if (ids && total === 0) throw problems.notFound(resource.title);
  await setTotal(ctx, id, total);
  if (total === 0) await endChange(ctx, id, 'done');
  else await enqueueRun(ctx, id);
  return id;
}

/** The next batch of a change; false when there is none. */
export async function changeBatch(ctx: Context, actions: readonly BulkAction[], row: ChangeRow): Promise<boolean> {
  const { action, resource } = find(actions, row.resource!, row.kind);
  const ids = await takeRecords(ctx, row.id, batch_rows);
  if (ids.length === 0) return false;
  await checkStill(ctx, action, resource, row.action);
  const outcome = await action.apply(ctx, resource, ids, row.action);
  await noteProgress(ctx, row.id, { done: ids.length, ...outcome });
  return true;
}

/** What could be done when it began may no longer be: a tag is gone, or a field is no longer the caller's to change. */
async function checkStill(
  ctx: Context,
  known: BulkAction,
  resource: Resource,
  action: ChangeRow['action'],
): Promise<void> {
  try {
    await known.check(ctx, resource, action);
  } catch (error) {
    if (error instanceof Problem) throw new JobFailed(`${reasonOf(error)}. What was done so far stays.`);
    throw error;
  }
}

function find(
  actions: readonly BulkAction[],
  resource: string,
  kind: string,
): { action: BulkAction; resource: Resource } {
  const action = actions.find(({ schema }) => schema.shape.kind?.safeParse(kind).success)!;
  const noun = action.resources.find(({ name }) => name === resource);
  if (noun) return { action, resource: noun };
  const names = action.resources.map(({ name }) => name).join(', ');
  throw invalidField('resource', 'invalid_value', `This can be done to: ${names}`);
}

export async function getChange(ctx: Context, id: string, isJustBegun = false): Promise<Change> {
  const found = await findChange(ctx, id, isJustBegun);
  if (!found) throw problems.notFound('change');
  return found;
}

export async function cancelChange(ctx: Context, id: string): Promise<Change> {
  const { state } = await getChange(ctx, id);
  if (!(await requestCancel(ctx, id)))
    throw problems.conflict(`The change is ${state} and cannot be stopped any more.`);
  return getChange(ctx, id);
}
