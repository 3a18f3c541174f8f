import { useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import type { BulkDialogProps } from '../../../platform/record/definition.ts';
import { numberToWire } from '../../../platform/record/field.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { typedNumber } from '../../../ui/format.ts';
import { NumberInput } from '../../../ui/NumberInput.tsx';
import type { TypedNumber } from '../../../ui/number.ts';
import { Select } from '../../../ui/Select.tsx';
import { stageOptions, usePipelines } from './pipelines.ts';

const as_it_is = '-';

/** Moves all selected deals to a stage, or gives them an amount. */
export default function SetDealsDialog({ counted, error, busy, onRun, onClose }: BulkDialogProps) {
  const form = useId();
  const stages = stageOptions(usePipelines().data);
  const [stage, setStage] = useState(as_it_is);
  const [amount, setAmount] = useState<TypedNumber>('');
  const moves = stage !== as_it_is;
  const prices = amount !== '';
  const { leave, question } = useLeaving(moves || prices, onClose);
  const run = () =>
    onRun(() => ({
      action: {
        kind: 'set_deals',
        ...(moves && { stage_id: stage }),
        ...(prices && { amount: numberToWire('action.amount', amount) }),
      },
      doing: moves ? t('Moving deals') : t('Changing amounts'),
      done: (count) => t('{count, plural, one {# deal changed} other {# deals changed}}', { count }),
    }));
  return (
    <Dialog
      open
      title={t('Stage and amount of {counted}', { counted })}
      description={t(
        'Each deal is moved individually and needs the fields its new stage requires. You can undo the whole change.',
      )}
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={busy} disabled={!moves && !prices}>
            {t('Change {counted}', { counted })}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={error}
        fields={['action.stage_id', 'action.amount']}
        onSubmit={run}
        className="grid gap-4 pt-1"
      >
        <Field name="action.stage_id" label={t('Stage')}>
          <Select
            label={t('Stage')}
            options={[{ value: as_it_is, label: t('No change') }, ...stages]}
            value={stage}
            onChange={setStage}
          />
        </Field>
        <Field
          name="action.amount"
          label={t('Amount')}
          help={t('In the currency of each deal, such as {example}. Leave empty to keep the amounts.', {
            example: typedNumber('1200.50'),
          })}
        >
          <NumberInput kind="money" value={amount} onValueChange={setAmount} />
        </Field>
      </FormShell>
      {question}
    </Dialog>
  );
}
