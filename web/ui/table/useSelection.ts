import { useCallback, useRef, useState } from 'react';
import type { Row, Sort } from './column.ts';
import type { Rows } from './rows.ts';
import { tooFar } from './rows.ts';

interface Selected {
  /** What tells the list from another: what is selected in one is not in the next. */
  list: string;
  /** Each row by id, with its place when it was selected, in the order that the list had then. */
  places: ReadonlyMap<string, { place: number; order: string }>;
  /** All there is in the list, also what was not read. */
  whole: boolean;
}

/** Selected rows by id, so that a list that is read again, or of which another part is at hand, keeps its selection. */
export function useSelection<T extends Row>(rows: Rows<T>, list: string, sort: readonly Sort[]) {
  const order = JSON.stringify(sort);
  const nothing: Selected = { list, places: new Map(), whole: false };
  const [kept, setKept] = useState(nothing);
  const selected = kept.list === list ? kept : nothing;
  /** The row that was selected last, from which Shift selects on: wherever it stands by then. */
  const anchor = useRef<{ id?: string | undefined; place: number }>({ place: 0 });
  const latest = useRef({ rows, list, order });
  latest.current = { rows, list, order };

  const toggle = useCallback((index: number, range: boolean) => {
    const { rows, list, order } = latest.current;
    const { id: last, place } = anchor.current;
    const start = range ? ((last !== undefined ? rows.placeOf(last) : undefined) ?? place) : index;
    const from = Math.min(start, index);
    const to = Math.max(start, index);
    const chosen = rows.between(from, to);
    if (!chosen) return tooFar();
    anchor.current = { id: rows.at(index)?.id, place: index };
    setKept((kept) => {
      const { places: before, whole } = kept.list === list ? kept : { places: [], whole: false };
      const places = new Map(before);
      // Of all there are one is taken out: what remains is what was chosen one by one.
      const adding = range || !(whole || chosen.every(({ id }) => places.has(id)));
      for (const [at, { id }] of chosen.entries()) {
        if (adding) places.set(id, { place: from + at, order });
        else places.delete(id);
      }
      return { list, places, whole: false };
    });
  }, []);

  const clear = useCallback(() => setKept({ list: latest.current.list, places: new Map(), whole: false }), []);
  // One that would be at hand and is not has left the list. In another order it may stand anywhere.
  const ids = [...selected.places]
    .filter(([id, then]) => rows.has(id) || then.order !== order || !rows.at(then.place))
    .map(([id]) => id);
  const all = selected.whole && ids.length > 0;
  return {
    toggle,
    clear,
    all,
    selectAll: () => setKept((kept) => ({ ...kept, whole: true })),
    has: (id: string) => all || selected.places.has(id),
    ids,
  };
}
