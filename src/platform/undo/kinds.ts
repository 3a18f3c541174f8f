import { definedResources, type Resource } from '../../kernel/contract/resource.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

/** Rows that are part of a record and have no life of their own: its tags, the products of a deal. */
export interface ChildKind {
  /** Also their name in the audit. */
  table: string;
  /** Columns that name the record, each of one noun. */
  parents: { column: string; resource: Resource }[];
  /** The rows of a record are one value: all of them are put back or none. */
  whole: boolean;
}

/** `table.column` names the record that a row is part of. */
export interface PartLink {
  table: string;
  column: string;
  whole: Resource;
  /**
   * A row that was created with its record goes where that goes, as a stage of a pipeline; of the others, such as
   * files, each is looked at by itself.
   */
  bound: boolean;
  /** Rows that were added to the record since do not keep it: they go to the trash with it, and come back with it. */
  follows: boolean;
}

/** A row that was deleted for good, as its audit event holds it. */
export interface DeletedRow {
  id: string;
  name: string | null;
  exists: boolean;
  columns: string[];
  /** The row as JSON that the program passes on unread; null when it has been erased. */
  before: string | null;
}

/** Of these only deletions are undone: what comes back needs more than its audit event holds. */
export interface RestoredKind {
  resource: Resource;
  insert: (ctx: Context, table: string, rows: readonly DeletedRow[]) => Promise<void>;
}

/** What can be undone. */
export interface UndoKinds {
  /** Those that others refer to come first. */
  records: readonly Resource[];
  children: readonly ChildKind[];
  parts: readonly PartLink[];
  restored: readonly RestoredKind[];
}

export function undoKinds(records: readonly Resource[], restored: readonly RestoredKind[] = []): UndoKinds {
  const children = new Map<string, ChildKind>();
  const parts: PartLink[] = [];
  const isPartOf = (table: string, column: string) =>
    definedResources().some((each) => each.table === table && each.partOf?.some((part) => part.column === column));
  const addPart = (table: string, column: string, whole: Resource) =>
    parts.push({ table, column, whole, bound: true, follows: whole.trash === true || isPartOf(table, column) });
  const addChild = (table: string, column: string, resource: Resource, whole: boolean) => {
    const child = children.get(table) ?? { table, parents: [], whole };
    child.parents.push({ column, resource });
    children.set(table, child);
    addPart(table, column, resource);
  };
  for (const resource of records) {
    if (resource.attachable) addChild('record_tag', 'record_id', resource, false);
    for (const { type, through, rowsFrom } of resource.meta.values()) {
      if (type !== 'nested') continue;
      if (rowsFrom?.table) addPart(rowsFrom.table, rowsFrom.subject, resource);
      // What two records show is part of the first of them: a membership in a team is the person's.
      else if (through && !children.has(through.table))
        addChild(through.table, through.subject, resource, through.target === undefined);
    }
  }
  for (const { table, partOf = [] } of definedResources())
    for (const { column, resource: whole } of partOf)
      if (!parts.some((part) => part.table === table && part.column === column))
        parts.push({ table, column, whole, bound: false, follows: true });
  return { records, children: [...children.values()], parts, restored };
}
