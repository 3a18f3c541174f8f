import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { FileRow, RowOutcome } from './contract.ts';
import type { Correction, FileSecurity } from './parser.ts';

export interface FoundAccount {
  id: string;
  name: string;
  currency: string;
  household: string;
  has_number: boolean;
  /** The blind index of its number, in hexadecimal. */
  index: string | null;
}

/** The accounts with these numbers or ids that the caller may change: only such rows can be locked. */
export const findAccounts = (
  ctx: Context,
  indexes: readonly string[],
  ids: readonly string[],
): Promise<FoundAccount[]> =>
  ctx.tx.many(sql`select a.id, a.name, a.currency, h.name as household, a.account_number is not null as has_number,
      encode(a.account_number_index, 'hex') as index
    from financial_account a join household h on h.tenant_id = a.tenant_id and h.id = a.household_id
    where a.tenant_id = ${ctx.tenant_id} and a.deleted_at is null and (a.id = any (${ids}::uuid[])
      or a.account_number_index = any (array(select decode(i, 'hex') from unnest(${indexes}::text[]) i)))
    order by a.name, a.id for no key update of a`);

export const tellSearched = (ctx: Context): Promise<unknown> =>
  ctx.tx.run(
    sql`select app.record_event('search', 'financial_account', null, null, jsonb_build_object('field', 'account_number'))`,
  );

export interface FoundSecurity {
  k: number;
  id: string;
  name: string;
  currency: string;
  /** The surer the smaller. */
  rank: number;
}

/** What securities of a file could be, by each of their codes, and by their name where they have none. */
export const findSecurities = (ctx: Context, securities: readonly FileSecurity[]): Promise<FoundSecurity[]> =>
  ctx.tx.many(sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(securities.map((one, k) => ({ ...one, k })))}::jsonb)
        as g (k int, isin text, cusip text, ticker text, other_id text, name text)
    )
    select g.k, f.id, f.name, f.currency, f.rank from given g, lateral (
      select id, name, currency, 1 as rank from financial_security where tenant_id = ${ctx.tenant_id} and isin = g.isin
      union all select id, name, currency, 2 from financial_security where tenant_id = ${ctx.tenant_id} and cusip = g.cusip
      union all select id, name, currency, 3 from financial_security where tenant_id = ${ctx.tenant_id} and ticker = g.ticker
        and (isin is null or g.isin is null) and (cusip is null or g.cusip is null)
      union all select id, name, currency, 4 from financial_security where tenant_id = ${ctx.tenant_id} and external_id = g.other_id
      union all select id, name, currency, 5 from financial_security where tenant_id = ${ctx.tenant_id} and name = g.name
        and num_nonnulls(g.isin, g.cusip, g.ticker) = 0
    ) f order by g.k, f.rank, f.id`);

export const securitiesNamed = (ctx: Context, ids: readonly string[]): Promise<{ id: string; name: string }[]> =>
  ctx.tx.many(
    sql`select id, name from financial_security where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])`,
  );

export const custodianNamed = async (ctx: Context, name: string): Promise<string | undefined> =>
  (
    await ctx.tx.maybe<{ id: string }>(
      sql`select id from custodian where tenant_id = ${ctx.tenant_id} and lower(name) = lower(${name})`,
    )
  )?.id;

/** What accounts and securities of a file are here, as JSON for the statements below. */
export interface Places {
  accounts: string;
  securities: string;
}

interface Group {
  outcome: RowOutcome;
  count: number;
  written: number;
  samples: Omit<FileRow, 'reason'>[];
}

const samples_max = 40;
const known = ({ accounts, securities }: Places) => sql`
  account as (select * from jsonb_to_recordset(${accounts}::jsonb) as x (a int, account_id uuid, account_currency text, outcome text)),
  security as (select * from jsonb_to_recordset(${securities}::jsonb) as y (s int, security_id uuid, outcome text))`;
/** What becomes of a row whose account and security are these. */
const outcome = sql`case when x.outcome <> 'matched' then x.outcome when y.outcome <> 'matched' then y.outcome`;

/** Takes a batch of transactions into accounts. One that is there by its key is a duplicate. */
export const placeTransactions = (ctx: Context, rows: string, places: Places, dry: boolean): Promise<Group[]> =>
  ctx.tx.many(sql`
    with given as (
      select * from jsonb_to_recordset(${rows}::jsonb) as g (line int, a int, s int, kind text, traded_on date, settled_on date,
        quantity numeric,
        price numeric, amount numeric, currency text, fees numeric, taxes numeric, description text, external_id text, occurrence int)
    ), ${known(places)}, placed as (
      select g.*, x.account_id, coalesce(g.currency, x.account_currency) as in_currency, y.security_id,
        ${outcome} when d.id is not null then 'duplicate' else 'imported' end as outcome
      from given g join account x on x.a = g.a left join security y on y.s = g.s
      left join account_transaction d on d.tenant_id = ${ctx.tenant_id} and d.account_id = x.account_id and d.external_id = g.external_id
        and d.occurrence = g.occurrence and d.reverses_id is null
    ), written as (
      insert into account_transaction (tenant_id, account_id, traded_on, settled_on, kind, security_id, quantity, price, amount, currency,
        fees, taxes,
        description, external_id, occurrence)
      select ${ctx.tenant_id}, account_id, traded_on, settled_on, kind, security_id, quantity, price, amount, in_currency, fees, taxes,
        description,
        external_id, occurrence
      from placed where outcome = 'imported' and not ${dry}::boolean order by line
      on conflict (tenant_id, account_id, external_id, occurrence) where external_id is not null and reverses_id is null do nothing
      returning 1
    )
    select outcome, count(*)::int as count, (select count(*) from written)::int as written,
      (array_agg(jsonb_build_object('line', line, 'outcome', outcome, 'account', a, 'security', s, 'kind', kind, 'day', traded_on,
        'quantity', quantity::text, 'amount', amount::text, 'currency', in_currency, 'description', description)
          order by line))[1:${samples_max}::int] as samples
    from placed group by outcome`);

/**
 * Takes positions of accounts. Several lots of a security are one position; a later file of the same day says it anew.
 */
export const placePositions = (ctx: Context, rows: string, places: Places, dry: boolean): Promise<Group[]> =>
  ctx.tx.many(sql`
    with given as (
      select * from jsonb_to_recordset(${rows}::jsonb) as g (line int, a int, s int, day date, quantity numeric, price numeric,
        value numeric, currency text)
    ), ${known(places)}, matched as (
      select g.line, g.a, g.s, g.day, g.quantity, x.account_id, coalesce(g.currency, x.account_currency) as in_currency, y.security_id,
        ${outcome} end as unplaced, sum(g.quantity) over held as held, sum(g.value) over held as worth, max(g.price) over held as quoted
      from given g join account x on x.a = g.a left join security y on y.s = g.s
      window held as (partition by x.account_id, g.day, y.security_id, coalesce(g.currency, x.account_currency), x.outcome, y.outcome)
    ), placed as (
      select m.*, coalesce(m.unplaced, case when d.id is not null and d.quantity = m.held::numeric(18, 8)
          and (m.worth is null or d.value = m.worth::numeric(18, 6))
            and (m.quoted is null or d.price = m.quoted::numeric(18, 8)) then 'duplicate'
        else 'imported' end) as outcome
      from matched m left join account_position d on d.tenant_id = ${ctx.tenant_id} and d.account_id = m.account_id and d.day = m.day
        and d.security_id is not distinct from m.security_id and d.currency = m.in_currency
    ), written as (
      insert into account_position (tenant_id, account_id, day, security_id, currency, quantity, price, value)
      select distinct ${ctx.tenant_id}::uuid, account_id, day, security_id, in_currency, held, quoted, worth from placed
      where outcome = 'imported' and not ${dry}::boolean
      on conflict (tenant_id, account_id, day, security_id, currency) do update set quantity = excluded.quantity,
        price = coalesce(excluded.price, account_position.price), value = coalesce(excluded.value, account_position.value)
      returning 1
    )
    select outcome, count(*)::int as count, count(*)::int as written,
      (array_agg(jsonb_build_object('line', line, 'outcome', outcome, 'account', a, 'security', s, 'kind', 'position', 'day', day,
        'quantity', quantity::text, 'amount', null, 'currency', in_currency, 'description', null)
          order by line))[1:${samples_max}::int] as samples
    from placed, (select count(*) from written) w group by outcome`);

/** Sets off what a file corrects. A movement that is not here, or not yet, is told of. */
export const placeCorrections = (
  ctx: Context,
  corrections: readonly Correction[],
  { accounts }: Pick<Places, 'accounts'>,
  dry: boolean,
): Promise<{ line: number; a: number; outcome: RowOutcome; found: boolean }[]> =>
  ctx.tx.many(sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(corrections)}::jsonb) as g (line int, a int, corrected text)
    ), account as (select * from jsonb_to_recordset(${accounts}::jsonb) as x (a int, account_id uuid, outcome text)
    ), placed as (
      select g.line, g.a, t.id, x.outcome as place, exists (select from account_transaction r where r.tenant_id = t.tenant_id
        and r.reverses_id = t.id) as is_off
      from given g join account x on x.a = g.a left join account_transaction t on t.tenant_id = ${ctx.tenant_id}
        and t.account_id = x.account_id
        and t.external_id = g.corrected and t.reverses_id is null and t.occurrence = 1
    ), written as (
      insert into account_transaction (tenant_id, account_id, traded_on, settled_on, kind, security_id, quantity, price, amount, currency,
        fees, taxes, cost,
        counter_account_id, description, external_id, occurrence, reverses_id)
      select t.tenant_id, t.account_id, t.traded_on, t.settled_on, t.kind, t.security_id, -t.quantity, t.price, -t.amount, t.currency,
        -t.fees, -t.taxes,
        -t.cost, t.counter_account_id, t.description, t.external_id, t.occurrence, t.id
      from (select distinct id from placed where not is_off) p join account_transaction t on t.tenant_id = ${ctx.tenant_id} and t.id = p.id
      where not ${dry}::boolean on conflict (tenant_id, reverses_id) do nothing returning 1
    )
    select line, a, id is not null as found, case when place <> 'matched' then place when id is null then 'refused'
      when is_off then 'duplicate'
      else 'imported' end as outcome
    from placed, (select count(*) from written) w order by line`);
