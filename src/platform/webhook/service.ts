import type { Resource } from '../../kernel/contract/resource.ts';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import { errorsBelow, invalidField, problems } from '../../kernel/errors/problem.ts';
import { isPrivateHost } from '../../kernel/http/outbound.ts';
import { isLoopbackHost } from '../../kernel/loopback.ts';
import { filterSql, parseFilter } from '../../kernel/resource/filter.ts';
import { checkFilterReferences } from '../../kernel/resource/filter-references.ts';
import { tenantFieldsFor } from '../../kernel/resource/list.ts';
import { getRow, updateRow, type Values } from '../../kernel/resource/store.ts';
import type { Services } from '../../kernel/services.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { rotation_hours, type WebhookEvents, webhook, webhooks_max } from './contract.ts';
import { countWebhooks, giveUpWaiting, insertWebhook, resumeSending, rotateSecret } from './queries.ts';
import { sealSecret } from './secret.ts';
import { enqueueSending } from './sender.ts';
import { makeSecret } from './signature.ts';

type WebhookServices = Pick<Services, 'config' | 'keyRing'>;

interface WebhookInput {
  name: string;
  url: string;
  events: WebhookEvents;
  enabled?: boolean | undefined;
}

/** Makes a webhook that reads with the caller's rights. Answers its secret, this once. */
export async function createWebhook(
  ctx: Context,
  services: WebhookServices,
  records: readonly Resource[],
  input: Values,
): Promise<Values> {
  const { name, url, events, enabled = true } = input as unknown as WebhookInput;
  const holder = holderOf(ctx);
  refuseUnsafe(services, url);
  await checkFilters(ctx, records, events);
  if ((await countWebhooks(ctx)) >= webhooks_max)
    throw problems.conflict(`A workspace has at most ${webhooks_max} webhooks. Delete one that is not needed.`);
  const [id, secret] = [uuidV7(), makeSecret()];
  const sealed_secret = sealSecret(services, { tenant_id: ctx.tenant_id, id }, secret);
  await insertWebhook(ctx, { id, name, url, events, enabled, sealed_secret }, holder);
  return { ...(await getRow(ctx, webhook, id)), secret };
}

/**
 * Changes a webhook. Whoever decides what is sent where becomes its owner, with whose rights it reads from then on:
 * else one could have sent to oneself what only somebody else may read.
 */
export async function updateWebhook(
  ctx: Context,
  services: WebhookServices,
  records: readonly Resource[],
  id: string,
  input: Values,
  version: number | undefined,
): Promise<Values> {
  if (input.url !== undefined) refuseUnsafe(services, input.url as string);
  if (input.events !== undefined) {
    const before = (await getRow(ctx, webhook, id)).events as WebhookEvents;
    await checkFilters(ctx, records, input.events as WebhookEvents, before);
  }
  const decides = input.url !== undefined || input.events !== undefined || input.enabled === true;
  const { rights, ...holder } = holderOf(ctx);
  const row = await updateRow(ctx, webhook, id, input, version, {
    ...(decides && { ...holder, rights: rights && JSON.stringify(rights) }),
    ...(input.enabled !== undefined && { disabled_reason: null }),
  });
  if (input.enabled === false) await giveUpWaiting(ctx, id);
  if (decides) {
    await resumeSending(ctx, id);
    await enqueueSending(ctx, id);
  }
  return row;
}

/** Answers the new secret; the one before signs beside it for a day. */
export async function renewSecret(ctx: Context, services: WebhookServices, id: string): Promise<Values> {
  const secret = makeSecret();
  const sealed = sealSecret(services, { tenant_id: ctx.tenant_id, id }, secret);
  if (!(await rotateSecret(ctx, id, sealed, rotation_hours))) throw problems.notFound(webhook.title);
  return { ...(await getRow(ctx, webhook, id)), secret };
}

function holderOf({ actor }: Context) {
  if (!actor.user_id) throw problems.forbidden('A webhook reads with the rights of a person; this key has none.');
  const isKey = actor.kind === 'api_key';
  return {
    owner_id: actor.user_id,
    api_key_id: isKey ? actor.credential_id : null,
    rights: isKey ? actor.rights : null,
  };
}

export function refuseUnsafe({ config }: Pick<Services, 'config'>, address: string): void {
  const { protocol, hostname, username, password } = new URL(address);
  if (username || password)
    throw invalidField('url', 'credentials', 'Leave out name and password; what is sent is signed instead');
  const isLocal = config.ALLOW_PRIVATE_NETWORKS && isLoopbackHost(hostname);
  if (protocol !== 'https:' && !isLocal) throw invalidField('url', 'plaintext', 'The address must begin with https://');
  if (!config.ALLOW_PRIVATE_NETWORKS && isPrivateHost(hostname))
    throw invalidField(
      'url',
      'private_address',
      'The address must be on the public internet, unless this installation has ALLOW_PRIVATE_NETWORKS set',
    );
}

/** `before`: the events of the webhook until now. */
async function checkFilters(
  ctx: Context,
  records: readonly Resource[],
  events: WebhookEvents,
  before: WebhookEvents = {},
): Promise<void> {
  for (const [name, { filter }] of Object.entries(events)) {
    const resource = records.find((each) => each.name === name);
    if (!resource)
      throw invalidField(`events.${name}`, 'unknown_field', 'There is no such field here, or it cannot be set');
    if (!filter) continue;
    const text = JSON.stringify(filter);
    await errorsBelow(`events.${name}.`, async () => {
      const parsed = parseFilter(text);
      const fields = await tenantFieldsFor(ctx, { filter: text });
      filterSql(resource, parsed, fields);
      await checkFilterReferences(ctx, resource, parsed, fields, before[name]?.filter);
    });
  }
}
