import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type RefObject, useEffect, useRef, useState } from 'react';

interface Sortable {
  /** Rows go to places of their own list. */
  list: string;
  id: string;
  index: number;
  row: RefObject<HTMLElement | null>;
  /** By which it is dragged; without one, by all of it. */
  handle?: RefObject<HTMLElement | null>;
  enabled?: boolean;
  /** Another row, or this one, goes to a place. */
  onMove: (id: string, index: number) => void;
}

/** A row that is dragged to another place of its list. Answers whether one is held over it. */
export function useSortable({ list, id, index, row, handle, enabled = true, onMove }: Sortable): boolean {
  const [over, setOver] = useState(false);
  const move = useRef(onMove);
  move.current = onMove;

  useEffect(() => {
    if (!row.current || !enabled) return;
    return combine(
      draggable({
        element: row.current,
        dragHandle: handle?.current ?? undefined,
        getInitialData: () => ({ sortable: id, list }),
      }),
      dropTargetForElements({
        element: row.current,
        canDrop: ({ source }) => source.data.list === list && source.data.sortable !== id,
        onDragEnter: () => setOver(true),
        onDragLeave: () => setOver(false),
        onDrop: ({ source }) => {
          setOver(false);
          move.current(source.data.sortable as string, index);
        },
      }),
    );
  }, [list, id, index, row, handle, enabled]);
  return over;
}
