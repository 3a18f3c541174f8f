import { t } from '../../text/text.ts';

const explanations: Record<string, string> = {
  InvalidStateError: t('This device already has a passkey for your account.'),
  SecurityError: t('Passkeys do not work at this address. Ask your administrator which address to use.'),
  ConstraintError: t('This device cannot store a passkey here. Try another device or a security key.'),
  NotSupportedError: t('This device cannot store a passkey here. Try another device or a security key.'),
  UnknownError: t('The device did not respond as expected. Try again, or use another one.'),
};

/** What went wrong between browser and device, in words of the page: theirs are English, and for programmers. */
export function explainPasskeyError(error: unknown): never {
  const explained = error instanceof Error && explanations[error.name];
  throw explained ? new Error(explained, { cause: error }) : error;
}
