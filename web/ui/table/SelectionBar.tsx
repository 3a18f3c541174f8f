import { X } from 'lucide-react';
import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { t } from '../../text/text.ts';
import { Button } from '../Button.tsx';
import { formatNumber } from '../format.ts';
import { IconButton } from '../IconButton.tsx';

interface SelectionBarProps {
  count: number;
  /** Everything in the list is selected, read or not. */
  all: boolean;
  whole?: { total: number; exact: boolean };
  onAll: () => void;
  onClear: () => void;
  /** It went, and the focus with it. */
  onGone: () => void;
  children: ReactNode;
}

/** What is selected and what may be done with it. */
export function SelectionBar({ count, all, whole, onAll, onClear, onGone, children }: SelectionBarProps) {
  useGone(count > 0, onGone);
  const bar = useRoomTaken(count > 0);
  if (count === 0) return null;
  const total = whole && `${formatNumber(whole.total)}${whole.exact ? '' : '+'}`;
  return (
    <section
      ref={bar}
      tabIndex={-1}
      aria-label={t('Selection')}
      // Before the tooltip of a button takes the key for itself. What the bar opens is in the body, and closes by
      // itself.
      onKeyDownCapture={(event) => {
        if (event.key !== 'Escape' || !bar.current?.contains(event.target as Node)) return;
        event.preventDefault();
        onClear();
      }}
      // Beside an open record there is little room: it has as many lines as it needs.
      className="popup shadow-dialog absolute inset-x-2 bottom-4 z-20 mx-auto flex w-fit flex-wrap items-center gap-1 p-1.5 max-md:bottom-13 max-md:w-auto"
    >
      <span role="status" className="px-2 text-13 font-medium whitespace-nowrap tabular-nums">
        {all ? t('All {total} selected', { total }) : t('{count, number} selected', { count })}
      </span>
      {whole && !all && whole.total > count && (
        <Button
          size="small"
          emphasis="quiet"
          className="tabular-nums"
          onClick={() => {
            // The button goes, and the focus stays beside what comes next.
            bar.current?.focus();
            onAll();
          }}
        >
          {t('Select all {total} matching', { total })}
        </Button>
      )}
      <span className="mx-1 h-5 w-px shrink-0 bg-line max-md:hidden" />
      <div className="contents max-md:order-last max-md:flex max-md:basis-full max-md:flex-wrap max-md:gap-1">
        {children}
      </div>
      <IconButton label={t('Clear selection')} keys="esc" className="max-md:ms-auto" onClick={() => onClear()}>
        <X size={14} />
      </IconButton>
    </section>
  );
}

/** How far up from the bottom of the page it reaches, for what pops up there and is to stay clear of it. */
function useRoomTaken(shown: boolean) {
  const bar = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const { style } = document.documentElement;
    if (!shown || !bar.current) return;
    const measured = new ResizeObserver(([entry]) => {
      const { top } = entry!.target.getBoundingClientRect();
      style.setProperty('--selection-bar', `${window.innerHeight - top}px`);
    });
    measured.observe(bar.current);
    return () => {
      measured.disconnect();
      style.removeProperty('--selection-bar');
    };
  }, [shown]);
  return bar;
}

function useGone(shown: boolean, onGone: () => void): void {
  const was = useRef(shown);
  const latest = useRef(onGone);
  latest.current = onGone;
  useEffect(() => {
    const went = was.current && !shown;
    was.current = shown;
    if (!went) return;
    // A dialog that went along gives the focus back first.
    const frame = requestAnimationFrame(() => {
      if (document.activeElement === document.body) latest.current();
    });
    return () => cancelAnimationFrame(frame);
  }, [shown]);
}
