import { type ResourceName, resources, scopeOf } from '../access/rights.ts';
import { definedResources, type Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';
import type { AuditEvent } from './contract.ts';

export interface RecordReference {
  /** As audit events name it, e.g. `contact`. */
  resource: string;
  id: string;
}

const contractOf = (name: string): Resource | undefined => definedResources().find((known) => known.name === name);

const keyOf = ({ resource, id }: RecordReference) => `${resource}/${id}`;

/**
 * Which of these records the caller may read, in the trash or not: asked of each table under the caller's own policies, one statement per resource.
 * A purged record, of which no policy can judge any more, is visible to callers who may read every record of its kind.
 */
export async function findVisibleRecords(
  ctx: Context,
  references: readonly RecordReference[],
): Promise<(reference: RecordReference) => boolean> {
  const visible = new Set<string>();
  const readIds = async (contract: Resource, ids: string[]) => {
    const scope = scopeOf(ctx.actor.rights, contract.right, 'read');
    const purged = sql`select g.id from unnest(${ids}::uuid[]) g (id) where (select e.action from audit_event e
        where e.tenant_id = ${ctx.tenant_id} and e.record_id = g.id and e.resource = ${contract.name} and e.at <= now()
          and e.action in ('create', 'delete') order by e.at desc, e.seq desc limit 1) = 'delete'`;
    const rows = await ctx.tx.many<{ id: string }>(sql`
      select r.id from ${sql.table(contract.table)} r where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids}::uuid[])
      union ${scope === 'all' ? purged : sql`select null::uuid where false`}`);
    for (const { id } of rows) visible.add(keyOf({ resource: contract.name, id }));
  };
  const byResource = Map.groupBy(references, ({ resource }) => resource);
  await Promise.all(
    [...byResource].map(([name, some]) => {
      const contract = contractOf(name);
      return contract && readIds(contract, [...new Set(some.map(({ id }) => id))]);
    }),
  );
  return (reference) => visible.has(keyOf(reference));
}

/** Without the values of records that the caller may not read. That something was done, by whom and when stays. */
export async function redactEvents(ctx: Context, events: AuditEvent[]): Promise<AuditEvent[]> {
  const isVisible = await findVisibleRecords(ctx, events.flatMap(recordsOf));
  return events.map((event) => {
    const { resource, record_id } = event;
    const isOpen = contractOf(resource) && record_id ? true : scopeAllows(ctx, resource);
    return isOpen && recordsOf(event).every(isVisible) ? event : { ...event, before: null, after: null };
  });
}

/** Of an event that is about no record of its own right, the right by its name counts where there is one. */
function scopeAllows({ actor }: Context, name: string): boolean {
  const right = contractOf(name)?.right ?? resources.find((known) => known === name);
  return right === undefined || scopeOf(actor.rights, right as ResourceName, 'read') === 'all';
}

/** The records whose values an event shows: its own, or for rows without a contract, such as tags of a contact, the owned records they name. */
function recordsOf({ resource, record_id, before, after }: AuditEvent): RecordReference[] {
  if (contractOf(resource)) return record_id ? [{ resource, id: record_id }] : [];
  return Object.entries({ ...before, ...after }).flatMap(([column, id]) => {
    const name = column.endsWith('_id') ? column.slice(0, -'_id'.length) : '';
    return typeof id === 'string' && contractOf(name)?.owner ? [{ resource: name, id }] : [];
  });
}
