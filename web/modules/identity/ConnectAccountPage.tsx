import { api } from '../../platform/query/api.ts';
import { t } from '../../text/text.ts';
import { LinkConfirmation } from './LinkConfirmation.tsx';
import { withToken } from './withToken.tsx';

/** The link of the mail to the owner of an account. */
export default withToken(function ConnectAccountPage({ token }: { token: string }) {
  return (
    <LinkConfirmation
      token={token}
      title={t('Connect the account?')}
      description={t('From then on the provider signs you in. Do this only if you have just signed in there yourself.')}
      action={t('Connect the account')}
      done={t('The account is connected')}
      onConfirm={() => api.post('/sign-in/identity-link', { token })}
    />
  );
});
