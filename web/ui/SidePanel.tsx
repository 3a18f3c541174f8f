import { type ReactNode, useEffect, useRef } from 'react';
import { isLayerOpen } from './layers.ts';

/**
 * A record beside its list. The list stays usable, so this is no modal dialog: the focus stays there, and Esc closes
 * the panel.
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
  return (
    <aside
      ref={panel}
      aria-label={label}
      className="@container fixed inset-0 z-30 flex min-w-0 flex-col bg-surface md:static md:z-auto md:w-[30rem] md:shrink-0 md:border-s md:border-line xl:w-[34rem]"
    >
      {children}
    </aside>
  );
}
