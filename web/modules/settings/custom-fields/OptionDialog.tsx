import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import { t } from '../../../text/text.ts';
import { toast } from '../../../ui/toast.ts';
import { type CustomField, path } from './customField.ts';

/** Gives an option another name, everywhere at once. */
export function OptionDialog({ field, onClose }: { field: CustomField; onClose: () => void }) {
  const options = field.options.map((option) => ({ value: option, label: option }));
  return (
    <FormDialog
      title={t('Rename an option of “{name}”', { name: field.label })}
      description={t('Records, filters and views that use it get the new name.')}
      action={t('Rename')}
      fields={[
        { key: 'from', label: t('Option'), kind: 'select', options, required: true },
        { key: 'to', label: t('New name'), kind: 'text', required: true },
      ]}
      start={{ from: options[0]?.value ?? null, to: '' }}
      onClose={onClose}
      onSave={async (body) => {
        await api.post(`${path}/${field.id}/option-renames`, body);
        await queryClient.invalidateQueries();
        toast(t('“{old}” is now called “{name}”', { old: String(body.from), name: String(body.to) }));
      }}
    />
  );
}
