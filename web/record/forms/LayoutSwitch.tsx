import { Link } from '@tanstack/react-router';
import { CalendarDays, SquareKanban, Table2 } from 'lucide-react';
import { t } from '../../text/text.ts';
import { Tooltip } from '../../ui/Tooltip.tsx';
import type { RecordDefinition } from '../definition.ts';
import type { ListSearch } from '../listSearch.ts';
import { keepForm, type ListForm } from './listForm.ts';

const forms = [
  { as: 'table', label: t('As a table'), icon: Table2 },
  { as: 'board', label: t('As a board'), icon: SquareKanban },
  { as: 'calendar', label: t('As a calendar'), icon: CalendarDays },
] as const;

interface LayoutSwitchProps {
  path: RecordDefinition['path'];
  as: ListForm;
  offered: readonly ListForm[];
}

/** The same records in another shape. */
export function LayoutSwitch({ path, as, offered }: LayoutSwitchProps) {
  return (
    <div className="flex rounded-md border border-line p-0.5">
      {forms
        .filter((form) => offered.includes(form.as))
        .map(({ as: form, label, icon: Icon }) => (
          <Tooltip key={form} label={label}>
            <Link
              to={path}
              search={(kept: ListSearch) => ({ ...kept, as: form, by: undefined })}
              onClick={() => keepForm(path, form)}
              aria-label={label}
              data-current={form === as ? '' : undefined}
              className="inline-flex h-6 w-7 items-center justify-center rounded-sm text-muted hover:text-ink data-current:bg-pressed data-current:text-ink pointer-coarse:h-9 pointer-coarse:w-10"
            >
              <Icon size={14} />
            </Link>
          </Tooltip>
        ))}
    </div>
  );
}
