import type { ReactNode } from 'react';

interface SectionProps {
  title: string;
  /** Beside the title, at the end of its line. */
  actions?: ReactNode;
  children: ReactNode;
}

export function Section({ title, actions, children }: SectionProps) {
  return (
    <section aria-label={title}>
      <div className="mb-2 flex min-h-7 flex-wrap items-center gap-2 break-after-avoid">
        <h2 className="flex-1 text-14">{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}

interface KeyFigure {
  label: string;
  value: ReactNode;
  /** Smaller, below it. */
  note?: ReactNode;
}

/** A few figures that matter, beside each other. */
export function KeyFigures({ figures }: { figures: readonly KeyFigure[] }) {
  return (
    <dl className="flex flex-wrap gap-px overflow-hidden rounded-lg border border-line bg-line">
      {figures.map(({ label, value, note }) => (
        <div key={label} className="min-w-0 grow basis-2/5 bg-surface px-3 py-2 @lg:basis-0">
          <dt className="text-12 text-muted">{label}</dt>
          <dd className="truncate text-16 font-semibold tabular-nums">{value}</dd>
          {note && <dd className="text-12 text-muted">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
