import type { ReactNode } from 'react';

/** A group of parts that belong together. */
export function PartGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-8">
      <h2 className="text-20">{title}</h2>
      {children}
    </section>
  );
}

interface PartProps {
  name: string;
  /** Parts that are drawn inside this one only. */
  within?: readonly string[];
  children: ReactNode;
}

/** One part, under the name of its file; its states stand side by side. */
export function Part({ name, within = [], children }: PartProps) {
  return (
    <section aria-label={name} data-shows={[name, ...within].join(' ')}>
      <h3 className="mb-3 border-b border-line pb-1 font-mono text-13">{[name, ...within].join(', ')}</h3>
      <div className="flex flex-wrap items-start gap-x-6 gap-y-4">{children}</div>
    </section>
  );
}

/** A state of a part, with the word for it above. */
export function State({ label, wide, children }: { label: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={wide ? 'w-full min-w-0' : 'w-64 max-w-full min-w-0'}>
      <p className="mb-1.5 text-12 text-muted">{label}</p>
      {children}
    </div>
  );
}
