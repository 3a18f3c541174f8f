import type { z } from 'zod';
import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { searchHit, writtenHit } from './contract.ts';
import { excerptOf } from './excerpt.ts';

/** Best hits first. The function forces tenant and rights itself; migrations/0005_search.up.sql says why. */
export const search = (ctx: Context, q: string, limit: number): Promise<z.infer<typeof searchHit>[]> =>
  ctx.tx.many(sql`select * from app.search(${q}, ${limit})`);

type WrittenHit = z.infer<typeof writtenHit>;

interface WrittenRow extends Pick<WrittenHit, 'resource' | 'id' | 'title' | 'at'> {
  body: string | null;
  subject_resource: 'contact' | 'company' | 'deal' | null;
  subject_id: string;
  subject_name: string;
}

/** The newest notes, comments, activities and tasks with words that begin as those of the search; migrations/0018_search_words.up.sql. */
export async function searchWritten(ctx: Context, q: string, limit: number): Promise<WrittenHit[]> {
  const rows = await ctx.tx.many<WrittenRow>(sql`select * from app.search_texts(${q}, ${limit})`);
  return rows.map(({ resource, id, title, at, body, subject_resource, subject_id, subject_name }) => ({
    resource,
    id,
    title,
    excerpt: excerptOf(body ?? '', q),
    at,
    subject: subject_resource && { resource: subject_resource, id: subject_id, name: subject_name },
  }));
}
