import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { CustomFetch } from 'openid-client';
import { z } from 'zod';
import { createOutboundFetch } from '../../../../kernel/http/outbound.ts';
import { publicOrigin } from '../../../../kernel/identity/person.ts';
import type { Services } from '../../../../kernel/services.ts';
import type { Actor } from '../../../../kernel/tenancy/context.ts';
import { openBytes, sealBytes } from '../../../../kernel/vault/seal.ts';
import { MailTrouble } from '../connection/trouble.ts';
import { addressesOf, type GoogleApiName } from './addresses.ts';

/** What is asked for when a mailbox is connected, or calendars: each by itself, with a grant of its own. */
export const google_scopes: Record<GoogleApiName, readonly string[]> = {
  gmail: ['https://www.googleapis.com/auth/gmail.modify'],
  calendar: [
    'https://www.googleapis.com/auth/calendar.events',
    'https://www.googleapis.com/auth/calendar.calendarlist.readonly',
  ],
};

/** The page that Google sends the browser back to. */
export const redirectUri = (services: Pick<Services, 'config'>): string =>
  new URL('/mail/google', publicOrigin(services)).href;

const issuer = 'https://accounts.google.com';
const answer_seconds_max = 20;
const consent_minutes_max = 10;
/** An access token is not used in its last minute. */
const margin_seconds = 60;

/** The client of a workspace, with its secret. */
export interface OAuthClient {
  client_id: string;
  client_secret: string;
}

/** The grant was taken back, or has ended: its owner has to connect again. */
export class GrantRefused extends MailTrouble {
  constructor(options?: ErrorOptions) {
    super(
      'Google no longer accepts the connection: it was taken back, or has ended, as it does after seven days while your workspace’s client is in testing. Connect again; nothing is fetched twice.',
      true,
      options,
    );
  }
}

/** The client library is loaded when the first mailbox of Google is connected. */
async function configure({ config }: Pick<Services, 'config'>, { client_id, client_secret }: OAuthClient) {
  const client = await import('openid-client');
  const { consent, token } = addressesOf(config);
  const configuration = new client.Configuration(
    { issuer, authorization_endpoint: consent, token_endpoint: token },
    client_id,
    undefined,
    client.ClientSecretPost(client_secret),
  );
  const ask = createOutboundFetch({ allowPrivate: config.ALLOW_PRIVATE_NETWORKS });
  configuration[client.customFetch] = ask as unknown as CustomFetch;
  configuration.timeout = answer_seconds_max;
  if (token.startsWith('http:')) client.allowInsecureRequests(configuration);
  return { client, configuration };
}

const stateShape = z.object({
  api: z.enum(['gmail', 'calendar']),
  user_id: z.uuid(),
  connects: z.uuid().nullable(),
  verifier: z.string(),
  until: z.number(),
});
type State = z.output<typeof stateShape>;
/** Who went to Google, and for which mailbox or account; null for an account that is new. */
type ConsentFor = Pick<State, 'api' | 'user_id' | 'connects'>;

const bindingOf = (tenant: string) => ({ tenant, table: 'google_client', column: 'state', row: 'consent' });

/** Where to send the browser of somebody who connects. PKCE and a sealed state tie the way back to them. */
export async function beginConsent(
  services: Services,
  oauth: OAuthClient,
  { tenant_id, login_hint, ...about }: ConsentFor & { tenant_id: string; login_hint: string | undefined },
): Promise<string> {
  const { client, configuration } = await configure(services, oauth);
  const verifier = client.randomPKCECodeVerifier();
  const state: State = { ...about, verifier, until: Date.now() + consent_minutes_max * 60_000 };
  const sealed = sealBytes(services.keyRing, Buffer.from(JSON.stringify(state)), bindingOf(tenant_id));
  return client.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri(services),
    scope: google_scopes[about.api].join(' '),
    // The page that the browser comes back to reads for what it is.
    state: `${about.api}.${sealed.toString('base64url')}`,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    access_type: 'offline',
    // Without it Google gives a refresh token the first time only.
    prompt: 'consent',
    ...(login_hint && { login_hint }),
  }).href;
}

/** What somebody went to Google for; undefined when it was somebody else, for something else, or too long ago. */
export function openState(
  services: Pick<Services, 'keyRing'>,
  { tenant_id, user_id }: Actor,
  api: GoogleApiName,
  text: string,
): State | undefined {
  try {
    const sealed = Buffer.from(text.slice(text.indexOf('.') + 1), 'base64url');
    const opened = openBytes(services.keyRing, sealed, bindingOf(tenant_id));
    const state = stateShape.parse(JSON.parse(opened.toString()));
    return state.api === api && state.user_id === user_id && state.until > Date.now() ? state : undefined;
  } catch {
    return undefined;
  }
}

/** The refresh token for the code with which the browser came back. Throws `MailTrouble`. */
export async function finishConsent(
  services: Services,
  oauth: OAuthClient,
  { code, state, opened: { api, verifier } }: { code: string; state: string; opened: State },
): Promise<string> {
  const { client, configuration } = await configure(services, oauth);
  const back = new URL(redirectUri(services));
  back.search = new URLSearchParams({ code, state }).toString();
  const tokens = await client
    .authorizationCodeGrant(configuration, back, { expectedState: state, pkceCodeVerifier: verifier })
    .catch((error: unknown) => {
      if ((error as { error?: string }).error === 'invalid_grant')
        throw new MailTrouble('This took too long, or was used already. Connect again.', true, { cause: error });
      throw troubleOf(error);
    });
  const granted = new Set(tokens.scope?.split(' '));
  if (google_scopes[api].some((scope) => !granted.has(scope)))
    throw new MailTrouble(
      'At Google not everything that is needed was allowed. Connect again, and leave all boxes ticked.',
      true,
    );
  if (!tokens.refresh_token)
    throw new MailTrouble('Google gave no lasting access. Connect again, and agree to what it asks.', true);
  return tokens.refresh_token;
}

interface Access {
  token: string;
  ends_at: number;
}
const known = new LRUCache<string, Access>({ max: 5_000 });

/** An access token for a grant; of one that Google refused a new one is asked for. */
export async function accessToken(
  services: Pick<Services, 'config'>,
  oauth: OAuthClient,
  refresh_token: string,
  refused?: string,
): Promise<string> {
  const key = createHash('sha256').update(`${oauth.client_id} ${refresh_token}`).digest('hex');
  const there = known.get(key);
  if (there && there.token !== refused && there.ends_at > Date.now()) return there.token;
  const { client, configuration } = await configure(services, oauth);
  const tokens = await client.refreshTokenGrant(configuration, refresh_token).catch((error: unknown) => {
    throw troubleOf(error);
  });
  const seconds = Math.max(0, (tokens.expires_in ?? 0) - margin_seconds);
  known.set(key, { token: tokens.access_token, ends_at: Date.now() + seconds * 1000 });
  return tokens.access_token;
}

function troubleOf(cause: unknown): MailTrouble {
  const { error: code, status } = cause as { error?: string; status?: number };
  if (code === 'invalid_grant') return new GrantRefused({ cause });
  if (code === 'invalid_client' || code === 'unauthorized_client')
    return new MailTrouble(
      'Google does not know the client of your workspace, or its secret is wrong. An administrator sets it up anew under Settings, Google.',
      true,
      { cause },
    );
  if (code && status && status < 500 && status !== 429)
    return new MailTrouble(`Google refuses to sign you in (${code}). Connect again.`, true, { cause });
  return new MailTrouble('Google does not answer as it should. It is tried again.', false, { cause });
}
