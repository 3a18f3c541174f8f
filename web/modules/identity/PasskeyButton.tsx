import { useMutation } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { messageOf } from '../../platform/query/problem.ts';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button } from '../../ui/Button.tsx';
import { type SignInAnswer, signInWithPasskey } from './identityApi.ts';

export function PasskeyButton({ onAnswer }: { onAnswer: (answer: SignInAnswer) => void }) {
  const signIn = useMutation({ mutationFn: signInWithPasskey, onSuccess: onAnswer });
  if (!('PublicKeyCredential' in window)) return null;
  // Closing the browser's own dialog is no failure.
  const cancelled = signIn.error instanceof Error && signIn.error.name === 'NotAllowedError';
  return (
    <>
      {signIn.error && !cancelled && <Banner meaning="bad">{messageOf(signIn.error)}</Banner>}
      <Button icon={<KeyRound size={14} />} busy={signIn.isPending} className="h-9" onClick={() => signIn.mutate()}>
        {t('Sign in with a passkey')}
      </Button>
    </>
  );
}
