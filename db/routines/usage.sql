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

-- Deletes figures older than so many days, up to so many rows of each kind. Call until it answers 0.
create or replace function app.purge_usage(days int, rows_max int default 10000) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
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
revoke all on function app.purge_usage(int, int) from public;
grant execute on function app.purge_usage(int, int) to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- usage_activity

drop policy if exists read on usage_activity;
create policy read on usage_activity for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'read')) <> 'none');
drop policy if exists append on usage_activity;
create policy append on usage_activity for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'create')) <> 'none');
drop policy if exists change on usage_activity;
create policy change on usage_activity for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('usage', 'update')) <> 'none' or (select app.some_scope('usage', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on usage_activity;
create policy remove on usage_activity for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'delete')) <> 'none');
drop policy if exists system on usage_activity;
create policy system on usage_activity to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- usage_route

drop policy if exists read on usage_route;
create policy read on usage_route for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'read')) <> 'none');
drop policy if exists append on usage_route;
create policy append on usage_route for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'create')) <> 'none');
drop policy if exists change on usage_route;
create policy change on usage_route for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('usage', 'update')) <> 'none' or (select app.some_scope('usage', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on usage_route;
create policy remove on usage_route for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'delete')) <> 'none');
drop policy if exists system on usage_route;
create policy system on usage_route to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- usage_statement

drop policy if exists read on usage_statement;
create policy read on usage_statement for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'read')) <> 'none');
drop policy if exists append on usage_statement;
create policy append on usage_statement for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'create')) <> 'none');
drop policy if exists change on usage_statement;
create policy change on usage_statement for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('usage', 'update')) <> 'none' or (select app.some_scope('usage', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on usage_statement;
create policy remove on usage_statement for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'delete')) <> 'none');
drop policy if exists system on usage_statement;
create policy system on usage_statement to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- Triggers on the tables of others

create or replace trigger count_sign_in after insert on session for each row execute function app.count_sign_in();
