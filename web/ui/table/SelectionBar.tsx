import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatNumber } from '../format.ts';
import { IconButton } from '../IconButton.tsx';

/** What is selected and what may be done with it. */
export function SelectionBar({
  count,
  onClear,
  children,
}: {
  count: number;
  onClear: () => void;
  children: ReactNode;
}) {
  if (count === 0) return null;
  return (
    <section
      aria-label="Selection"
      className="popup shadow-dialog absolute bottom-4 left-1/2 z-20 flex max-w-[calc(100%-1rem)] -translate-x-1/2 items-center gap-1 overflow-x-auto p-1.5"
    >
      <span role="status" className="px-2 text-13 font-medium whitespace-nowrap tabular-nums">
        {formatNumber(count)} selected
      </span>
      <span className="mx-1 h-5 w-px bg-line" />
      {children}
      <IconButton label="Clear selection" keys="esc" onClick={onClear}>
        <X size={14} />
      </IconButton>
    </section>
  );
}
