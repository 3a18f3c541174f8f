import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { FormShell } from '../../platform/page/FormShell.tsx';
import { saveRecord } from '../../platform/query/records.ts';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';
import { Select } from '../../ui/Select.tsx';
import { type Mailbox, refreshMail } from './mail.ts';

const sharings = [
  { value: 'private', label: t('Nothing') },
  { value: 'participants', label: t('Who wrote to whom, and when') },
  { value: 'subjects', label: t('Also the subjects') },
  { value: 'all', label: t('Everything') },
];

/** How much of a mailbox others of the workspace see; nobody but its owner can change that. */
export function SharingDialog({ mailbox, onClose }: { mailbox: Mailbox; onClose: () => void }) {
  const form = useId();
  const [name, setName] = useState(mailbox.name);
  const [sharing, setSharing] = useState<string>(mailbox.sharing);
  const save = useMutation({
    mutationFn: async () => {
      await saveRecord('mailbox', mailbox, { name, sharing }, t('Mailbox saved'));
      await refreshMail();
    },
    onSuccess: onClose,
  });
  return (
    <Dialog
      open
      title={t('What others see')}
      description={mailbox.address}
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
        fields={['name', 'sharing']}
        className="flex flex-col gap-4 pt-1"
        onSubmit={() => save.mutate()}
      >
        <Field name="name" label={t('Name')} required>
          <Input value={name} onValueChange={setName} required />
        </Field>
        <Field
          name="sharing"
          label={t('What others see')}
          help={t('Only you can change this, administrators cannot. It applies to the past too.')}
        >
          <Select label={t('What others see')} options={sharings} value={sharing} onChange={setSharing} />
        </Field>
      </FormShell>
    </Dialog>
  );
}
