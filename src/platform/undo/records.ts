import { fieldAccess } from '../../kernel/access/rights.ts';
import { fieldGroups, type Resource } from '../../kernel/contract/resource.ts';
import { writeRows } from '../../kernel/resource/bisect-write.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { SkipCode } from './contract.ts';
import { deletedRows, insertAgain } from './deleted-queries.ts';
import { nameReferrers, readWholes } from './dependent-queries.ts';
import { findDependents } from './dependents.ts';
import { type Batch, batchOf, type ChangeEvent, createdBy, type Target } from './event-queries.ts';
import type { UndoKinds } from './kinds.ts';
import type { Link } from './link-queries.ts';
import { misfits } from './misfits.ts';
import { type Compared, compareRecords, lockRecords, putBack, removeRecords } from './record-queries.ts';
import type { Report } from './report.ts';

/** Puts back the values that a change replaced, where they are still as it left them. */
export async function undoUpdates(
  ctx: Context,
  resource: Resource,
  events: ChangeEvent[],
  target: Target,
  report: Report,
): Promise<void> {
  const all = events.filter(({ action }) => action === 'update');
  if (all.length === 0) return;
  // What the change created goes as it is, or stays as it is.
  const created = await createdBy(ctx, target, resource.name, batchOf(all).ids);
  const updates = all.filter(({ record_id }) => !created.has(record_id));
  if (updates.length === 0) return;
  const accessTo = (field: string) =>
    field.startsWith('custom.') ? fieldAccess(ctx.actor.rights, resource.name, field.slice('custom.'.length)) : 'all';
  const skipFields = (record: Compared, code: SkipCode, fields: string[]) =>
    fields.length > 0 &&
    report.skip(
      resource.name,
      record,
      code,
      decisiveOf(resource, fields).filter((field) => accessTo(field) !== 'none'),
    );
  const plan: { record: Compared; fields: string[] }[] = [];
  for (const record of await lockAndCompare(ctx, resource, batchOf(updates))) {
    const unchanged = unchangedSince(resource, record);
    const fields = unchanged.filter((field) => accessTo(field) === 'all');
    if (record.erased.length > 0)
      report.skip(resource.name, record, record.exists ? 'erased' : 'gone', decisiveOf(resource, record.erased));
    const locked = fields.length === 0 && unchanged.length > 0 ? 'forbidden' : undefined;
    const code = record.fields.length > 0 && (updateRefusal(record, unchanged) ?? locked);
    if (code) report.skip(resource.name, record, code);
    if (code || fields.length === 0) continue;
    skipFields(record, 'changed_since', record.fields.filter((field) => !unchanged.includes(field))); // biome-ignore format: one call
    skipFields(record, 'forbidden', unchanged.filter((field) => !fields.includes(field))); // biome-ignore format: one call
    plan.push({ record, fields });
  }
  const invalid = await misfits(ctx, resource, plan);
  for (const row of plan) {
    const left = withGroups(resource, invalid.get(row) ?? []);
    skipFields(row.record, 'refused', row.fields.filter((field) => left.has(field))); // biome-ignore format: one call
    row.fields = row.fields.filter((field) => !left.has(field));
  }
  const fitting = plan.filter(({ fields }) => fields.length > 0);
  const refused = await retryWhileSomeSucceed(ctx, fitting, (rows) =>
    putBack(
      ctx,
      resource,
      rows.map(({ record: { id, before }, fields }) => ({ id, fields, before })),
    ),
  );
  for (const [{ record }, code] of refused) report.skip(resource.name, record, code);
  report.count(
    resource.name,
    fitting.filter((row) => !refused.has(row)).map(({ record }) => record.id),
  );
}

/** A value that only one record may have can be put back where it was once the record that has it now gave it up. */
async function retryWhileSomeSucceed<Row>(
  ctx: Context,
  rows: readonly Row[],
  write: (rows: readonly Row[]) => Promise<unknown>,
): Promise<Map<Row, SkipCode>> {
  const refused = await writeRows(ctx, rows, write);
  return refused.size === 0 || refused.size === rows.length
    ? refused
    : retryWhileSomeSucceed(ctx, [...refused.keys()], write);
}

/** What the change set and is still so. */
function unchangedSince(resource: Resource, { fields, changed_since }: Compared): string[] {
  const kept = withGroups(resource, changed_since);
  return fields.filter((field) => !kept.has(field));
}

/** Of fields that say one thing together, one that stays keeps the others too. */
function withGroups(resource: Resource, fields: readonly string[]): ReadonlySet<string> {
  const all = [...fieldGroups(resource), ...Object.entries(resource.derived ?? {})];
  const groups = all.filter((group) => group.some((field) => fields.includes(field)));
  return new Set([...fields, ...groups.flat()]);
}

/** What a change set, less what followed from that. */
const decisiveOf = ({ derived = {} }: Resource, fields: readonly string[]): string[] =>
  fields.filter((field) => !fields.includes(derived[field]!));

/**
 * Why nothing of a record can be put back. To take it out of the trash or put it there again asks for another right.
 */
function updateRefusal(record: Compared, unchanged: string[]): SkipCode | undefined {
  if (!record.exists) return 'gone';
  const movesToTrash = record.fields.includes('deleted_at');
  // What lay in the trash when a merge moved it is as the merge left it.
  if (record.in_trash && !movesToTrash && record.changed_since.includes('deleted_at')) return 'in_trash';
  if (!(movesToTrash ? record.may_delete : record.may_update)) return 'forbidden';
  return unchanged.length === 0 ? 'changed_since' : undefined;
}

/** Removes what a change created, unless somebody has changed it since or something that stays refers to it. */
export async function undoCreates(
  ctx: Context,
  kinds: UndoKinds,
  resource: Resource,
  events: ChangeEvent[],
  { target, links, report }: { target: Target; links: readonly Link[]; report: Report },
): Promise<void> {
  const creates = events.filter(({ action }) => action === 'create');
  const withWhole = await createdWithWhole(ctx, kinds, resource, creates, target);
  const alone = creates.filter(({ record_id }) => !withWhole.has(record_id));
  if (alone.length === 0) return;
  const records = await lockAndCompare(ctx, resource, batchOf(alone), target);
  const codes = new Map(records.map((record) => [record.id, createRefusal(record)]));
  const existing = records.filter(({ exists }) => exists).map(({ id }) => id);
  const staying = existing.filter((id) => codes.get(id) !== undefined);
  const { held, blocking } = await findDependents(
    ctx,
    kinds,
    links,
    resource.table,
    { ids: existing, staying },
    target,
  );
  const free: Compared[] = [];
  const left = new Map<Compared, SkipCode>();
  for (const record of records) {
    const code = codes.get(record.id) ?? (held.has(record.id) ? 'in_use' : undefined);
    if (!code) free.push(record);
    // What was to be deleted for good and is gone already is no news.
    else if (code !== 'gone' || !target.is_import) left.set(record, code);
  }
  if (target.is_import) await removeBlocking(ctx, kinds, blocking, report);
  const refused = await writeRows(ctx, free, (rows) =>
    removeRecords(
      ctx,
      resource,
      rows.map(({ id }) => id),
      target.is_import,
    ),
  );
  for (const [record, code] of refused) left.set(record, code === 'refused' ? 'in_use' : code);
  const inUse = [...left].flatMap(([{ id }, code]) => (code === 'in_use' ? id : []));
  // Asked when what goes is gone.
  const referrers = await nameReferrers(ctx, kinds, links.filter(({ to }) => to === resource.table), inUse, target); // biome-ignore format: one call
  for (const [record, code] of left) report.skip(resource.name, record, code, null, referrers.get(record.id));
  report.count(
    resource.name,
    free.filter((row) => !refused.has(row)).map(({ id }) => id),
  );
}

/** Parts whose record the change created too: they go where it goes. */
async function createdWithWhole(
  ctx: Context,
  { parts }: UndoKinds,
  resource: Resource,
  creates: ChangeEvent[],
  target: Target,
): Promise<Set<string>> {
  const ids = creates.map(({ record_id }) => record_id);
  const wholes = [];
  for (const part of parts)
    if (part.bound && part.table === resource.table && ids.length > 0)
      wholes.push(...(await readWholes(ctx, part, ids, target)));
  return new Set(wholes.filter(({ created }) => created).map(({ id }) => id));
}

/**
 * Deletes what refers to records that are to be deleted, before its turn. What cannot be deleted is reported when it
 * comes to that.
 */
async function removeBlocking(
  ctx: Context,
  { records }: UndoKinds,
  blocking: ReadonlyMap<string, string[]>,
  report: Report,
): Promise<void> {
  for (const resource of records.toReversed()) {
    const ids = blocking.get(resource.table);
    if (!ids) continue;
    const refused = await writeRows(ctx, ids, (some) => removeRecords(ctx, resource, some, true));
    report.count(
      resource.name,
      ids.filter((id) => !refused.has(id)),
    );
  }
}

function createRefusal(record: Compared): SkipCode | undefined {
  if (!record.exists) return 'gone';
  if (record.in_trash) return 'in_trash';
  if (!record.may_delete) return 'forbidden';
  return record.changed_since.length > 0 ? 'changed_since' : undefined;
}

/** Puts in again what was deleted and has no trash. What was deleted from the trash for good stays so. */
export async function undoDeletes(
  ctx: Context,
  resource: Resource,
  events: ChangeEvent[],
  report: Report,
  insert = insertAgain,
): Promise<void> {
  const deletes = events.filter(({ action }) => action === 'delete');
  if (deletes.length === 0) return;
  const rows = await deletedRows(ctx, resource.table, batchOf(deletes));
  const gone = rows.filter(({ exists }) => !exists);
  if (resource.trash) {
    for (const row of gone) report.skip(resource.name, row, 'gone');
    return;
  }
  const known = gone.filter(({ before }) => before !== null);
  for (const row of gone) if (row.before === null) report.skip(resource.name, row, 'erased');
  const refused = await writeRows(ctx, known, (some) => insert(ctx, resource.table, some));
  for (const [row, code] of refused) report.skip(resource.name, row, code);
  const back = await deletedRows(ctx, resource.table, batchOf(deletes));
  const returned = new Set(back.filter(({ exists }) => exists).map(({ id }) => id));
  report.count(
    resource.name,
    known.filter(({ id }) => returned.has(id)).map(({ id }) => id),
  );
  // Another has its place by now, such as its name.
  for (const row of known) if (!returned.has(row.id) && !refused.has(row)) report.skip(resource.name, row, 'refused');
  for (const row of rows.filter(({ exists }) => exists)) report.skip(resource.name, row, 'changed_since');
}

async function lockAndCompare(ctx: Context, resource: Resource, batch: Batch, created?: Target): Promise<Compared[]> {
  await lockRecords(ctx, resource, batch.ids);
  return compareRecords(ctx, resource, batch, created);
}
