import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FormShell } from '../../platform/page/FormShell.tsx';
import { api } from '../../platform/query/api.ts';
import { ApiError } from '../../platform/query/problem.ts';
import { T } from '../../text/T.tsx';
import { t } from '../../text/text.ts';
import { Button, buttonClass } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';
import { PasswordInput } from '../../ui/PasswordInput.tsx';
import { AuthCard } from './AuthCard.tsx';
import { enter, readSignInOptions } from './identityApi.ts';
import { RevokeCredentials } from './RevokeCredentials.tsx';
import { withToken } from './withToken.tsx';

/** Asks for the mail; with its token in the address, sets the new password. */
export default withToken(function PasswordResetPage({ token }: { token: string }) {
  return token === '' ? <Request /> : <NewPassword token={token} />;
});

function Request() {
  const [email, setEmail] = useState('');
  const ask = useMutation({ mutationFn: () => api.post('/password-resets', { email }) });
  const options = useQuery({
    queryKey: ['sign-in-options', undefined],
    retry: false,
    queryFn: () => readSignInOptions(),
  });
  if (options.data?.mail === false) {
    return (
      <AuthCard
        title={t('Set a new password')}
        description={
          <T
            text="This Holdfast cannot send mail. Ask whoever runs it for a link to set a new password; they create one with <code>{command}</code>."
            values={{
              command: 'holdfast user password-link',
              code: (words) => <code className="font-mono text-13 text-ink">{words}</code>,
            }}
          />
        }
      >
        <BackToSignIn />
      </AuthCard>
    );
  }
  if (ask.isSuccess) {
    return (
      <AuthCard
        title={t('Check your email')}
        description={t(
          'If there is an account with this address, a link to set a new password is on its way. It works for one hour.',
        )}
      >
        <BackToSignIn />
      </AuthCard>
    );
  }
  return (
    <AuthCard title={t('Set a new password')} description={t('We send a link to your address.')}>
      <FormShell error={ask.error} fields={['email']} onSubmit={() => ask.mutate()} className="flex flex-col gap-4">
        <Field name="email" label={t('E-mail')}>
          <Input
            inputMode="email"
            autoCapitalize="none"
            autoFocus
            autoComplete="username"
            value={email}
            onValueChange={setEmail}
          />
        </Field>
        <Button type="submit" emphasis="primary" busy={ask.isPending} className="h-9">
          {t('Send the link')}
        </Button>
        <Link to="/sign-in" className={buttonClass('quiet')}>
          {t('Back to sign in')}
        </Link>
      </FormShell>
    </AuthCard>
  );
}

function BackToSignIn() {
  return (
    <Link to="/sign-in" className={buttonClass('secondary', 'medium', 'h-9')}>
      {t('Back to sign in')}
    </Link>
  );
}

interface Account {
  email: string | null;
  tenant: { title: string };
}

const isExpired = (error: unknown) => error instanceof ApiError && error.code === 'link_expired';

/** The form does not wait to hear whose password it sets. */
function NewPassword({ token }: { token: string }) {
  const [password, setPassword] = useState('');
  const [revoke, setRevoke] = useState(false);
  const set = useMutation({
    mutationFn: () => api.post('/password-resets/completion', { token, password, revoke_credentials: revoke }),
    onSuccess: () => enter('/sign-in'),
  });
  const account = useQuery({
    queryKey: ['password-reset-by-token', token],
    // The token is used up then, while the next page is loading.
    enabled: !set.isSuccess,
    retry: false,
    queryFn: () => api.post<Account>('/password-resets/lookup', { token }),
  });
  const error = set.error ?? (isExpired(account.error) ? account.error : null);
  return (
    <AuthCard
      title={t('Set a new password')}
      description={
        account.data?.email
          ? t('For {email} in {workspace}. All other devices are signed out.', {
              email: account.data.email,
              workspace: account.data.tenant.title,
            })
          : t('All other devices are signed out.')
      }
    >
      <FormShell error={error} fields={['password']} onSubmit={() => set.mutate()} className="flex flex-col gap-4">
        {/* So that a password manager stores the new password with its account. */}
        <input type="email" autoComplete="username" hidden readOnly value={account.data?.email ?? ''} />
        <Field
          name="password"
          label={t('New password')}
          help={t('At least 12 characters. A few words in a row are good.')}
        >
          <PasswordInput autoComplete="new-password" value={password} onChange={setPassword} />
        </Field>
        <RevokeCredentials checked={revoke} onChange={setRevoke} />
        <Button type="submit" emphasis="primary" busy={set.isPending} className="h-9">
          {t('Set the password')}
        </Button>
        {isExpired(error) && (
          <Link to="/password-reset" className={buttonClass('secondary', 'medium', 'h-9')}>
            {t('Ask for a new link')}
          </Link>
        )}
      </FormShell>
    </AuthCard>
  );
}
