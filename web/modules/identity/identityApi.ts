import { homeOf } from '../../platform/product/products.ts';
import { api } from '../../platform/query/api.ts';
import { queryClient } from '../../platform/query/queryClient.ts';
import { explainPasskeyError } from './passkeyError.ts';

export interface SignInOptions {
  workspace: { title: string } | null;
  /** Whether this Holdfast sends mail. */
  mail: boolean;
  providers: { id: string; name: string; kind: 'google' | 'oidc' }[];
}

/** Either in, or a challenge that a second factor answers within five minutes. */
export type SignInAnswer =
  | { outcome: 'signed_in'; session: { home?: string | null; features_off?: string[] } }
  | { outcome: 'second_factor_required'; challenge: string };

export const readSignInOptions = (workspace?: string) => api.get<SignInOptions>('/sign-in/options', { workspace });
export const signInWithPassword = (email: string, password: string, workspace?: string) =>
  api.post<SignInAnswer>('/sign-in', { email, password, workspace });
export const signInWithLink = (token: string) => api.post<SignInAnswer>('/sign-in/link', { token });
export const sendSecondFactor = (challenge: string, answer: { code: string } | { recovery_code: string }) =>
  api.post<SignInAnswer>('/sign-in/second-factor', { challenge, ...answer });

/** Signs in with a passkey, which is both factors in one. */
export async function signInWithPasskey(): Promise<SignInAnswer> {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  const { options } = await api.post<{ options: Parameters<typeof startAuthentication>[0]['optionsJSON'] }>(
    '/sign-in/passkey/options',
    {},
  );
  const response = await startAuthentication({ optionsJSON: options }).catch(explainPasskeyError);
  return api.post<SignInAnswer>('/sign-in/passkey', { response });
}

/** What a provider's sign-in left to be answered by a second factor; null when it left nothing. */
export function challengeFromAddress(): string | null {
  return /^#challenge=([\w-]+)$/.exec(window.location.hash)?.[1] ?? null;
}

/** Into the page one wanted, or the home page of one's role, with nothing kept of whoever was here before. */
export function enter(next: string | undefined, answer?: SignInAnswer): void {
  queryClient.clear();
  const session = answer?.outcome === 'signed_in' ? answer.session : undefined;
  window.location.assign(next ?? homeOf(session?.home, session?.features_off));
}
