import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** Who the provider says is sitting there. */
export interface Account {
  sub: string;
  email: string;
  email_verified: boolean;
}

/** A real OpenID provider whose sign-in page lets in whoever is `present`. */
export async function startOpenIdProvider({
  origin,
  client_secret,
  present,
}: {
  origin: string;
  client_secret: string;
  present: () => Account;
}): Promise<{ server: Server; issuer: string }> {
  const http = createServer((request, response) => void answer(request, response));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const provider = new Provider(address, {
    clients: [{ client_id: 'holdfast', client_secret, redirect_uris: [`${origin}/api/v1/sign-in/oidc/callback`] }],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' } as never] },
    cookies: { keys: ['a key for the cookies of a test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, accountId) => ({ accountId, claims: async () => ({ ...present() }) }),
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const handle = provider.callback();
  async function answer(request: Parameters<typeof handle>[0], response: Parameters<typeof handle>[1]) {
    if (!request.url?.startsWith('/interaction/')) return handle(request, response);
    await provider.interactionFinished(request, response, { login: { accountId: present().sub } });
  }
  return { server: http, issuer: address };
}

/** Goes through the pages of a provider as a browser does; answers the path at the origin that it sends one back to. */
export async function passProvider(start: string, issuer: string, origin: string): Promise<string> {
  const jar = new Map<string, string>();
  let url = start;
  while (url.startsWith(issuer)) {
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split('=');
      jar.set(name, value);
    }
    url = new URL(answer.headers.get('location')!, url).href;
  }
  assert.ok(url.startsWith(origin));
  return url.slice(origin.length);
}
