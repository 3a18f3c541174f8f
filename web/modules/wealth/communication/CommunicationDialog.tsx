import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { isResource } from '../../../platform/query/resources.ts';
import { FormField } from '../../../platform/record/FormField.tsx';
import { type AnyRecord, type FieldDef, toBody } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { toast } from '../../../ui/toast.ts';
import { communicationKindOptions, directionOptions } from './words.ts';

const fields: readonly (FieldDef & { half?: true })[] = [
  { key: 'kind', label: t('Kind'), kind: 'select', options: communicationKindOptions, required: true, half: true },
  { key: 'direction', label: t('Direction'), kind: 'select', options: directionOptions, required: true, half: true },
  { key: 'subject', label: t('Subject'), kind: 'text', required: true },
  { key: 'occurred_at', label: t('When'), kind: 'time', help: t('Now, where it is left empty') },
  { key: 'participants', label: t('Participants'), kind: 'lines', help: t('Names or addresses, one a line') },
  { key: 'contact_id', label: t('Person'), kind: 'reference', of: 'contact', expand: 'contact', half: true },
  { key: 'account_id', label: t('Account'), kind: 'reference', of: 'financial_account', expand: 'account', half: true },
  { key: 'body', label: t('Text'), kind: 'long_text', required: true },
]; // biome-ignore format: a field a line

/** References are offered to what has pages. */
const isThere = ({ of }: FieldDef): boolean => of === undefined || isResource(of);

/** Writes down what was said. It cannot be changed afterwards, so nothing is saved by itself. */
export default function CommunicationDialog({ household, onClose }: { household: AnyRecord; onClose: () => void }) {
  const form = useId();
  const [values, setValues] = useState<Record<string, unknown>>({ kind: 'call', direction: 'incoming', participants: [] });
  const save = useMutation({
    gcTime: 0,
    mutationFn: () => api.post('/communications', { ...toBody(fields, values), household_id: household.id }),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['communication'] });
      toast(t('Written down'));
      onClose();
    },
  });
  return (
    <Dialog
      open
      title={t('Write down')}
      description={t('It is kept for six years and cannot be changed.')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
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
        {fields.filter(isThere).map((field) => (
          <FormField
            key={field.key}
            className={field.half ? undefined : 'sm:col-span-2'}
            field={field}
            value={values[field.key] ?? null}
            onChange={(value) => setValues((kept) => ({ ...kept, [field.key]: value }))}
          />
        ))}
      </FormShell>
    </Dialog>
  );
} // biome-ignore format: a part a line
