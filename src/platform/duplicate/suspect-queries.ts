import type { RawBuilder } from 'kysely';
import { sql } from '../../kernel/database/database.ts';
import { decodeCursor, encodeCursor } from '../../kernel/resource/cursor.ts';
import { labelSql } from '../../kernel/resource/label.ts';
import { reaches } from '../../kernel/resource/list.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type Suspect, type SuspectQuery, suspectResource, suspects_max } from './contract.ts';
import type { Rule } from './rule/contract.ts';
import { rulesOf, shownRulesOf } from './rule/rules.ts';
import { outOfTrash, pairsBy, reasonsOf } from './rule/sql.ts';
import { wayOf } from './way/contract.ts';

/** The likeliest pairs that any of the rules finds, each once. */
function pairsOf(ctx: Context, resource: string, rules: readonly Rule[]) {
  const found = rules.filter(({ suspects }) => suspects).map((rule) => pairsBy(ctx, resource, rule));
  const none = sql`select null::uuid as one_id, null::uuid as other_id, 0::real as score, '{}'::text[] as reasons where false`;
  return sql`select one_id, other_id, max(score) as score, array_agg(distinct reason order by reason) as reasons
    from (${sql.join(found.length > 0 ? found : [none], sql` union all `)}) hits cross join lateral unnest(hits.reasons) reason
    group by one_id, other_id order by max(score) desc limit ${suspects_max}`;
}

/** How many there would be, up to those that are kept. */
export async function countPairs(ctx: Context, resource: string, rules: readonly Rule[]): Promise<number> {
  const { count } = await ctx.tx.one<{ count: number }>(
    sql`select count(*)::int as count from (${pairsOf(ctx, resource, rules)}) pairs`,
  );
  return count;
}

const lockOf = (ctx: Context) => sql`hashtextextended(${`duplicate suspects ${ctx.tenant_id}`}, 0)`;

/**
 * One at a time writes the pairs of a workspace, by the rules that hold once it is its turn. False: it is somebody
 * else's.
 */
export const mayWriteSuspects = async (ctx: Context): Promise<boolean> =>
  (await ctx.tx.one<{ may: boolean }>(sql`select pg_try_advisory_xact_lock(${lockOf(ctx)}) as may`)).may;

/** Looks for suspects anew. */
export async function findSuspects(ctx: Context, resource: string): Promise<void> {
  await ctx.tx.run(sql`select pg_advisory_xact_lock(${lockOf(ctx)})`);
  await putSuspects(ctx, resource, pairsOf(ctx, resource, await rulesOf(ctx, resource)), sql`true`);
}

/** Of those that `which` says (alias `s`) pairs no longer alike go; those that somebody dismissed stay dismissed. */
export async function putSuspects(
  ctx: Context,
  resource: string,
  pairs: RawBuilder<unknown>,
  which: RawBuilder<unknown>,
): Promise<void> {
  await ctx.tx.run(sql`
    with pairs as (${pairs}),
    gone as (
      delete from duplicate_suspect s where s.tenant_id = ${ctx.tenant_id} and s.resource = ${resource} and s.dismissed_at is null
        and ${which}
        and not exists (select from pairs p where p.one_id = s.one_id and p.other_id = s.other_id)
    )
    insert into duplicate_suspect (tenant_id, resource, one_id, other_id, score, reasons)
    select ${ctx.tenant_id}, ${resource}, p.one_id, p.other_id, p.score, p.reasons from pairs p
    on conflict (tenant_id, resource, one_id, other_id) do update set score = excluded.score, reasons = excluded.reasons
      where duplicate_suspect.dismissed_at is null`);
}

/** What tells namesakes apart. */
const detailOf = (type: string): string => wayOf(type)?.namesake ?? suspectResource(type).duplicateKeys![0]!;

/**
 * Whether the caller may hear of a pair (alias `s`): that values of a field are equal would tell of them to somebody
 * who may not see it, so a rule that the caller sees whole has to find the pair as well.
 */
async function isTold(ctx: Context, resource: string): Promise<RawBuilder<unknown>> {
  const hidden = sql`array(select 'same_custom.' || hidden from unnest(app.hidden_keys(${resource})) hidden)`;
  const rules = (await shownRulesOf(ctx, resource)).filter(({ suspects }) => suspects);
  const found = rules.map((rule) => {
    const isByName = rule.when.some(({ compare }) => compare === 'similar');
    const alike = isByName ? sql`s.reasons && '{same_name,similar_name}'::text[]` : sql`true`;
    return sql`(s.reasons @> ${reasonsOf(resource, rule)}::text[] and ${alike})`;
  });
  return sql`(not s.reasons && ${hidden} or ${sql.join([...found, sql`false`], sql` or `)})`;
}

/** The suspected pairs of which the caller may read both records, the likeliest first. */
export async function listSuspects(
  ctx: Context,
  { resource, limit, cursor }: SuspectQuery,
): Promise<{ data: (Omit<Suspect, 'reasons'> & { reasons: string[] })[]; next_cursor: string | null }> {
  const scope = JSON.stringify([ctx.tenant_id, 'duplicates', resource]);
  const after = cursor ? decodeCursor(cursor, scope) : undefined;
  const type = suspectResource(resource);
  const behind = after ? sql`(-s.score, s.id) > (${after[0]}::real, ${after[1]}::uuid)` : sql`true`;
  // Subqueries, which look each record up by its key: without statistics a join reads the contacts of the whole
  // workspace.
  const shown = (
    id: string,
  ) => sql`(select json_build_object('id', r.id, 'name', ${labelSql(type)}, 'detail', ${sql.ref(`r.${detailOf(resource)}`)})
    from ${sql.table(type.table)} r where r.tenant_id = s.tenant_id and r.id = ${sql.ref(`s.${id}`)} and ${outOfTrash(type)})`;
  const rows = await ctx.tx.many<Omit<Suspect, 'reasons'> & { reasons: string[] }>(sql`
    select id, resource, score, reasons, json_build_array(one, other) as records from (
      select s.id, s.resource, s.score, s.reasons, ${shown('one_id')} as one, ${shown('other_id')} as other
      from duplicate_suspect s
      where s.tenant_id = ${ctx.tenant_id} and s.resource = ${resource} and s.dismissed_at is null and ${behind}
        and ${await isTold(ctx, resource)}
      order by s.score desc, s.id offset 0
    ) pair where one is not null and other is not null limit ${limit + 1}`);
  const data = rows.slice(0, limit);
  const last = rows.length > limit ? data.at(-1) : undefined;
  return { data, next_cursor: last ? encodeCursor([String(-last.score), last.id], scope) : null };
}

/** Dismisses a pair, or names it again. Says whether there was one of which the caller may change both. */
export async function setDismissed(
  ctx: Context,
  id: string,
  resources: readonly string[],
  isDismissed: boolean,
): Promise<boolean> {
  const [then, now] = isDismissed ? [sql`now()`, sql`null`] : [sql`null`, sql`not null`];
  for (const resource of resources) {
    const type = suspectResource(resource);
    const changed = await ctx.tx.run(sql`update duplicate_suspect s set dismissed_at = ${then}
      where s.tenant_id = ${ctx.tenant_id} and s.id = ${id} and s.resource = ${resource} and s.dismissed_at is ${now}
        and (select count(*) from ${sql.table(type.table)} r where r.tenant_id = s.tenant_id and r.id in (s.one_id, s.other_id)
          and ${reaches(ctx, type, 'update')}) = 2`);
    if (changed > 0) return true;
  }
  return false;
}
