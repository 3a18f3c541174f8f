import { type FocusEvent, useLayoutEffect, useRef } from 'react';

const controls = 'a[href], button:not(:disabled), input:not(:disabled)';

/** Of elements that left the page: where the focus goes in their place, the first that is still there. */
const placesOf = new WeakMap<Element, Element[]>();

/**
 * For a row in a list of rows (`data-rows`), or a control in one. When it leaves the page with the focus, or is disabled, the focus goes to what stands
 * beside it, so that the keyboard does not begin at the top of the page again.
 */
export function useFocusHeir(disabled = false) {
  const last = useRef<HTMLElement>(null);
  const focused = useRef(false);
  useLayoutEffect(() => {
    if (disabled) handOver(last.current, focused.current);
    // React runs this before it takes the element out of the page.
    return () => handOver(last.current, last.current?.contains(document.activeElement));
  }, [disabled]);
  return {
    onFocus: ({ currentTarget }: FocusEvent<HTMLElement>) => {
      last.current = currentTarget;
      focused.current = true;
    },
    // React says nothing of the focus that goes with what it moves or takes out itself.
    onBlur: () => {
      focused.current = false;
    },
  };
}

function handOver(element: HTMLElement | null, had = false): void {
  if (!element?.closest('[data-rows]')) return;
  placesOf.set(element, placesBeside(element));
  // Once all of the page is as it will be: what stands beside it may go or be disabled too.
  if (had)
    queueMicrotask(() => {
      const { activeElement } = document;
      if (activeElement === document.body || activeElement === element) heirOf(element)?.focus({ preventScroll: true });
    });
}

/** Its row, the rows beside that, and the section around all of them. */
function placesBeside(element: Element): Element[] {
  const places: Element[] = [];
  for (let at: Element | null = element; at; at = at.parentElement) {
    if (at.matches('section')) return [...places, at];
    if (at.matches('li'))
      places.push(...[at, at.nextElementSibling, at.previousElementSibling].filter((one) => one !== null));
  }
  return places;
}

function heirOf(element: Element): HTMLElement | undefined {
  for (const place of placesOf.get(element) ?? []) {
    if (!place.isConnected) continue;
    const header = place.matches('section') && place.querySelector(':scope > header');
    const found = header
      ? (header.querySelector<HTMLElement>(':scope > button') ?? header.querySelector('h2'))
      : [...place.querySelectorAll<HTMLElement>(controls)].find((control) => !element.contains(control));
    if (found) return found;
  }
  return undefined;
}

/** Where a dialog puts the focus when it closes and what opened it has left the page; undefined while that is there. */
export function useOpenerHeir(open: boolean): () => HTMLElement | undefined {
  const opener = useRef<Element>(null);
  // Before the dialog takes the focus.
  if (open) opener.current ??= document.activeElement;
  else opener.current = null;
  return () => (opener.current && !opener.current.isConnected ? heirOf(opener.current) : undefined);
}
