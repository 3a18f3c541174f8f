import type { Column } from '@tanstack/react-table';
import { Columns3 } from 'lucide-react';
import { memo } from 'react';
import { t } from '../../text/text.ts';
import { IconButton } from '../IconButton.tsx';
import { Menu } from '../Menu.tsx';
import type { Row } from './column.ts';
import type { Features } from './features.ts';
import type { TableLayout } from './useTableLayout.ts';

interface ColumnsMenuProps<T extends Row> {
  columns: readonly Column<Features, T>[];
  /** What the columns know of their visibility comes from here. */
  layout: TableLayout;
  onReset: () => void;
}

function ColumnsMenuInner<T extends Row>({ columns, onReset }: ColumnsMenuProps<T>) {
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label={t('Columns')} size="small">
          <Columns3 size={14} />
        </IconButton>
      }
      actions={[
        ...columns.slice(1).map((column) => ({
          label: String(column.columnDef.header),
          checked: column.getIsVisible(),
          onSelect: () => column.toggleVisibility(),
        })),
        { label: t('Reset columns'), group: true as const, onSelect: onReset },
      ]}
    />
  );
}

/** Not drawn again when rows scroll by. */
export const ColumnsMenu = memo(ColumnsMenuInner) as typeof ColumnsMenuInner;
