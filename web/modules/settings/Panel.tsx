import { type FocusEvent, type ReactNode, useEffect, useRef } from 'react';

/** A bordered list of rows. */
export function Panel({ label, children }: { label: string; children: ReactNode }) {
  const list = useRowFocus();
  return (
    <ul {...list} aria-label={label} className="divide-y divide-line rounded-lg border border-line">
      {children}
    </ul>
  );
}

const controls = 'a[href], button:not(:disabled), input:not(:disabled)';

/** When a row goes that had the focus, or its button can no longer be pressed, the focus stays beside where it was. */
function useRowFocus() {
  const ref = useRef<HTMLUListElement>(null);
  const at = useRef<{ control: Element; row: Element; index: number } | null>(null);
  useEffect(() => {
    // A dialog that went along gives the focus back first.
    const frame = requestAnimationFrame(() => {
      if (!at.current) return;
      const { control, row, index } = at.current;
      // A button that was just disabled loses the focus only after this frame.
      if (document.activeElement !== document.body && document.activeElement !== control) return;
      if (control.isConnected && !control.matches(':disabled')) return;
      const rows = [...(ref.current?.children ?? [])];
      const next = row.isConnected ? row : rows[Math.min(index, rows.length - 1)];
      next?.querySelector<HTMLElement>(controls)?.focus();
    });
    return () => cancelAnimationFrame(frame);
  });
  const onFocus = ({ target }: FocusEvent) => {
    const rows = [...(ref.current?.children ?? [])];
    const index = rows.findIndex((row) => row.contains(target));
    // A dialog that a row opens is not in it.
    if (index >= 0) at.current = { control: target, row: rows[index]!, index };
  };
  return { ref, onFocus };
}

interface PanelRowProps {
  icon?: ReactNode;
  title: ReactNode;
  detail?: ReactNode;
  end?: ReactNode;
  /** Stands below, over the whole width. */
  children?: ReactNode;
}

export function PanelRow({ icon, title, detail, end, children }: PanelRowProps) {
  return (
    <li className="flex min-h-13 flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5 text-13">
      {icon && <span className="shrink-0 text-muted">{icon}</span>}
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 flex-wrap items-center gap-2 font-medium wrap-anywhere">{title}</div>
        {detail && <div className="min-w-0 text-12 wrap-anywhere text-muted">{detail}</div>}
      </div>
      {end && <div className="flex shrink-0 items-center gap-1.5">{end}</div>}
      {children && <div className="basis-full">{children}</div>}
    </li>
  );
}
