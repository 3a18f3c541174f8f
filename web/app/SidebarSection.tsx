import { ChevronDown } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { cx } from '../ui/cx.ts';

interface SidebarSectionProps {
  label: string;
  open: boolean;
  onToggle: () => void;
  /** Entries of its list. */
  children: ReactNode;
}

/** Whether a section is unfolded, which this browser remembers under the name `kept`. */
export function useSection(kept: string): Pick<SidebarSectionProps, 'open' | 'onToggle'> {
  const [open, setOpen] = useState(() => window.localStorage.getItem(kept) !== 'folded');
  const onToggle = () => {
    setOpen(!open);
    window.localStorage.setItem(kept, open ? 'folded' : 'open');
  };
  return { open, onToggle };
}

/** Links of one kind below those to the modules, until one folds them away. */
export function SidebarSection({ label, open, onToggle, children }: SidebarSectionProps) {
  return (
    <section aria-label={label} className="mt-4">
      <button
        type="button"
        aria-expanded={open}
        onClick={onToggle}
        className="flex h-7 w-full items-center gap-1 rounded-md px-2 text-12 font-medium text-muted hover:text-ink"
      >
        {label}
        <ChevronDown size={12} className={cx('transition-transform', !open && '-rotate-90 rtl:rotate-90')} />
      </button>
      {open && <ul className="flex flex-col gap-0.5">{children}</ul>}
    </section>
  );
}
