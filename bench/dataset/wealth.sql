-- An advisory firm: households that three advisers share, their people, accounts, prices and transactions. Runs without triggers, which would keep a trail
-- of millions of rows, so the rows of primary advisers are made here. $tenant and the numbers are put in by wealth.ts.
insert into user_account (tenant_id, id, name, email, status)
select '$tenant', bench.id('adviser', i), bench.pick(bench.words('given'), bench.hash(i, 81)) || ' ' || bench.pick(bench.words('head'), bench.hash(i, 82)),
  'adviser' || i || '@example.com', 'active' from generate_series(0, $advisers - 1) i;
insert into user_role (tenant_id, user_id, role_id)
select '$tenant', bench.id('adviser', i), r.id from generate_series(0, $advisers - 1) i join role r on r.tenant_id = '$tenant' and r.key = 'advisor';

-- The last one, with the number $households, is that of the household's page.
insert into household (tenant_id, id, name, tier, review_months, next_review_on, salutation, street, city, postal_code, country, owner_id)
select '$tenant', bench.id('household', i), bench.pick(bench.words('head'), bench.hash(i, 83)) || bench.pick(bench.words('tail'), bench.hash(i, 84)) || ' '
  || i, bench.pick('{platinum,gold,silver,bronze}', bench.hash(i, 85)), 6, current_date + (bench.hash(i, 86) % 180)::int, 'Dear family ' || i,
  i || ' Main Street', bench.pick(bench.words('city'), bench.hash(i, 87)), (10000 + i % 90000)::text, 'US', bench.id('adviser', i % $advisers)
from generate_series(0, $households) i;
insert into household_adviser (tenant_id, household_id, user_id, role, from_on)
select '$tenant', bench.id('household', i), bench.id('adviser', (i + n) % $advisers), case n when 0 then 'primary' else 'secondary' end, date '2020-01-01'
from generate_series(0, $households) i, generate_series(0, 2) n;

insert into contact (tenant_id, id, given_name, family_name, email, city, owner_id)
select '$tenant', bench.id('client', i), bench.pick(bench.words('given'), bench.hash(i, 88)),
  bench.pick(bench.words('head'), bench.hash(i, 89)) || bench.pick(bench.words('tail'), bench.hash(i, 90)), 'client' || i || '@example.com',
  bench.pick(bench.words('city'), bench.hash(i, 91)), bench.id('adviser', i % ($households + 1) % $advisers)
from generate_series(0, $people - 1) i;
insert into household_member (tenant_id, household_id, contact_id, role, from_on)
select '$tenant', bench.id('household', i % ($households + 1)), bench.id('client', i),
  case i / ($households + 1) when 0 then 'head' when 1 then 'spouse' else 'child' end, date '2020-01-01'
from generate_series(0, $people - 1) i;

insert into custodian (tenant_id, id, name) values ('$tenant', bench.id('custodian', 0), 'Schwab'), ('$tenant', bench.id('custodian', 1), 'Fidelity');
insert into financial_security (tenant_id, id, name, asset_class, ticker)
select '$tenant', bench.id('security', i), 'Security ' || i, bench.pick('{equity,fixed_income,multi_asset}', i), 'BEN' || i from generate_series(0, 99) i;
-- Weekdays of $days days, up to yesterday.
insert into price (tenant_id, security_id, day, price)
select '$tenant', bench.id('security', i), d::date,
  round((50 + i + (d::date - current_date + $days) * (i % 7) * 0.01 + bench.hash(i * 10000 + (d::date - date '2000-01-01'), 92) % 500 * 0.01)::numeric, 4)
from generate_series(0, 99) i, generate_series(current_date - $days, current_date - 1, interval '1 day') d where extract(isodow from d) < 6;

-- Five accounts each, and ten of the household's page.
create table bench.account as
  select i, i / 5 as household, bench.id('account', i) as id, 'bench' as of_page from generate_series(0, $households * 5 - 1) i
  union all select $households * 5 + i, $households, bench.id('account', $households * 5 + i), 'page' from generate_series(0, 9) i;
insert into financial_account (tenant_id, id, name, household_id, custodian_id, registration, opened_on)
select '$tenant', id, 'Account ' || i, bench.id('household', household), bench.id('custodian', i % 2), 'individual', current_date - $days from bench.account;
insert into account_owner (tenant_id, account_id, contact_id, share_numerator, share_denominator, from_on)
select '$tenant', a.id, bench.id('client', a.household % $people), 1, 1, date '2020-01-01' from bench.account a;

-- One deposit, and then what people buy, sell and are paid.
insert into account_transaction (tenant_id, account_id, traded_on, kind, security_id, quantity, price, amount)
select '$tenant', a.id, current_date - $days + 10 + n * ($days - 60) / $each, k.kind, case when k.kind <> 'deposit' then bench.id('security', (a.i + n % 10) % 100) end,
  case k.kind when 'buy' then 10 when 'sell' then -2 end, case when k.kind in ('buy', 'sell') then 100 end,
  case k.kind when 'deposit' then 100000 when 'buy' then -1000 when 'sell' then 210 else 12.5 end
from bench.account a, generate_series(0, $each - 1) n,
  lateral (select case when n = 0 then 'deposit' when n % 4 = 3 then 'sell' when n % 4 = 2 then 'dividend' else 'buy' end as kind) k
where a.of_page = 'bench';

-- Of the page each month a saving, a purchase, a fee and a dividend.
insert into account_transaction (tenant_id, account_id, traded_on, kind, security_id, quantity, price, amount)
select '$tenant', a.id, m::date, k.kind, case when k.kind in ('buy', 'dividend') then bench.id('security', (a.i * 4 + extract(month from m)::int % 8) % 100) end,
  case k.kind when 'buy' then 10 end, case k.kind when 'buy' then 100 end, k.amount
from bench.account a, generate_series(current_date - $days + 10, current_date - 5, interval '1 month') m,
  (values ('deposit', 1100), ('buy', -1000), ('fee', -15), ('dividend', 8)) k (kind, amount)
where a.of_page = 'page';
