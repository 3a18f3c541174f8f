import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FormShell } from '../../app/FormShell.tsx';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';
import { type SignInAnswer, signInWithPassword } from './identityApi.ts';
import { PasswordInput } from './PasswordInput.tsx';

export function PasswordForm({ onAnswer }: { onAnswer: (answer: SignInAnswer) => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const signIn = useMutation({ mutationFn: () => signInWithPassword(email, password), onSuccess: onAnswer });
  return (
    <FormShell
      error={signIn.error}
      fields={['email', 'password']}
      onSubmit={() => signIn.mutate()}
      className="flex flex-col gap-4"
    >
      <Field name="email" label="E-mail">
        <Input
          type="email"
          autoComplete="username webauthn"
          autoFocus
          required
          value={email}
          onValueChange={setEmail}
        />
      </Field>
      <Field name="password" label="Password">
        <PasswordInput autoComplete="current-password" value={password} onChange={setPassword} />
      </Field>
      <Button type="submit" emphasis="primary" busy={signIn.isPending} className="h-9">
        Sign in
      </Button>
    </FormShell>
  );
}
