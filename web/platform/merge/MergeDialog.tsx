import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { flushSync } from 'react-dom';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button } from '../../ui/Button.tsx';
import { Combobox } from '../../ui/Combobox.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { formatDate } from '../../ui/format.ts';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { FormShell } from '../page/FormShell.tsx';
import { messageOf } from '../query/problem.ts';
import type { RecordDefinition } from '../record/definition.ts';
import { FieldValue } from '../record/FieldValue.tsx';
import { type AnyRecord, type FieldDef, isBlank, readField } from '../record/field.ts';
import { useLookup } from '../record/lookup.ts';
import { countOf, wordsOf } from '../record/recordTypes.ts';
import { textWithCurrency } from '../record/sheet/text.ts';
import { useFields } from '../record/useFields.ts';
import { Choice } from './Choice.tsx';
import {
  attachedText,
  differingFields,
  merge_key,
  merged_records_max,
  mergeRecords,
  proposed,
  useMerged,
} from './merge.ts';

interface MergeDialogProps {
  definition: RecordDefinition;
  /** The first is proposed to stay. With one alone, the others are asked for. */
  ids: readonly string[];
  onClose: () => void;
  onMerged: (survivorId: string) => void;
}

/** Records side by side: which stays, and whose value each field takes. */
export default function MergeDialog({ definition, ids: given, onClose, onMerged }: MergeDialogProps) {
  const { resource } = definition;
  const words = wordsOf(resource);
  const form = useId();
  // Whoever asks makes the list anew each time the page is drawn.
  const [first] = useState(given);
  const [ids, setIds] = useState(first);
  const [survivorId, setSurvivorId] = useState(first[0]!);
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const { records, attached, error } = useMerged(definition, ids);
  const fields = differingFields(useFields(definition), records);
  const choices = Object.fromEntries(
    fields.map((field) => [field.key, chosen[field.key] ?? proposed(field, survivorId, records)]),
  );
  const survivor = records.find(({ id }) => id === survivorId);
  const merge = useMutation({
    mutationKey: merge_key,
    mutationFn: () => mergeRecords(definition, survivor!, records, fields, choices),
    onSuccess: (show) => {
      // Closed first, or the dialog would ask again for records that are no longer there.
      flushSync(() => onMerged(survivorId));
      void show();
    },
  });
  const { choices: found, loading, setQuery } = useLookup(resource);
  const ready = records.length === ids.length && ids.length > 1;
  const nameOf = (record: (typeof records)[number]) => String(record.name ?? '');

  return (
    <Dialog
      open
      size="large"
      title={
        ids.length > 1
          ? t('Merge {counted}', { counted: countOf(resource, ids.length) })
          : t('Merge {type}', { type: words.type })
      }
      description={t(
        'One record is kept. The others go to the trash, and everything attached to them moves to it. You can undo this for 30 days.',
      )}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={merge.isPending} disabled={!ready}>
            {t('Merge')}
          </Button>
        </>
      }
    >
      <FormShell id={form} error={merge.error} fields={[]} onSubmit={() => ready && merge.mutate()}>
        {error ? (
          <Banner meaning="bad">{messageOf(error)}</Banner>
        ) : records.length < ids.length ? (
          <SkeletonRows label={t('Loading the {types}', { types: words.types })} />
        ) : (
          <>
            <Choice
              autoFocus={ids === first && ids.length > 1}
              name="survivor"
              legend={t('Which {type} to keep', { type: words.type })}
              value={survivorId}
              onChange={setSurvivorId}
              options={records.map((record) => ({
                id: record.id,
                label: t('Keep {name}, created {day}', {
                  name: nameOf(record),
                  day: formatDate(String(record.created_at)),
                }),
                shown: (
                  <>
                    <bdi className="block font-medium wrap-anywhere">{nameOf(record)}</bdi>
                    <span className="block text-12 text-muted">
                      {t('Created {day}', { day: formatDate(String(record.created_at)) })}
                      {record.id !== survivorId && movesText(attached.get(record.id))}
                    </span>
                  </>
                ),
              }))}
            />
            {fields.map((field) => (
              <Choice
                key={field.key}
                name={field.key}
                legend={field.label}
                value={choices[field.key]!}
                onChange={(id) => setChosen((kept) => ({ ...kept, [field.key]: id }))}
                options={records.map((record) => ({
                  id: record.id,
                  label: t('{field} of {name}: {value}', {
                    field: field.label,
                    name: nameOf(record),
                    value: spoken(record, field),
                  }),
                  shown: <FieldValue field={field} record={record} whole />,
                }))}
              />
            ))}
            {ids.length > 1 && fields.length === 0 && (
              <p className="border-t border-line py-3 text-13 text-muted">
                {t('No field differs. Tags and further addresses are combined.')}
              </p>
            )}
          </>
        )}
      </FormShell>
      {ids.length < merged_records_max && (
        <div className="border-t border-line pt-3">
          <Combobox
            label={t('Another {type} to merge', { type: words.type })}
            value={null}
            choices={found.filter(({ id }) => !ids.includes(id))}
            loading={loading}
            onQuery={setQuery}
            placeholder={t('Add another {type}', { type: words.type })}
            // Chosen twice by a hand that trembles it is still one.
            onChange={(choice) => choice && setIds((now) => [...new Set([...now, choice.id])])}
          />
        </div>
      )}
    </Dialog>
  );
}

function movesText(attached: Parameters<typeof attachedText>[0] | undefined): string {
  if (!attached) return '';
  return attached.length === 0
    ? t(' · nothing to move')
    : t(' · {records} will move', { records: attachedText(attached) });
}

const spoken = (record: AnyRecord, field: FieldDef): string =>
  isBlank(readField(record, field)) ? t('empty') : textWithCurrency(record, field);
