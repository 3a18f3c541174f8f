import { Link } from '@tanstack/react-router';
import { CalendarDays, SquareKanban, Table2 } from 'lucide-react';
import { t } from '../../../text/text.ts';
import { Tooltip } from '../../../ui/Tooltip.tsx';
import type { RecordDefinition } from '../definition.ts';
import type { ListSearch } from '../listSearch.ts';
import { keepLayout, type ListLayout } from './listLayout.ts';

const layouts = [
  { layout: 'table', label: t('As a table'), icon: Table2 },
  { layout: 'board', label: t('As a board'), icon: SquareKanban },
  { layout: 'calendar', label: t('As a calendar'), icon: CalendarDays },
] as const;

interface LayoutSwitchProps {
  definition: RecordDefinition;
  current: ListLayout;
  offered: readonly ListLayout[];
}

/** The same records in another layout. */
export function LayoutSwitch({ definition: { path, ownLayouts }, current, offered }: LayoutSwitchProps) {
  return (
    <div className="flex rounded-md border border-line p-0.5">
      {[...layouts, ...ownLayouts.map(({ id: layout, label, icon }) => ({ layout, label, icon }))]
        .filter(({ layout }) => offered.includes(layout))
        .map(({ layout, label, icon: Icon }) => (
          <Tooltip key={layout} label={label}>
            <Link
              to={path}
              search={(kept: ListSearch) => ({ ...kept, layout, by: undefined })}
              onClick={() => keepLayout(path, layout)}
              aria-label={label}
              data-current={layout === current ? '' : undefined}
              className="inline-flex h-6 w-7 items-center justify-center rounded-sm text-muted hover:text-ink data-current:bg-pressed data-current:text-ink pointer-coarse:h-9 pointer-coarse:w-10"
            >
              <Icon size={14} />
            </Link>
          </Tooltip>
        ))}
    </div>
  );
}
