import { fieldAccess } from '../../../kernel/access/rights.ts';
import { definedResources, fieldGroups, type Resource } from '../../../kernel/contract/resource.ts';
import { writeRows } from '../../../kernel/resource/bisect-write.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type Link, linksBetween } from '../import/index.ts';
import type { SkipCode } from './contract.ts';
import { type DeletedRow, deletedRows, insertAgain } from './deleted-queries.ts';
import { batchOf, type ChangeEvent, type Target } from './event-queries.ts';
import { type Compared, compareRecords, lockRecords, putBack, referredTo, removeRecords } from './record-queries.ts';
import type { Report } from './report.ts';

/** Puts back the values that a change replaced, where they are still as it left them. */
export async function undoUpdates(
  ctx: Context,
  resource: Resource,
  events: ChangeEvent[],
  report: Report,
): Promise<void> {
  const updates = events.filter(({ action }) => action === 'update');
  if (updates.length === 0) return;
  const accessTo = (key: string) =>
    key.startsWith('custom.') ? fieldAccess(ctx.actor.rights, resource.name, key.slice('custom.'.length)) : 'all';
  const tellOf = (record: Compared, code: SkipCode, keys: string[]) =>
    keys.length > 0 && report.skip(resource.name, record, code, keys.filter((key) => accessTo(key) !== 'none')); // biome-ignore format: one call
  const plan: { id: string; keys: string[]; before: string; record: Compared }[] = [];
  for (const record of await compared(ctx, resource, updates)) {
    const asLeft = stillAsLeft(resource, record);
    const keys = asLeft.filter((key) => accessTo(key) === 'all');
    const locked = keys.length === 0 && asLeft.length > 0 ? 'forbidden' : undefined;
    const code = record.keys.length > 0 && (refusalOf(record, asLeft) ?? locked);
    if (code) report.skip(resource.name, record, code);
    if (code || keys.length === 0) continue;
    tellOf(record, 'changed_since', record.keys.filter((key) => !asLeft.includes(key))); // biome-ignore format: one call
    tellOf(record, 'forbidden', asLeft.filter((key) => !keys.includes(key))); // biome-ignore format: one call
    plan.push({ id: record.id, keys, before: record.before, record });
  }
  const refused = await writeWhileItHelps(ctx, plan, (rows) =>
    putBack(
      ctx,
      resource,
      rows.map(({ id, keys, before }) => ({ id, keys, before })),
    ),
  );
  for (const [{ record }, code] of refused) report.skip(resource.name, record, code);
  report.note(
    resource.name,
    plan.filter((row) => !refused.has(row)).map(({ id }) => id),
  );
}

/** A value that only one record may have can be put back where it was once the record that has it now gave it up. */
async function writeWhileItHelps<Row>(
  ctx: Context,
  rows: readonly Row[],
  write: (rows: readonly Row[]) => Promise<unknown>,
): Promise<Map<Row, SkipCode>> {
  const refused = await writeRows(ctx, rows, write);
  return refused.size === 0 || refused.size === rows.length
    ? refused
    : writeWhileItHelps(ctx, [...refused.keys()], write);
}

/** Of fields that say one thing together, one that was changed since keeps the others too. */
function stillAsLeft(resource: Resource, { keys, moved }: Compared): string[] {
  const kept = new Set(moved);
  for (const group of fieldGroups(resource))
    if (group.some((field) => moved.includes(field))) for (const field of group) kept.add(field);
  return keys.filter((key) => !kept.has(key));
}

/** Why nothing of a record can be put back. To take it out of the trash or put it there again asks for another right. */
function refusalOf(record: Compared, keys: string[]): SkipCode | undefined {
  if (!record.there) return 'gone';
  const moves = record.keys.includes('deleted_at');
  // What lay in the trash when a merge moved it is as the merge left it.
  if (record.trashed && !moves && record.moved.includes('deleted_at')) return 'in_trash';
  if (!(moves ? record.may_delete : record.may_update)) return 'forbidden';
  return keys.length === 0 ? 'changed_since' : undefined;
}

/** Moves what a change made to the trash, unless somebody has changed it since or something that stays refers to it. */
export async function undoCreates(
  ctx: Context,
  resource: Resource,
  events: ChangeEvent[],
  target: Target,
  report: Report,
): Promise<void> {
  const creates = events.filter(({ action }) => action === 'create');
  if (creates.length === 0) return;
  const ids = creates.map(({ record_id }) => record_id);
  const [records, referred] = [
    await compared(ctx, resource, creates),
    new Set((await referredTo(ctx, resource, ids, await linksFrom(ctx, resource), target)).map(({ id }) => id)),
  ];
  const free: Compared[] = [];
  for (const record of records) {
    const code = creationRefusal(record, referred);
    if (code) report.skip(resource.name, record, code);
    else free.push(record);
  }
  const refused = await writeRows(ctx, free, (rows) =>
    removeRecords(
      ctx,
      resource,
      rows.map(({ id }) => id),
    ),
  );
  for (const [record, code] of refused) report.skip(resource.name, record, code === 'refused' ? 'in_use' : code);
  report.note(
    resource.name,
    free.filter((row) => !refused.has(row)).map(({ id }) => id),
  );
}

/** Links that hold a record where it is. What is a part of it goes with it. */
async function linksFrom(ctx: Context, resource: Resource): Promise<Link[]> {
  const parts = definedResources().filter(({ partOf }) => partOf?.some((part) => part.resource === resource));
  return (await linksBetween(ctx)).filter(({ from }) => !parts.some(({ table }) => table === from));
}

function creationRefusal(record: Compared, referred: ReadonlySet<string>): SkipCode | undefined {
  if (!record.there) return 'gone';
  if (record.trashed) return 'in_trash';
  if (!record.may_delete) return 'forbidden';
  if (record.moved.length > 0) return 'changed_since';
  return referred.has(record.id) ? 'in_use' : undefined;
}

/** Puts in again what was deleted and has no trash. What was deleted from the trash for good stays so. */
export async function undoDeletes(
  ctx: Context,
  resource: Resource,
  events: ChangeEvent[],
  report: Report,
): Promise<void> {
  const deletes = events.filter(({ action }) => action === 'delete');
  if (deletes.length === 0) return;
  const rows = await deletedRows(ctx, resource.table, batchOf(deletes));
  const absent = rows.filter(({ there }) => !there);
  if (resource.trash) {
    for (const row of absent) report.skip(resource.name, row, 'gone');
    return;
  }
  await insertRows(ctx, resource.table, absent, (row, code) => report.skip(resource.name, row, code));
  const back = await deletedRows(ctx, resource.table, batchOf(deletes));
  const returned = new Set(back.filter(({ there }) => there).map(({ id }) => id));
  report.note(
    resource.name,
    absent.filter(({ id }) => returned.has(id)).map(({ id }) => id),
  );
  for (const row of rows.filter(({ there }) => there)) report.skip(resource.name, row, 'changed_since');
}

/** Inserts deleted rows; says of each that could not be. */
export async function insertRows(
  ctx: Context,
  table: string,
  rows: DeletedRow[],
  refuse: (row: DeletedRow, code: SkipCode) => void,
): Promise<void> {
  const refused = await writeRows(ctx, rows, (some) => insertAgain(ctx, table, some));
  for (const [row, code] of refused) refuse(row, code);
}

async function compared(ctx: Context, resource: Resource, events: ChangeEvent[]): Promise<Compared[]> {
  const batch = batchOf(events);
  await lockRecords(ctx, resource, batch.ids);
  return compareRecords(ctx, resource, batch);
}
