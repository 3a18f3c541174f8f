import { useEffect, useRef } from 'react';
import { keyOf } from '../../ui/keys.ts';
import { isLayerOpen } from '../../ui/layers.ts';

/** Also in a cell of a grid that is edited by typing. */
export const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  target.closest('input, textarea, select, [contenteditable="true"], [data-typing]') !== null;

/** One key for the main action of a page, such as c to create. */
export function useKey(key: string, run: (() => void) | null) {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (keyOf(event) !== key || event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
      if (!latest.current || isTyping(event.target) || isLayerOpen()) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [key]);
}
