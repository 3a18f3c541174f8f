import type { ReactNode } from 'react';

/** A control under its name; the control says the name itself to those who do not see it. */
export function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <span aria-hidden="true" className="text-12 text-muted">
        {label}
      </span>
      {children}
    </div>
  );
}
