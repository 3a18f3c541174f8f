import type { RawBuilder } from 'kysely';
import type { Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { baseConditions } from '../../../kernel/resource/list.ts';
import { presentRow, selectColumns, sourceSql } from '../../../kernel/resource/row.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type TimelineKind, timelineKinds } from './contract.ts';

type Sql = RawBuilder<unknown>;

/** Where a page ends: entries are ordered by time, then kind, then id, newest first. */
export interface Place {
  at: string;
  kind: TimelineKind;
  id: string;
}

/** What lies behind a place, for one kind of entry; a plain comparison that its index can begin at. */
function behind(place: Place | undefined, kind: TimelineKind, at: Sql, id: Sql): Sql {
  if (!place) return sql`true`;
  if (kind === place.kind) return sql`(${at}, ${id}) < (${place.at}, ${place.id})`;
  const later = timelineKinds.indexOf(kind) > timelineKinds.indexOf(place.kind);
  return later ? sql`${at} <= ${place.at}` : sql`${at} < ${place.at}`;
}

/** The record's values that its timeline needs, or undefined when the caller may not read it. */
export function findSubject(ctx: Context, resource: Resource, id: string): Promise<Values | undefined> {
  const currencies = [...resource.meta]
    .filter(([, meta]) => meta.type === 'currency')
    .map(([name]) => sql.ref(`r.${name}`));
  const where = sql.join([...baseConditions(ctx, resource), sql`r.id = ${id}`], sql` and `);
  return ctx.tx.maybe<Values>(
    sql`select ${sql.join([sql.ref('r.id'), ...currencies])} from ${sql.table(resource.table)} r where ${where}`,
  );
}

interface Attached {
  resource: Resource;
  kind: TimelineKind;
  at: 'created_at' | 'occurred_at';
}

/** The newest notes, activities or tasks that hang on a record, as their own addresses show them. */
export async function readAttached(
  ctx: Context,
  { resource, kind, at }: Attached,
  subject: { column: string; id: string },
  page: { after: Place | undefined; limit: number },
): Promise<Values[]> {
  const time = sql.ref(`r.${at}`);
  const where = [
    ...baseConditions(ctx, resource),
    sql`${sql.ref(`r.${subject.column}`)} = ${subject.id}`,
    behind(page.after, kind, time, sql.ref('r.id')),
  ];
  const rows = await ctx.tx.many<Values>(sql`select ${selectColumns(resource)} from ${sourceSql(resource)}
    where ${sql.join(where, sql` and `)} order by ${time} desc, r.id desc limit ${page.limit}`);
  return rows.map((row) => presentRow(resource, row));
}

export interface ChangeRow {
  seq: string;
  at: string;
  action: string;
  actor_id: string | null;
  actor_name: string | null;
  before: Values | null;
  after: Values | null;
  /** Names of the records that reference fields went from and to. */
  names: Record<string, { before: string | null; after: string | null }>;
}

/** The newest changes of a record. `at <= now()` spares the partitions of the coming months. */
export function readChanges(
  ctx: Context,
  resource: Resource,
  id: string,
  page: { after: Place | undefined; limit: number },
): Promise<ChangeRow[]> {
  const name = (field: string, table: string, side: 'before' | 'after') =>
    sql`(select n.name from ${sql.table(table)} n where n.tenant_id = e.tenant_id and n.id = (${sql.ref(`e.${side}`)} ->> ${sql.lit(field)})::uuid)`;
  const names = [...resource.meta].flatMap(([field, { table }]) =>
    table
      ? [
          sql`${sql.lit(field)}, json_build_object('before', ${name(field, table, 'before')}, 'after', ${name(field, table, 'after')})`,
        ]
      : [],
  );
  return ctx.tx.many<ChangeRow>(sql`
    select e.seq, e.at, e.action, e.actor_id, u.name as actor_name, e.before, e.after, json_build_object(${sql.join(names)}) as names
    from audit_event e left join user_account u on u.tenant_id = e.tenant_id and u.id = e.actor_id
    where e.tenant_id = ${ctx.tenant_id} and e.record_id = ${id} and e.resource = ${resource.name} and e.at <= now()
      and ${behind(page.after, 'change', sql.ref('e.at'), sql.ref('e.seq'))}
    order by e.at desc, e.seq desc limit ${page.limit}`);
}
