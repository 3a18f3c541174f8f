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
    label: t('Existing records'),
    options: [
      { value: 'create_and_update', label: t('Create new and update existing') },
      { value: 'create', label: t('Only create new') },
      { value: 'update', label: t('Only update existing') },
    ],
  },
  {
    key: 'blank_cells',
    label: t('Empty cells'),
    options: [
      { value: 'keep', label: t('Keep the existing value') },
      { value: 'clear', label: t('Clear the field') },
    ],
  },
  {
    key: 'bad_cells',
    label: t('When a value does not fit its field'),
    options: [
      { value: 'leave_empty', label: t('Leave it empty') },
      { value: 'note', label: t('Keep it in a note') },
      { value: 'leave_out_row', label: t('Leave out the row') },
    ],
  },
  {
    key: 'missing_relations',
    label: t('When a linked record does not exist'),
    options: [
      { value: 'create', label: t('Create it') },
      { value: 'leave_empty', label: t('Leave it empty') },
      { value: 'leave_out_row', label: t('Leave out the row') },
    ],
  },
];

/** Of people, whom a row is about is not always plain. */
const questionsOfPeople: typeof questions = [
  {
    key: 'same_name',
    label: t('When only the name matches a contact'),
    options: [
      { value: 'create', label: t('Create a new contact, and list the row') },
      { value: 'update', label: t('Update the contact of that name') },
    ],
  },
  {
    key: 'same_email',
    label: t('When an e-mail address comes with another first name'),
    options: [
      { value: 'by_name', label: t('It is another person') },
      { value: 'one_person', label: t('It is the same person') },
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
