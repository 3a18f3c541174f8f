import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { minutesAt } from './days.ts';
import { drag_kind } from './item.ts';

interface DropOptions {
  /** The height of the element is a day, and where something is dropped its time. */
  timed?: boolean;
  onDrop: (id: string, minutes: number | undefined) => void;
}

/** Takes what is dropped. Answers what hovers above: nothing, or something, and at which minute of the day. */
export function useDrop(
  element: RefObject<HTMLElement | null>,
  { timed = false, onDrop }: DropOptions,
): { over: boolean; minutes: number | undefined } {
  const [hovering, setHovering] = useState<{ minutes: number | undefined } | null>(null);
  const drop = useRef(onDrop);
  drop.current = onDrop;
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const minutesOf = (clientY: number, grabbed: unknown) => {
      if (!timed) return undefined;
      const box = target.getBoundingClientRect();
      return minutesAt((clientY - Number(grabbed) - box.top) / box.height);
    };
    return dropTargetForElements({
      element: target,
      canDrop: ({ source }) => source.data[drag_kind] !== undefined,
      onDrag: ({ source, location }) =>
        setHovering({ minutes: minutesOf(location.current.input.clientY, source.data.grabbed) }),
      onDragLeave: () => setHovering(null),
      onDrop: ({ source, location }) => {
        setHovering(null);
        // One that lies within another takes it alone.
        if (location.current.dropTargets[0]?.element !== target) return;
        drop.current(source.data[drag_kind] as string, minutesOf(location.current.input.clientY, source.data.grabbed));
      },
    });
  }, [element, timed]);
  return { over: hovering !== null, minutes: hovering?.minutes };
}
