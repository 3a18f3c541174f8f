import type { Resource } from '../../../kernel/contract/resource.ts';

/** Rows that are part of a record and have no life of their own: its tags, the products of a deal. */
export interface ChildKind {
  /** Also their name in the audit. */
  table: string;
  /** Columns that name the record, each of one noun. */
  parents: { column: string; resource: Resource }[];
  /** The rows of a record are one value: all of them are put back or none. */
  whole: boolean;
}

/** What can be taken back. */
export interface UndoKinds {
  /** Those that others refer to come first. */
  records: readonly Resource[];
  children: readonly ChildKind[];
}

export function undoKinds(records: readonly Resource[]): UndoKinds {
  const children = new Map<string, ChildKind>();
  const add = (table: string, whole: boolean, column: string, resource: Resource) => {
    const child = children.get(table) ?? { table, parents: [], whole };
    child.parents.push({ column, resource });
    children.set(table, child);
  };
  for (const resource of records) {
    if (resource.tagColumn) add('record_tag', false, resource.tagColumn, resource);
    for (const { type, through } of resource.meta.values())
      if (type === 'nested' && through) add(through.table, true, through.subject, resource);
  }
  return { records, children: [...children.values()] };
}
