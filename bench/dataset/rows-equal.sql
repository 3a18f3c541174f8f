-- A hundred tenants with a hundredth of the rows each, and 20 users. Run after rows.sql.
create or replace function bench.tenant_of(i bigint) returns bigint language sql immutable parallel safe as
  $$ select i % 100 $$;

create or replace function bench.nth_of(tenant bigint, n bigint) returns bigint language sql immutable parallel safe as
  $$ select n * 100 + tenant $$;

create or replace function bench.companies_of(tenant bigint, companies bigint) returns bigint language sql immutable parallel safe as
  $$ select nullif(companies / 100, 0) $$;

create or replace function bench.owner_of(i bigint) returns uuid language sql immutable parallel safe as
  $$ select bench.id('user', i % 100 * 20 + bench.hash(i, 1) % 20) $$;

create or replace function bench.users() returns table (tenant bigint, id uuid, name text, email text, role text)
language sql immutable parallel safe as $$
  select i / 20, bench.id('user', i),
    bench.pick(bench.words('given'), bench.hash(i, 11)) || ' ' || bench.pick(bench.words('head'), bench.hash(i, 12)),
    'user' || i || '@example.com', case when i % 20 = 0 then 'admin' when i % 20 < 4 then 'advisor' else 'member' end
  from generate_series(0, 20 * 100 - 1::bigint) i
$$;
