import { useState } from 'react';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Select } from '../../../ui/Select.tsx';
import { Section } from '../figures/Section.tsx';
import { transactionKindOptions } from '../transaction/options.ts';
import type { Mapping, Report } from './report.ts';

interface FileMappingProps {
  unknown: NonNullable<Report['unknown']>;
  mapping: Mapping | undefined;
  busy: boolean;
  onMapping: (mapping: Mapping) => void;
}

type MappedField = keyof typeof fields;

/** A file that nobody knows: somebody says what its columns are. */
export function FileMapping({ unknown: { columns, samples }, mapping, busy, onMapping }: FileMappingProps) {
  const [chosen, setChosen] = useState<Record<string, string>>(
    () => (mapping?.columns as Record<string, string>) ?? {},
  );
  const [kinds, setKinds] = useState<Mapping['kinds']>(() => mapping?.kinds ?? {});
  const [order, setOrder] = useState<'dmy' | 'mdy'>(mapping?.order ?? 'dmy');
  const kindColumn = chosen.kind === undefined ? -1 : columns.indexOf(chosen.kind);
  const words = kindColumn < 0 ? [] : [...new Set(samples.map((row) => row[kindColumn]?.trim() ?? ''))].filter(Boolean);
  const choices = [
    { value: '', label: t('Not in the file') },
    ...columns.filter(Boolean).map((name) => ({ value: name, label: name })),
  ];
  const set = (field: string, column: string) =>
    setChosen(Object.fromEntries(Object.entries({ ...chosen, [field]: column }).filter(([, name]) => name !== '')));
  const isEnough = chosen.traded_on !== undefined && (chosen.amount !== undefined || chosen.quantity !== undefined);
  return (
    <Section title={t('Columns')}>
      <div className="flex flex-col gap-4">
        <Banner meaning="info">
          {t('We do not know this export. Say which column holds what, and it can be imported.')}
        </Banner>
        <div className="overflow-x-auto rounded-lg border border-line">
          <table className="text-12">
            <thead>
              <tr className="border-b border-line text-muted">
                {columns.map((name, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns may have the same name
                  <th key={at} scope="col" className="px-2 py-1 text-start font-medium whitespace-nowrap">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {samples.map((row, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the rows of a sample have no ids
                <tr key={at}>
                  {row.map((cell, column) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: as above
                    <td key={column} className="max-w-48 truncate px-2 py-1 whitespace-nowrap">
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <div className="grid gap-3 @md:grid-cols-2 @2xl:grid-cols-3">
          {(Object.keys(fields) as MappedField[]).map((field) => (
            <Field key={field} name={field} label={fields[field]} required={field === 'traded_on'}>
              <Select
                label={fields[field]}
                options={choices}
                value={chosen[field] ?? ''}
                onChange={(column) => set(field, column)}
              />
            </Field>
          ))}
          <Field name="order" label={t('Dates are written')}>
            <Select
              label={t('Dates are written')}
              options={[
                { value: 'dmy', label: t('Day first') },
                { value: 'mdy', label: t('Month first') },
              ]}
              value={order}
              onChange={(value) => setOrder(value as 'dmy' | 'mdy')}
            />
          </Field>
        </div>
        {words.length > 0 && (
          <div className="grid gap-3 @md:grid-cols-2 @2xl:grid-cols-3">
            {words.map((word) => (
              <Field key={word} name={word} label={t('“{word}” is', { word })}>
                <Select
                  label={t('“{word}” is', { word })}
                  placeholder={t('Choose')}
                  options={kindOptions}
                  value={(kinds?.[word] as string | undefined) ?? null}
                  onChange={(kind) => setKinds({ ...kinds, [word]: kind as NonNullable<Mapping['kinds']>[string] })}
                />
              </Field>
            ))}
          </div>
        )}
        <Button
          emphasis="primary"
          className="self-start"
          busy={busy}
          disabled={!isEnough}
          onClick={() => onMapping({ of: 'transactions', columns: chosen, kinds, order })}
        >
          {t('Read the file')}
        </Button>
      </div>
    </Section>
  );
}

const fields = {
  traded_on: t('Day'),
  kind: t('Kind'),
  account: t('Account number'),
  amount: t('Amount'),
  currency: t('Currency'),
  quantity: t('Quantity'),
  price: t('Market price'),
  isin: t('ISIN'),
  ticker: t('Ticker'),
  name: t('Name of the security'),
  fees: t('Fees'),
  taxes: t('Taxes'),
  description: t('Description'),
  external_id: t('External ID'),
} as const;

const kindOptions = [
  { value: 'cash', label: t('Deposit or withdrawal') },
  { value: 'skip', label: t('No movement') },
  ...transactionKindOptions,
];
