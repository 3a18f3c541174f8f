import type { RawBuilder } from 'kysely';
import { sql } from '../../../kernel/database/database.ts';
import { decodeCursor, encodeCursor } from '../../../kernel/resource/cursor.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type MatchReason, type Suspect, type SuspectQuery, type SuspectResource, suspects_max } from './contract.ts';

type Sql = RawBuilder<unknown>;

/** Records with one value in common are compared pair by pair; a value that more have, such as a switchboard, says nothing. */
const sharers_max = 50;
const similar_from = 0.6;
const scores = { same_email: 0.95, same_phone: 0.8, same_domain: 0.9 } as const;

/** Pairs of records that have a value in common. */
const sharing = (ctx: Context, table: SuspectResource, value: Sql, reason: keyof typeof scores): Sql => sql`
  select a.id as one_id, b.id as other_id, ${scores[reason]}::real as score, ${reason}::text as reason
  from (select ids from (select array_agg(r.id order by r.id) as ids from ${sql.table(table)} r
      where r.tenant_id = ${ctx.tenant_id} and r.deleted_at is null and ${value} is not null group by ${value}
      having count(*) between 2 and ${sharers_max}) g) shared
  cross join lateral unnest(shared.ids) a (id) join lateral unnest(shared.ids) b (id) on a.id < b.id`;

/** Pairs of records whose names are like each other, of those that stand in one place. */
const alike = (ctx: Context, table: SuspectResource, name: Sql, place: Sql): Sql => sql`
  select p.one_id, p.other_id, p.score, case when p.score = 1 then 'same_name' else 'similar_name' end as reason
  from (select a.id as one_id, b.id as other_id, similarity(a.name, b.name) as score
    from (select array_agg(r.id order by r.id) as ids, array_agg(app.fold(${name}) order by r.id) as names from ${sql.table(table)} r
      where r.tenant_id = ${ctx.tenant_id} and r.deleted_at is null and ${place} is not null and ${name} is not null group by ${place}
      having count(*) between 2 and ${sharers_max}) g
    cross join lateral unnest(g.ids, g.names) a (id, name) join lateral unnest(g.ids, g.names) b (id, name) on a.id < b.id) p
  where p.score >= ${similar_from}`;

const found: Record<SuspectResource, (ctx: Context) => Sql[]> = {
  contact: (ctx) => [
    sharing(ctx, 'contact', sql`r.email_key`, 'same_email'),
    sharing(ctx, 'contact', sql`app.phone_key(r.phone)`, 'same_phone'),
    alike(ctx, 'contact', sql`app.person_name(r.given_name, r.family_name)`, sql`r.company_id`),
  ],
  company: (ctx) => [
    sharing(ctx, 'company', sql`lower(r.domain)`, 'same_domain'),
    alike(ctx, 'company', sql`r.name`, sql`(lower(r.city) || '/' || lower(coalesce(r.country, '')))`),
  ],
};

/** Looks for suspects anew: those no longer alike go, those that somebody dismissed stay dismissed. */
export async function findSuspects(ctx: Context, resource: SuspectResource): Promise<void> {
  await ctx.tx.run(sql`
    with pairs as (
      select one_id, other_id, max(score) as score, array_agg(distinct reason order by reason) as reasons
      from (${sql.join(found[resource](ctx), sql` union all `)}) hits group by one_id, other_id order by max(score) desc limit ${suspects_max}
    ),
    gone as (
      delete from duplicate_suspect s where s.tenant_id = ${ctx.tenant_id} and s.resource = ${resource} and s.dismissed_at is null
        and not exists (select from pairs p where p.one_id = s.one_id and p.other_id = s.other_id)
    )
    insert into duplicate_suspect (tenant_id, resource, one_id, other_id, score, reasons)
    select ${ctx.tenant_id}, ${resource}, p.one_id, p.other_id, p.score, p.reasons from pairs p
    on conflict (tenant_id, resource, one_id, other_id) do update set score = excluded.score, reasons = excluded.reasons
      where duplicate_suspect.dismissed_at is null`);
}

const details = { contact: 'email', company: 'domain' } as const;

/** Those of which the caller may read both, the likeliest first. */
export async function listSuspects(
  ctx: Context,
  { resource, limit, cursor }: SuspectQuery,
): Promise<{ data: (Omit<Suspect, 'reasons'> & { reasons: MatchReason[] })[]; next_cursor: string | null }> {
  const scope = JSON.stringify([ctx.tenant_id, 'duplicates', resource]);
  const after = cursor ? decodeCursor(cursor, scope) : undefined;
  const behind = after ? sql`(-s.score, s.id) > (${after[0]}::real, ${after[1]}::uuid)` : sql`true`;
  const table = sql.table(resource);
  const shown = (
    alias: string,
  ) => sql`json_build_object('id', ${sql.ref(`${alias}.id`)}, 'name', ${sql.ref(`${alias}.name`)},
    'detail', ${sql.ref(`${alias}.${details[resource]}`)})`;
  const rows = await ctx.tx.many<Omit<Suspect, 'reasons'> & { reasons: MatchReason[] }>(sql`
    select s.id, s.resource, s.score, s.reasons, json_build_array(${shown('a')}, ${shown('b')}) as records
    from duplicate_suspect s
    join ${table} a on a.tenant_id = s.tenant_id and a.id = s.one_id and a.deleted_at is null
    join ${table} b on b.tenant_id = s.tenant_id and b.id = s.other_id and b.deleted_at is null
    where s.tenant_id = ${ctx.tenant_id} and s.resource = ${resource} and s.dismissed_at is null and ${behind}
    order by s.score desc, s.id limit ${limit + 1}`);
  const data = rows.slice(0, limit);
  const last = rows.length > limit ? data.at(-1) : undefined;
  return { data, next_cursor: last ? encodeCursor([String(-last.score), last.id], scope) : null };
}

/** Says whether there was one of which the caller may change both. */
export async function dismissSuspect(
  ctx: Context,
  id: string,
  resources: readonly SuspectResource[],
): Promise<boolean> {
  for (const resource of resources) {
    const table = sql.table(resource);
    const changed = await ctx.tx.run(sql`update duplicate_suspect s set dismissed_at = now()
      where s.tenant_id = ${ctx.tenant_id} and s.id = ${id} and s.resource = ${resource} and s.dismissed_at is null
        and (select count(*) from ${table} r where r.tenant_id = s.tenant_id and r.id in (s.one_id, s.other_id)) = 2`);
    if (changed > 0) return true;
  }
  return false;
}
