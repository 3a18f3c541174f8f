import { type FocusEvent, type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { heirOfPage } from './focusHeir.ts';
import { isLayerOpen } from './layers.ts';
import { useNarrow } from './media.ts';

/**
 * A record beside its list. The list stays usable, so this is no modal dialog: the focus stays there, and Esc closes
 * the panel. Whoever has gone into it is back where they came from once it closes. Where the page is too narrow for
 * both, the panel covers the list and takes the focus as long as it does.
 */
export function SidePanel({ label, onClose, children }: { label: string; onClose: () => void; children: ReactNode }) {
  const panel = useRef<HTMLElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      if (isLayerOpen()) return;
      if ((event.target as HTMLElement).closest('input, textarea, [contenteditable="true"]')) return;
      close.current();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  /** Of the page beside it, what had the focus last. */
  const before = useRef<HTMLElement>(null);
  const onFocus = ({ target, relatedTarget }: FocusEvent) => {
    // What its menus and dialogs are told comes here too.
    const from = relatedTarget as HTMLElement | null;
    if (panel.current?.contains(target) && from?.closest('main') && !panel.current.contains(from))
      before.current = from;
  };
  useLayoutEffect(() => {
    const aside = panel.current;
    return () => {
      const { activeElement, body } = document;
      if (activeElement !== body && !aside?.contains(activeElement)) return;
      (before.current?.isConnected ? before.current : heirOfPage())?.focus({ preventScroll: true });
    };
  }, []);
  const covering = useNarrow();
  useLayoutEffect(() => {
    if (covering && panel.current) return coverOthers(panel.current);
  }, [covering]);
  return (
    <aside
      ref={panel}
      tabIndex={covering ? -1 : undefined}
      aria-label={label}
      onFocus={onFocus}
      className="@container fixed inset-0 z-30 flex min-w-0 flex-col bg-surface outline-none md:static md:z-auto md:w-[30rem] md:shrink-0 md:border-s md:border-line xl:w-[34rem]"
    >
      {children}
    </aside>
  );
}

/** Moves the focus into the panel and keeps it out of what the panel covers; returns how to take that back. */
function coverOthers(panel: HTMLElement): () => void {
  const before = document.activeElement as HTMLElement | null;
  const covered: HTMLElement[] = [];
  // Menus, dialogs and toasts are beside the page, in the body.
  for (
    let part: HTMLElement = panel;
    part.parentElement && part.parentElement !== document.body;
    part = part.parentElement
  )
    for (const other of part.parentElement.children)
      if (other !== part && other instanceof HTMLElement && !other.inert) covered.push(other);
  for (const other of covered) other.inert = true;
  if (!panel.contains(before)) panel.focus({ preventScroll: true });
  return () => {
    for (const other of covered) other.inert = false;
    if (before?.isConnected && (panel.contains(document.activeElement) || document.activeElement === document.body))
      before.focus({ preventScroll: true });
  };
}
