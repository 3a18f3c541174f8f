import { useMutation } from '@tanstack/react-query';
import { useEffect, useId, useState } from 'react';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';
import { PasswordInput } from '../../ui/PasswordInput.tsx';
import { toast } from '../../ui/toast.ts';
import { FormShell } from '../page/FormShell.tsx';
import { api } from '../query/api.ts';
import { ApiError, messageOf, pageError } from '../query/problem.ts';

/** Asks the person to confirm; answers whether they did. Set while the dialog's host is on the page. */
let ask: (() => Promise<boolean>) | null = null;

/** Runs a change that the server takes only from a session confirmed lately, asking the person where it does not. */
export async function withConfirmation<Result>(change: () => Promise<Result>): Promise<Result> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'confirmation_needed' || !ask) throw error;
    // What the server says is for programs.
    if (!(await ask()))
      throw pageError(error.status, error.code, t('You did not confirm your identity, so nothing was changed.'));
    return change();
  }
}

/** The same, with what fails said in a toast. */
export async function confirmed(change: () => Promise<void>): Promise<void> {
  try {
    await withConfirmation(change);
  } catch (error) {
    toast(messageOf(error), { kind: 'error' });
  }
}

/** Shows the dialog when something has to be confirmed. */
export function ConfirmationHost() {
  const [answer, setAnswer] = useState<((confirmed: boolean) => void) | null>(null);
  useEffect(() => {
    ask = () => new Promise((resolve) => setAnswer(() => resolve));
    return () => {
      ask = null;
    };
  }, []);
  if (!answer) return null;
  return (
    <ConfirmationDialog
      onClose={(done) => {
        setAnswer(null);
        answer(done);
      }}
    />
  );
}

function ConfirmationDialog({ onClose }: { onClose: (confirmed: boolean) => void }) {
  const form = useId();
  const [way, setWay] = useState<'password' | 'code'>('password');
  const [typed, setTyped] = useState('');
  const confirm = useMutation({
    mutationFn: () => api.post('/session/confirmation', { [way]: typed }),
    onSuccess: () => onClose(true),
  });
  return (
    <Dialog
      open
      title={t('Confirm that it is you')}
      description={t('You signed in a while ago. This opens your account or your data to others, so we ask again.')}
      onClose={() => onClose(false)}
      footer={
        <>
          <Button onClick={() => onClose(false)}>{t('Cancel')}</Button>
          <Button type="submit" form={form} emphasis="primary" busy={confirm.isPending}>
            {t('Confirm')}
          </Button>
        </>
      }
    >
      <FormShell
        id={form}
        error={confirm.error}
        fields={[way]}
        onSubmit={() => confirm.mutate()}
        className="flex flex-col gap-3"
      >
        {way === 'password' ? (
          <Field name="password" label={t('Password')}>
            <PasswordInput autoComplete="current-password" value={typed} onChange={setTyped} />
          </Field>
        ) : (
          <Field name="code" label={t('Six-digit code')}>
            <Input autoComplete="one-time-code" inputMode="numeric" value={typed} onValueChange={setTyped} />
          </Field>
        )}
        <div>
          <Button
            emphasis="quiet"
            size="small"
            onClick={() => {
              setWay(way === 'password' ? 'code' : 'password');
              setTyped('');
              confirm.reset();
            }}
          >
            {way === 'password' ? t('Use the authenticator app') : t('Use the password')}
          </Button>
        </div>
      </FormShell>
    </Dialog>
  );
}
