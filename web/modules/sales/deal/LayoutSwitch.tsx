import { Link } from '@tanstack/react-router';
import { SquareKanban, Table2 } from 'lucide-react';
import type { ListSearch } from '../../../record/listSearch.ts';
import { Tooltip } from '../../../ui/Tooltip.tsx';

const layouts = [
  { as: 'board', label: 'As a board', icon: SquareKanban },
  { as: 'table', label: 'As a table', icon: Table2 },
] as const;

export function LayoutSwitch({ as }: { as: 'board' | 'table' }) {
  return (
    <div className="flex rounded-md border border-line p-0.5">
      {layouts.map(({ as: layout, label, icon: Icon }) => (
        <Tooltip key={layout} label={label}>
          <Link
            to="/deals"
            search={(kept: ListSearch) => ({ ...kept, as: layout })}
            aria-label={label}
            data-current={layout === as ? '' : undefined}
            className="inline-flex h-6 w-7 items-center justify-center rounded-sm text-muted hover:text-ink data-current:bg-pressed data-current:text-ink pointer-coarse:h-9 pointer-coarse:w-10"
          >
            <Icon size={14} />
          </Link>
        </Tooltip>
      ))}
    </div>
  );
}
