import type { z } from 'zod';
import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { columns } from './contract.ts';

export type Columns = z.output<typeof columns>;

/**
 * How a view stands for everybody, and which of its fields the caller may not see; undefined where the caller does not
 * see the view.
 */
export function wholeColumns(
  ctx: Context,
  id: string,
): Promise<{ columns: Partial<Columns>; unseen: string[] } | undefined> {
  return ctx.tx.maybe(sql`select columns, array(select 'custom.' || k from unnest(app.hidden_keys(resource)) k) as unseen
    from saved_view where tenant_id = ${ctx.tenant_id} and id = ${id}`);
}
