import { t, translateServerText } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { type Option, Select } from '../../../ui/Select.tsx';
import { columnKinds, filledPercent, type ImportColumn } from './import.ts';

const leave_out = '-';
const new_field = '+';

interface ColumnRowProps {
  column: ImportColumn;
  /** The fields that it can go into. */
  fields: readonly Option[];
  /** Called with the field for the column; null leaves the column out. */
  onMap: (field: string | null) => void;
  /** Makes a new field for the column; undefined where that is not possible. */
  onMakeField: (() => void) | undefined;
}

/** A column of a file: what is in it, and the field that it goes into. */
export function ColumnRow({ column, fields, onMap, onMakeField }: ColumnRowProps) {
  const options = [
    { value: leave_out, label: t('Leave out') },
    ...fields,
    ...(onMakeField && !column.field ? [{ value: new_field, label: t('New field…') }] : []),
  ];
  return (
    <li className="grid items-center gap-x-4 gap-y-1.5 px-4 py-2.5 text-13 md:grid-cols-[14rem_1fr_16rem]">
      <span className="min-w-0">
        <bdi className="block truncate font-medium">{column.name}</bdi>
        <span className="text-12 text-muted">
          {columnKinds[column.kind] ?? column.kind}
          {column.format && `, ${translateServerText(column.format)}`}
          {' · '}
          {t('{percent} filled', { percent: filledPercent(column.filled) })}
        </span>
      </span>
      <span className="min-w-0 truncate text-muted" title={column.samples.join(', ')}>
        <bdi>{column.samples.slice(0, 3).join(', ')}</bdi>
      </span>
      <span className="flex min-w-0 flex-col gap-1">
        <Select
          label={t('Field for {name}', { name: column.name })}
          options={options}
          value={column.field ?? leave_out}
          onChange={(field) => (field === new_field ? onMakeField?.() : onMap(field === leave_out ? null : field))}
        />
        {column.field && column.reason && (
          <span className="flex flex-wrap items-baseline gap-x-1.5 text-12 text-muted">
            {column.confidence !== null && column.confidence < 0.6 && (
              <Badge meaning="attention">{t('Please check')}</Badge>
            )}
            <span className="min-w-0">{translateServerText(column.reason)}</span>
          </span>
        )}
      </span>
    </li>
  );
}
