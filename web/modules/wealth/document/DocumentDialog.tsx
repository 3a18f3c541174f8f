import { useState } from 'react';
import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { AnyRecord, FieldDef } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { formatBytes, today } from '../../../ui/format.ts';
import { toast } from '../../../ui/toast.ts';
import { withPages } from '../withPages.ts';
import { documentTypeOptions } from './words.ts';

const fields: readonly FieldDef[] = [
  { key: 'name', label: t('Name'), kind: 'text', required: true },
  {
    key: 'type',
    label: t('Type'),
    kind: 'select',
    options: documentTypeOptions,
    required: true,
    help: t('It says how long the document is kept'),
  },
  { key: 'dated_on', label: t('Date'), kind: 'date' },
  { key: 'contact_id', label: t('Person'), kind: 'reference', of: 'contact', expand: 'contact' },
  {
    key: 'account_id',
    label: t('Account'),
    kind: 'reference',
    of: 'financial_account',
    expand: 'account',
    help: t('Kept for years after it closes'),
  },
];

interface DocumentDialogProps {
  file: File;
  household: AnyRecord;
  onClose: () => void;
}

/** A file becomes a document of a household. */
export default function DocumentDialog({ file, household, onClose }: DocumentDialogProps) {
  const [start] = useState(() => ({ name: file.name.replace(/\.[^.]+$/, '').slice(0, 200), dated_on: today() }));
  /** Sent once, however often the fields are put right. */
  const [sent, setSent] = useState<string | null>(null);
  const upload = async (): Promise<string> => {
    const body = new FormData();
    body.set('file', file);
    const { id } = await api.post<{ id: string }>('/files', body);
    setSent(id);
    return id;
  };
  return (
    <FormDialog
      title={t('New document')}
      description={`${file.name} · ${formatBytes(file.size)}`}
      action={t('Save')}
      fields={withPages(fields)}
      start={start}
      onSave={async (body) => {
        const file_id = sent ?? (await upload());
        await api.post('/documents', { ...body, household_id: household.id, file_id });
        void queryClient.invalidateQueries({ queryKey: ['document'] });
        toast(t('Document saved'));
      }}
      onClose={onClose}
    />
  );
}
