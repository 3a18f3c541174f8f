import type { z } from 'zod';
import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { searchHit } from './contract.ts';

/** Best hits first. The function forces tenant and rights itself; migrations/0005_search.up.sql says why. */
export const search = (ctx: Context, q: string, limit: number): Promise<z.infer<typeof searchHit>[]> =>
  ctx.tx.many(sql`select * from app.search(${q}, ${limit})`);
