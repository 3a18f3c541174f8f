import { draggable } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { cx } from '../cx.ts';

interface CalendarItemButtonProps {
  id: string;
  label: string;
  movable: boolean;
  focused: boolean;
  onFocus: () => void;
  onOpen: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  children: ReactNode;
}

/** One thing on its day: opened by a click, dragged to another day. */
export function CalendarItemButton({
  id,
  label,
  movable,
  focused,
  onFocus,
  onOpen,
  onKeyDown,
  children,
}: CalendarItemButtonProps) {
  const element = useRef<HTMLButtonElement>(null);
  const [dragging, setDragging] = useState(false);
  useEffect(() => {
    if (!element.current || !movable) return;
    return draggable({
      element: element.current,
      getInitialData: () => ({ calendarItem: id }),
      onDragStart: () => setDragging(true),
      onDrop: () => setDragging(false),
    });
  }, [id, movable]);
  return (
    <button
      ref={element}
      type="button"
      aria-label={label}
      data-calendar-item={id}
      tabIndex={focused ? 0 : -1}
      onFocus={onFocus}
      onClick={onOpen}
      onKeyDown={onKeyDown}
      className={cx(
        'flex min-h-6 w-full min-w-0 items-center gap-1.5 rounded-md border border-line bg-raised px-1.5 py-0.5 text-start text-12 text-ink shadow-card hover:border-line-strong pointer-coarse:min-h-10',
        dragging && 'opacity-40',
      )}
    >
      {children}
    </button>
  );
}
