import { type FocusEvent, type KeyboardEvent, type RefObject, useState } from 'react';
import { flushSync } from 'react-dom';
import { rightward } from '../../text/locale.ts';

interface HeadFocusOptions {
  grid: RefObject<HTMLElement | null>;
  columns: readonly { sortKey?: string }[];
  /** From the head of a column into its cells. */
  onDown: (column: number) => void;
}

/** A button in the head of a column, as `data-head` names it. */
export const headButton = (column: number, part: 'sort' | 'menu') => `${column}:${part}`;

/** Of the buttons in the heads one is in the tab order, as one cell of the grid is; arrows move between them. */
export function useHeadFocus({ grid, columns, onDown }: HeadFocusOptions) {
  const [place, setPlace] = useState('');
  const buttons = columns.flatMap(({ sortKey }, column) => [
    ...(sortKey ? [headButton(column, 'sort')] : []),
    headButton(column, 'menu'),
  ]);
  const stop = buttons.includes(place) ? place : (buttons[0] ?? '');

  function focus(button: string | undefined) {
    if (!button) return;
    // Drawn at once, so that it can have the focus.
    flushSync(() => setPlace(button));
    grid.current?.querySelector<HTMLElement>(`[data-head="${button}"]`)?.focus();
  }

  /** What is opened from a head tells of its keys here too; only those on its buttons count. */
  function onKeyDown(event: KeyboardEvent) {
    const { head } = (event.target as HTMLElement).dataset;
    if (!head || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = buttons.indexOf(head);
    const to: Record<string, number> = {
      ArrowRight: at + rightward,
      ArrowLeft: at - rightward,
      Home: 0,
      End: buttons.length - 1,
    };
    if (event.key in to) focus(buttons[to[event.key]!]);
    else if (event.key === 'ArrowDown' && head.endsWith('sort')) onDown(Number.parseInt(head, 10));
    else return;
    event.preventDefault();
  }

  return {
    stop,
    /** Its column stays drawn, and so in the tab order. */
    column: Number.parseInt(stop, 10) || 0,
    focusColumn: (column: number) => focus(buttons.find((button) => Number.parseInt(button, 10) === column)),
    handlers: {
      onKeyDown,
      onFocus: ({ target }: FocusEvent<HTMLElement>) => target.dataset.head && setPlace(target.dataset.head),
    },
  };
}
