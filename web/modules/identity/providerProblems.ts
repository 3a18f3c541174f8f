import { t } from '../../text/text.ts';

const explanations: Record<string, string> = {
  provider_unknown: t('This way of signing in is switched off. Choose another, or ask an administrator.'),
  provider_unreachable: t('The provider could not be reached. Try again in a moment, or sign in another way.'),
  provider_refused: t('The provider did not let you in. Try again, or sign in another way.'),
  sign_in_expired: t('This took too long, or began in another browser. Sign in again.'),
  email_not_verified: t('The provider has not confirmed your e-mail address. Confirm it there, then sign in again.'),
  domain_not_allowed: t('This workspace accepts only addresses of its own domains. Sign in with your work account.'),
  not_connected: t(
    'Your account here is not connected with that one. Sign in another way, then connect it under Settings, Security.',
  ),
  confirmation_sent: t('We sent you a mail. Follow its link to connect that account, then sign in again.'),
  connected_elsewhere: t('That account belongs to somebody else here.'),
  operator_sign_in: t(
    'Operators of the installation sign in with a passkey, or with password and second factor. If you have no password, set one with “Forgot your password?”.',
  ),
  no_account: t('No member here has the e-mail address of that account. Ask an administrator to invite you.'),
};

/** Why a provider's sign-in failed, by its code in the address, and what to do. */
export const explain = (problem: string) =>
  explanations[problem] ?? t('Signing in did not work. Try again, or sign in another way.');
