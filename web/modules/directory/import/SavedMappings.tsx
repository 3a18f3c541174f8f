import { useQuery } from '@tanstack/react-query';
import { Save } from 'lucide-react';
import { useState } from 'react';
import { api, type Page } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Select } from '../../../ui/Select.tsx';
import { toast } from '../../../ui/toast.ts';
import type { ImportFile } from './import.ts';

interface SavedMapping {
  id: string;
  name: string;
  resource: string;
}

interface SavedMappingsProps {
  file: ImportFile;
  onChoose: (saved_mapping_id: string) => void;
}

/** Offers the saved mappings for the record type of a file, and saves that of the file. */
export function SavedMappings({ file, onChoose }: SavedMappingsProps) {
  const may = useMay();
  const [saving, setSaving] = useState(false);
  const saved = useQuery({
    queryKey: ['saved_mapping', 'other', file.resource],
    enabled: may('saved_mapping', 'read'),
    queryFn: ({ signal }) =>
      api.get<Page<SavedMapping>>(
        '/saved-mappings',
        { filter: JSON.stringify({ field: 'resource', op: 'eq', value: file.resource }), limit: 100 },
        signal,
      ),
  });
  const mappings = saved.data?.data ?? [];
  return (
    <>
      {mappings.length > 0 && (
        <Select
          label={t('Use a saved mapping')}
          placeholder={t('Use a saved mapping')}
          className="w-52!"
          options={mappings.map(({ id, name }) => ({ value: id, label: name }))}
          value={file.answers.saved_mapping_id ?? null}
          onChange={onChoose}
        />
      )}
      {may('saved_mapping', 'create') && (
        <Button size="small" emphasis="quiet" icon={<Save size={14} />} onClick={() => setSaving(true)}>
          {t('Save mapping')}
        </Button>
      )}
      {saving && (
        <FormDialog
          title={t('Save this mapping')}
          description={t('It is offered for later files of the same kind.')}
          action={t('Save mapping')}
          fields={[{ key: 'name', label: t('Name'), kind: 'text', required: true }]}
          start={{ name: file.name.replace(/\.\w+$/, '') }}
          onClose={() => setSaving(false)}
          onSave={async ({ name }) => {
            const columns = Object.fromEntries(file.columns.map((column) => [column.name, column.field]));
            await api.post('/saved-mappings', { name, resource: file.resource, columns });
            await queryClient.invalidateQueries({ queryKey: ['saved_mapping'] });
            toast(t('Mapping saved'));
          }}
        />
      )}
    </>
  );
}
