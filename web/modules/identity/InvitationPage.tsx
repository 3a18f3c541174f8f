import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FormShell } from '../../platform/page/FormShell.tsx';
import { api } from '../../platform/query/api.ts';
import { isUndecided, messageOf } from '../../platform/query/problem.ts';
import { QueryError } from '../../platform/query/QueryError.tsx';
import { t } from '../../text/text.ts';
import { Button, buttonClass } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Input } from '../../ui/Input.tsx';
import { PasswordInput } from '../../ui/PasswordInput.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { AuthCard } from './AuthCard.tsx';
import { enter } from './identityApi.ts';
import { withToken } from './withToken.tsx';

interface Invitation {
  email: string;
  name: string;
  tenant: { title: string };
}

export default withToken(function InvitationPage({ token }: { token: string }) {
  const invitation = useQuery({
    queryKey: ['invitation-by-token', token],
    retry: false,
    enabled: token !== '',
    queryFn: () => api.post<Invitation>('/invitations/lookup', { token }),
  });
  if (token === '')
    return <Unusable>{t('Copy the whole link of the invitation, including everything after the #.')}</Unusable>;
  if (invitation.isPending) {
    return (
      <AuthCard title={t('Your invitation')}>
        <Skeleton className="w-2/3" />
      </AuthCard>
    );
  }
  if (isUndecided(invitation.error)) {
    return (
      <AuthCard title={t('Your invitation')}>
        <QueryError title={t('The invitation could not be read')} query={invitation} />
      </AuthCard>
    );
  }
  if (invitation.isError) {
    return <Unusable>{messageOf(invitation.error)}</Unusable>;
  }
  return <Acceptance token={token} invitation={invitation.data} />;
});

function Unusable({ children }: { children: string }) {
  return (
    <AuthCard title={t('This invitation cannot be used')} description={children}>
      <Link to="/sign-in" className={buttonClass('secondary', 'medium', 'h-9')}>
        {t('Sign in instead')}
      </Link>
    </AuthCard>
  );
}

function Acceptance({ token, invitation }: { token: string; invitation: Invitation }) {
  const [name, setName] = useState(invitation.name);
  const [password, setPassword] = useState('');
  const accept = useMutation({
    mutationFn: () => api.post('/invitations/acceptance', { token, name, password }),
    onSuccess: () => enter(undefined),
  });
  return (
    <AuthCard
      title={t('Join {title}', { title: invitation.tenant.title })}
      description={t('You were invited as {email}.', { email: invitation.email })}
    >
      <FormShell
        error={accept.error}
        fields={['name', 'password']}
        onSubmit={() => accept.mutate()}
        className="flex flex-col gap-4"
      >
        <Field name="name" label={t('Your name')}>
          <Input autoFocus autoComplete="name" value={name} onValueChange={setName} />
        </Field>
        <Field name="password" label={t('Password')} help={t('At least 12 characters. A few words in a row are good.')}>
          <PasswordInput autoComplete="new-password" value={password} onChange={setPassword} />
        </Field>
        <Button type="submit" emphasis="primary" busy={accept.isPending} className="h-9">
          {t('Accept and sign in')}
        </Button>
      </FormShell>
    </AuthCard>
  );
}
