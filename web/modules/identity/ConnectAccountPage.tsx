import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../app/api.ts';
import { isUndecided, messageOf } from '../../app/problem.ts';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button, buttonClass } from '../../ui/Button.tsx';
import { AuthCard } from './AuthCard.tsx';
import { withToken } from './withToken.tsx';

/** The link of the mail to the owner of an account. It takes a click, so that a program that only looks at links connects nothing. */
export default withToken(function ConnectAccountPage({ token }: { token: string }) {
  const confirm = useMutation({ mutationFn: () => api.post('/sign-in/identity-link', { token }) });
  return (
    <AuthCard
      title={confirm.isSuccess ? t('The account is connected') : t('Connect the account?')}
      description={
        confirm.isSuccess
          ? undefined
          : t('From then on the provider signs you in. Do this only if you have just signed in there yourself.')
      }
    >
      <div className="flex flex-col gap-4">
        {confirm.error && <Banner meaning="bad">{messageOf(confirm.error)}</Banner>}
        {confirm.isIdle || confirm.isPending || isUndecided(confirm.error) ? (
          <Button
            emphasis="primary"
            autoFocus
            busy={confirm.isPending}
            className="h-9"
            onClick={() => confirm.mutate()}
          >
            {t('Connect the account')}
          </Button>
        ) : (
          <Link to="/sign-in" className={buttonClass('secondary', 'medium', 'h-9')}>
            {t('Sign in')}
          </Link>
        )}
      </div>
    </AuthCard>
  );
});
