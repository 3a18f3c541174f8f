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
import { formatBytes, today } from '../../../ui/format.ts';
import { toast } from '../../../ui/toast.ts';
import { documentTypeOptions } from './words.ts';

const fields: readonly FieldDef[] = [
  { key: 'name', label: t('Name'), kind: 'text', required: true },
  { key: 'type', label: t('Type'), kind: 'select', options: documentTypeOptions, required: true, help: t('It says how long the document is kept') },
  { key: 'dated_on', label: t('Date'), kind: 'date' },
  { key: 'contact_id', label: t('Person'), kind: 'reference', of: 'contact', expand: 'contact' },
  { key: 'account_id', label: t('Account'), kind: 'reference', of: 'financial_account', expand: 'account', help: t('Kept for years after it closes') },
]; // biome-ignore format: a field a line

/** References are offered to what has pages. */
const isThere = ({ of }: FieldDef): boolean => of === undefined || isResource(of);

interface DocumentDialogProps {
  file: File;
  household: AnyRecord;
  onClose: () => void;
}

/** A file becomes a document of a household. */
export default function DocumentDialog({ file, household, onClose }: DocumentDialogProps) {
  const form = useId();
  const [values, setValues] = useState<Record<string, unknown>>({
    name: file.name.replace(/\.[^.]+$/, '').slice(0, 200),
    dated_on: today(),
  });
  const [sent, setSent] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: async () => {
      let file_id = sent;
      if (!file_id) {
        const body = new FormData();
        body.set('file', file);
        file_id = (await api.post<{ id: string }>('/files', body)).id;
        setSent(file_id);
      }
      return api.post('/documents', { ...toBody(fields, values), household_id: household.id, file_id });
    },
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['document'] });
      toast(t('Document saved'));
      onClose();
    },
  });
  return (
    <Dialog
      open
      size="small"
      title={t('New document')}
      description={`${file.name} · ${formatBytes(file.size)}`}
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
        className="grid gap-4 pt-1"
      >
        {fields.filter(isThere).map((field) => (
          <FormField
            key={field.key}
            field={field}
            value={values[field.key] ?? null}
            onChange={(value) => setValues((kept) => ({ ...kept, [field.key]: value }))}
          />
        ))}
      </FormShell>
    </Dialog>
  );
}
