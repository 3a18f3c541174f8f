import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { eventsOf, eventsOfEach, isOf, isOwn, type Target } from './event-queries.ts';
import type { UndoKinds } from './kinds.ts';

/** Events that one statement counts. */
const page_events = 10_000;

export interface ResourceCounts {
  resource: string;
  deleted: number;
  restored: number;
  kept: number;
  gone: number;
}

/**
 * What became of all that a change created and updated, by an undo that deletes for good and runs in this context:
 * counted from the trail, so that it does not matter in how many batches and tries. Parts of records that the change
 * created are counted with these.
 */
export async function countByResource(ctx: Context, kinds: UndoKinds, target: Target): Promise<ResourceCounts[]> {
  const sums = new Map<string, ResourceCounts>();
  for (let after: string | null = '0'; after !== null; ) {
    const page: Page = await countPage(ctx, kinds, target, after);
    for (const { resource, ...counts } of page.counts) {
      const sum = sums.get(resource) ?? { resource, deleted: 0, restored: 0, kept: 0, gone: 0 };
      for (const [name, count] of Object.entries(counts)) sum[name as keyof typeof counts] += count;
      sums.set(resource, sum);
    }
    after = page.last_seq;
  }
  return [...sums.values()].sort((a, b) => (a.resource < b.resource ? -1 : 1));
}

interface Page {
  counts: ResourceCounts[];
  /** Null when no events are left. */
  last_seq: string | null;
}

/** Counts the records of which the first event of the change is one of the next after a place. */
function countPage(ctx: Context, kinds: UndoKinds, target: Target, after_seq: string): Promise<Page> {
  const tables = new Map(
    [...kinds.records, ...kinds.children].map((kind) => ['name' in kind ? kind.name : kind.table, kind.table]),
  );
  const parts = [...Map.groupBy(kinds.parts.filter(({ bound }) => bound), ({ table }) => table)]; // biome-ignore format: one call
  const wholes = parts.map(
    ([table, links]) =>
      sql`when ${table} then coalesce(${sql.join(links.map(({ column }) => sql`e.after ->> ${column}`))})`,
  );
  const existing = [...tables].map(
    ([name, table]) => sql`select ${name}::text as resource, r.id from ${sql.table(table)} r
      where r.tenant_id = ${ctx.tenant_id} and r.id = any (array(select t.record_id from touched t where t.resource = ${name}))`,
  );
  return ctx.tx.one(sql`
    with page as materialized (
      select e.seq, e.record_id, e.resource, (case e.resource ${sql.join(wholes, sql` `)} end)::uuid as whole_id
      from recorded_change e where ${eventsOf(ctx, target, kinds)} and e.action in ('create', 'update', 'delete') and e.seq > ${after_seq}
      order by e.seq limit ${page_events}
    ), touched as materialized (
      select e.record_id, e.resource, bool_or(e.action = 'create' and ${isOf(target)}) as is_created,
        bool_or(e.action = 'delete' and ${isOwn}) as is_deleted, bool_or(${isOwn}) as is_undone
      from ${eventsOfEach(ctx, sql`array(select distinct page.record_id from page)`, sql`e.resource = any (${[...tables.keys()]})`)}
      group by e.record_id, e.resource having min(e.seq) filter (where ${isOf(target)}) > ${after_seq}
    ), created as materialized (
      select e.record_id as id from ${eventsOfEach(
        ctx,
        sql`array(select distinct page.whole_id from page)`,
        sql`e.action = 'create'
        and ${isOf(target)}`,
      )}
    ), existing as materialized (${sql.join(existing, sql` union all `)}), counts as (
      select t.resource, count(*) filter (where t.is_deleted)::int as deleted,
        count(*) filter (where not t.is_deleted and x.id is null)::int as gone,
        count(*) filter (where not t.is_deleted and x.id is not null and t.is_undone and not t.is_created)::int as restored,
        count(*) filter (where not t.is_deleted and x.id is not null and not (t.is_undone and not t.is_created))::int as kept
      from touched t left join existing x on x.resource = t.resource and x.id = t.record_id
      where not exists (select from page join created w on w.id = page.whole_id where page.record_id = t.record_id
        and page.resource = t.resource)
      group by t.resource
    )
    select (select max(page.seq) from page) as last_seq, (select coalesce(json_agg(counts), '[]') from counts) as counts`);
}
