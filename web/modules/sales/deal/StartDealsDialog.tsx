import { useId, useMemo, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { withFieldsOf } from '../../../platform/query/problem.ts';
import type { BulkDialogProps } from '../../../platform/record/definition.ts';
import { FormField } from '../../../platform/record/FormField.tsx';
import { differ, isBlank, startOf, toBody } from '../../../platform/record/field.ts';
import { useAddedFields } from '../../../platform/record/useFields.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { Input } from '../../../ui/Input.tsx';
import { Select } from '../../../ui/Select.tsx';
import { stageOptions, usePipelines } from './pipelines.ts';

/** Puts all selected records into a pipeline, each with a deal of its own. */
export default function StartDealsDialog({ counted, definition, error, busy, onRun, onClose }: BulkDialogProps) {
  const form = useId();
  const { data: pipelines = [] } = usePipelines();
  const options = pipelines.map(({ id, name }) => ({ value: id, label: name }));
  const [chosen, setChosen] = useState<string | null>(null);
  const [stage, setStage] = useState<string | null>(null);
  const [name, setName] = useState('');
  const added = useAddedFields('deal').filter(({ inForm }) => inForm);
  const [given, setGiven] = useState<Readonly<Record<string, unknown>>>({});
  const values = { ...startOf(added), ...given };
  // The same object for the same answer, see the form.
  const refused = useMemo(() => withFieldsOf(error, 'action'), [error]);
  const pipeline = chosen ?? options[0]?.value ?? null;
  const stages = stageOptions(pipelines.filter(({ id }) => id === pipeline));
  const place = stage ?? stages[0]?.value ?? null;
  const { leave, question } = useLeaving(name !== '' || differ(given, startOf(added)), onClose);
  const run = () =>
    onRun(() => ({
      action: {
        kind: 'start_deals',
        ...(pipeline && { pipeline_id: pipeline }),
        ...(place && { stage_id: place }),
        ...(name.trim() && { name: name.trim() }),
        // One that is left empty has its default, where there is one.
        ...toBody(
          added.filter(({ key }) => !isBlank(values[key])),
          values,
        ),
      },
      doing: t('Starting deals'),
      done: (count) =>
        t('{count, plural, one {# record put into the pipeline} other {# records put into the pipeline}}', { count }),
    }));
  return (
    <Dialog
      open
      title={t('Start a deal for {counted}', { counted })}
      description={
        definition.resource === 'contact'
          ? t(
              'Each contact gets their own deal, with the same owner and their main company. You can undo the whole change.',
            )
          : t('Each record gets its own deal with the same owner. You can undo the whole change.')
      }
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={busy}>
            {t('Start deals')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={refused}
        fields={['name', ...added.map(({ key }) => key)]}
        onSubmit={run}
        className="grid gap-4 pt-1"
      >
        <Field name="pipeline" label={t('Pipeline')}>
          <Select
            label={t('Pipeline')}
            options={options}
            value={pipeline}
            onChange={(next) => {
              setChosen(next);
              setStage(null);
            }}
          />
        </Field>
        <Field name="stage" label={t('Stage')}>
          <Select label={t('Stage')} options={stages} value={place} onChange={setStage} />
        </Field>
        <Field
          name="name"
          label={t('Subject')}
          help={t('Added after the name of each record, such as “Blue Ltd: Renewal”.')}
        >
          <Input value={name} onValueChange={setName} placeholder={t('Renewal')} />
        </Field>
        {added.map((field) => (
          <FormField
            key={field.key}
            field={field}
            value={values[field.key]}
            onChange={(value) => setGiven((kept) => ({ ...kept, [field.key]: value }))}
          />
        ))}
      </FormShell>
      {question}
    </Dialog>
  );
}
