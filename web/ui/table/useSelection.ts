import { useCallback, useRef, useState } from 'react';
import type { Row } from './column.ts';

/** Selected rows by id, so that a list that is read again keeps its selection. */
export function useSelection<T extends Row>(rows: readonly T[]) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef(0);
  const latest = useRef(rows);
  latest.current = rows;

  const toggle = useCallback((index: number, range: boolean) => {
    const from = range ? Math.min(anchor.current, index) : index;
    const to = range ? Math.max(anchor.current, index) : index;
    anchor.current = index;
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

  const clear = useCallback(() => setIds(new Set()), []);
  return {
    toggle,
    clear,
    has: (id: string) => ids.has(id),
    rows: () => (ids.size === 0 ? [] : rows.filter((row) => ids.has(row.id))),
  };
}
