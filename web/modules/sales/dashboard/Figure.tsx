import type { ReactNode } from 'react';

/** A key figure: what it is, the number, and what to know about it. */
export function Figure({ label, value, detail }: { label: string; value: ReactNode; detail?: ReactNode }) {
  return (
    <div className="min-w-0 rounded-lg border border-line p-4">
      <dt className="truncate text-12 text-muted">{label}</dt>
      <dd className="mt-1 truncate text-20 font-semibold tabular-nums">{value}</dd>
      {detail && <dd className="mt-0.5 truncate text-12 text-muted tabular-nums">{detail}</dd>}
    </div>
  );
}
