import { saveRecord } from '../../platform/query/records.ts';
import { FormDialog } from '../../platform/record/FormDialog.tsx';
import type { FieldDef } from '../../platform/record/field.ts';
import { t } from '../../text/text.ts';
import { type Mailbox, refreshMail } from './mail.ts';

const sharings = [
  { value: 'private', label: t('Nothing') },
  { value: 'participants', label: t('Who wrote to whom, and when') },
  { value: 'subjects', label: t('Also the subjects') },
  { value: 'all', label: t('Everything') },
];

const fields: readonly FieldDef[] = [
  { key: 'name', label: t('Name'), kind: 'text', required: true },
  {
    key: 'sharing',
    label: t('What others see'),
    kind: 'select',
    options: sharings,
    required: true,
    help: t('Only you can change this, administrators cannot. It applies to the past too.'),
  },
];

/** How much of a mailbox others of the workspace see; nobody but its owner can change that. */
export function SharingDialog({ mailbox, onClose }: { mailbox: Mailbox; onClose: () => void }) {
  return (
    <FormDialog
      title={t('What others see')}
      description={mailbox.address}
      action={t('Save')}
      fields={fields}
      start={{ name: mailbox.name, sharing: mailbox.sharing }}
      onSave={async (body) => {
        await saveRecord('mailbox', mailbox, body, t('Mailbox saved'));
        await refreshMail();
      }}
      onClose={onClose}
    />
  );
}
