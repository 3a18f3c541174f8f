import { administratorRights } from '../../kernel/access/rights.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { rightBeyond } from '../../kernel/identity/index.ts';
import { decodeCursor, encodeCursor } from '../../kernel/resource/cursor.ts';
import { customPrefix, isHiddenField } from '../../kernel/resource/custom.ts';
import { findRow, getRow, type Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type Delivery, type DeliveryQuery, webhook } from './contract.ts';
import { test_type } from './payload.ts';
import { endPause, findDelivery, insertDeliveries, listDeliveries, sendAgain, sendingStatus } from './queries.ts';
import { enqueueSending } from './sender.ts';
import { openSent } from './stored.ts';

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

/** A delivery with what was sent, as far as the caller may read that now. */
export async function readDelivery(ctx: Context, records: readonly Resource[], id: string, delivery_id: string) {
  const found = await findDelivery(ctx, id, delivery_id);
  if (!found) throw problems.notFound('delivery');
  const { resource, ...rest } = found;
  const { payload, response } = await openSent(ctx, delivery_id, found);
  return {
    ...rest,
    response,
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
 * Replaces the name of each record that the caller does not see with the record now by null, because it was read with
 * the rights of the webhook's owner. Hides names that the record merely no longer has, too; administrators, from whom
 * no record is hidden, see what was sent.
 */
function maskReferences(record: Values, seen: ReadonlySet<string>): Values {
  const masked = (value: unknown): unknown => {
    if (isNamed(value) && !seen.has(value.id)) return { id: value.id, name: null };
    if (Array.isArray(value)) return value.map(masked);
    return typeof value === 'object' && value !== null ? maskReferences(value as Values, seen) : value;
  };
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, masked(value)]));
}

/** Makes a delivery with a test event, which is sent at once. */
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

/** Sends at once, also while sending is paused after failures, because the caller waits for the result. */
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
