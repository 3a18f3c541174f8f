import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { closeReason } from '../../../../src/modules/sales/close-reason/contract.ts';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { readAll } from '../../../platform/query/api.ts';
import { differ } from '../../../platform/record/field.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { useOpenedVersion } from '../../../platform/record/useOpenedVersion.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { today } from '../../../ui/format.ts';
import { Input } from '../../../ui/Input.tsx';
import { Select } from '../../../ui/Select.tsx';
import { Textarea } from '../../../ui/Textarea.tsx';
import type { Stage } from './deal.ts';
import { closeDeal, type Movable } from './dealActions.ts';
import { useRequired } from './useRequired.tsx';

type CloseReason = RowOf<typeof closeReason>;

interface CloseDealDialogProps {
  deal: Movable;
  /** The stage in which deals are won or lost. */
  stage: Stage;
  onClose: () => void;
}

export function CloseDealDialog({ deal, stage, onClose }: CloseDealDialogProps) {
  const form = useId();
  const outcome = stage.kind;
  // What only goes from one such stage to another was closed when it was.
  const closes = deal.status !== outcome;
  const required = useRequired();
  const opened = useOpenedVersion(deal.version);
  const [reason, setReason] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const [day] = useState(() => today());
  const [closedOn, setClosedOn] = useState(day);
  const { leave, question } = useLeaving(differ({ reason, note, closedOn }, { closedOn: day }), onClose);
  const reasons = useQuery({
    queryKey: ['close_reason', 'other', outcome],
    queryFn: ({ signal }) => {
      const filter = JSON.stringify({ field: 'outcome', op: 'eq', value: outcome });
      return readAll<CloseReason>('/close-reasons', { filter }, signal);
    },
  });
  const close = useMutation({
    mutationFn: () =>
      required.run(
        deal.id,
        (version = opened.version) =>
          closeDeal({ ...deal, version }, stage, {
            close_reason_id: reason,
            // A deal that was closed before may have one, which is not shown here.
            ...(note.trim() && { close_note: note.trim() }),
            ...(closes && { closed_on: closedOn }),
          }),
        onClose,
      ),
    onSuccess: (done) => done && onClose(),
    onError: opened.noteConflict,
  });
  const options = (reasons.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const asksForReason = reasons.isPending || options.length > 0;

  return (
    <Dialog
      open
      title={outcome === 'won' ? t('Mark the deal as won') : t('Mark the deal as lost')}
      description={String(deal.name)}
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={close.isPending}>
            {outcome === 'won' ? t('Mark as won') : t('Mark as lost')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={close.error}
        fields={[...(asksForReason ? ['close_reason_id'] : []), ...(closes ? ['closed_on'] : []), 'close_note']}
        onSubmit={() => close.mutate()}
        waits
        className="flex flex-col gap-4 pt-1"
      >
        {asksForReason && (
          <Field name="close_reason_id" label={t('Reason')}>
            <Select
              label={t('Reason')}
              options={options}
              value={reason}
              onChange={setReason}
              placeholder={outcome === 'won' ? t('Why was it won?') : t('Why was it lost?')}
            />
          </Field>
        )}
        {reasons.isError && (
          <p role="alert" className="text-13 text-bad-ink">
            {t('The reasons could not be loaded. You can close the deal without one, or try again later.')}
          </p>
        )}
        {closes && (
          <Field name="closed_on" label={t('Closed on')}>
            <Input type="date" value={closedOn} onValueChange={setClosedOn} />
          </Field>
        )}
        <Field name="close_note" label={t('Note')}>
          <Textarea value={note} onValueChange={setNote} placeholder={t('What should others learn from it?')} />
        </Field>
      </FormShell>
      {required.dialog}
      {question}
    </Dialog>
  );
}
