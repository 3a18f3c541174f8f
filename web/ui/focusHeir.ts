import { type FocusEvent, useLayoutEffect, useRef } from 'react';

const controls = 'a[href], button:not(:disabled), input:not(:disabled)';

/** Of elements that left the page: where the focus goes in their place, the first that is still there. */
const placesOf = new WeakMap<Element, Element[]>();

/**
 * For a row in a list of rows (`data-rows`; each an `li`, or marked `data-row`), or a control in one. When it leaves
 * the page with the focus, or is disabled, the focus goes to what stands beside it, so that the keyboard does not begin
 * at the top of the page again.
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
    if (at.matches('li, [data-row]'))
      places.push(...[at, at.nextElementSibling, at.previousElementSibling].filter((one) => one !== null));
    else if (at.matches('section')) return [...places, at];
  }
  return places;
}

/**
 * In a row the control that is marked as what one came for (`data-heir`), or else the first; after the last row of a
 * section without a heading, the page.
 */
function heirOf(element: Element): HTMLElement | undefined {
  let gone: Element | null = element;
  while (gone && !placesOf.has(gone)) gone = gone.parentElement;
  if (!gone) return undefined;
  for (const place of placesOf.get(gone) ?? []) {
    if (!place.isConnected) continue;
    const header = place.matches('section:not([data-row])') && place.querySelector(':scope > header');
    const found = header
      ? (header.querySelector<HTMLElement>(':scope > button') ?? header.querySelector('h2'))
      : (place.querySelector<HTMLElement>('[data-heir]') ??
        [...place.querySelectorAll<HTMLElement>(controls)].find((control) => !gone.contains(control)));
    if (found) return found;
  }
  return heirOfPage();
}

/** Where the keyboard goes on when nothing is left beside what had the focus. */
export const heirOfPage = (): HTMLElement | undefined =>
  document.querySelector<HTMLElement>('main [data-heir]') ?? document.querySelector('main') ?? undefined;

/** Of a dialog: where the focus goes when it closes. That is what opened it, or what has the place of that. */
export function useReturnFocus(open: boolean) {
  const opener = useRef<Element>(null);
  const ref = useRef<HTMLDivElement>(null);
  // Before the dialog takes the focus.
  if (open) opener.current ??= document.activeElement;
  else opener.current = null;
  function finalFocus(): HTMLElement | boolean {
    const { activeElement, body } = document;
    // Whoever closed it has put the focus elsewhere.
    if (activeElement !== body && !ref.current?.contains(activeElement)) return false;
    // Opened by a key while nothing had the focus. Told of the page, the dialog would focus the first control in it.
    if (opener.current?.matches('body, main')) {
      heirOfPage()?.focus({ preventScroll: true });
      return false;
    }
    return (opener.current && !opener.current.isConnected && heirOf(opener.current)) || true;
  }
  return { ref, finalFocus };
}
