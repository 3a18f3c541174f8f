import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { AuthCard } from './AuthCard.tsx';
import { challengeFromAddress, enter, readSignInOptions, type SignInAnswer } from './identityApi.ts';
import { PasskeyButton } from './PasskeyButton.tsx';
import { PasswordForm } from './PasswordForm.tsx';
import { ProviderButtons } from './ProviderButtons.tsx';
import { explain } from './providerProblems.ts';
import { SecondFactorForm } from './SecondFactorForm.tsx';
import type { SignInSearch } from './signInSearch.ts';

export default function SignInPage() {
  const { next, workspace, problem } = useSearch({ strict: false }) as SignInSearch;
  const [challenge, setChallenge] = useState(challengeFromAddress);
  const options = useQuery({
    queryKey: ['sign-in-options', workspace],
    retry: false,
    queryFn: () => readSignInOptions(workspace),
  });
  const providers = options.data?.providers ?? [];

  function onAnswer(answer: SignInAnswer) {
    if (answer.outcome === 'second_factor_required') setChallenge(answer.challenge);
    else enter(next, answer);
  }

  if (challenge)
    return <SecondFactorForm challenge={challenge} onAnswer={onAnswer} onBack={() => setChallenge(null)} />;
  return (
    <AuthCard title={t('Sign in to {title}', { title: options.data?.workspace?.title ?? 'Holdfast' })}>
      {problem && (
        <div className="mb-4">
          <Banner meaning={problem === 'confirmation_sent' ? 'info' : 'bad'}>{explain(problem)}</Banner>
        </div>
      )}
      <PasswordForm workspace={workspace} onAnswer={onAnswer} />
      <div className="mt-4 flex flex-col gap-2">
        <div aria-hidden="true" className="flex items-center gap-3 py-1 text-12 text-faint">
          <span className="h-px flex-1 bg-line" />
          {t('or')}
          <span className="h-px flex-1 bg-line" />
        </div>
        <PasskeyButton onAnswer={onAnswer} />
        <ProviderButtons providers={providers} next={next} />
      </div>
      <p className="mt-6 text-13 text-muted">
        <Link to="/password-reset" className="rounded-sm text-accent-ink underline-offset-2 hover:underline">
          {t('Forgot your password?')}
        </Link>
      </p>
    </AuthCard>
  );
}
