import { useCallback, useRef, useState } from 'react';
import type { Row } from './column.ts';

/** Selected rows by id, so that a list that is read again keeps its selection. */
export function useSelection<T extends Row>(rows: readonly T[], list: string) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  // All there is in a list, also what was not read: of this list only, so that another filter does not mean other rows.
  const [whole, setWhole] = useState<string | null>(null);
  const anchor = useRef(0);
  const latest = useRef(rows);
  latest.current = rows;

  const toggle = useCallback((index: number, range: boolean) => {
    const from = range ? Math.min(anchor.current, index) : index;
    const to = range ? Math.max(anchor.current, index) : index;
    anchor.current = index;
    setWhole(null);
    setIds((kept) => {
      const next = new Set(kept);
      const chosen = latest.current.slice(from, to + 1);
      const adding = range || !chosen.every((row) => next.has(row.id));
      for (const row of chosen) {
        if (adding) next.add(row.id);
        else next.delete(row.id);
      }
      return next;
    });
  }, []);

  const clear = useCallback(() => {
    setIds(new Set());
    setWhole(null);
  }, []);
  const all = whole === list && ids.size > 0;
  return {
    toggle,
    clear,
    all,
    selectAll: () => setWhole(list),
    has: (id: string) => all || ids.has(id),
    rows: () => (ids.size === 0 ? [] : rows.filter((row) => ids.has(row.id))),
  };
}
