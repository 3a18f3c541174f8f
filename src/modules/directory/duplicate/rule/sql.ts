import type { RawBuilder } from 'kysely';
import { sql } from '../../../../kernel/database/database.ts';
import type { Context } from '../../../../kernel/tenancy/context.ts';
import type { SuspectResource } from '../contract.ts';
import { type Rule, type RuleCondition, ruleFields } from './contract.ts';

type Sql = RawBuilder<unknown>;

/** Records with one value in common are compared pair by pair; a value that more have, such as a switchboard, says nothing. */
const sharers_max = 50;
/** How sure one is of two records with the same value. */
const scores: Record<string, number> = { email: 0.95, domain: 0.9, phone: 0.8, name: 0.7 };
const score_max = 0.99;

/** What of a record is compared: null says nothing. */
function comparedOf(resource: SuspectResource, field: string): Sql {
  if (field.startsWith('custom.')) return folded(sql`r.custom ->> ${field.slice('custom.'.length)}`);
  if (field === 'name') return resource === 'contact' ? sql`app.fold(app.person_name(r.given_name, r.family_name))` : sql`app.fold(r.name)`; // biome-ignore format: one choice
  if (field === 'email') return sql`r.email_key`;
  if (field === 'phone') return sql`app.phone_key(r.phone)`;
  if (field === 'company') return sql`r.company_id::text`;
  return folded(sql`r.${sql.ref(field)}`);
}

const folded = (value: Sql): Sql => sql`nullif(lower(trim(${value})), '')`;

/** The same of what somebody typed. */
function typedValue(field: string, text: string): Sql {
  if (field === 'name') return sql`trim(regexp_replace(app.fold(${text}), '\\s+', ' ', 'g'))`;
  if (field === 'phone') return sql`app.phone_key(${text})`;
  return sql`lower(trim(${text}))`;
}

const identifies = (resource: SuspectResource, { field }: RuleCondition): boolean =>
  (ruleFields[resource].identify as readonly string[]).includes(field);

/** What is said of records that a rule finds: by what identifies them, and by custom fields. */
const reasonsOf = (resource: SuspectResource, { when }: Rule): string[] =>
  when
    .filter((condition) => identifies(resource, condition) || condition.field.startsWith('custom.'))
    .filter(({ compare }) => compare === 'same')
    .map(({ field }) => `same_${field}`);

/** Pairs of records of which a rule says that they may be one. */
export function pairsBy(ctx: Context, resource: SuspectResource, rule: Rule): Sql {
  const similar = rule.when.find(({ compare }) => compare === 'similar');
  const same = rule.when.filter(({ compare }) => compare === 'same').map(({ field }) => comparedOf(resource, field));
  const name = similar ? comparedOf(resource, 'name') : sql`null::text`;
  const wanted = similar ? [...same, name] : same;
  const groups = sql`select array_agg(r.id order by r.id) as ids, array_agg(${name} order by r.id) as names from ${sql.table(resource)} r
    where r.tenant_id = ${ctx.tenant_id} and r.deleted_at is null and ${sql.join(wanted.map((value) => sql`${value} is not null`), sql` and `)}
    group by ${sql.join(same)} having count(*) between 2 and ${sharers_max}`; // biome-ignore format: one statement
  const reasons = reasonsOf(resource, rule);
  const known = 1 - rule.when.reduce((doubt, { field }) => doubt * (1 - (scores[field] ?? 0.3)), 1);
  const certain = rule.when.length === 1 ? (scores[rule.when[0]!.field] ?? known) : Math.min(score_max, known);
  if (!similar)
    return sql`select a.id as one_id, b.id as other_id, ${certain}::real as score, ${reasons}::text[] as reasons
      from (${groups}) g cross join lateral unnest(g.ids) a (id) join lateral unnest(g.ids) b (id) on a.id < b.id`;
  return sql`select p.one_id, p.other_id, p.score, ${reasons}::text[] || case when p.score = 1 then 'same_name' else 'similar_name' end as reasons
    from (select a.id as one_id, b.id as other_id, similarity(a.name, b.name) as score from (${groups}) g
      cross join lateral unnest(g.ids, g.names) a (id, name) join lateral unnest(g.ids, g.names) b (id, name) on a.id < b.id) p
    where p.score >= ${similar.from ?? 1}`;
}

/** What is typed so far, by field. */
export type Typed = Readonly<Record<string, string>>;

/**
 * What a rule says of a record `r` beside what is typed: an array of reasons, null for nothing. What tells records apart is passed over while it is
 * not typed; of people without a company the name must then be the same.
 */
export function reasonsBy(resource: SuspectResource, rule: Rule, typed: Typed): Sql | null {
  const stated = rule.when.filter(({ field }) => typed[field]);
  if (rule.when.some((condition) => identifies(resource, condition) && !stated.includes(condition))) return null;
  const alone = resource === 'contact' && stated.length === 1;
  const conditions = stated.map((condition) => {
    const [theirs, mine] = [
      comparedOf(resource, condition.field),
      typedValue(condition.field, typed[condition.field]!),
    ];
    if (condition.compare === 'similar' && !alone) return sql`similarity(${theirs}, ${mine}) >= ${condition.from ?? 1}`;
    if (condition.field === 'email')
      return sql`(${theirs} = ${mine} or r.other_emails && array[${typed.email}, ${mine}])`;
    return sql`${theirs} = ${mine}`;
  });
  const similar = stated.some(({ compare }) => compare === 'similar');
  const named = similar
    ? sql`|| case when ${comparedOf(resource, 'name')} = ${typedValue('name', typed.name!)} then 'same_name' else 'similar_name' end`
    : sql``;
  return sql`case when ${sql.join(conditions, sql` and `)} then ${reasonsOf(resource, { ...rule, when: stated })}::text[] ${named} end`;
}
