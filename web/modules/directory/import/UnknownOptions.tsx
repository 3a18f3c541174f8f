import { useState } from 'react';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { inTurn } from '../../../platform/query/lanes.ts';
import { ApiError } from '../../../platform/query/problem.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { t, translateServerText } from '../../../text/text.ts';
import { Select } from '../../../ui/Select.tsx';
import { type Fix, makeFixes, refreshImport, useAllFixes } from './fix/fixes.ts';
import { type ImportFile, type ImportTarget, useImportTargets } from './import.ts';

type Field = ImportTarget['fields'][number];

const leave_empty = '-';
const add_option = '+';
const shown_max = 20;

interface UnknownOptionsProps {
  importId: string;
  file: ImportFile;
}

/** Texts that are no option of their field: each is left empty, taken for an option, or made one. */
export function UnknownOptions({ importId, file }: UnknownOptionsProps) {
  const targets = useImportTargets();
  const fields = targets.data?.find(({ resource }) => resource === file.resource)?.fields ?? [];
  if (file.unknown_options.length === 0) return null;
  return (
    <ul
      aria-label={t('Values that are not options')}
      className="flex flex-col gap-4 border-t border-line px-4 py-3 text-13"
    >
      {file.unknown_options.map(({ column, field: name, values, other_rows }) => {
        const field = fields.find((one) => one.name === name);
        const more = values.slice(shown_max).reduce((sum, { rows }) => sum + rows, other_rows);
        return (
          <li key={column} className="flex flex-col gap-2">
            <p>
              <bdi className="font-medium">{column}</bdi>{' '}
              <span className="text-muted">
                {t('These values are not options of {field}. Unless you choose one, the field is left empty.', {
                  field: translateServerText(field?.label ?? name),
                })}
              </span>
            </p>
            <ul className="flex flex-col gap-1.5">
              {field &&
                values.slice(0, shown_max).map((value) => (
                  <li key={value.text} className="flex flex-wrap items-center gap-x-3 gap-y-1">
                    <span className="min-w-0 flex-1 basis-40 wrap-anywhere">
                      <bdi>{value.text}</bdi>{' '}
                      <span className="text-muted tabular-nums">
                        {t('{count, plural, one {# row} other {# rows}}', { count: value.rows })}
                      </span>
                    </span>
                    <OptionChoice
                      importId={importId}
                      fileId={file.id}
                      column={column}
                      text={value.text}
                      field={field}
                    />
                  </li>
                ))}
            </ul>
            {more > 0 && (
              <p className="text-muted">
                {t('Other values in {count, plural, one {# row} other {# rows}} are left empty.', { count: more })}
              </p>
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface OptionChoiceProps {
  importId: string;
  fileId: string;
  column: string;
  text: string;
  field: Field;
}

function OptionChoice({ importId, fileId, column, text, field }: OptionChoiceProps) {
  const may = useMay();
  const made = useAllFixes(importId, fileId);
  const [busy, setBusy] = useState(false);
  const before = made.data?.find((fix) => fix.row === null && fix.column === column && fix.was === text)?.value ?? null;
  const values = field.values ?? [];
  // Added as an option, the text is one.
  const stored = before ?? (values.includes(text.trim()) ? text.trim() : null);
  const canAdd = field.custom_field_id !== null && field.type === 'select' && may('custom_field', 'update');
  const options = [
    { value: leave_empty, label: t('Leave empty') },
    ...(canAdd ? [{ value: add_option, label: t('Add as an option') }] : []),
    ...[...new Set([...values, ...(stored ? [stored] : [])])].map((value) => ({
      value,
      label: translateServerText(value),
    })),
  ];
  async function choose(choice: string) {
    setBusy(true);
    const fix = (value: string | null): Fix => ({ column, was: text, value });
    await attempt(async () => {
      if (choice === add_option) await addOption(field, text.trim());
      // Added as an option, the text stands for itself again.
      if (choice !== add_option) await makeFixes(importId, fileId, [fix(choice === leave_empty ? '' : choice)]);
      else if (before !== null) await makeFixes(importId, fileId, [fix(null)]);
      await refreshImport();
    });
    setBusy(false);
  }
  return (
    <Select
      label={t('What to do with {value}', { value: text })}
      className="w-full! sm:w-64!"
      options={options}
      value={stored || leave_empty}
      disabled={busy || made.isPending}
      onChange={(choice) => void choose(choice)}
    />
  );
}

const attempts_max = 5;
/** One after the other, because each writes the whole list. */
const addOption = (field: Field, option: string): Promise<void> => inTurn('options', () => appendOption(field, option));

/** The field may have got options since the page read it, also from somebody else. */
async function appendOption({ custom_field_id }: Field, option: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { options, version } = await api.get<{ options: string[]; version: number }>(
      `/custom-fields/${custom_field_id}`,
    );
    if (options.includes(option)) break;
    try {
      await api.patch(`/custom-fields/${custom_field_id}`, { options: [...options, option] }, version);
      break;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 412) || attempt === attempts_max) throw error;
    }
  }
  await queryClient.invalidateQueries({ queryKey: ['custom_field'] });
}
