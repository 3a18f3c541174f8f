import { ArrowDownUp } from 'lucide-react';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Menu } from '../../../ui/Menu.tsx';
import type { Column, Sort } from '../../../ui/table/column.ts';
import type { AnyRecord } from '../field.ts';

interface SortPickerProps {
  columns: readonly Column<AnyRecord>[];
  sort: readonly Sort[];
  onSort: (sort: Sort[]) => void;
  className?: string | undefined;
}

/** The order of a list that has no heads of columns to click on. */
export default function SortPicker({ columns, sort, onSort, className }: SortPickerProps) {
  const [first] = sort;
  const offered = columns.flatMap(({ sortKey, header, hidden }) =>
    sortKey && (!hidden || sortKey === 'created_at' || sortKey === first?.key) ? { key: sortKey, header } : [],
  );
  const descending = first?.descending ?? false;
  const turn = (descending: boolean) => first && onSort([{ key: first.key, descending }]);
  return (
    <Menu
      trigger={
        <Button size="small" emphasis="quiet" icon={<ArrowDownUp size={14} />} className={className}>
          {t('Sort')}
        </Button>
      }
      actions={[
        ...offered.map(({ key, header }) => ({
          label: header,
          checked: key === first?.key,
          onSelect: () => onSort([{ key, descending: false }]),
        })),
        { label: t('Sort ascending'), group: true, checked: !descending, onSelect: () => turn(false) },
        { label: t('Sort descending'), checked: descending, onSelect: () => turn(true) },
      ]}
    />
  );
}
