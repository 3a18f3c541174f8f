-- What an installation can say of its keys without having them. The key of the installation (HOLDFAST_KEY) seals every column of bytea
-- whose name begins with `sealed_`; src/operations/backup/check-secrets.ts names them, and a backup is not proven while it lacks one.
set local role holdfast_system;

-- Each number of a key: since when it is known, and how much it sealed that no other key opens. Read often, so the tables are those of
-- secrets and of keys of workspaces, which are small.
create or replace function app.master_keys() returns table (version bigint, recorded_at timestamptz, secrets bigint)
  language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  sealed text;
begin
  select string_agg(format('select substring(%1$I from 2 for 4) as version, count(*) as secrets from public.%2$I where %1$I is not null group by 1',
    a.attname, c.relname), ' union all ' order by c.relname, a.attname) into sealed
  from pg_attribute a join pg_class c on c.oid = a.attrelid
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and a.atttypid = 'bytea'::regtype and a.attname like 'sealed\_%' and not a.attisdropped;
  return query execute format('select coalesce(k.version::bigint, s.version), k.recorded_at, coalesce(s.secrets, 0)::bigint
    from app.key_check k full join (
      select (''x'' || encode(f.version, ''hex''))::bit(32)::bigint as version, sum(f.secrets) as secrets from (%s) f group by 1) s on s.version = k.version', sealed);
end $$;
revoke all on function app.master_keys() from public;
grant execute on function app.master_keys() to holdfast_app;

-- Since when keys of workspaces or data keys wait to be replaced everywhere; null: none do.
create or replace function app.rotating_since() returns timestamptz language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select least(
    (select min(w.replaced_at) from workspace_key w where w.replaced_at is not null),
    (select min(d.replaced_at) from data_key d where d.kind = 'data' and d.replaced_at is not null and d.resealed_at is null))
$$;
revoke all on function app.rotating_since() from public;
grant execute on function app.rotating_since() to holdfast_app;

reset role;
