import type { ReactNode } from 'react';

/** One of the three facts in the head of a record. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-12 text-muted">{label}</dt>
      <dd className="flex min-h-5 min-w-0 items-center truncate text-13 font-medium">{children}</dd>
    </div>
  );
}
