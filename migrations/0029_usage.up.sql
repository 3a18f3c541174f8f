-- Who uses what, and how long it takes: counted in memory by each process and added here every few seconds. No content of records, no values
-- of queries. Days are those of UTC.

create table usage_activity (
  tenant_id uuid not null references tenant on delete cascade,
  day date not null,
  user_id uuid not null,
  -- A heading of the API, or signing in.
  feature text not null check (length(feature) between 1 and 100),
  requests int not null check (requests > 0),
  primary key (tenant_id, day, user_id, feature),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index usage_activity_user on usage_activity (tenant_id, user_id);

create table usage_route (
  tenant_id uuid not null references tenant on delete cascade,
  day date not null,
  method text not null check (length(method) <= 10),
  path text not null check (length(path) <= 300),
  requests int not null check (requests > 0),
  -- Answered 4xx, and 5xx.
  refused int not null,
  failed int not null,
  total_ms double precision not null,
  max_ms real not null,
  -- How many took so long, by the steps of src/kernel/usage/histogram.ts.
  counts int[] not null check (cardinality(counts) <= 100),
  primary key (tenant_id, day, method, path)
);

create table usage_statement (
  tenant_id uuid not null references tenant on delete cascade,
  day date not null,
  -- The route or job that sent it.
  place text not null check (length(place) <= 300),
  hash bytea not null,
  statement text not null check (length(statement) <= 4000),
  runs int not null check (runs > 0),
  total_ms double precision not null,
  max_ms real not null,
  primary key (tenant_id, day, place, hash)
);

-- No audit: they count what is in it, among other things.
call app.protect('usage_activity', 'usage');
call app.protect('usage_route', 'usage');
call app.protect('usage_statement', 'usage');

create function app.add_counts(a int[], b int[]) returns int[] language sql immutable parallel safe as $$
  select coalesce(array_agg(coalesce(c.x, 0) + coalesce(c.y, 0) order by c.place), '{}')
  from unnest(a, b) with ordinality as c (x, y, place)
$$;

-- Each sign-in, however it was done.
create function app.count_sign_in() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
begin
  insert into usage_activity (tenant_id, day, user_id, feature, requests)
  values (new.tenant_id, (now() at time zone 'UTC')::date, new.user_id, 'Signing in', 1)
  on conflict (tenant_id, day, user_id, feature) do update set requests = usage_activity.requests + 1;
  return null;
end $$;
create trigger count_sign_in after insert on session for each row execute function app.count_sign_in();
call app.run_as_system(array['app.count_sign_in()']::regprocedure[], callable => false);

-- Deletes what is older than that, up to so many rows of each kind. Call until it answers 0.
create function app.purge_usage(days int, rows_max int default 10000) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app as $$
declare gone int := 0; n int; counted text;
begin
  foreach counted in array array['usage_activity', 'usage_route', 'usage_statement'] loop
    execute format('delete from public.%1$I where ctid = any (array(select ctid from public.%1$I where day < current_date - $1 limit $2))', counted)
      using days, rows_max;
    get diagnostics n = row_count;
    gone := gone + n;
  end loop;
  return gone;
end $$;
call app.run_as_system(array['app.purge_usage(int,int)']::regprocedure[]);

set local role holdfast_system;
update role set rights = rights || '{"usage": {"read": "all", "create": "all", "update": "all", "delete": "all"}}'::jsonb
where key = 'admin' and preset and not rights ? 'usage';
reset role;
