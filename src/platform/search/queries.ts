import { administratorRights, type Rights, rightsText } from '../../kernel/access/rights.ts';
import { sql } from '../../kernel/database/database.ts';
import { rightsOf } from '../../kernel/features/registry.ts';
import { decimalAmount } from '../../kernel/resource/money.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { SearchHit, WrittenHit } from './contract.ts';
import { excerptOf } from './excerpt.ts';

/** Best hits first. The function forces tenant and rights itself; db/routines/search.sql says why. */
export async function search(ctx: Context, q: string, limit: number): Promise<SearchHit[]> {
  const off = rightsOf(ctx.actor.features_off ?? []);
  // Restored even before the answer is there: what follows is asked with all rights, because texts name records of products that are off.
  if (off.length > 0) ctx.tx.post(setRights(without(ctx.actor.rights, off)));
  const found = ctx.tx.many<Omit<SearchHit, 'deal'>>(sql`select * from app.search(${q}, ${limit})`);
  if (off.length > 0) ctx.tx.post(setRights(ctx.actor.rights));
  const hits = await found;
  const deals = await dealsOf(
    ctx,
    hits.flatMap(({ resource, id }) => (resource === 'deal' ? id : [])),
  );
  return hits.map((hit) => ({ ...hit, deal: deals.get(hit.id) ?? null }));
}

const setRights = (rights: Rights) => sql`select set_config('app.rights', ${rightsText(rights)}, true)`;

function without(rights: Rights, names: readonly string[]): Rights {
  const all = rights['*'] ? administratorRights() : rights;
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));
}

interface DealRow {
  id: string;
  stage: string;
  amount: string | null;
  currency: string;
}

async function dealsOf(ctx: Context, ids: string[]): Promise<Map<string, SearchHit['deal']>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.tx.many<DealRow>(sql`select d.id, s.name as stage, d.amount::text, d.currency
    from deal d join stage s on s.tenant_id = d.tenant_id and s.id = d.stage_id
    where d.tenant_id = ${ctx.tenant_id} and d.id = any (${ids}::uuid[])`);
  return new Map(
    rows.map(({ id, stage, amount, currency }) => [
      id,
      { stage, amount: amount && decimalAmount(amount, currency), currency },
    ]),
  );
}

interface WrittenRow extends Pick<WrittenHit, 'resource' | 'id' | 'title' | 'at'> {
  body: string | null;
  subject_resource: string | null;
  subject_id: string;
  subject_name: string;
}

/** The newest notes, comments, activities and tasks with words that begin as those of the search; db/routines/search-texts.sql. */
export async function searchWritten(ctx: Context, q: string, limit: number): Promise<WrittenHit[]> {
  const rows = await ctx.tx.many<WrittenRow>(sql`select * from app.search_texts(${q}, ${limit})`);
  return rows.map(({ resource, id, title, at, body, subject_resource, subject_id, subject_name }) => ({
    resource,
    id,
    title,
    excerpt: excerptOf(body ?? '', q),
    at,
    subject: subject_resource === null ? null : { resource: subject_resource, id: subject_id, name: subject_name },
  }));
}
