import { scopeOf } from '../../kernel/access/rights.ts';
import { carriers } from '../../kernel/access/table-rule.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { Problem } from '../../kernel/errors/problem.ts';
import { isHiddenField } from '../../kernel/resource/custom.ts';
import { comparesPersonal, parseFilter } from '../../kernel/resource/filter.ts';
import { baseConditions, listRows } from '../../kernel/resource/list.ts';
import { mayHaveSealed } from '../../kernel/resource/personal.ts';
import { findRow, type Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { WebhookEvents } from './contract.ts';
import type { DueDelivery } from './queries.ts';

const payload_bytes_max = 250_000;
export const test_type = 'webhook.test';

/** What is sent, or why nothing is. */
export type Payload = { body: string } | { skipped: 'not_visible' | 'filter' | 'filter_invalid' | 'not_wanted' };

/** Writes an event as the person may see it who acts in `ctx`, with the record as it is now. */
export async function payloadOf(
  ctx: Context,
  records: readonly Resource[],
  events: WebhookEvents,
  delivery: DueDelivery,
): Promise<Payload> {
  const { type, resource: name, record_id: id, fields } = delivery;
  if (type === test_type) return written(delivery, { resource: name, id, action: 'test', record: null });
  const resource = records.find((each) => each.name === name)!;
  const choice = events[name];
  const action = type.slice(name.length + 1);
  if (!choice?.verbs.some((verb) => verb === action)) return { skipped: 'not_wanted' };
  const about = { resource: name, id, action, actor_id: delivery.actor_id };
  if (action === 'deleted')
    return (await readsDeleted(ctx, resource, id)) ? written(delivery, about) : { skipped: 'not_visible' };
  const shown = fields?.filter((field) => !isHiddenField(ctx, resource.right, field));
  if (shown?.length === 0) return { skipped: 'not_visible' };
  const record = await read(ctx, resource, id, choice.filter ?? null);
  if (typeof record === 'string') return { skipped: record };
  return written(delivery, {
    ...about,
    ...(shown && { fields: shown }),
    ...(delivery.merged_ids && { merged_ids: delivery.merged_ids }),
    record,
  });
}

/** The record, if the filter is met. */
async function read(
  ctx: Context,
  resource: Resource,
  id: string,
  filter: Values | null,
): Promise<Values | 'not_visible' | 'filter' | 'filter_invalid'> {
  const record = await findRow(ctx, resource, id);
  if (!record || !filter) return record ?? 'not_visible';
  const text = JSON.stringify(filter);
  try {
    // What is sealed has nothing to compare.
    const subject = { resource, alias: 'r', fields: new Map() };
    if (comparesPersonal(subject, parseFilter(text)) && (await mayHaveSealed(ctx))) return 'filter_invalid';
    const query = { filter: text, limit: 1, count: 'false', trashed: 'false' } as const;
    const { data } = await listRows(ctx, resource, query, sql`r.id = ${id}`);
    return data.length > 0 ? record : 'filter';
  } catch (error) {
    // It names a field that is gone, or that this person may not see any more.
    if (error instanceof Problem) return 'filter_invalid';
    throw error;
  }
}

/** Of what is in the trash, whoever may read it there; of what is gone for good, whoever may read all records. */
async function readsDeleted(ctx: Context, resource: Resource, id: string): Promise<boolean> {
  const where = sql.join([...baseConditions(ctx, resource, 'either'), sql`r.id = ${id}`], sql` and `);
  if (await ctx.tx.maybe(sql`select from ${sql.table(resource.table)} r where ${where}`)) return true;
  const rights = new Set([resource.right, ...carriers().map(({ right }) => right!)]);
  return [...rights].every((right) => scopeOf(ctx.actor.rights, right, 'read') === 'all');
}

function written({ type, occurred_at }: DueDelivery, data: Values): Payload {
  const body = JSON.stringify({ type, timestamp: occurred_at, data });
  if (Buffer.byteLength(body) <= payload_bytes_max) return { body };
  return { body: JSON.stringify({ type, timestamp: occurred_at, data: { ...data, record: null, too_large: true } }) };
}
