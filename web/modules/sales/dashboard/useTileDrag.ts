import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { useEffect, useRef, useState } from 'react';

/** A tile that is dragged by its handle, and takes the place of the one it is dropped on. */
export function useTileDrag(id: string, onDrop: ((dropped: string) => void) | undefined) {
  const tile = useRef<HTMLElement>(null);
  const handle = useRef<HTMLButtonElement>(null);
  const [dragging, setDragging] = useState(false);
  const [over, setOver] = useState(false);
  const drop = useRef(onDrop);
  drop.current = onDrop;
  const movable = onDrop !== undefined;
  useEffect(() => {
    if (!tile.current || !handle.current || !movable) return;
    return combine(
      draggable({
        element: tile.current,
        dragHandle: handle.current,
        getInitialData: () => ({ tile: id }),
        onDragStart: () => setDragging(true),
        onDrop: () => setDragging(false),
      }),
      dropTargetForElements({
        element: tile.current,
        canDrop: ({ source }) => source.data.tile !== undefined && source.data.tile !== id,
        onDragEnter: () => setOver(true),
        onDragLeave: () => setOver(false),
        onDrop: ({ source }) => {
          setOver(false);
          drop.current?.(source.data.tile as string);
        },
      }),
    );
  }, [id, movable]);
  return { tile, handle, dragging, over };
}
