import { useCallback, useRef, useState } from 'react';
import { attempt } from '../../../../platform/query/attempt.ts';
import { inOrder } from '../import.ts';
import { type Fix, makeFixes, refreshImport } from './fixes.ts';

/** The last correction of a single cell, which may be meant for all cells that say the same. */
export interface LastFix {
  row: number;
  column: string;
  was: string;
  value: string;
}

interface Fixing {
  /** By row and column: on the way to the server. */
  pending: ReadonlyMap<string, string>;
  last: LastFix | null;
  /** How many corrections can be taken back, one by one. */
  undoable: number;
  make: (fixes: Fix[], last?: LastFix) => Promise<void>;
  everywhere: (fix: LastFix) => Promise<void>;
  undo: () => Promise<void>;
}

export const placeOf = (row: number, column: string) => `${row} ${column}`;

/** Corrects a file, and remembers how each correction is taken back. */
export function useFixing(importId: string, fileId: string): Fixing {
  const [pending, setPending] = useState<ReadonlyMap<string, string>>(new Map());
  const [last, setLast] = useState<LastFix | null>(null);
  const [undoable, setUndoable] = useState(0);
  const undos = useRef<Fix[][]>([]);

  const send = useCallback(
    async (fixes: Fix[]): Promise<Fix[] | null> => {
      const shown = fixes.flatMap((fix) =>
        'row' in fix && 'column' in fix && fix.value !== null
          ? [[placeOf(fix.row, fix.column), fix.value] as const]
          : [],
      );
      setPending((kept) => new Map([...kept, ...shown]));
      let undo: Fix[] | null = null;
      await attempt(async () => {
        undo = await makeFixes(importId, fileId, fixes);
      });
      // The next correction waits for this one, not for the rows to be read again.
      void refreshImport().then(() =>
        setPending((kept) => new Map([...kept].filter(([place]) => !shown.some(([each]) => each === place)))),
      );
      return undo;
    },
    [importId, fileId],
  );

  // Also before the import is started, and what is taken back is what was done last.
  const make = useCallback(
    (fixes: Fix[], fix?: LastFix) =>
      inOrder(async () => {
        const undo = await send(fixes);
        if (!undo) return;
        setUndoable(undos.current.push(undo));
        setLast(fix ?? null);
      }),
    [send],
  );

  /** The correction of the one cell goes into that of all. */
  const everywhere = useCallback(
    ({ row, column, was, value }: LastFix) =>
      make([
        { column, was, value },
        { row, column, value: null },
      ]),
    [make],
  );

  const undo = useCallback(
    () =>
      inOrder(async () => {
        const last = undos.current.pop();
        setUndoable(undos.current.length);
        setLast(null);
        if (last) await send(last);
      }),
    [send],
  );

  return { pending, last, undoable, make, everywhere, undo };
}
