import type { Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { labelSql } from '../../../kernel/resource/label.ts';
import { baseConditions } from '../../../kernel/resource/list.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';

export interface Customer {
  id: string;
  name: string;
  owner_id: string | null;
}

/** The records among these that the caller may read and that are not in the trash. */
export function readCustomers(ctx: Context, resource: Resource, ids: readonly string[]): Promise<Customer[]> {
  const where = sql.join([...baseConditions(ctx, resource), sql`r.id = any (${ids})`], sql` and `);
  return ctx.tx.many(
    sql`select r.id, ${labelSql(resource)} as name, r.owner_id from ${sql.table(resource.table)} r where ${where} order by r.id`,
  );
}

/** The companies that contacts work for. */
export function readEmployers(
  ctx: Context,
  ids: readonly string[],
): Promise<{ id: string; company_id: string | null }[]> {
  return ctx.tx.many(sql`select r.id, c.id as company_id from contact r
    left join company c on c.tenant_id = r.tenant_id and c.id = r.company_id and c.deleted_at is null
    where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids})`);
}
