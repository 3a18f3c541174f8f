import { sql } from '../../../kernel/database/database.ts';
import { markSql } from '../../../kernel/resource/personal.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { AdviserHome } from './contract.ts';

type Part<K extends keyof AdviserHome> = NonNullable<AdviserHome[K]> extends { data: (infer Row)[] } ? Row : never;
/** The first rows of a part; each says how many there are. */
type Counted<Row> = Row & { total: number; overdue: number };

const review_days = 30;
const check_days = 60;
const birthday_days = 14;
const document_days = 14;
const shown_max = 6;

export const readReviews = (ctx: Context): Promise<Counted<Part<'reviews'>>[]> =>
  ctx.tx.many(sql`select json_build_object('id', h.id, 'name', h.name) as household, h.tier, h.next_review_on::text as due_on,
      h.last_review_on::text as last_on, (count(*) over ())::int as total,
      (count(*) filter (where h.next_review_on < app.today()) over ())::int as overdue
    from household h where h.tenant_id = ${ctx.tenant_id} and h.deleted_at is null and h.status = 'active'
      and h.next_review_on <= app.today() + ${review_days}::int
    order by h.next_review_on, h.name, h.id limit ${shown_max}`);

/**
 * The household of a person that the caller sees; the one that they have belonged to for the longest, where there are
 * several.
 */
const householdOf = (ctx: Context, contact: string) => sql`lateral (
  select h.id, h.name from household_member m join household h on h.tenant_id = m.tenant_id and h.id = m.household_id
    and h.deleted_at is null
  where m.tenant_id = ${ctx.tenant_id} and m.contact_id = ${sql.ref(contact)} and m.from_on <= app.today()
    and (m.until_on is null or m.until_on >= app.today()) and h.status <> 'former'
  order by m.from_on, h.id limit 1) h`;

/** Of a client with two profiles, as after a merge, the one that was changed last counts. */
export const readChecks = (ctx: Context): Promise<Counted<Part<'identity_checks'>>[]> =>
  ctx.tx.many(sql`select json_build_object('id', c.id, 'name', c.name) as contact,
      case when h.id is not null then json_build_object('id', h.id, 'name', h.name) end as household, p.risk_class,
        p.kyc_due_on::text as due_on,
      (count(*) over ())::int as total, (count(*) filter (where coalesce(p.kyc_due_on < app.today(), true)) over ())::int as overdue
    from client_profile p join contact c on c.tenant_id = p.tenant_id and c.id = p.contact_id and c.deleted_at is null
    left join ${householdOf(ctx, 'c.id')} on true
    where p.tenant_id = ${ctx.tenant_id} and p.died_on is null
      and (p.kyc_due_on is null or p.kyc_due_on <= app.today() + ${check_days}::int)
      and not exists (select from client_profile q where q.tenant_id = p.tenant_id and q.contact_id = p.contact_id
        and (q.updated_at, q.id) > (p.updated_at, p.id))
    order by p.kyc_due_on nulls first, c.name, c.id limit ${shown_max}`);

export interface Born {
  contact_id: string;
  contact: string;
  household_id: string;
  household: string;
  /** As the contact says it: `1990-04-30`, or `--04-30`. */
  birthday: string | null;
  /** The profile with a sealed date of birth, where the contact says no day. */
  id: string | null;
  date_of_birth: Buffer | null;
}

/**
 * Members of households whose birthday may be soon: those whose contact says a day that is, or a sealed one, and at most so many of
 * those who have a sealed date of birth alone. `days`: month and day, such as 04-30.
 */
export const readBorn = (ctx: Context, days: readonly string[], sealed_max: number): Promise<Born[]> =>
  ctx.tx.many(sql`
    with people as materialized (
      select c.id, c.name, c.birthday from contact c where c.tenant_id = ${ctx.tenant_id} and c.deleted_at is null
        and (c.birthday is null or right(c.birthday, 5) = any (${days}) or starts_with(c.birthday, ${markSql}))
        and exists (select from household_member m where m.tenant_id = c.tenant_id and m.contact_id = c.id and m.from_on <= app.today()
          and (m.until_on is null or m.until_on >= app.today()))
    ), sealed as (
      select distinct on (p.contact_id) p.id, p.contact_id, p.date_of_birth, p.died_on from client_profile p join people c
        on c.id = p.contact_id
      where p.tenant_id = ${ctx.tenant_id} order by p.contact_id, p.updated_at desc, p.id desc
    ), born as (
      select c.id, c.name, c.birthday, null::uuid as profile_id, null::bytea as date_of_birth from people c where c.birthday is not null
        and not exists (select from sealed s where s.contact_id = c.id and s.died_on is not null)
      union all (
        select c.id, c.name, null, s.id, s.date_of_birth from people c join sealed s on s.contact_id = c.id
        where c.birthday is null and s.date_of_birth is not null and s.died_on is null order by c.id limit ${sealed_max})
    )
    select b.id as contact_id, b.name as contact, h.id as household_id, h.name as household, b.birthday, b.profile_id as id, b.date_of_birth
    from born b join ${householdOf(ctx, 'b.id')} on true`);

/** How many clients have a sealed date of birth alone. */
export const countSealed = async (ctx: Context): Promise<number> =>
  (
    await ctx.tx.one<{ n: number }>(sql`select count(distinct p.contact_id)::int as n from client_profile p
      join contact c on c.tenant_id = p.tenant_id and c.id = p.contact_id and c.deleted_at is null and c.birthday is null
      join household_member m on m.tenant_id = p.tenant_id and m.contact_id = p.contact_id and m.from_on <= app.today()
        and (m.until_on is null or m.until_on >= app.today())
      where p.tenant_id = ${ctx.tenant_id} and p.date_of_birth is not null and p.died_on is null`)
  ).n;

/** Today and the days after it. */
export const readDaysAhead = async (ctx: Context): Promise<string[]> =>
  (
    await ctx.tx.many<{ day: string }>(
      sql`select (app.today() + n)::text as day from generate_series(0, ${birthday_days}::int) n order by n`,
    )
  ).map(({ day }) => day);

export const readDocuments = (ctx: Context): Promise<(Part<'documents'> & { total: number })[]> =>
  ctx.tx.many(sql`select d.id, d.name, d.type, json_build_object('id', h.id, 'name', h.name) as household, d.created_at as at,
      (count(*) over ())::int as total
    from document d join household h on h.tenant_id = d.tenant_id and h.id = d.household_id and h.deleted_at is null
    where d.tenant_id = ${ctx.tenant_id} and d.deleted_at is null and d.created_at > now() - make_interval(days => ${document_days}::int)
    order by d.created_at desc, d.id limit ${shown_max}`);

export const readTiers = (ctx: Context): Promise<AdviserHome['tiers']> =>
  ctx.tx.many(sql`select h.tier, count(*)::int as households from household h
    where h.tenant_id = ${ctx.tenant_id} and h.deleted_at is null and h.status = 'active' group by h.tier
    order by array_position(array['platinum', 'gold', 'silver', 'bronze'], h.tier) nulls last`);
