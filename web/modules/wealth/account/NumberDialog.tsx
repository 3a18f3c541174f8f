import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { FormShell } from '../../../platform/page/FormShell.tsx';
import { changing } from '../../../platform/query/api.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { offerUndo } from '../../../platform/query/undo.ts';
import { FormField } from '../../../platform/record/FormField.tsx';
import type { AnyRecord, FieldDef } from '../../../platform/record/field.ts';
import { useLeaving } from '../../../platform/record/useLeaving.tsx';
import { useOpenedVersion } from '../../../platform/record/useOpenedVersion.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';

/** Sets the sealed number of an account. It waits for no network: the number is kept nowhere in the browser. */
export default function NumberDialog({ account, onClose }: { account: AnyRecord; onClose: () => void }) {
  const form = useId();
  const opened = useOpenedVersion(account.version);
  const [number, setNumber] = useState<unknown>('');
  const { leave, question } = useLeaving(number !== '', onClose);
  const mask = account.account_number as string | null;
  const field: FieldDef = {
    key: 'account_number',
    label: t('Account number'),
    kind: 'text',
    required: true,
    ...(mask !== null && { placeholder: mask }),
  };
  const save = useMutation({
    gcTime: 0,
    mutationFn: () =>
      changing.patch<AnyRecord>(
        `/financial-accounts/${account.id}`,
        { account_number: String(number ?? '').trim() },
        opened.version,
      ),
    onSuccess: ({ change }) => {
      void queryClient.invalidateQueries({ queryKey: ['financial_account'] });
      offerUndo(t('Account number saved'), change, String(account.name ?? ''));
      onClose();
    },
    onError: opened.noteConflict,
  });
  return (
    <Dialog
      open
      size="small"
      title={mask === null ? t('Add the account number') : t('Change the account number')}
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
      <FormShell id={form} error={save.error} fields={[field.key]} onSubmit={() => save.mutate()} className="pt-1">
        <FormField field={field} value={number} onChange={setNumber} />
      </FormShell>
      {question}
    </Dialog>
  );
}
