import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type CompanyDraft, type ContactDraft, hasOwnWay, suspectResource } from './contract.ts';
import { candidatesFor } from './queries.ts';
import type { Rule } from './rule/contract.ts';
import { outOfTrash, pairBy, sharers_max, type Typed } from './rule/sql.ts';
import { putSuspects } from './suspect-queries.ts';

type Compared = Omit<Partial<ContactDraft & CompanyDraft>, 'custom'> & { custom: Record<string, unknown> };

const columns = {
  contact: sql`r.name, r.given_name, r.family_name, r.email, r.phone, r.company_id, r.job_title, r.city, r.postal_code, r.country, r.custom,
    array_to_string(app.label_keys(r.other_emails), ' ') as other_emails`,
  company: sql`r.name, r.domain, r.phone, r.city, r.postal_code, r.country, r.custom`,
};
function columnsOf(type: string) {
  if (hasOwnWay(type)) return columns[type];
  const { duplicateKeys, meta } = suspectResource(type);
  const custom = meta.has('custom') ? sql`r.custom` : sql`'{}'::jsonb as custom`;
  return sql.join([...duplicateKeys!.map((field) => sql.ref(`r.${field}`)), custom]);
}

interface Pair {
  one_id: string;
  other_id: string;
  score: number;
  reasons: string[];
}

/**
 * What the rules find beside these records takes the place of what they found before; what somebody dismissed stays dismissed. All is read before
 * anything is written: from its first row on a transaction holds up what the feed tells everybody.
 */
export async function checkRecords(
  ctx: Context,
  resource: string,
  ids: readonly string[],
  rules: readonly Rule[],
): Promise<() => Promise<void>> {
  const found: Pair[] = [];
  for (const id of ids) found.push(...(await pairsBeside(ctx, resource, id, rules)));
  const pairs = sql`select distinct on (p.one_id, p.other_id) p.one_id, p.other_id, p.score, p.reasons
    from jsonb_to_recordset(${JSON.stringify(found)}::jsonb) as p (one_id uuid, other_id uuid, score real, reasons text[])
    order by p.one_id, p.other_id, p.score desc`;
  return () =>
    putSuspects(ctx, resource, pairs, sql`(s.one_id = any (${ids}::uuid[]) or s.other_id = any (${ids}::uuid[]))`);
}

async function pairsBeside(ctx: Context, resource: string, id: string, rules: readonly Rule[]): Promise<Pair[]> {
  const type = suspectResource(resource);
  const row = await ctx.tx.maybe<Compared>(sql`select ${columnsOf(resource)} from ${sql.table(type.table)} r
    where r.tenant_id = ${ctx.tenant_id} and r.id = ${id} and ${outOfTrash(type)}`);
  if (!row) return [];
  const there = typedOf(resource, row);
  const listing = rules.filter(({ suspects }) => suspects);
  const found = listing.flatMap((rule) => pairBy(resource, rule, there) ?? []);
  const hits = found.map(({ score, reasons }, at) => sql`(${at}::int, ${score}, ${reasons})`);
  // By rules that join similar names by what none is looked up by, such as the city of people, the search finds more: what it found stays while it holds.
  const known = sql`select case s.one_id when ${id}::uuid then s.other_id else s.one_id end from duplicate_suspect s
    where s.tenant_id = ${ctx.tenant_id} and s.resource = ${resource} and ${id}::uuid in (s.one_id, s.other_id)`;
  // A value that too many share says nothing; nor is it certain then that all of them are here.
  const beside = sql`select f.id, f.score, f.reasons from (
      select r.id, h.score, h.reasons, count(*) over (partition by h.rule) as sharers
      from (${candidatesFor(ctx, resource, row, listing, there)} ${withFurtherAddresses(there)} union ${known}) c
      join ${sql.table(type.table)} r on r.tenant_id = ${ctx.tenant_id} and r.id = c.id and r.id <> ${id} and ${outOfTrash(type)}
      cross join lateral (values ${sql.join(hits)}) h (rule, score, reasons) where h.score is not null
    ) f where f.sharers < ${sharers_max - 1}`;
  if (found.length === 0) return [];
  return ctx.tx.many<Pair>(sql`select least(f.id, ${id}::uuid) as one_id, greatest(f.id, ${id}::uuid) as other_id, max(f.score) as score,
      array_agg(distinct reason order by reason) as reasons
    from (${beside}) f cross join lateral unnest(f.reasons) reason group by f.id`);
}

/** Contacts that have one of the further e-mail addresses of a contact; that of a draft is one alone. */
const withFurtherAddresses = ({ other_emails = '' }: Typed) =>
  sql.join(
    other_emails.split(' ').filter(Boolean).map((email) => sql`union select id from app.contact_candidates(${email}, null, null, null)`),
    sql` `,
  ); // biome-ignore format: a statement a line

/** By the names of the fields of rules, and without what is empty. Whoever has only further e-mail addresses is compared by these. */
function typedOf(
  resource: string,
  { custom, company_id, given_name, family_name, email, other_emails, ...record }: Compared & { other_emails?: string },
): Typed {
  const named = resource !== 'contact' || given_name || family_name;
  const own = Object.entries(custom).map(([key, value]) => [`custom.${key}`, value] as const);
  const mails = { email: email || other_emails?.split(' ')[0], other_emails };
  const all = [...Object.entries({ ...record, ...mails, name: named && record.name, company: company_id }), ...own];
  return Object.fromEntries(all.flatMap(([field, value]) => (typeof value === 'string' && value.trim() ? [[field, value]] : []))); // biome-ignore format: one expression
}
