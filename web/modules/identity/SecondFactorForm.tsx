import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FormShell } from '../../platform/page/FormShell.tsx';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';
import { AuthCard } from './AuthCard.tsx';
import { type SignInAnswer, sendSecondFactor } from './identityApi.ts';

interface SecondFactorFormProps {
  challenge: string;
  onAnswer: (answer: SignInAnswer) => void;
  onBack: () => void;
}

const totp_digits = 6;

export function SecondFactorForm({ challenge, onAnswer, onBack }: SecondFactorFormProps) {
  const [method, setMethod] = useState<'totp' | 'recovery_code'>('totp');
  const [code, setCode] = useState('');
  const fromApp = method === 'totp';
  const send = useMutation({
    mutationFn: (typed: string) => sendSecondFactor(challenge, fromApp ? { code: typed } : { recovery_code: typed }),
    onSuccess: onAnswer,
    // A code of six digits is typed anew; a recovery code is long, and may have one wrong letter.
    onError: () => fromApp && setCode(''),
  });

  function type(next: string) {
    setCode(next);
    if (fromApp && /^\d+$/.test(next) && next.length === totp_digits) send.mutate(next);
  }

  return (
    <AuthCard
      title={t('Confirm that it is you')}
      description={fromApp ? t('Enter the code from your authenticator app.') : t('Enter one of your recovery codes.')}
    >
      <FormShell
        error={send.error}
        fields={[fromApp ? 'code' : 'recovery_code']}
        onSubmit={() => send.mutate(code)}
        className="flex flex-col gap-4"
      >
        <Field name={fromApp ? 'code' : 'recovery_code'} label={fromApp ? t('Six-digit code') : t('Recovery code')}>
          <Input
            key={method}
            autoFocus
            autoComplete="one-time-code"
            inputMode={fromApp ? 'numeric' : 'text'}
            value={code}
            onValueChange={type}
            className="font-mono tracking-widest"
          />
        </Field>
        <Button type="submit" emphasis="primary" busy={send.isPending} className="h-9">
          {t('Confirm')}
        </Button>
      </FormShell>
      <div className="mt-4 flex flex-col gap-2">
        <Button
          emphasis="quiet"
          onClick={() => {
            setMethod(fromApp ? 'recovery_code' : 'totp');
            setCode('');
            send.reset();
          }}
        >
          {fromApp ? t('Use a recovery code') : t('Use the authenticator app')}
        </Button>
        <Button emphasis="quiet" onClick={onBack}>
          {t('Back')}
        </Button>
      </div>
    </AuthCard>
  );
}
