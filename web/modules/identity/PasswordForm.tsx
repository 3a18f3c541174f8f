import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FormShell } from '../../platform/page/FormShell.tsx';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';
import { PasswordInput } from '../../ui/PasswordInput.tsx';
import { type SignInAnswer, signInWithPassword } from './identityApi.ts';

interface PasswordFormProps {
  workspace?: string;
  onAnswer: (answer: SignInAnswer) => void;
}

export function PasswordForm({ workspace, onAnswer }: PasswordFormProps) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [named, setNamed] = useState<string | null>(workspace ?? null);
  const signIn = useMutation({
    mutationFn: () => signInWithPassword(email, password, named?.trim() || undefined),
    onSuccess: onAnswer,
  });
  return (
    <FormShell
      error={signIn.error}
      fields={['email', 'password', 'workspace']}
      onSubmit={() => signIn.mutate()}
      className="flex flex-col gap-4"
    >
      <Field name="email" label={t('E-mail')}>
        <Input
          inputMode="email"
          autoCapitalize="none"
          autoComplete="username webauthn"
          autoFocus
          value={email}
          onValueChange={setEmail}
        />
      </Field>
      <Field name="password" label={t('Password')}>
        <PasswordInput autoComplete="current-password" value={password} onChange={setPassword} />
      </Field>
      {named !== null && (
        <Field name="workspace" label={t('Workspace')} help={t('Its short name, as in your invitation')}>
          <Input autoComplete="organization" value={named} onValueChange={setNamed} />
        </Field>
      )}
      <Button type="submit" emphasis="primary" busy={signIn.isPending} className="h-9">
        {t('Sign in')}
      </Button>
      {named === null && email && password && signIn.error && (
        <Button emphasis="quiet" size="small" onClick={() => setNamed('')}>
          {t('I belong to several workspaces')}
        </Button>
      )}
    </FormShell>
  );
}
