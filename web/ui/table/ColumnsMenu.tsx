import { Columns3 } from 'lucide-react';
import { t } from '../../text/text.ts';
import { IconButton } from '../IconButton.tsx';
import { Menu } from '../Menu.tsx';

interface ColumnsMenuProps {
  columns: readonly { id: string; header: string; visible: boolean }[];
  onToggle: (id: string, visible: boolean) => void;
  onReset: () => void;
}

export function ColumnsMenu({ columns, onToggle, onReset }: ColumnsMenuProps) {
  return (
    <Menu
      align="end"
      trigger={
        <IconButton label={t('Columns')} size="small">
          <Columns3 size={14} />
        </IconButton>
      }
      actions={[
        ...columns.map((column) => ({
          label: column.header,
          checked: column.visible,
          onSelect: () => onToggle(column.id, !column.visible),
        })),
        { label: t('Reset columns'), group: true as const, onSelect: onReset },
      ]}
    />
  );
}
