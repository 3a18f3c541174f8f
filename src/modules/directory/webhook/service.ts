import { administratorRights } from '../../../kernel/access/rights.ts';
import type { Resource } from '../../../kernel/contract/resource.ts';
import { uuidV7 } from '../../../kernel/database/uuid.ts';
import { errorsBelow, invalidField, problems } from '../../../kernel/errors/problem.ts';
import { isPrivateHost } from '../../../kernel/http/outbound.ts';
import { rightBeyond } from '../../../kernel/identity/index.ts';
import { isLoopbackHost } from '../../../kernel/loopback.ts';
import { decodeCursor, encodeCursor } from '../../../kernel/resource/cursor.ts';
import { customPrefix, isHiddenField } from '../../../kernel/resource/custom.ts';
import { filterSql, parseFilter } from '../../../kernel/resource/filter.ts';
import { checkFilterReferences } from '../../../kernel/resource/filter-references.ts';
import { tenantFieldsFor } from '../../../kernel/resource/list.ts';
import { findRow, getRow, updateRow, type Values } from '../../../kernel/resource/store.ts';
import type { Services } from '../../../kernel/services.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import {
  type Delivery,
  type DeliveryQuery,
  rotation_hours,
  type WebhookEvents,
  webhook,
  webhooks_max,
} from './contract.ts';
import { test_type } from './payload.ts';
import {
  countWebhooks,
  endPause,
  findDelivery,
  giveUpWaiting,
  insertDeliveries,
  insertWebhook,
  listDeliveries,
  resumeSending,
  rotateSecret,
  sendAgain,
  sendingStatus,
} from './queries.ts';
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
 * Changes a webhook. Whoever decides what is sent where becomes its owner, with whose rights it reads from then on: else one could have sent to oneself
 * what only somebody else may read.
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

// ---------------------------------------------------------------------------------------------------------------------
// Deliveries

export async function readLog(ctx: Context, id: string, { cursor, ...query }: DeliveryQuery) {
  await getRow(ctx, webhook, id);
  const binding = JSON.stringify([ctx.tenant_id, 'webhook-deliveries', id, query.state]);
  const before = cursor ? (decodeCursor(cursor, binding)[0] as string) : undefined;
  const rows = await listDeliveries(ctx, id, { ...query, limit: query.limit + 1, before });
  const data = rows.slice(0, query.limit);
  const next_cursor = rows.length > query.limit ? encodeCursor([data.at(-1)!.position], binding) : null;
  return { data: data.map(withoutPosition), next_cursor, sending: await sendingStatus(ctx, id) };
}

const withoutPosition = ({ position: _, ...rest }: Delivery & { position: string }): Delivery => rest;

/** With what was sent, as far as the caller may read it now. */
export async function readDelivery(ctx: Context, records: readonly Resource[], id: string, delivery_id: string) {
  const found = await findDelivery(ctx, id, delivery_id);
  if (!found) throw problems.notFound('delivery');
  const { resource, payload, ...rest } = found;
  return {
    ...rest,
    payload: payload && (await shownPayload(ctx, records, { resource, payload, id: found.record_id })),
  };
}

async function shownPayload(
  ctx: Context,
  records: readonly Resource[],
  { resource: name, payload, id }: { resource: string; payload: string; id: string },
): Promise<string | null> {
  const resource = records.find((each) => each.name === name);
  if (!resource) return payload;
  const sent = JSON.parse(payload) as { data: { record?: Values | null; fields?: string[] } };
  const isOpen = (field: string) => !isHiddenField(ctx, resource.right, field);
  const { record, fields } = sent.data;
  if (fields) sent.data.fields = fields.filter(isOpen);
  if (record) {
    const row = await findRow(ctx, resource, id);
    if (!row || (resource.byDegree && row.shown !== 'everything')) return null;
    const { custom } = record;
    if (custom)
      record.custom = Object.fromEntries(Object.entries(custom).filter(([key]) => isOpen(customPrefix + key)));
    if (rightBeyond(ctx.actor.rights, administratorRights()))
      sent.data.record = maskReferences(record, new Set(namedIn(row)));
  }
  return JSON.stringify(sent);
}

const isNamed = (value: unknown): value is { id: string; name: string } =>
  typeof value === 'object' && value !== null && 'id' in value && 'name' in value;

/** The ids of the records whose names stand in a record, also in rows that belong to it. */
function namedIn(record: object): string[] {
  return Object.values(record).flatMap((value) => {
    if (typeof value !== 'object' || value === null) return [];
    return isNamed(value) ? [value.id, ...namedIn(value)] : namedIn(value);
  });
}

/**
 * With null for the names of records that were read with the rights of the webhook's owner and that the caller does not see with the record now. That
 * hides names that were merely replaced since, too; administrators, from whom no such record is hidden, are shown what was sent.
 */
function maskReferences(record: Values, seen: ReadonlySet<string>): Values {
  const masked = (value: unknown): unknown => {
    if (isNamed(value) && !seen.has(value.id)) return { id: value.id, name: null };
    if (Array.isArray(value)) return value.map(masked);
    return typeof value === 'object' && value !== null ? maskReferences(value as Values, seen) : value;
  };
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, masked(value)]));
}

/** Leaves a test event. */
export async function sendTest(ctx: Context, id: string): Promise<Delivery> {
  await refuseDisabled(ctx, id);
  const about = { type: test_type, resource: webhook.name, record_id: id, actor_id: ctx.actor.user_id };
  const [made] = await insertDeliveries(ctx, [
    { ...about, webhook_id: id, seq: null, occurred_at: new Date().toISOString(), fields: null, merged_ids: null },
  ]);
  return sendSoon(ctx, id, made!);
}

export async function replay(ctx: Context, id: string, delivery_id: string): Promise<Delivery> {
  await refuseDisabled(ctx, id);
  if (!(await sendAgain(ctx, id, delivery_id))) throw problems.notFound('delivery');
  return sendSoon(ctx, id, delivery_id);
}

/** Whoever asks for it wants to see now what comes of it. */
async function sendSoon(ctx: Context, id: string, delivery_id: string): Promise<Delivery> {
  await endPause(ctx, id);
  await enqueueSending(ctx, id);
  const { resource: _, payload: __, response: ___, ...shown } = (await findDelivery(ctx, id, delivery_id))!;
  return shown;
}

async function refuseDisabled(ctx: Context, id: string): Promise<void> {
  const { enabled } = await getRow(ctx, webhook, id);
  if (!enabled) throw problems.conflict('The webhook is disabled. Enable it first.');
}
