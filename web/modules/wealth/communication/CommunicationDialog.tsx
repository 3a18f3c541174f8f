import { api } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { AnyRecord, FieldDef } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { toast } from '../../../ui/toast.ts';
import { withPages } from '../withPages.ts';
import { communicationKindOptions, directionOptions } from './words.ts';

const fields: readonly FieldDef[] = [
  { key: 'kind', label: t('Kind'), kind: 'select', options: communicationKindOptions, required: true },
  { key: 'direction', label: t('Direction'), kind: 'select', options: directionOptions, required: true },
  { key: 'subject', label: t('Subject'), kind: 'text', required: true },
  { key: 'occurred_at', label: t('When'), kind: 'time', help: t('Now, where it is left empty') },
  { key: 'participants', label: t('Participants'), kind: 'lines', help: t('Names or addresses, one a line') },
  { key: 'contact_id', label: t('Person'), kind: 'reference', of: 'contact', expand: 'contact' },
  { key: 'account_id', label: t('Account'), kind: 'reference', of: 'financial_account', expand: 'account' },
  { key: 'body', label: t('Text'), kind: 'long_text', required: true },
]; // biome-ignore format: a field a line

const start = { kind: 'call', direction: 'incoming', participants: [] };

/** Writes down what was said. It cannot be changed afterwards, so nothing is saved by itself. */
export default function CommunicationDialog({ household, onClose }: { household: AnyRecord; onClose: () => void }) {
  return (
    <FormDialog
      title={t('Log communication')}
      description={t('It is kept for six years and cannot be changed.')}
      action={t('Save')}
      fields={withPages(fields)}
      start={start}
      onSave={async (body) => {
        await api.post('/communications', { ...body, household_id: household.id });
        void queryClient.invalidateQueries({ queryKey: ['communication'] });
        toast(t('Communication logged'));
      }}
      onClose={onClose}
    />
  );
}
