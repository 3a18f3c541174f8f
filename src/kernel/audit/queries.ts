import type { RawBuilder } from 'kysely';
import { z } from 'zod';
import { definedResources } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { decodeCursor, encodeCursor } from '../resource/cursor.ts';
import { openEvents } from '../resource/personal.ts';
import type { Context } from '../tenancy/context.ts';
import { priceAmounts } from './amounts.ts';
import type { AuditEvent, AuditQuery } from './contract.ts';
import { addDerived } from './derived.ts';
import { addNames } from './names.ts';

type EventRow = Omit<AuditEvent, 'names' | 'currency' | 'derived'>;

/**
 * Values of an event, without those of custom fields that the caller may not see, and of the records that an entry is
 * about those that the caller reads.
 */
const shown = (side: 'before' | 'after') => {
  const values = sql.ref(`e.${side}`);
  const entries = definedResources().flatMap(({ name, meta }) => (meta.get('records')?.type === 'records' ? name : []));
  return sql`case when jsonb_exists(${values}, 'custom') and cardinality(app.hidden_keys(e.resource)) > 0
      then ${values} || jsonb_build_object('custom', (${values} -> 'custom') - app.hidden_keys(e.resource))
    when jsonb_exists(${values}, 'records') and e.resource = any (${entries}) and not (select app.sees_all_subjects())
      then ${values} || jsonb_build_object('records', (select coalesce(jsonb_agg(r), '[]')
        from jsonb_array_elements_text(${values} -> 'records') r where app.reads_subject(r::uuid)))
    else ${values} end as ${sql.ref(side)}`;
};

/**
 * Whether the caller reads the history of the record of an event. Of others an event says what was done to a record of
 * which type, not to which.
 */
const ofReadable = sql`app.reads_history(e.resource, e.record_id, e.before, e.after)`;

/**
 * For a custom field that the caller may not see, its definition and filters by it are hidden as well, and that it was
 * changed.
 */
const exceptHiddenFields = [
  sql`app.changes_only_hidden(e.resource, e.fields, e.before, e.after) is not true`,
  sql`not (e.resource = 'custom_field' and app.field_hidden(coalesce(e.before, e.after) ->> 'resource',
    coalesce(e.before, e.after) ->> 'key'))`,
  sql`not app.names_hidden(concat(e.before::text, ' ', e.after::text))`,
];

/**
 * How a filter without an index is searched: from the newest events back, by so many numbers at a time, and no further
 * part is begun after so many milliseconds. An index for it would cost each change of a record.
 */
const search = { numbers_min: 50_000n, numbers_max: 400_000n, ms: 2_000 };

/**
 * Events, the newest first. `at <= now()` excludes the partitions of future months. A page of a filter that no index
 * serves may have fewer events than were asked for, or none, and lead on.
 */
export async function listEvents(
  ctx: Context,
  { limit, cursor, ...filter }: AuditQuery,
  limits = search,
): Promise<{ data: AuditEvent[]; next_cursor: string | null }> {
  const binding = JSON.stringify([ctx.tenant_id, 'audit-events', filter]);
  const { resource, record_id, field, actor_id, action, request_id, from, to } = filter;
  const conditions = [sql`e.tenant_id = ${ctx.tenant_id}`, sql`e.at <= now()`];
  if (ctx.actor.rights.fields) conditions.push(...exceptHiddenFields);
  if (resource) conditions.push(sql`e.resource = ${resource}`);
  if (record_id) conditions.push(sql`e.record_id = ${record_id}`);
  if (field) conditions.push(sql`(e.fields && array[${field}] or jsonb_exists(coalesce(e.after, e.before), ${field}))`);
  if (actor_id) conditions.push(sql`e.actor_id = ${actor_id}`);
  if (action) conditions.push(sql`e.action = ${action}`);
  if (request_id) conditions.push(sql`e.request_id = ${request_id}`, ofRequest(request_id));
  if (from) conditions.push(sql`e.at >= ${from}`);
  if (to) conditions.push(sql`e.at < ${to}`);
  const read = (bounds: RawBuilder<unknown>[], rows_max: number) =>
    ctx.tx.many<EventRow>(sql`
    select e.seq, e.at, e.actor_kind, case when e.actor_id is not null then json_build_object('id', e.actor_id, 'name',
      coalesce(u.name, '')) end as actor,
      e.action, e.resource, case when ${ofReadable} then e.record_id end as record_id, e.fields, ${shown('before')}, ${shown('after')},
        host(e.ip) as ip, e.request_id, e.import_id, e.cause, app.via_of(app.via_text(e.via, e.actor_kind, e.credential_id, e.import_id),
          null) as via
    from recorded_change e left join user_account u on u.tenant_id = e.tenant_id and u.id = e.actor_id
    where ${sql.join([...conditions, ...bounds], sql` and `)} order by e.seq desc limit ${rows_max}`);
  const before = cursor ? [sql`e.seq < ${decodeCursor(cursor, binding)[0]}`] : [];
  const hasIndex = record_id !== undefined || request_id !== undefined;
  const { rows, searched } =
    hasIndex || !(resource || field || actor_id || action)
      ? { rows: await read(before, limit + 1), searched: null }
      : await searchBack(ctx, { before, read, rows_max: limit + 1 }, limits);
  const data = rows.slice(0, limit);
  await openEvents(ctx, data);
  const last = rows.length > limit ? data.at(-1) : undefined;
  const next = last?.seq ?? searched;
  return {
    data: await addNames(ctx, await addDerived(ctx, await priceAmounts(ctx, data))),
    next_cursor: next ? encodeCursor([next], binding) : null,
  };
}

/** The index of what one request did has no events of imports, which have one of their own. */
function ofRequest(request_id: string): RawBuilder<unknown> {
  const [, import_id] = /^import:([0-9a-f-]{36})$/.exec(request_id) ?? [];
  return import_id && z.uuid().safeParse(import_id).success
    ? sql`e.import_id = ${import_id}`
    : sql`e.import_id is null`;
}

interface Search {
  before: RawBuilder<unknown>[];
  read: (bounds: RawBuilder<unknown>[], rows_max: number) => Promise<EventRow[]>;
  rows_max: number;
}

/** The newest events that fit; `searched`: below which number nobody has looked yet, null at the end of the trail. */
async function searchBack(
  ctx: Context,
  { before, read, rows_max }: Search,
  { numbers_min, numbers_max, ms }: typeof search,
): Promise<{ rows: EventRow[]; searched: string | null }> {
  const began = performance.now();
  const rows: EventRow[] = [];
  for (let bounds = before, numbers = numbers_min; ; numbers = numbers < numbers_max ? 2n * numbers : numbers_max) {
    // Where numbers are missing, as between the past of a workspace that arrived and what came then, nothing is to be
    // looked through.
    const { newest } = await ctx.tx.one<{ newest: string | null }>(sql`select max(e.seq) as newest from audit_event e
      where ${sql.join([sql`e.tenant_id = ${ctx.tenant_id} and e.at <= now()`, ...bounds], sql` and `)}`);
    if (newest === null) return { rows, searched: null };
    const oldest = String(BigInt(newest) - numbers);
    rows.push(...(await read([...bounds, sql`e.seq >= ${oldest}`], rows_max - rows.length)));
    if (rows.length === rows_max) return { rows, searched: null };
    if (performance.now() - began > ms) return { rows, searched: oldest };
    bounds = [sql`e.seq < ${oldest}`];
  }
}
