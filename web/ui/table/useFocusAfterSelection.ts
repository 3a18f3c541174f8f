import { useRef } from 'react';
import type { Row } from './column.ts';
import type { CellPosition } from './range.ts';
import type { Rows } from './rows.ts';

interface Options<T extends Row> {
  rows: Rows<T>;
  active: CellPosition;
  focus: (position: CellPosition) => void;
}

/**
 * What is done with selected rows takes away the bar that had the focus. It goes to one of them, and stays with it as
 * any active cell does.
 */
export function useFocusAfterSelection<T extends Row>({ rows, active, focus }: Options<T>) {
  const wanted = useRef<string | undefined>(undefined);
  return {
    /** Of what was selected, this row is to have the focus. */
    want: (id: string | undefined) => {
      wanted.current = id;
    },
    take: () => focus({ row: rows.placeOf(wanted.current ?? '') ?? active.row, column: active.column }),
  };
}
