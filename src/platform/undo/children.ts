import type { Resource } from '../../kernel/contract/resource.ts';
import { writeRows } from '../../kernel/resource/bisect-write.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type ChildRow, deleteRows, type Parent, readChildren, readParents } from './child-queries.ts';
import type { SkipCode } from './contract.ts';
import { deletedRows, insertAgain } from './deleted-queries.ts';
import { batchOf, type ChangeEvent, type Target } from './event-queries.ts';
import type { ChildKind, DeletedRow } from './kinds.ts';
import { lockRecords, putBack, touchRecords } from './record-queries.ts';
import type { Report } from './report.ts';

/** What a change did to the rows of one record. */
interface Family {
  parent: Parent;
  rows: ChildRow[];
}

/** Undoes what a change did to rows that are part of records: their tags, their products. */
export async function undoChildren(
  ctx: Context,
  kind: ChildKind,
  events: ChangeEvent[],
  target: Target,
  report: Report,
): Promise<void> {
  if (events.length === 0) return;
  const batch = batchOf(events);
  const rows = await readChildren(ctx, kind, batch);
  // Nobody knows any more to which record they belonged. What the change created and is gone needs nothing.
  const lost = rows.filter(({ parent_id, deleted }) => parent_id === null && deleted);
  for (const { id } of lost) report.skip(kind.table, { id, name: null }, 'erased');
  const deleted = new Map((await deletedRows(ctx, kind.table, batch)).map((row) => [row.id, row]));
  for (const [at, { column, resource }] of kind.parents.entries()) {
    // Of what is gone nobody knows the type: it is said once.
    const isOf = (row: ChildRow) =>
      row.column === column &&
      (column !== 'record_id' || (row.parent_type ? row.parent_type === resource.name : at === 0));
    const byParent = Map.groupBy(rows.filter(isOf), (row) => row.parent_id!);
    if (byParent.size === 0) continue;
    const ids = [...byParent.keys()];
    await lockRecords(ctx, resource, ids);
    const first_seq = events.at(-1)!.seq;
    const parents = await readParents(ctx, resource, ids, { table: kind.table, column, first_seq }, target);
    const families: Family[] = [];
    for (const [id, own] of byParent) {
      const parent = parents.find((one) => one.id === id);
      // What came with its record goes and comes back with it.
      if (parent?.created) continue;
      const isErased = kind.whole && (lost.length > 0 || own.some(({ erased }) => erased));
      const code = refusalOf(kind, parent, own) ?? (isErased ? 'erased' : undefined);
      if (code) report.skip(resource.name, parent ?? { id, name: null }, code, fieldsOf(kind, resource));
      else families.push({ parent: parent!, rows: own });
    }
    await write(ctx, kind, resource, families, deleted, report);
  }
}

function refusalOf({ whole }: ChildKind, parent: Parent | undefined, rows: ChildRow[]): SkipCode | undefined {
  if (!parent) return 'gone';
  if (parent.in_trash) return 'in_trash';
  if (!parent.may_update) return 'forbidden';
  const changed = whole ? parent.has_newer || !rows.every(isAsLeft) : !rows.some(isAsLeft);
  return changed ? 'changed_since' : undefined;
}

/** Whether a row is as the change left it. */
const isAsLeft = ({ exists, deleted, changed_since }: ChildRow): boolean =>
  exists === !deleted && (deleted || changed_since.length === 0);

async function write(
  ctx: Context,
  kind: ChildKind,
  resource: Resource,
  families: Family[],
  deletedById: ReadonlyMap<string, DeletedRow>,
  report: Report,
): Promise<void> {
  const { table } = kind;
  const put = async (some: readonly Family[]) => {
    const rows = some.flatMap((family) => family.rows.filter(isAsLeft));
    const created = rows.filter((row) => row.created && row.exists);
    const deleted = rows.filter((row) => row.deleted && !row.created);
    const updated = rows.filter((row) => !row.created && row.fields.length > 0);
    if (created.length > 0) await deleteRows(ctx, table, created.map(({ id }) => id)); // biome-ignore format: one call
    if (deleted.length > 0) await insertAgain(ctx, table, deleted.map(({ id }) => deletedById.get(id)!)); // biome-ignore format: one call
    if (updated.length > 0) await putBack(ctx, { table }, updated);
    await touchRecords(
      ctx,
      resource,
      some.map(({ parent }) => parent.id),
    );
  };
  const refused = await writeRows(ctx, families, put);
  // One of several tags may be gone: the others come back without it.
  const left = kind.whole ? refused : await writeRows(ctx, [...refused.keys()].flatMap(rowByRow), put);
  const codes = new Map([...left].map(([{ parent }, code]) => [parent, code]));
  for (const [parent, code] of codes) report.skip(resource.name, parent, code, fieldsOf(kind, resource));
  const leftRows = new Set([...left.keys()].flatMap(({ rows }) => rows));
  const isWritten = ({ rows }: Family) => rows.some((row) => isAsLeft(row) && !leftRows.has(row));
  report.count(
    resource.name,
    families.filter(isWritten).map(({ parent }) => parent.id),
  );
}

const rowByRow = ({ parent, rows }: Family): Family[] => rows.filter(isAsLeft).map((row) => ({ parent, rows: [row] }));

/** The field under which a record shows these rows. */
function fieldsOf({ table }: ChildKind, { meta }: Resource): string[] {
  return [...meta].flatMap(([name, { type, through }]) =>
    (type === 'tags' && table === 'record_tag') || through?.table === table ? [name] : [],
  );
}
