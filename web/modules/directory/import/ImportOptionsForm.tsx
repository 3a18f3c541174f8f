import { useState } from 'react';
import { attempt } from '../../../app/attempt.ts';
import { t } from '../../../text/text.ts';
import { Select } from '../../../ui/Select.tsx';
import { changeImport, type ImportDetail, type ImportOptions } from './import.ts';

type Key = Exclude<keyof ImportOptions, 'currency'>;

const questions: { key: Key; label: string; options: { value: string; label: string }[] }[] = [
  {
    key: 'mode',
    label: t('Records that are there already'),
    options: [
      { value: 'create_and_update', label: t('Create new, update known') },
      { value: 'create', label: t('Only create new') },
      { value: 'update', label: t('Only update known') },
    ],
  },
  {
    key: 'blank_cells',
    label: t('An empty cell'),
    options: [
      { value: 'keep', label: t('Keeps the value there is') },
      { value: 'clear', label: t('Empties the field') },
    ],
  },
  {
    key: 'bad_cells',
    label: t('A cell that cannot be read'),
    options: [
      { value: 'leave_out_row', label: t('Leaves out its row') },
      { value: 'leave_empty', label: t('Is left empty') },
    ],
  },
  {
    key: 'missing_relations',
    label: t('A name that is not there'),
    options: [
      { value: 'leave_empty', label: t('Is left empty') },
      { value: 'create', label: t('Is created') },
      { value: 'leave_out_row', label: t('Leaves out its row') },
    ],
  },
];

export function ImportOptionsForm({ detail, disabled }: { detail: ImportDetail; disabled: boolean }) {
  const [busy, setBusy] = useState(false);
  async function change(options: Partial<ImportOptions>) {
    setBusy(true);
    await attempt(() => changeImport(detail.id, { options }));
    setBusy(false);
  }
  return (
    <div className="grid grid-cols-1 gap-3 rounded-lg border border-line p-4 sm:grid-cols-2 lg:grid-cols-4">
      {questions.map(({ key, label, options }) => (
        <div key={key} className="flex min-w-0 flex-col gap-1">
          <span aria-hidden="true" className="text-12 text-muted">
            {label}
          </span>
          <Select
            label={label}
            options={options}
            value={detail.options[key]}
            disabled={disabled || busy}
            onChange={(value) => void change({ [key]: value })}
          />
        </div>
      ))}
    </div>
  );
}
