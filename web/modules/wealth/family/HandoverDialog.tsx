import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import type { Handover } from '../../../../src/modules/wealth/household-handover/contract.ts';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api, changing } from '../../../platform/query/api.ts';
import { offerUndo, refresh } from '../../../platform/query/undo.ts';
import { FormField } from '../../../platform/record/FormField.tsx';
import { type AnyRecord, toBody } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { Banner } from '../../../ui/Banner.tsx';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Stepper } from '../../../ui/Stepper.tsx';

const fields = [
  {
    key: 'to_user_id',
    label: t('New primary adviser'),
    kind: 'reference',
    of: 'user',
    expand: 'to_user',
    required: true,
  },
] as const;

/** Gives a household to another primary adviser, after saying what goes with it. */
export default function HandoverDialog({ household, onClose }: { household: AnyRecord; onClose: () => void }) {
  const form = useId();
  const [to_user_id, setTo] = useState<unknown>(null);
  const path = `/households/${household.id}/handover`;
  const body = () => toBody(fields, { to_user_id });
  const preview = useMutation({ mutationFn: () => api.post<Handover>(path, { ...body(), preview: true }) });
  const save = useMutation({
    mutationFn: () => changing.post<Handover>(path, body()),
    onSuccess: ({ change }) => {
      void refresh();
      offerUndo(t('Household handed over'), change, String(household.name));
      onClose();
    },
  });
  const shown = preview.data;
  const back = () => {
    preview.reset();
    save.reset();
  };
  return (
    <Dialog
      open
      title={t('Hand over household')}
      onClose={onClose}
      footer={
        <>
          {shown && (
            <Button className="me-auto" emphasis="quiet" onClick={back}>
              {t('Back')}
            </Button>
          )}
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={preview.isPending || save.isPending}>
            {shown ? t('Hand over') : t('Preview')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={save.error ?? preview.error}
        fields={shown ? [] : ['to_user_id']}
        onSubmit={() => (shown ? save.mutate() : preview.mutate())}
        className="grid gap-4 pt-1"
      >
        <Stepper steps={[t('To whom'), t('What changes')]} current={shown ? 1 : 0} />
        {shown ? <Consequences of={shown} /> : <FormField field={fields[0]} value={to_user_id} onChange={setTo} />}
      </FormShell>
    </Dialog>
  );
}

function Consequences({ of: { from, to, contacts, tasks, still_through } }: { of: Handover }) {
  const names = (rows: Handover['contacts']) => rows.map(({ name }) => name).join(', ');
  const values = { from: from.name, to: to.name };
  const lines = [
    t('{to} becomes the primary adviser and sees the household with all its accounts, documents and notes.', values),
    t('{from} sees none of it any more, from that moment on.', values),
    ...(contacts.length > 0 ? [t('{to} owns these contacts: {names}', { ...values, names: names(contacts) })] : []),
    ...(tasks.length > 0 ? [t('{to} gets these open tasks: {names}', { ...values, names: names(tasks) })] : []),
  ];
  return (
    <>
      {still_through.length > 0 && (
        <Banner meaning="attention">
          {t('{from} still sees the household through a team: {names}', { ...values, names: names(still_through) })}
        </Banner>
      )}
      <ul className="flex flex-col gap-1 text-13 wrap-anywhere">
        {lines.map((line) => (
          <li key={line} className="border-s-2 border-line-strong ps-2">
            {line}
          </li>
        ))}
      </ul>
    </>
  );
}
