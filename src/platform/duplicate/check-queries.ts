import { sql } from '../../kernel/database/database.ts';
import { openNamed } from '../../kernel/resource/personal.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { suspectResource } from './contract.ts';
import { candidatesFor } from './queries.ts';
import type { Rule } from './rule/contract.ts';
import { withPhoneKeys } from './rule/phones.ts';
import { outOfTrash, pairBy, sharers_max, type Typed } from './rule/sql.ts';
import { putSuspects } from './suspect-queries.ts';
import { type Texts, wayOf } from './way/contract.ts';

type Compared = Texts & { custom: Record<string, unknown> };

function columnsOf(type: string) {
  const way = wayOf(type);
  if (way) return way.columns;
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
 * What the rules find beside these records takes the place of what they found before; what somebody dismissed stays
 * dismissed. All is read before anything is written: from its first row on a transaction holds up what the feed tells
 * everybody.
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
  const names = Object.fromEntries([...type.meta].flatMap(([name, meta]) => (meta.sealedIndex ? [[name, name]] : [])));
  await openNamed(ctx, [{ of: row, resource: type, id, names }]);
  const there = await withPhoneKeys(ctx, resource, typedOf(resource, row));
  const listing = rules.filter(({ suspects }) => suspects);
  const found = listing.flatMap((rule) => pairBy(resource, rule, there) ?? []);
  const hits = found.map(({ score, reasons }, at) => sql`(${at}::int, ${score}, ${reasons})`);
  // By rules that join similar names by what none is looked up by, such as the city of people, the search finds more:
  // what it found stays while it holds.
  const known = sql`select case s.one_id when ${id}::uuid then s.other_id else s.one_id end from duplicate_suspect s
    where s.tenant_id = ${ctx.tenant_id} and s.resource = ${resource} and ${id}::uuid in (s.one_id, s.other_id)`;
  // A value that too many share says nothing; nor is it certain then that all of them are here.
  const beside = sql`select f.id, f.score, f.reasons from (
      select r.id, h.score, h.reasons, count(*) over (partition by h.rule) as sharers
      from (${candidatesFor(ctx, resource, row, listing, there)} ${wayOf(resource)?.furtherCandidates?.(there) ?? sql``} union ${known}) c
      join ${sql.table(type.table)} r on r.tenant_id = ${ctx.tenant_id} and r.id = c.id and r.id <> ${id} and ${outOfTrash(type)}
      cross join lateral (values ${sql.join(hits)}) h (rule, score, reasons) where h.score is not null
    ) f where f.sharers < ${sharers_max - 1}`;
  if (found.length === 0) return [];
  return ctx.tx.many<Pair>(sql`select least(f.id, ${id}::uuid) as one_id, greatest(f.id, ${id}::uuid) as other_id, max(f.score) as score,
      array_agg(distinct reason order by reason) as reasons
    from (${beside}) f cross join lateral unnest(f.reasons) reason group by f.id`);
}

/** By the names of the fields of rules, and without what is empty. */
function typedOf(resource: string, { custom, ...record }: Compared): Typed {
  const own = Object.entries(custom).map(([key, value]) => [`custom.${key}`, value] as const);
  const all = [...Object.entries(wayOf(resource)?.texts(record as Texts) ?? record), ...own];
  return Object.fromEntries(
    all.flatMap(([field, value]) => (typeof value === 'string' && value.trim() ? [[field, value]] : [])),
  );
}
