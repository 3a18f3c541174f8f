import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { isUndecided, messageOf } from '../../platform/query/problem.ts';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button, buttonClass } from '../../ui/Button.tsx';
import { AuthCard } from './AuthCard.tsx';
import { IncompleteLink } from './IncompleteLink.tsx';
import { enter, signInWithLink } from './identityApi.ts';
import { SecondFactorForm } from './SecondFactorForm.tsx';
import { withToken } from './withToken.tsx';

/** A one-time link. It takes a click, so that a program that only looks at links does not use it up. */
export default withToken(function SignInLinkPage({ token }: { token: string }) {
  const [challenge, setChallenge] = useState<string | null>(null);
  const signIn = useMutation({
    mutationFn: () => signInWithLink(token),
    onSuccess: (answer) =>
      answer.outcome === 'second_factor_required' ? setChallenge(answer.challenge) : enter(undefined),
  });
  if (challenge) {
    return (
      <SecondFactorForm challenge={challenge} onAnswer={() => enter(undefined)} onBack={() => setChallenge(null)} />
    );
  }
  if (token === '') {
    return <IncompleteLink action={t('Sign in another way')} />;
  }
  return (
    <AuthCard title={t('Sign in to Holdfast')} description={t('This link works once.')}>
      <div className="flex flex-col gap-4">
        {signIn.error && <Banner meaning="bad">{messageOf(signIn.error)}</Banner>}
        {signIn.error && !isUndecided(signIn.error) ? (
          <Link to="/sign-in" className={buttonClass('secondary', 'medium', 'h-9')}>
            {t('Sign in another way')}
          </Link>
        ) : (
          <Button
            emphasis="primary"
            autoFocus
            busy={signIn.isPending}
            className="h-9 w-full"
            onClick={() => signIn.mutate()}
          >
            {t('Sign in')}
          </Button>
        )}
      </div>
    </AuthCard>
  );
});
