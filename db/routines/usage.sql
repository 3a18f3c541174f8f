-- Usage figures: how often and how long, without content of records or values of queries. Days are UTC days.

-- Adds two histograms bucket by bucket.
create or replace function app.add_counts(a int[], b int[]) returns int[] language sql immutable parallel safe as $$
  select coalesce(array_agg(coalesce(c.x, 0) + coalesce(c.y, 0) order by c.place), '{}')
  from unnest(a, b) with ordinality as c (x, y, place)
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Each sign-in, however it was done.
create or replace function app.count_sign_in() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  insert into usage_activity (tenant_id, day, user_id, feature, requests)
  values (new.tenant_id, (now() at time zone 'UTC')::date, new.user_id, 'Signing in', 1)
  on conflict (tenant_id, day, user_id, feature) do update set requests = usage_activity.requests + 1;
  return null;
end $$;
revoke all on function app.count_sign_in() from public;
grant execute on function app.count_sign_in() to session_user;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- Triggers on the tables of others

create or replace trigger count_sign_in after insert on session for each row execute function app.count_sign_in();
