import type { RawBuilder } from 'kysely';
import { separateRowTypes } from '../contract/fields.ts';
import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import { problems } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import { getRow, type Values } from './store.ts';

/** Creates reversing records. The database checks what these must contain (app.check_reversal). */
export function reverseRows(ctx: Context, resource: Resource, ids: readonly string[]): Promise<{ id: string }[]> {
  const { by, negated } = resource.appendOnly!;
  const columns = [...resource.meta].filter(([name, { type }]) => name !== by && !separateRowTypes.has(type));
  const names = columns.map(([name]) => sql.ref(name));
  const values = columns.map(([name]): RawBuilder<unknown> => {
    const column = sql.ref(`r.${name}`);
    return negated.includes(name) ? sql`-${column}` : column;
  });
  return ctx.tx.many(sql`insert into ${sql.table(resource.table)} (tenant_id, ${sql.ref(by)}, ${sql.join(names)})
    select r.tenant_id, r.id, ${sql.join(values)} from ${sql.table(resource.table)} r
    where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids}) order by r.id returning id`);
}

/** Creates a reversing record and returns it; a 409 when the record was reversed already. */
export async function reverseRow(ctx: Context, resource: Resource, id: string): Promise<Values> {
  await getRow(ctx, resource, id);
  const reversed = await ctx.tx.maybe(sql`select 1 from ${sql.table(resource.table)} r
    where r.tenant_id = ${ctx.tenant_id} and ${sql.ref(`r.${resource.appendOnly!.by}`)} = ${id}`);
  if (reversed) throw problems.conflict('Another one already offsets it.', 'reversed_already');
  const [made] = await reverseRows(ctx, resource, [id]);
  return getRow(ctx, resource, made!.id);
}
