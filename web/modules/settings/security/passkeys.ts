import type { Passkey } from '../../../../src/kernel/identity/passkey/contract.ts';
import { api } from '../../../platform/query/api.ts';
import { explainPasskeyError } from '../../identity/passkeyError.ts';

export type { Passkey };

/** Asks the browser for a new passkey and keeps it. False when the person changed their mind. */
export async function addPasskey(): Promise<boolean> {
  const { startRegistration } = await import('@simplewebauthn/browser');
  const { options } = await api.post<{
    options: Parameters<typeof startRegistration>[0]['optionsJSON'];
  }>('/passkeys/options', {});
  try {
    const response = await startRegistration({ optionsJSON: options }).catch(explainPasskeyError);
    await api.post('/passkeys', { response });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotAllowedError') return false;
    throw error;
  }
}
