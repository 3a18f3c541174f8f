import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { Plus } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { cx } from '../cx.ts';
import { IconButton } from '../IconButton.tsx';

interface CalendarDayProps {
  day: string;
  /** As it is read aloud. */
  label: string;
  heading: ReactNode;
  isToday: boolean;
  /** Of the month before or after. */
  outside: boolean;
  create?: { label: string; onCreate: () => void };
  onDropItem: (id: string) => void;
  className?: string;
  children: ReactNode;
}

/** A day that things lie on and can be dropped on. */
export function CalendarDay(props: CalendarDayProps) {
  const { day, label, heading, isToday, outside, create, className, children } = props;
  const element = useRef<HTMLElement>(null);
  const [over, setOver] = useState(false);
  const drop = useRef(props.onDropItem);
  drop.current = props.onDropItem;
  useEffect(() => {
    if (!element.current) return;
    return dropTargetForElements({
      element: element.current,
      canDrop: ({ source }) => source.data.calendarItem !== undefined,
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: ({ source }) => {
        setOver(false);
        drop.current(source.data.calendarItem as string);
      },
    });
  }, []);
  return (
    <section
      ref={element}
      aria-label={label}
      aria-current={isToday ? 'date' : undefined}
      data-calendar-day={day}
      className={cx(
        'group relative flex min-w-0 flex-col gap-1 p-1',
        over ? 'bg-accent-soft' : outside ? 'bg-sunken' : 'bg-surface',
        className,
      )}
    >
      <header className="flex h-6 shrink-0 items-center justify-between gap-1">
        <span
          className={cx(
            'flex h-6 min-w-6 items-center justify-center rounded-full px-1.5 text-12 tabular-nums',
            isToday ? 'bg-accent font-semibold text-on-accent' : outside ? 'text-faint' : 'text-muted',
          )}
        >
          {heading}
        </span>
        {create && (
          <IconButton
            label={create.label}
            size="small"
            className="pointer-fine:opacity-0 group-hover:opacity-100 focus-visible:opacity-100"
            onClick={create.onCreate}
          >
            <Plus size={14} />
          </IconButton>
        )}
      </header>
      {children}
    </section>
  );
}
