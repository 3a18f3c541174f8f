import type { ReactNode } from 'react';
import { useFocusHeir } from '../../ui/focusHeir.ts';

/** A bordered list of rows. */
export function Panel({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul data-rows="" aria-label={label} className="divide-y divide-line rounded-lg border border-line">
      {children}
    </ul>
  );
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
  const focus = useFocusHeir();
  return (
    <li {...focus} className="flex min-h-13 flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5 text-13">
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
