import { sql } from '../../../kernel/database/database.ts';
import { dequeue } from '../../../kernel/database/dequeue.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { CompanyDraft, ContactDraft, SuspectResource } from './contract.ts';
import { candidatesFor } from './queries.ts';
import type { Rule } from './rule/contract.ts';
import { pairBy, sharers_max, type Typed } from './rule/sql.ts';
import { putSuspects } from './suspect-queries.ts';

export interface Due {
  resource: SuspectResource;
  record_id: string;
}

/** Takes up to so many records off the list of those that somebody made or changed, however often they stand on it. */
export const dequeueSuspects = (ctx: Context, rows_max: number): Promise<Due[]> =>
  ctx.tx.many<Due>(sql`
    with taken as (${dequeue(ctx, 'suspect_due', rows_max)}) select distinct resource, record_id from taken order by resource, record_id`);

/** Forgets the list, for all are searched. */
export const forgetDue = (ctx: Context): Promise<number> =>
  ctx.tx.run(sql`delete from suspect_due where tenant_id = ${ctx.tenant_id}`);

type Compared = Omit<Partial<ContactDraft & CompanyDraft>, 'custom'> & { custom: Record<string, unknown> };

const columns = {
  contact: sql`r.name, r.given_name, r.family_name, r.email, r.phone, r.company_id, r.job_title, r.city, r.postal_code, r.country, r.custom,
    array_to_string(app.label_keys(r.other_emails), ' ') as other_emails`,
  company: sql`r.name, r.domain, r.phone, r.city, r.postal_code, r.country, r.custom`,
};

/** What the rules find beside one record takes the place of what they found before; what somebody dismissed stays dismissed. */
export async function checkRecord(
  ctx: Context,
  { resource, record_id: id }: Due,
  rules: readonly Rule[],
): Promise<void> {
  const row = await ctx.tx.maybe<Compared>(sql`select ${columns[resource]} from ${sql.table(resource)} r
    where r.tenant_id = ${ctx.tenant_id} and r.id = ${id} and r.deleted_at is null`);
  if (!row) return;
  const there = typedOf(resource, row);
  const listing = rules.filter(({ suspects }) => suspects);
  const found = listing.flatMap((rule) => pairBy(resource, rule, there) ?? []);
  const hits = found.map(({ score, reasons }, at) => sql`(${at}::int, ${score}, ${reasons})`);
  const none = sql`select null::uuid as id, 0::real as score, '{}'::text[] as reasons where false`;
  // By rules that join similar names by what none is looked up by, such as the city of people, the search finds more: what it found stays while it holds.
  const known = sql`select case s.one_id when ${id}::uuid then s.other_id else s.one_id end from duplicate_suspect s
    where s.tenant_id = ${ctx.tenant_id} and s.resource = ${resource} and ${id}::uuid in (s.one_id, s.other_id)`;
  // A value that too many share says nothing; nor is it certain then that all of them are here.
  const beside = sql`select f.id, f.score, f.reasons from (
      select r.id, h.score, h.reasons, count(*) over (partition by h.rule) as sharers
      from (${candidatesFor(ctx, resource, row, listing, there)} union ${known}) c
      join ${sql.table(resource)} r on r.tenant_id = ${ctx.tenant_id} and r.id = c.id and r.id <> ${id} and r.deleted_at is null
      cross join lateral (values ${sql.join(hits)}) h (rule, score, reasons) where h.score is not null
    ) f where f.sharers < ${sharers_max - 1}`;
  const pairs = sql`select least(f.id, ${id}::uuid) as one_id, greatest(f.id, ${id}::uuid) as other_id, max(f.score) as score,
      array_agg(distinct reason order by reason) as reasons
    from (${found.length > 0 ? beside : none}) f cross join lateral unnest(f.reasons) reason group by f.id`;
  await putSuspects(ctx, resource, pairs, sql`${id} in (s.one_id, s.other_id)`);
}

/** By the names of the fields of rules, and without what is empty. */
function typedOf(
  resource: SuspectResource,
  { custom, company_id, given_name, family_name, ...record }: Compared,
): Typed {
  const named = resource === 'company' || given_name || family_name;
  const own = Object.entries(custom).map(([key, value]) => [`custom.${key}`, value] as const);
  const all = [...Object.entries({ ...record, name: named && record.name, company: company_id }), ...own];
  return Object.fromEntries(all.flatMap(([field, value]) => (typeof value === 'string' && value.trim() ? [[field, value]] : []))); // biome-ignore format: one expression
}
