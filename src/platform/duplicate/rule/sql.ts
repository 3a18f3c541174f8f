import type { RawBuilder } from 'kysely';
import { keyColumn, type Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { clearSql } from '../../../kernel/resource/personal.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { suspectResource } from '../contract.ts';
import { wayOf } from '../way/contract.ts';
import { type Rule, type RuleCondition, ruleFieldsOf } from './contract.ts';

type Sql = RawBuilder<unknown>;

/**
 * Records with one value in common are compared pair by pair; a value that more have, such as a switchboard, says
 * nothing.
 */
export const sharers_max = 50;
/** How sure one is of two records with the same value. */
const scores: Record<string, number> = { email: 0.95, domain: 0.9, phone: 0.8, name: 0.7 };
const score_max = 0.99;
/** Of a key of another type: it is declared as one by which two records are one. */
const key_score = 0.9;
const scoreOf = (resource: string, field: string): number | undefined =>
  !wayOf(resource) && !field.startsWith('custom.') ? key_score : scores[field];

/** That the record `r` is not in the trash. */
export const outOfTrash = ({ trash }: Resource): Sql => (trash ? sql`r.deleted_at is null` : sql`true`);

/** What of a record is compared: null says nothing. */
function comparedOf(resource: string, { field, compare }: RuleCondition): Sql {
  if (field.startsWith('custom.')) return comparedText(sql`r.custom ->> ${field.slice('custom.'.length)}`);
  const way = wayOf(resource);
  if (!way) return sql`r.${sql.ref(keyColumn(field))}`;
  if (compare === 'same_core') return sql`app.company_core(r.name)`;
  if (field === 'name') return way.name;
  if (field === 'email') return sql`mail.key`;
  if (field === 'phone') return sql`app.phone_key(r.phone)`;
  const stored = sql`r.${sql.ref(field)}`;
  const isSealable = suspectResource(resource).meta.get(field)?.sealable === true;
  return way.values?.[field] ?? comparedText(isSealable ? clearSql(stored) : stored);
}

/** Each e-mail address of a contact, once. */
const eachAddress = sql`cross join lateral (select r.email_key as key where r.email_key is not null union
  select k from unnest(case when r.other_emails <> '[]' then app.label_keys(r.other_emails) end) k) mail`;

const comparedText = (value: Sql): Sql => sql`nullif(app.compared_text(trim(${value})), '')`;

/** The same of what somebody typed. */
function typedValue(resource: string, { field, compare }: RuleCondition, text: string): Sql {
  if (!wayOf(resource) && !field.startsWith('custom.')) return sql`app.equality_key(${text})`;
  if (compare === 'same_core') return sql`app.company_core(${text})`;
  return sql`app.compared_text(trim(${text}))`;
}

const identifies = (resource: string, { field }: RuleCondition): boolean =>
  ruleFieldsOf(resource).identify.includes(field);

/** What is said of records that a rule finds: by what identifies them, and by custom fields. */
export const reasonsOf = (resource: string, { when }: Rule): string[] =>
  when
    .filter((condition) => identifies(resource, condition) || condition.field.startsWith('custom.'))
    .flatMap(({ field, compare }) =>
      compare === 'same' ? [`same_${field}`] : compare === 'same_core' ? [`same_core_${field}`] : [],
    );

/** How sure one is of two records that a rule finds, names being the same. */
function certaintyOf(resource: string, { when }: Rule): number {
  const known = 1 - when.reduce((doubt, { field }) => doubt * (1 - (scoreOf(resource, field) ?? 0.3)), 1);
  return when.length === 1 ? (scoreOf(resource, when[0]!.field) ?? known) : Math.min(score_max, known);
}

/** Pairs of records of which a rule says that they may be one. */
export function pairsBy(ctx: Context, resource: string, rule: Rule): Sql {
  const type = suspectResource(resource);
  const similar = rule.when.find(({ compare }) => compare === 'similar');
  const loose = rule.when.filter(({ compare }) => compare === 'not_other');
  const equal = rule.when.filter((condition) => condition !== similar && !loose.includes(condition));
  const [same, alike] = [equal, similar ? [similar] : []].map((part) =>
    part.map((each) => comparedOf(resource, each)),
  ) as [Sql[], Sql[]];
  // Beside the ids of a group, in their order: the names that have to be similar, and what may be missing.
  const beside = [...alike, ...loose.map((each) => comparedOf(resource, each))];
  const columns = sql.join([sql.ref('id'), ...beside.map((_, at) => sql.ref(`v${at}`))]);
  const arrays = sql.join([sql`g.ids`, ...beside.map((_, at) => sql.ref(`g.v${at}`))]);
  const gathered = sql.join([
    sql`array_agg(r.id order by r.id) as ids`,
    ...beside.map((value, at) => sql`array_agg(${value} order by r.id) as ${sql.ref(`v${at}`)}`),
  ]);
  const groups = sql`select ${gathered} from ${sql.table(type.table)} r
    ${wayOf(resource) && rule.when.some(({ field }) => field === 'email') ? eachAddress : sql``}
    where r.tenant_id = ${ctx.tenant_id} and ${outOfTrash(type)}
      and ${sql.join([...same, ...alike].map((value) => sql`${value} is not null`), sql` and `)}
    group by ${sql.join(same)} having count(*) between 2 and ${sharers_max}`; // biome-ignore format: one statement
  const apart = loose.map(
    (_, at) => sql`and (${sql.ref(`a.v${alike.length + at}`)} = ${sql.ref(`b.v${alike.length + at}`)}) is not false`,
  );
  const pairs = sql`(${groups}) g cross join lateral unnest(${arrays}) a (${columns}) join lateral unnest(${arrays}) b (${columns})
    on a.id < b.id ${sql.join(apart, sql` `)}`;
  const reasons = sql`${reasonsOf(resource, rule)}::text[]`;
  if (!similar)
    return sql`select a.id as one_id, b.id as other_id, ${certaintyOf(resource, rule)}::real as score, ${reasons} as reasons from ${pairs}`;
  return sql`select p.one_id, p.other_id, p.score, ${reasons} || case when p.score = 1 then 'same_name' else 'similar_name' end as reasons
    from (select a.id as one_id, b.id as other_id, similarity(a.v0, b.v0) as score from ${pairs}) p
    where p.score >= ${similar.from ?? 1}`;
}

/** What is typed so far, or stands in a record, by field. */
export type Typed = Readonly<Record<string, string>>;

/**
 * What a rule says of a record `r` beside what is typed: an array of reasons, null for nothing. What tells records
 * apart is passed over while it is not typed; of people without a company the name must then be the same.
 */
export function reasonsBy(resource: string, rule: Rule, typed: Typed): Sql | null {
  const stated = rule.when.filter(({ field }) => typed[field]);
  if (rule.when.some((condition) => identifies(resource, condition) && !stated.includes(condition))) return null;
  const alone = wayOf(resource)?.exactAlone && stated.length === 1;
  const conditions = stated.map((condition) => {
    if (condition.compare === 'similar' && alone) return holds(resource, { ...condition, compare: 'same' }, typed);
    return holds(resource, condition, typed);
  });
  const reasons = sql`${reasonsOf(resource, { ...rule, when: stated })}::text[] ${nameReason(resource, stated, typed)}`;
  return sql`case when ${sql.join(conditions, sql` and `)} then ${reasons} end`;
}

/**
 * How sure a rule is of a record `r` beside one that is there, as the search for pairs has it, and why; null for
 * nothing.
 */
export function pairBy(resource: string, rule: Rule, there: Typed): { score: Sql; reasons: Sql } | null {
  const stated = rule.when.filter(({ field }) => there[field]);
  if (rule.when.some((condition) => condition.compare !== 'not_other' && !stated.includes(condition))) return null;
  const similar = stated.find(({ compare }) => compare === 'similar');
  const conditions = sql.join(stated.map((condition) => holds(resource, condition, there)), sql` and `); // biome-ignore format: one call
  const score = similar ? similarityOf(resource, similar, there) : sql`${certaintyOf(resource, rule)}::real`;
  return {
    score: sql`case when ${conditions} then ${score} end`,
    reasons: sql`${reasonsOf(resource, rule)}::text[] ${nameReason(resource, stated, there)}`,
  };
}

function holds(resource: string, condition: RuleCondition, typed: Typed): Sql {
  if (condition.compare === 'similar')
    return sql`${similarityOf(resource, condition, typed)} >= ${condition.from ?? 1}`;
  if (condition.field === 'email' && wayOf(resource)) return sharesAddress(typed);
  const same = sql`${comparedOf(resource, condition)} = ${wantedOf(resource, condition, typed)}`;
  return condition.compare === 'not_other' ? sql`(${same}) is not false` : same;
}

/** What a record has to have by a condition: of a telephone number, one of its keys (`phone_keys`). */
function wantedOf(resource: string, condition: RuleCondition, typed: Typed): Sql {
  if (condition.field === 'phone' && wayOf(resource))
    return sql`any (string_to_array(nullif(${typed.phone_keys ?? ''}, ''), ' '))`;
  return typedValue(resource, condition, typed[condition.field]!);
}

/**
 * Whether a record has one of the e-mail addresses: that which is typed, or, of a record that is there, `other_emails`
 * with spaces between too.
 */
function sharesAddress({ email = '', other_emails = '' }: Typed): Sql {
  const addresses = sql`(lower(trim(${email})) || string_to_array(${other_emails}, ' '))`;
  return sql`(coalesce(r.email_key = any (${addresses}), false)
    or (r.other_emails <> '[]' and app.label_keys(r.other_emails) && ${addresses}))`;
}

const similarityOf = (resource: string, condition: RuleCondition, typed: Typed): Sql =>
  sql`similarity(${comparedOf(resource, condition)}, ${typedValue(resource, condition, typed[condition.field]!)})`;

/** Names that have to be similar may be the same. */
function nameReason(resource: string, stated: readonly RuleCondition[], typed: Typed): Sql {
  const similar = stated.find(({ compare }) => compare === 'similar');
  if (!similar) return sql``;
  return sql`|| case when ${comparedOf(resource, similar)} = ${typedValue(resource, similar, typed.name!)} then 'same_name'
    else 'similar_name' end`;
}
