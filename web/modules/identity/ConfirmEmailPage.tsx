import { api } from '../../platform/query/api.ts';
import { t } from '../../text/text.ts';
import { LinkConfirmation } from './LinkConfirmation.tsx';
import { withToken } from './withToken.tsx';

/** The link of the mail to a new address. */
export default withToken(function ConfirmEmailPage({ token }: { token: string }) {
  return (
    <LinkConfirmation
      token={token}
      title={t('Confirm your e-mail address')}
      description={t('You can then sign in with it without naming the workspace.')}
      action={t('Confirm the address')}
      done={t('Your e-mail address is confirmed')}
      onConfirm={() => api.post('/email-confirmations', { token })}
    />
  );
});
