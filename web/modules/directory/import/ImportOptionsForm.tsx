import { useMemo, useState } from 'react';
import { attempt } from '../../../platform/query/attempt.ts';
import { useSession } from '../../../platform/session/session.tsx';
import { folded, t } from '../../../text/text.ts';
import { Combobox } from '../../../ui/Combobox.tsx';
import { cx } from '../../../ui/cx.ts';
import { currencyName } from '../../../ui/format.ts';
import { Select } from '../../../ui/Select.tsx';
import { changeImport, type ImportDetail, type ImportOptions, useImportTargets } from './import.ts';
import { Labelled } from './Labelled.tsx';

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
    label: t('A cell that does not fit its field'),
    options: [
      { value: 'leave_empty', label: t('Is left empty') },
      { value: 'note', label: t('Is kept in a note') },
      { value: 'leave_out_row', label: t('Leaves out its row') },
    ],
  },
  {
    key: 'missing_relations',
    label: t('A name that is not there'),
    options: [
      { value: 'create', label: t('Is created') },
      { value: 'leave_empty', label: t('Is left empty') },
      { value: 'leave_out_row', label: t('Leaves out its row') },
    ],
  },
];

/** Of people, whom a row is about is not always plain. */
const questionsOfPeople: typeof questions = [
  {
    key: 'same_name',
    label: t('A name alone that is there'),
    options: [
      { value: 'create', label: t('Is somebody new, and listed') },
      { value: 'update', label: t('Updates whoever is called so') },
    ],
  },
  {
    key: 'same_email',
    label: t('An e-mail address under another first name'),
    options: [
      { value: 'by_name', label: t('Is another person’s') },
      { value: 'one_person', label: t('Is the same person’s') },
    ],
  },
];

export function ImportOptionsForm({ detail }: { detail: ImportDetail }) {
  /** Stands at once, whatever is read meanwhile. */
  const [chosen, setChosen] = useState<Partial<ImportOptions>>({});
  const shown = { ...detail.options, ...chosen };
  const { tenant } = useSession();
  const hasAmounts = useHasAmounts(detail);
  const hasPeople = detail.files.some(({ ignored, resource }) => !ignored && resource === 'contact');
  async function change(options: Partial<ImportOptions>) {
    setChosen((kept) => ({ ...kept, ...options }));
    if (!(await attempt(() => changeImport(detail.id, { options })))) setChosen({});
  }
  return (
    <div
      className={cx(
        'grid grid-cols-1 gap-3 rounded-lg border border-line p-4 sm:grid-cols-2',
        hasAmounts && 'lg:grid-cols-3',
      )}
    >
      {[...questions, ...(hasPeople ? questionsOfPeople : [])].map(({ key, label, options }) => (
        <Labelled key={key} label={label}>
          <Select
            label={label}
            options={options}
            value={shown[key]}
            onChange={(value) => void change({ [key]: value })}
          />
        </Labelled>
      ))}
      {hasAmounts && (
        <Labelled label={t('An amount without a currency')}>
          <CurrencyPick
            value={shown.currency ?? tenant.default_currency}
            onChange={(currency) => void change({ currency })}
          />
        </Labelled>
      )}
    </div>
  );
}

interface CurrencyPickProps {
  value: string;
  /** Null: the workspace's own. */
  onChange: (currency: string | null) => void;
}

function CurrencyPick({ value, onChange }: CurrencyPickProps) {
  const [query, setQuery] = useState('');
  const choices = useMemo(
    () => Intl.supportedValuesOf('currency').map((code) => ({ id: code, name: code, detail: currencyName(code) })),
    [],
  );
  const wanted = folded(query.trim());
  const typed = choices.find(({ id }) => folded(id) === wanted);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a code that was typed as a whole needs no choosing
    <div onBlur={() => typed && typed.id !== value && onChange(typed.id)}>
      <Combobox
        label={t('An amount without a currency')}
        value={choices.find(({ id }) => id === value) ?? { id: value, name: value }}
        choices={choices.filter(({ id, detail }) => folded(`${id} ${detail}`).includes(wanted))}
        onQuery={setQuery}
        onChange={(chosen) => onChange(chosen?.id ?? null)}
      />
    </div>
  );
}

/** Whether a column goes into a field of money. */
function useHasAmounts({ files }: ImportDetail): boolean {
  const targets = useImportTargets();
  return files.some(({ ignored, resource, columns }) => {
    const fields = targets.data?.find((target) => target.resource === resource)?.fields ?? [];
    const amounts = fields.filter(({ type }) => type === 'money').map(({ name }) => name);
    return !ignored && columns.some(({ field }) => field !== null && amounts.includes(field));
  });
}
