import { useMutation } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useId, useState } from 'react';
import { FormShell } from '../../../app/FormShell.tsx';
import { ApiError, messageOf } from '../../../app/problem.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { toast } from '../../../ui/toast.ts';
import { PasswordInput } from '../../identity/PasswordInput.tsx';

type Change = (confirmation: { password?: string }) => Promise<void>;

const Context = createContext<(change: Change) => Promise<void>>(() => Promise.resolve());

/** Runs a change to what protects the account; asks for the password when the server wants it again. */
export const useConfirmed = () => useContext(Context);

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const [waiting, setWaiting] = useState<Change | null>(null);
  const run = async (change: Change) => {
    try {
      await change({});
    } catch (error) {
      if (error instanceof ApiError && error.code === 'confirmation_needed') setWaiting(() => change);
      else toast(messageOf(error), { kind: 'error' });
    }
  };
  return (
    <Context value={run}>
      {children}
      {waiting && <PasswordDialog change={waiting} onClose={() => setWaiting(null)} />}
    </Context>
  );
}

function PasswordDialog({ change, onClose }: { change: Change; onClose: () => void }) {
  const form = useId();
  const [password, setPassword] = useState('');
  const confirm = useMutation({ mutationFn: () => change({ password }), onSuccess: onClose });
  return (
    <Dialog
      open
      title={t('Confirm that it is you')}
      description={t('You signed in a while ago. Type your password to change what protects your account.')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={confirm.isPending}>
            {t('Confirm')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={confirm.error}
        fields={['password']}
        onSubmit={() => confirm.mutate()}
        className="flex flex-col gap-3"
      >
        <Field name="password" label={t('Password')}>
          <PasswordInput autoComplete="current-password" value={password} onChange={setPassword} />
        </Field>
      </FormShell>
    </Dialog>
  );
}
