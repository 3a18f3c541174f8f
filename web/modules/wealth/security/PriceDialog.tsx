import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { changing } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { FormField } from '../../../platform/record/FormField.tsx';
import { type AnyRecord, differ, type FieldDef, toBody } from '../../../platform/record/field.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { today } from '../../../ui/format.ts';

const fields: readonly FieldDef[] = [
  { key: 'day', label: t('Day'), kind: 'date', required: true },
  { key: 'price', label: t('Market price'), kind: 'decimal', required: true },
  { key: 'source', label: t('Source'), kind: 'text' },
];

/** Notes what a security cost at the end of a day. */
export default function PriceDialog({ security, onClose }: { security: AnyRecord; onClose: () => void }) {
  const form = useId();
  const [start] = useState<Record<string, unknown>>(() => ({ day: today() }));
  const [values, setValues] = useState(start);
  const { leave, question } = useLeaving(differ(values, start), onClose);
  const save = useMutation({
    mutationFn: () => changing.post<AnyRecord>('/prices', { ...toBody(fields, values), security_id: security.id }),
    onSuccess: ({ change }) => {
      void queryClient.invalidateQueries({ queryKey: ['price'] });
      void queryClient.invalidateQueries({ queryKey: ['wealth_figures'] });
      offerUndo(t('Price saved'), change, String(security.name ?? ''));
      onClose();
    },
  });
  return (
    <Dialog
      open
      size="small"
      title={t('New price')}
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={save.isPending}>
            {t('Save')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={save.error}
        fields={fields.map(({ key }) => key)}
        onSubmit={() => save.mutate()}
        className="grid gap-4 pt-1 sm:grid-cols-2"
      >
        {fields.map((field) => (
          <FormField
            key={field.key}
            field={field}
            value={values[field.key] ?? null}
            onChange={(value) => setValues((kept) => ({ ...kept, [field.key]: value }))}
          />
        ))}
      </FormShell>
      {question}
    </Dialog>
  );
}
