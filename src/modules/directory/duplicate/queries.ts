import { fieldAccess } from '../../../kernel/access/rights.ts';
import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type CompanyDraft, type ContactDraft, matches_max, type SuspectResource } from './contract.ts';
import { rulesOf } from './rule/rules.ts';
import { reasonsBy, type Typed } from './rule/sql.ts';

export interface MatchRow {
  id: string;
  name: string;
  detail: string | null;
  reasons: string[];
}

const details = { contact: sql`coalesce(r.email, r.phone)`, company: sql`coalesce(r.domain, r.city)` };

/** Records like what is typed, by the rules of the workspace; those that the caller may read. */
export async function findMatches(
  ctx: Context,
  resource: SuspectResource,
  { custom, company_id, given_name, family_name, ...draft }: Partial<ContactDraft & CompanyDraft>,
): Promise<MatchRow[]> {
  const name = [given_name, family_name].flatMap((part) => given(part) ?? []).join(' ');
  const fields = { ...draft, ...(resource === 'contact' && { name, company: company_id }) };
  // Of a field that the caller may not see, a match would tell the value.
  const own = Object.entries(custom ?? {})
    .filter(([key]) => fieldAccess(ctx.actor.rights, resource, key) !== 'none')
    .map(([key, text]) => [`custom.${key}`, text] as const);
  const typed: Typed = Object.fromEntries([...Object.entries(fields), ...own].flatMap(([field, text]) => (given(text) ? [[field, given(text)!]] : []))); // biome-ignore format: one expression
  const rules = (await rulesOf(ctx, resource)).filter(({ suspects }) => suspects);
  const found = rules.flatMap((rule) => reasonsBy(resource, rule, typed) ?? []);
  if (found.length === 0) return [];
  const all = sql.join(found.map((reasons) => sql`coalesce(${reasons}, '{}')`), sql` || `); // biome-ignore format: one call
  return ctx.tx.many(sql`select r.id, r.name, ${details[resource]} as detail, f.reasons from ${candidatesFor(resource, { ...draft, given_name, family_name, company_id })} c (id)
    join ${sql.table(resource)} r on r.tenant_id = ${ctx.tenant_id} and r.id = c.id
    cross join lateral (select array_agg(distinct reason order by reason) as reasons from unnest(${all}) reason) f
    where f.reasons is not null
    order by f.reasons && array['same_email', 'same_domain'] desc, cardinality(f.reasons) desc, r.name, r.id limit ${matches_max}`);
}

/** Records that may be like what is typed. The functions force tenant and rights themselves; migrations/0031_duplicate_rules.up.sql says why. */
export function candidatesFor(resource: SuspectResource, like: Omit<Partial<ContactDraft & CompanyDraft>, 'custom'>) {
  const text = (value: string | null | undefined) => sql`${given(value)}::text`;
  if (resource === 'contact')
    return sql`app.contact_candidates(${text(like.email)}, ${text(like.phone)}, app.person_name(${given(like.given_name)}, ${given(like.family_name)}), ${like.company_id ?? null}::uuid)`;
  return sql`app.company_candidates(${text(like.domain)}, coalesce(app.company_core(${text(like.name)}), ${text(like.name)}))`;
}

const given = (text: string | null | undefined) => text?.trim() || null;
