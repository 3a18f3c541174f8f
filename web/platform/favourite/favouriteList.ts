import type { Favourites } from '../../../src/platform/favourite/contract.ts';

export interface ChangedRecord {
  resource: string;
  /** Null: several of its type. */
  id: string | null;
}

/** Whether one of these changes is of a favourite, or may be. */
export function isTouched({ data, hidden }: Favourites, changes: readonly ChangedRecord[]): boolean {
  return changes.some(({ resource, id }) =>
    id === null
      ? hidden.length > 0 || data.some((each) => each.resource === resource)
      : hidden.includes(id) || data.some((each) => each.id === id),
  );
}

/** The same rows with one of them at another place. */
export function moved<Row extends { id: string }>(rows: readonly Row[], id: string, index: number): Row[] {
  const row = rows.find((each) => each.id === id);
  if (!row) return [...rows];
  const others = rows.filter((each) => each !== row);
  return others.toSpliced(Math.max(0, Math.min(index, others.length)), 0, row);
}
