import type { RawBuilder } from 'kysely';
import { type Rights, scopeOf } from '../../kernel/access/rights.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { decodeCursor, encodeCursor } from '../../kernel/resource/cursor.ts';
import { filterSql, parseFilter } from '../../kernel/resource/filter.ts';
import { baseConditions, tenantFieldsFor } from '../../kernel/resource/list.ts';
import { sealWholeFilter } from '../../kernel/resource/sealed-filter.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type Target, withoutSealedNames } from '../undo/index.ts';
import { type Change, change_rows_max, skipped_samples_max } from './contract.ts';
import { redactChanges } from './visibility.ts';

type Sql = RawBuilder<unknown>;

/** A change as its run needs it. */
export interface ChangeRow {
  id: string;
  kind: string;
  resource: string | null;
  action: Record<string, unknown>;
  of_change: string | null;
  of_record: string | null;
  rights: Rights;
  state: Change['state'];
  total: number;
  done: number;
  /** Of a reversal: the audit event down to which all are undone, newest first. */
  undone_to_seq: string | null;
  cancel_requested: boolean;
  created_by: string | null;
}

const rowColumns = sql.raw(
  'id, kind, resource, action, of_change, of_record, rights, state, total, done, undone_to_seq, cancel_requested, created_by',
);

export const findChangeRow = (ctx: Context, id: string, lock = false): Promise<ChangeRow | undefined> =>
  ctx.tx.maybe(sql`select ${rowColumns} from change where tenant_id = ${ctx.tenant_id} and id = ${id}
    ${lock ? sql`for no key update` : sql``}`);

export const findReversal = (
  ctx: Context,
  { change_id, record_id }: Target,
  lock = true,
): Promise<ChangeRow | undefined> =>
  ctx.tx.maybe(sql`select ${rowColumns} from change
    where tenant_id = ${ctx.tenant_id} and of_change = ${change_id} and of_record is not distinct from ${record_id}
    ${lock ? sql`for no key update` : sql``}`);

interface NewChange {
  id: string;
  kind: string;
  resource?: string;
  action?: object;
  of?: Target;
}

/** Says whether it went in: of two reversals of one change at a time, one does. */
export async function insertChange(ctx: Context, { id, kind, resource, action = {}, of }: NewChange): Promise<boolean> {
  const inserted =
    await ctx.tx.run(sql`insert into change (tenant_id, id, kind, resource, action, of_change, of_record, rights, created_by)
    values (${ctx.tenant_id}, ${id}, ${kind}, ${resource ?? null}, ${JSON.stringify(action)}, ${of?.change_id ?? null},
      ${of?.record_id ?? null},
      ${JSON.stringify(ctx.actor.rights)}, ${ctx.actor.user_id}) on conflict do nothing`);
  return inserted === 1;
}

export interface Selection {
  ids?: readonly string[];
  filter?: string | null;
}

/**
 * Notes once which records a change is about, as the caller sees them now. Answers how many; one more than allowed when
 * there are more.
 */
export async function chooseRecords(
  ctx: Context,
  change_id: string,
  resource: Resource,
  { ids, filter }: Selection,
): Promise<number> {
  const conditions: Sql[] = baseConditions(ctx, resource);
  if (ids) conditions.push(sql`r.id = any (${ids})`);
  if (filter) {
    const fields = await tenantFieldsFor(ctx, { filter });
    conditions.push(filterSql(resource, await sealWholeFilter(ctx, resource, parseFilter(filter), fields), fields));
  }
  return ctx.tx.run(sql`insert into change_item (tenant_id, change_id, position, record_id)
    select ${ctx.tenant_id}, ${change_id}, row_number() over (order by m.id), m.id
    from (select r.id from ${sql.table(resource.table)} r where ${sql.join(conditions, sql` and `)} limit ${change_rows_max + 1}) m`);
}

/**
 * Takes the next records out of the list of those still to be changed: they stay in it when the batch is not committed.
 */
export async function takeRecords(ctx: Context, change_id: string, rows_max: number): Promise<string[]> {
  const rows = await ctx.tx.many<{ record_id: string }>(sql`delete from change_item i
    where i.tenant_id = ${ctx.tenant_id} and i.change_id = ${change_id} and i.position = any (array(
      select n.position from change_item n where n.tenant_id = ${ctx.tenant_id} and n.change_id = ${change_id} order by n.position
        limit ${rows_max}))
    returning i.record_id`);
  return rows.map(({ record_id }) => record_id).sort();
}

export interface Progress {
  done: number;
  changed: number;
  unchanged: number;
  skipped: Change['skipped_samples'];
  undone_to_seq?: string;
}

export async function noteProgress(ctx: Context, id: string, progress: Progress): Promise<void> {
  const { done, changed, unchanged, skipped, undone_to_seq = null } = progress;
  const samples = await withoutSealedNames(ctx, skipped.slice(0, skipped_samples_max));
  await ctx.tx.run(sql`update change set state = 'running', done = least(total, done + ${done}), changed = changed + ${changed},
      unchanged = unchanged + ${unchanged}, skipped = skipped + ${skipped.length}, undone_to_seq = coalesce(${undone_to_seq}::bigint,
        undone_to_seq),
      skipped_samples = (select coalesce(jsonb_agg(s.value order by s.ordinality), '[]')
        from jsonb_array_elements(skipped_samples || ${JSON.stringify(samples)}::jsonb) with ordinality s
        where s.ordinality <= ${skipped_samples_max})
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

export async function setTotal(ctx: Context, id: string, total: number): Promise<void> {
  await ctx.tx.run(sql`update change set total = ${total} where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

export async function endChange(
  ctx: Context,
  id: string,
  state: 'done' | 'failed' | 'cancelled',
  error: string | null = null,
): Promise<void> {
  await ctx.tx.run(sql`update change set state = ${state}, error = ${error}, finished_at = clock_timestamp()
    where tenant_id = ${ctx.tenant_id} and id = ${id} and state in ('waiting', 'running')`);
  if (state !== 'failed')
    await ctx.tx.run(sql`delete from change_item where tenant_id = ${ctx.tenant_id} and change_id = ${id}`);
}

export const readSkipped = (ctx: Context, id: string): Promise<Pick<Change, 'skipped' | 'skipped_samples'>> =>
  ctx.tx.one(sql`select skipped, skipped_samples from change where tenant_id = ${ctx.tenant_id} and id = ${id}`);

/** Lets a reversal that failed or was cancelled go on where it stands. */
export async function reopenChange(ctx: Context, id: string): Promise<void> {
  await ctx.tx.run(sql`update change set state = 'waiting', error = null, finished_at = null, cancel_requested = false,
      rights = ${JSON.stringify(ctx.actor.rights)}, created_by = ${ctx.actor.user_id}
    where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}

/** Somebody may have cancelled the job instead of the change. */
export async function isJobCancelled(ctx: Context, job_id: string): Promise<boolean> {
  const row = await ctx.tx.maybe<{ cancel_requested: boolean }>(
    sql`select cancel_requested from job where tenant_id = ${ctx.tenant_id} and id = ${job_id}`,
  );
  return row?.cancel_requested ?? false;
}

/** Asks a change to stop; says whether it could be asked. */
export async function requestCancel(ctx: Context, id: string): Promise<boolean> {
  const asked = await ctx.tx.run(sql`update change set cancel_requested = true
    where tenant_id = ${ctx.tenant_id} and id = ${id} and state in ('waiting', 'running')`);
  return asked === 1;
}

const ofTenant = (ctx: Context): Sql => sql`c.tenant_id = ${ctx.tenant_id}`;

/** One's own changes; those of others with the right to the audit. */
const reached = (ctx: Context): Sql =>
  scopeOf(ctx.actor.rights, 'audit', 'read') === 'none'
    ? sql`${ofTenant(ctx)} and c.created_by = ${ctx.actor.user_id}`
    : ofTenant(ctx);

const shown = sql`select c.id, c.kind, c.resource, c.action, c.of_change, c.of_record, c.state, c.total, c.done, c.changed, c.unchanged,
  c.skipped,
    c.skipped_samples, c.error, c.created_at, c.finished_at,
    case when v.id is not null then json_build_object('id', v.id, 'state', v.state, 'skipped', v.skipped,
      'skip_reasons', array(select distinct s ->> 'reason' from jsonb_array_elements(v.skipped_samples) s)) end as reversal,
    case when u.id is not null then json_build_object('id', u.id, 'name', u.name) end as created_by
  from change c
  left join change v on v.tenant_id = c.tenant_id and v.of_change = c.id and v.of_record is null
  left join user_account u on u.tenant_id = c.tenant_id and u.id = c.created_by`;

/** A change that this request has just begun is there for whoever asked: a key without a person is noted as nobody. */
export async function findChange(ctx: Context, id: string, isJustBegun: boolean): Promise<Change | undefined> {
  const mine = isJustBegun ? ofTenant(ctx) : reached(ctx);
  const found = await ctx.tx.maybe<Change>(sql`${shown} where ${mine} and c.id = ${id}`);
  return found && (await redactChanges(ctx, [found]))[0];
}

/** Changes of many records, newest first; what took them back stands with them. */
export async function listChanges(
  ctx: Context,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<{ data: Change[]; next_cursor: string | null }> {
  const scope = JSON.stringify([ctx.tenant_id, 'changes']);
  const after = cursor ? decodeCursor(cursor, scope) : undefined;
  const behind = after ? sql`(c.created_at, c.id) < (${after[0]}, ${after[1]})` : sql`true`;
  const rows = await ctx.tx.many<Change>(sql`${shown} where ${reached(ctx)} and c.of_change is null and ${behind}
    order by c.created_at desc, c.id desc limit ${limit + 1}`);
  const data = rows.slice(0, limit);
  const last = rows.length > limit ? data.at(-1) : undefined;
  return {
    data: await redactChanges(ctx, data),
    next_cursor: last ? encodeCursor([last.created_at, last.id], scope) : null,
  };
}
