import { sql } from '../database/database.ts';
import { decodeCursor, encodeCursor } from '../resource/cursor.ts';
import type { Context } from '../tenancy/context.ts';
import type { AuditEvent, AuditQuery } from './contract.ts';

/** Values of an event, without those of custom fields that the caller may not see. */
const shown = (side: 'before' | 'after') => {
  const values = sql.ref(`e.${side}`);
  return sql`case when jsonb_exists(${values}, 'custom') and cardinality(app.hidden_keys(e.resource)) > 0
    then ${values} || jsonb_build_object('custom', (${values} -> 'custom') - app.hidden_keys(e.resource)) else ${values} end as ${sql.ref(side)}`;
};

/** For a custom field that the caller may not see, its definition and filters by it are hidden as well. */
const silences = [
  sql`not (e.resource = 'custom_field' and app.field_hidden(coalesce(e.before, e.after) ->> 'resource', coalesce(e.before, e.after) ->> 'key'))`,
  sql`not app.names_hidden(concat(e.before::text, ' ', e.after::text))`,
];

/** Events, the newest first. `at <= now()` excludes the partitions of future months. */
export async function listEvents(
  ctx: Context,
  { limit, cursor, ...filter }: AuditQuery,
): Promise<{ data: AuditEvent[]; next_cursor: string | null }> {
  const binding = JSON.stringify([ctx.tenant_id, 'audit-events', filter]);
  const { resource, record_id, field, actor_id, action, request_id, from, to } = filter;
  const conditions = [sql`e.tenant_id = ${ctx.tenant_id}`, sql`e.at <= now()`];
  if (ctx.actor.rights.fields) conditions.push(...silences);
  if (resource) conditions.push(sql`e.resource = ${resource}`);
  if (record_id) conditions.push(sql`e.record_id = ${record_id}`);
  if (field) conditions.push(sql`(e.fields && array[${field}] or jsonb_exists(coalesce(e.after, e.before), ${field}))`);
  if (actor_id) conditions.push(sql`e.actor_id = ${actor_id}`);
  if (action) conditions.push(sql`e.action = ${action}`);
  if (request_id) conditions.push(sql`e.request_id = ${request_id}`);
  if (from) conditions.push(sql`e.at >= ${from}`);
  if (to) conditions.push(sql`e.at < ${to}`);
  if (cursor) conditions.push(sql`e.seq < ${decodeCursor(cursor, binding)[0]}`);
  const rows = await ctx.tx.many<AuditEvent>(sql`
    select e.seq, e.at, e.actor_kind, case when e.actor_id is not null then json_build_object('id', e.actor_id, 'name', coalesce(u.name, '')) end as actor,
      e.action, e.resource, e.record_id, e.fields, ${shown('before')}, ${shown('after')}, host(e.ip) as ip, e.request_id, e.import_id, e.cause
    from recorded_change e left join user_account u on u.tenant_id = e.tenant_id and u.id = e.actor_id
    where ${sql.join(conditions, sql` and `)} order by e.seq desc limit ${limit + 1}`);
  const data = rows.slice(0, limit);
  const last = rows.length > limit ? data.at(-1) : undefined;
  return { data, next_cursor: last ? encodeCursor([last.seq], binding) : null };
}
