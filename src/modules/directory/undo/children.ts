import type { Resource } from '../../../kernel/contract/resource.ts';
import { writeRows } from '../../../kernel/resource/bisect-write.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { childParents, deleteRows, type Parent, presentRows, readParents } from './child-queries.ts';
import type { SkipCode } from './contract.ts';
import { type DeletedRow, deletedRows, insertAgain } from './deleted-queries.ts';
import { batchOf, type ChangeEvent, type Target } from './event-queries.ts';
import type { ChildKind } from './kinds.ts';
import { lockRecords, touchRecords } from './record-queries.ts';
import type { Report } from './report.ts';

/** What a change did to the rows of one record. */
interface Family {
  parent: Parent;
  made: string[];
  deleted: DeletedRow[];
}

/** Takes back what a change did to rows that are part of records: their tags, their products. */
export async function undoChildren(
  ctx: Context,
  kind: ChildKind,
  events: ChangeEvent[],
  target: Target,
  report: Report,
): Promise<void> {
  if (events.length === 0) return;
  const batch = batchOf(events);
  const rows = await childParents(ctx, kind, batch);
  const present = new Set(
    (
      await presentRows(
        ctx,
        kind.table,
        rows.map(({ id }) => id),
      )
    ).map(({ id }) => id),
  );
  const deleted = new Map((await deletedRows(ctx, kind.table, batch)).map((row) => [row.id, row]));
  for (const { column, resource } of kind.parents) {
    const named = rows.filter((row) => row.column === column);
    if (named.length === 0) continue;
    const ids = [...new Set(named.map(({ parent_id }) => parent_id))];
    await lockRecords(ctx, resource, ids);
    const parents = await readParents(ctx, resource, ids, { table: kind.table, column }, target);
    const families: Family[] = [];
    for (const id of ids) {
      const mine = named.filter(({ parent_id }) => parent_id === id);
      const made = mine.filter(({ action }) => action === 'create').map((row) => row.id);
      const gone = mine.filter(({ action }) => action === 'delete').map((row) => deleted.get(row.id)!);
      const parent = parents.find((one) => one.id === id);
      // What came with its record goes to the trash and comes back with it.
      if (parent?.made) continue;
      const code = refusalOf(kind, parent, made, gone, present);
      if (code) report.skip(resource.name, parent ?? { id, name: null }, code, fieldsOf(kind, resource));
      else
        families.push({
          parent: parent!,
          made: made.filter((row) => present.has(row)),
          deleted: gone.filter((row) => !row.there),
        });
    }
    await write(ctx, kind, resource, families, report);
  }
}

function refusalOf(
  { whole }: ChildKind,
  parent: Parent | undefined,
  made: string[],
  deleted: DeletedRow[],
  present: ReadonlySet<string>,
): SkipCode | undefined {
  if (!parent) return 'gone';
  if (parent.trashed) return 'in_trash';
  if (!parent.may_update) return 'forbidden';
  const asLeft = (id: string) => present.has(id);
  const moved = whole
    ? parent.others || !made.every(asLeft) || deleted.some(({ there }) => there)
    : !made.some(asLeft) && deleted.every(({ there }) => there);
  return moved ? 'changed_since' : undefined;
}

async function write(
  ctx: Context,
  { table, ...kind }: ChildKind,
  resource: Resource,
  families: Family[],
  report: Report,
): Promise<void> {
  const refused = await writeRows(ctx, families, async (some) => {
    const made = some.flatMap((family) => family.made);
    const deleted = some.flatMap((family) => family.deleted);
    if (made.length > 0) await deleteRows(ctx, table, made);
    if (deleted.length > 0) await insertAgain(ctx, table, deleted);
    await touchRecords(
      ctx,
      resource,
      some.map(({ parent }) => parent.id),
    );
  });
  for (const [{ parent }, code] of refused)
    report.skip(resource.name, parent, code, fieldsOf({ table, ...kind }, resource));
  report.note(
    resource.name,
    families.filter((family) => !refused.has(family)).map(({ parent }) => parent.id),
  );
}

/** The field under which a record shows these rows. */
function fieldsOf({ table }: ChildKind, { meta }: Resource): string[] {
  return [...meta].flatMap(([name, { type, through }]) =>
    (type === 'tags' && table === 'record_tag') || through?.table === table ? [name] : [],
  );
}
