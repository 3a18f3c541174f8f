import { LRUCache } from 'lru-cache';
import { allowInsecureRequests, type Configuration, type CustomFetch, customFetch, discovery } from 'openid-client';
import { createOutboundFetch } from '../../http/outbound.ts';
import type { Services } from '../../services.ts';
import { openBytes, sealBytes } from '../../vault/seal.ts';
import type { Provider } from './queries.ts';

const clients_max = 200;
const client_minutes_max = 60;
const answer_seconds_max = 10;

const bindingOf = (tenant: string, id: string) => ({
  tenant,
  table: 'sign_in_provider',
  column: 'sealed_client_secret',
  row: id,
});

export function sealClientSecret({ keyRing }: Services, tenant_id: string, id: string, secret: string): Buffer {
  return sealBytes(keyRing, Buffer.from(secret), bindingOf(tenant_id, id));
}

/**
 * Answers what a provider is asked for, from its discovery document, which is read again each hour or when its settings
 * change.
 */
export function createProviderClients(services: Services): (provider: Provider) => Promise<Configuration> {
  const ask = createOutboundFetch({ allowPrivate: services.config.ALLOW_PRIVATE_NETWORKS });
  const known = new LRUCache<string, Configuration, Provider>({
    max: clients_max,
    ttl: client_minutes_max * 60_000,
    fetchMethod: (_key, _old, { context }) => discover(services, context, ask as unknown as CustomFetch),
  });
  return async (provider) => {
    const found = await known.fetch(`${provider.id}:${provider.version}`, { context: provider });
    if (!found) throw new Error('The provider answered nothing');
    return found;
  };
}

/**
 * Without TLS only inside a network of one's own: that stores are reached without it there says nothing of the
 * internet.
 */
export const mayBePlain = ({ ALLOW_PLAINTEXT, ALLOW_PRIVATE_NETWORKS }: Services['config']): boolean =>
  ALLOW_PLAINTEXT && ALLOW_PRIVATE_NETWORKS;

async function discover({ config, keyRing }: Services, provider: Provider, ask: CustomFetch): Promise<Configuration> {
  const { tenant_id, id, issuer, client_id, sealed_client_secret } = provider;
  const secret = sealed_client_secret && openBytes(keyRing, sealed_client_secret, bindingOf(tenant_id, id)).toString();
  return discovery(new URL(issuer), client_id, secret ?? undefined, undefined, {
    timeout: answer_seconds_max,
    // Also for what the provider's document names, which it may have written to reach where we are.
    [customFetch]: ask,
    // The library takes https alone, also for the addresses that the provider names.
    execute: mayBePlain(config) ? [allowInsecureRequests] : [],
  });
}
