import { GripVertical, MoreHorizontal, Pencil } from 'lucide-react';
import { useRef } from 'react';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { cx } from '../../../ui/cx.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { Menu } from '../../../ui/Menu.tsx';
import { useSortable } from '../../../ui/useSortable.ts';
import { type CustomField, hasOptions, isConvertible, labelOf, retire, types } from './customField.ts';

interface FieldRowProps {
  field: CustomField;
  index: number;
  /** Another field, or this one, goes to a place. */
  onMove: (id: string, index: number) => void;
  onEdit: () => void;
  onType: () => void;
  onRename: () => void;
}

export function FieldRow({ field, index, onMove, onEdit, onType, onRename }: FieldRowProps) {
  const may = useMay();
  const row = useRef<HTMLLIElement>(null);
  const handle = useRef<HTMLButtonElement>(null);
  const mayUpdate = may('custom_field', 'update');
  const mayRetire = may('custom_field', 'delete');

  const list = `custom_field ${field.resource}`;
  const over = useSortable({ list, id: field.id, index, row, handle, enabled: mayUpdate, onMove });

  const limited = field.visible_to || field.editable_by;
  return (
    <li ref={row} className={cx('flex min-h-13 items-center gap-2 px-2 py-2.5 text-13', over && 'bg-accent-soft')}>
      {mayUpdate && (
        <IconButton
          ref={handle}
          label={t('Move {name} with the arrow keys, or drag it', { name: field.label })}
          data-field-handle={field.id}
          onKeyDown={(event) => {
            const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
            if (!step) return;
            event.preventDefault();
            onMove(field.id, index + step);
          }}
        >
          <GripVertical size={14} />
        </IconButton>
      )}
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 flex-wrap items-center gap-2 font-medium wrap-anywhere">
          <bdi>{field.label}</bdi>
          <Badge>{labelOf(types(), field.type)}</Badge>
          {field.required && <Badge meaning="info">{t('Required')}</Badge>}
          {field.is_unique && <Badge meaning="info">{t('Unique')}</Badge>}
          {limited && <Badge meaning="attention">{t('For some roles')}</Badge>}
        </div>
        <div className="text-12 wrap-anywhere text-muted">{field.key}</div>
      </div>
      {mayUpdate && (
        <IconButton label={t('Edit {name}', { name: field.label })} onClick={onEdit}>
          <Pencil size={14} />
        </IconButton>
      )}
      {(mayUpdate || mayRetire) && (
        <Menu
          align="end"
          trigger={
            <IconButton label={t('More for {name}', { name: field.label })}>
              <MoreHorizontal size={14} />
            </IconButton>
          }
          actions={[
            { label: t('Change the type…'), disabled: !mayUpdate || !isConvertible(field.type), onSelect: onType },
            ...(hasOptions(field.type)
              ? [{ label: t('Rename an option…'), disabled: !mayUpdate, onSelect: onRename }]
              : []),
            { label: t('Retire'), disabled: !mayRetire, onSelect: () => void retire(field) },
          ]}
        />
      )}
    </li>
  );
}
