import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../app/api.ts';
import { isUndecided, messageOf } from '../../app/problem.ts';
import { t } from '../../text/text.ts';
import { Banner } from '../../ui/Banner.tsx';
import { Button, buttonClass } from '../../ui/Button.tsx';
import { AuthCard } from './AuthCard.tsx';
import { withToken } from './withToken.tsx';

/** The link of the mail to a new address. It takes a click, so that a program that only looks at links confirms nothing. */
export default withToken(function ConfirmEmailPage({ token }: { token: string }) {
  const confirm = useMutation({ mutationFn: () => api.post('/email-confirmations', { token }) });
  return (
    <AuthCard
      title={confirm.isSuccess ? t('Your e-mail address is confirmed') : t('Confirm your e-mail address')}
      description={confirm.isSuccess ? undefined : t('Then you sign in with it without naming the workspace.')}
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
            {t('Confirm the address')}
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
