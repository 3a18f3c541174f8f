import { fieldAccess } from '../../kernel/access/rights.ts';
import { keyColumn } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { indexed_characters } from '../../kernel/resource/custom.ts';
import { labelSql } from '../../kernel/resource/label.ts';
import { openNamed } from '../../kernel/resource/personal.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type Draft, matches_max, suspectResource } from './contract.ts';
import type { Rule } from './rule/contract.ts';
import { withPhoneKeys } from './rule/phones.ts';
import { rulesOf } from './rule/rules.ts';
import { outOfTrash, reasonsBy, sharers_max, type Typed } from './rule/sql.ts';
import { type Texts, wayOf } from './way/contract.ts';

export interface MatchRow {
  id: string;
  name: string;
  detail: string | null;
  reasons: string[];
}

const detailOf = (type: string) => wayOf(type)?.detail ?? sql.ref(`r.${suspectResource(type).duplicateKeys![0]!}`);

/** Records like what is typed, by the rules of the workspace; those that the caller may read. */
export async function findMatches(ctx: Context, resource: string, { custom, ...draft }: Draft): Promise<MatchRow[]> {
  const fields = wayOf(resource)?.texts(draft as Texts) ?? (draft as Texts);
  // Of a field that the caller may not see, a match would tell the value.
  const own = Object.entries(custom ?? {})
    .filter(([key]) => fieldAccess(ctx.actor.rights, resource, key) !== 'none')
    .map(([key, text]) => [`custom.${key}`, text] as const);
  const typed = await withPhoneKeys(
    ctx,
    resource,
    Object.fromEntries(
      [...Object.entries(fields), ...own].flatMap(([field, text]) => (given(text) ? [[field, given(text)!]] : [])),
    ),
  );
  const rules = (await rulesOf(ctx, resource)).filter(({ suspects }) => suspects);
  const found = rules.flatMap((rule) => reasonsBy(resource, rule, typed) ?? []);
  if (found.length === 0) return [];
  const all = sql.join(found.map((reasons) => sql`coalesce(${reasons}, '{}')`), sql` || `); // biome-ignore format: one call
  const rows =
    await ctx.tx.many<MatchRow>(sql`select r.id, ${labelSql(suspectResource(resource))} as name, ${detailOf(resource)} as detail, f.reasons
    from (${candidatesFor(ctx, resource, draft as Texts, rules, typed)}) c
    cross join lateral (${liveRecord(ctx, resource, sql`c.id`)}) r
    cross join lateral (select array_agg(distinct reason order by reason) as reasons from unnest(${all}) reason) f
    where f.reasons is not null
    order by f.reasons && array['same_email', 'same_domain'] desc, cardinality(f.reasons) desc, name, r.id limit ${matches_max}`);
  const { sealedDetail } = wayOf(resource) ?? {};
  if (sealedDetail) {
    const names = { [sealedDetail]: 'detail' };
    await openNamed(
      ctx,
      rows.map((of) => ({ of, resource: suspectResource(resource), id: of.id, names })),
    );
  }
  return rows;
}

/**
 * The record of this id, unless it is in the trash. `offset 0` keeps it a lookup by key: a join might read all records.
 */
function liveRecord(ctx: Context, resource: string, id: ReturnType<typeof sql>) {
  const type = suspectResource(resource);
  return sql`select * from (select * from ${sql.table(type.table)} where tenant_id = ${ctx.tenant_id} and id = ${id} offset 0) r
    where ${outOfTrash(type)}`;
}

/** The ids of records that may be like what is typed, by any of the rules. */
export function candidatesFor(ctx: Context, resource: string, like: Texts, rules: readonly Rule[], typed: Typed) {
  const named =
    wayOf(resource)?.candidates({ ...like, phone_keys: typed.phone_keys }) ?? withKeys(ctx, resource, typed);
  const conditions = rules.flatMap(({ when }) => when.filter(({ compare }) => compare === 'same'));
  const own = new Set(
    conditions.map(({ field }) => field).filter((field) => field.startsWith('custom.') && typed[field]),
  );
  const sharing = [...own].map((field) => sql`union (${sharersOf(ctx, resource, field, typed[field]!)})`);
  return sql`select c.id from ${named} c (id) ${sql.join(sharing, sql` `)}`;
}

/** Records of another type that have one of the values typed. */
function withKeys(ctx: Context, resource: string, typed: Typed) {
  const { table, duplicateKeys } = suspectResource(resource);
  const found = duplicateKeys!.flatMap((field) =>
    typed[field]
      ? sql`(select r.id from ${sql.table(table)} r
          where r.tenant_id = ${ctx.tenant_id} and ${sql.ref(`r.${keyColumn(field)}`)} = app.equality_key(${typed[field]})
            limit ${entries_max})`
      : [],
  );
  return sql`(${sql.join([sql`select null::uuid where false`, ...found], sql` union `)})`;
}

/** So many entries of a value are looked at, of records in the trash or hidden from the caller too. */
const entries_max = 1000;

/**
 * Records with a value of a custom field, as it is written or all in small or capital letters; none where too many
 * share it. In another mix of letters the daily search finds them.
 */
function sharersOf(ctx: Context, resource: string, field: string, value: string) {
  const written = [value, value.trim(), value.trim().toLowerCase(), value.trim().toUpperCase()];
  const indexed = [...new Set(written)].map((each) => [...each].slice(0, indexed_characters).join(''));
  const entries = sql`select v.record_id from custom_field f
    join custom_value v on v.tenant_id = f.tenant_id and v.field_id = f.id and v.value = any (${indexed}::text[])
    where f.tenant_id = ${ctx.tenant_id} and f.resource = ${resource} and f.key = ${field.slice('custom.'.length)} limit ${entries_max}`;
  const sharers = sql`select r.id from (${entries}) e
    cross join lateral (${liveRecord(ctx, resource, sql`e.record_id`)}) r limit ${sharers_max + 1}`;
  return sql`select id from (select id, count(*) over () as sharers from (${sharers}) r) s where s.sharers <= ${sharers_max}`;
}

const given = (text: string | null | undefined) => text?.trim() || null;
