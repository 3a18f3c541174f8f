import { useState } from 'react';
import { attempt } from '../../../platform/query/attempt.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { inSentence, t, translateServerText } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { formatList } from '../../../ui/format.ts';
import { extensibleTypes } from '../../settings/custom-fields/customField.ts';
import { FieldDialog } from '../../settings/custom-fields/FieldDialog.tsx';
import { ColumnRow } from './ColumnRow.tsx';
import {
  changeImport,
  type FileAnswers,
  type ImportColumn,
  type ImportFile,
  type ImportTarget,
  isEmptyColumn,
} from './import.ts';
import { EmptyColumns, LeftOutColumns } from './LeftOutColumns.tsx';
import { fieldFrom } from './newField.ts';
import { SavedMappings } from './SavedMappings.tsx';

/** The field that any number of columns may go into. */
const note_field = 'note';

interface MappingTableProps {
  importId: string;
  file: ImportFile;
  target: ImportTarget | undefined;
}

export function MappingTable({ importId, file, target }: MappingTableProps) {
  const may = useMay();
  const [making, setMaking] = useState<ImportColumn | null>(null);
  const [showsEmpty, setShowsEmpty] = useState(false);
  const change = (answers: FileAnswers) =>
    attempt(() => changeImport(importId, { files: [{ id: file.id, ...answers }] }));
  const taken = new Set(file.columns.map(({ field }) => field));
  const missing = target?.fields.filter((field) => field.required && !taken.has(field.name)) ?? [];
  const hasNotes = target?.fields.some(({ name }) => name === note_field) ?? false;
  const keep = (columns: readonly string[]) =>
    change({ columns: Object.fromEntries(columns.map((name) => [name, note_field])) });
  const fields = [
    ...(hasNotes ? [{ value: note_field, label: t('Keep in a note') }] : []),
    ...(target?.fields ?? [])
      .filter(({ name }) => name !== note_field)
      .map((field) => ({
        value: field.name,
        label: field.required
          ? t('{field} (required)', { field: translateServerText(field.label) })
          : translateServerText(field.label),
      })),
  ];
  const map = (column: ImportColumn, field: string | null) => change({ columns: { [column.name]: field } });
  const makesFields = may('custom_field', 'create') && extensibleTypes().some(({ value }) => value === file.resource);

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
        <SavedMappings file={file} onChoose={(saved_mapping_id) => void change({ saved_mapping_id })} />
      </header>
      {missing.length > 0 && (
        <p role="status" className="border-b border-line bg-attention-soft px-4 py-2 text-13 text-attention-ink">
          {t('No column is mapped to {fields} yet, and every row needs it.', {
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
          <ColumnRow
            // biome-ignore lint/suspicious/noArrayIndexKey: headers may repeat
            key={index}
            column={column}
            fields={fields}
            onMap={(field) => void map(column, field)}
            onMakeField={makesFields ? () => setMaking(column) : undefined}
          />
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
    </section>
  );
}
