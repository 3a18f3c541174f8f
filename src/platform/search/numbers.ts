import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import type { RecordType } from '../../kernel/record-type/record-type.ts';
import { labelSql } from '../../kernel/resource/label.ts';
import { mayHaveSealed } from '../../kernel/resource/personal.ts';
import { recordsWithSealed } from '../../kernel/resource/personal-lookup.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { SearchHit } from './contract.ts';

/** What looks like a telephone number, as `app.search_terms` of the database has it. */
const isNumber = (q: string): boolean => /[0-9]/.test(q) && /^[-+0-9 ()./]+$/.test(q);

const sealedNumbers = ({ meta }: Resource): string[] =>
  [...meta].flatMap(([name, { sealedIndex }]) => (sealedIndex?.of === 'phone' ? name : []));

const withNumbers = (types: readonly RecordType[]): RecordType[] =>
  types.filter(({ resource, search }) => search?.telephones && sealedNumbers(resource).length > 0);

/** Whether a search for a telephone number may find too little, because a part of a sealed one is not found. */
export const hidesNumbers = (ctx: Context, types: readonly RecordType[], q: string): Promise<boolean> | false =>
  isNumber(q) && withNumbers(types).length > 0 && mayHaveSealed(ctx);

/** Records that have a telephone number sealed, written as it may be. */
export async function searchNumbers(
  ctx: Context,
  types: readonly RecordType[],
  q: string,
  limit: number,
): Promise<Omit<SearchHit, 'facts'>[]> {
  if (!(await hidesNumbers(ctx, types, q))) return [];
  const hits: Omit<SearchHit, 'facts'>[] = [];
  for (const { resource, search } of withNumbers(types)) {
    const { ids } = await recordsWithSealed(ctx, resource, sealedNumbers(resource), [q]);
    if (ids.length === 0) continue;
    const detail = search?.detail ? sql.ref(`r.${search.detail}`) : sql`null::text`;
    const found = await ctx.tx.many<Omit<SearchHit, 'facts'>>(sql`select ${resource.name} as resource, r.id,
        ${labelSql(resource)} as name, ${detail} as detail, false as misspelt
      from ${sql.table(resource.table)} r where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids}::uuid[])
        and r.deleted_at is null order by r.id limit ${limit}`);
    hits.push(...found);
  }
  return hits;
}
