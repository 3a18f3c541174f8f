import { useQuery } from '@tanstack/react-query';
import { Save } from 'lucide-react';
import { useState } from 'react';
import { api, type Page } from '../../../app/api.ts';
import { attempt } from '../../../app/attempt.ts';
import { queryClient } from '../../../app/queryClient.ts';
import { useMay } from '../../../app/session.tsx';
import { FormDialog } from '../../../record/FormDialog.tsx';
import { inSentence, t, translateServerText } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { Button } from '../../../ui/Button.tsx';
import { formatList } from '../../../ui/format.ts';
import { Select } from '../../../ui/Select.tsx';
import { toast } from '../../../ui/toast.ts';
import { recordTypes } from '../../settings/custom-fields/customField.ts';
import { FieldDialog } from '../../settings/custom-fields/FieldDialog.tsx';
import {
  changeImport,
  columnKinds,
  type FileAnswers,
  filledPercent,
  type ImportColumn,
  type ImportFile,
  type ImportTarget,
  isEmptyColumn,
} from './import.ts';
import { EmptyColumns, LeftOutColumns } from './LeftOutColumns.tsx';
import { fieldFrom } from './newField.ts';

interface SavedMapping {
  id: string;
  name: string;
  resource: string;
}

const leave_out = '-';
const new_field = '+';
/** The field that any number of columns may go into. */
const note_field = 'note';

interface MappingTableProps {
  importId: string;
  file: ImportFile;
  target: ImportTarget | undefined;
}

export function MappingTable({ importId, file, target }: MappingTableProps) {
  const may = useMay();
  const [saving, setSaving] = useState(false);
  const [making, setMaking] = useState<ImportColumn | null>(null);
  const [showsEmpty, setShowsEmpty] = useState(false);
  const saved = useQuery({
    queryKey: ['saved_mapping', 'other', file.resource],
    enabled: may('saved_mapping', 'read'),
    queryFn: ({ signal }) =>
      api.get<Page<SavedMapping>>(
        '/saved-mappings',
        { filter: JSON.stringify({ field: 'resource', op: 'eq', value: file.resource }), limit: 100 },
        signal,
      ),
  });
  const change = (answers: FileAnswers) =>
    attempt(() => changeImport(importId, { files: [{ id: file.id, ...answers }] }));
  const taken = new Set(file.columns.map(({ field }) => field));
  const missing = target?.fields.filter((field) => field.required && !taken.has(field.name)) ?? [];
  const hasNotes = target?.fields.some(({ name }) => name === note_field) ?? false;
  const keep = (columns: readonly string[]) =>
    change({ columns: Object.fromEntries(columns.map((name) => [name, note_field])) });
  const options = [
    { value: leave_out, label: t('Leave out') },
    ...(hasNotes ? [{ value: note_field, label: t('Keep in a note') }] : []),
    ...(target?.fields ?? [])
      .filter(({ name }) => name !== note_field)
      .map((field) => ({
        value: field.name,
        label: field.required
          ? t('{field} (needed)', { field: translateServerText(field.label) })
          : translateServerText(field.label),
      })),
  ];
  const map = (column: ImportColumn, field: string | null) => change({ columns: { [column.name]: field } });
  const makesFields = may('custom_field', 'create') && recordTypes.some(({ value }) => value === file.resource);
  const mappings = saved.data?.data ?? [];

  return (
    <section aria-label={t('Columns of {name}', { name: file.name })} className="rounded-lg border border-line">
      <header className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-3">
        <h3 className="me-auto min-w-0 truncate text-14">
          <bdi>{file.name}</bdi>
          <span className="font-normal text-muted">
            {' '}
            {t('into {records}', {
              records: target ? inSentence(translateServerText(target.label)) : (file.resource ?? ''),
            })}
          </span>
        </h3>
        {mappings.length > 0 && (
          <Select
            label={t('Use a saved mapping')}
            placeholder={t('Use a saved mapping')}
            className="w-52!"
            options={mappings.map(({ id, name }) => ({ value: id, label: name }))}
            value={file.answers.saved_mapping_id ?? null}
            onChange={(saved_mapping_id) => void change({ saved_mapping_id })}
          />
        )}
        {may('saved_mapping', 'create') && (
          <Button size="small" emphasis="quiet" icon={<Save size={14} />} onClick={() => setSaving(true)}>
            {t('Save mapping')}
          </Button>
        )}
      </header>
      {missing.length > 0 && (
        <p role="status" className="border-b border-line bg-attention-soft px-4 py-2 text-13 text-attention-ink">
          {t('No column is {fields} yet, and every row needs it.', {
            fields: formatList(
              missing.map(({ label }) => translateServerText(label)),
              'disjunction',
            ),
          })}
        </p>
      )}
      <div className="border-b border-line p-3 empty:hidden">
        <LeftOutColumns file={file} onKeep={hasNotes ? (columns) => void keep(columns) : undefined} />
      </div>
      <ul className="divide-y divide-line">
        {(showsEmpty ? file.columns : file.columns.filter((column) => !isEmptyColumn(column))).map((column, index) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: headers may repeat
            key={index}
            className="grid items-center gap-x-4 gap-y-1.5 px-4 py-2.5 text-13 md:grid-cols-[14rem_1fr_16rem]"
          >
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
                options={
                  makesFields && !column.field ? [...options, { value: new_field, label: t('New field…') }] : options
                }
                value={column.field ?? leave_out}
                onChange={(field) =>
                  field === new_field ? setMaking(column) : void map(column, field === leave_out ? null : field)
                }
              />
              {column.field && column.reason && (
                <span className="flex items-center gap-1.5 text-12 text-muted">
                  {column.confidence !== null && column.confidence < 0.6 && (
                    <Badge meaning="attention">{t('Please check')}</Badge>
                  )}
                  <span className="min-w-0 truncate" title={translateServerText(column.reason)}>
                    {translateServerText(column.reason)}
                  </span>
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {file.columns.some(isEmptyColumn) && (
        <footer className="flex flex-wrap items-center justify-between gap-2 border-t border-line px-4 py-2.5">
          <EmptyColumns file={file} />
          <Button size="small" emphasis="quiet" onClick={() => setShowsEmpty(!showsEmpty)}>
            {showsEmpty ? t('Hide empty columns') : t('Show empty columns')}
          </Button>
        </footer>
      )}
      {making && (
        <FieldDialog
          proposed={fieldFrom(making, file.resource!)}
          onCreated={({ key }) => map(making, `custom.${key}`)}
          onClose={() => setMaking(null)}
        />
      )}
      {saving && (
        <FormDialog
          title={t('Save this mapping')}
          description={t('It is offered for later files of the same kind.')}
          action={t('Save mapping')}
          fields={[{ key: 'name', label: t('Name'), kind: 'text', required: true }]}
          start={{ name: file.name.replace(/\.\w+$/, '') }}
          onClose={() => setSaving(false)}
          onSave={async ({ name }) => {
            const columns = Object.fromEntries(file.columns.map((column) => [column.name, column.field]));
            await api.post('/saved-mappings', { name, resource: file.resource, columns });
            await queryClient.invalidateQueries({ queryKey: ['saved_mapping'] });
            toast(t('Mapping saved'));
          }}
        />
      )}
    </section>
  );
}
