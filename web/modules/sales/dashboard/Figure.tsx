import type { ReactNode } from 'react';

interface FigureProps {
  label: string;
  value: ReactNode;
  detail?: ReactNode;
  note?: ReactNode;
}

/** A key figure: what it is, the number, and what to know about it, each on one line with those beside it. */
export function Figure({ label, value, detail, note }: FigureProps) {
  return (
    <div className="row-span-4 grid min-w-0 grid-rows-subgrid gap-y-0 rounded-lg border border-line p-4">
      <dt className="text-12 text-balance text-muted">{label}</dt>
      <dd className="self-end truncate pt-1 text-20 font-semibold tabular-nums">{value}</dd>
      {detail && <dd className="mt-0.5 text-12 text-muted tabular-nums">{detail}</dd>}
      {note && <dd className="empty:hidden">{note}</dd>}
    </div>
  );
}
