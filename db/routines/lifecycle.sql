-- What becomes of old data: which months of the audit trail and of history are archived in the file store, and when they are deleted.

-- The monthly partitions that are attached to the trail, with their size as statistics have it: to ask for the real one is to wait for
-- locks.
create or replace function app.lifecycle_partitions()
  returns table (name text, first_at timestamptz, end_at timestamptz, rows_about float8, bytes_about float8)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select c.relname::text, m.month at time zone 'UTC', (m.month + interval '1 month') at time zone 'UTC', greatest(c.reltuples, 0)::float8,
    (c.relpages + coalesce((select sum(x.relpages) from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid),
      0)::float8)
      * current_setting('block_size')::int
  from pg_inherits i join pg_class c on c.oid = i.inhrelid cross
    join lateral (select to_timestamp(substr(c.relname, 13), 'YYYY_MM')::timestamp as month) m
  where i.inhparent = 'public.audit_event'::regclass and c.relname ~ '^audit_event_\d{4}_\d\d$' order by 2
$$;
revoke all on function app.lifecycle_partitions() from public;
grant execute on function app.lifecycle_partitions() to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Whether something must not be deleted whatever its age: data of a kind, of a workspace (null: of all), from a period. Whoever deletes by
-- age asks here. Nothing is held until there are legal holds.
create or replace function app.is_held(kind text, of_tenant uuid, first_at timestamptz, end_at timestamptz) returns boolean
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$ select false $$;
revoke all on function app.is_held(text, uuid, timestamptz, timestamptz) from public;
grant execute on function app.is_held(text, uuid, timestamptz, timestamptz) to holdfast_app;

-- The periods of which the caller's workspace, or a file of all, has something in the archive or had it deleted, and the time of which its
-- trail is with the workspace that it was made of: whoever shows the past says so.
create or replace function app.archived_periods() returns table (source text, first_at timestamptz, end_at timestamptz, state text)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select distinct a.source, a.first_at, a.end_at, case a.state when 'deleted' then 'deleted' else 'archived' end
  from lifecycle_archive a where a.state in ('detached', 'archived', 'deleted') and (a.of_tenant is null or a.of_tenant = app.tenant_id())
    and exists (select from tenant t left join trail_origin o on o.tenant_id = t.id
      where t.id = app.tenant_id() and coalesce(o.trail_since, t.created_at) < a.end_at)
  union all
  select 'audit_event', least(date_trunc('month', t.created_at, 'UTC'), o.trail_since), o.trail_since, 'elsewhere'
  from trail_origin o join tenant t on t.id = o.tenant_id where o.tenant_id = app.tenant_id()
  order by 2, 1
$$;
revoke all on function app.archived_periods() from public;
grant execute on function app.archived_periods() to holdfast_app;

-- The files of the trail with events between two moments, newest first, for whoever may read the trail of their workspace.
create or replace function app.archive_files(since timestamptz, until timestamptz)
  returns table (id uuid, storage_key text, first_at timestamptz, end_at timestamptz, row_count float8, content_sha256 text)
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.tenant_id() is null or app.some_scope('audit', 'read') = 'none' then
    raise insufficient_privilege using message = 'The archive of the audit trail needs the right to read the trail';
  end if;
  return query select a.id, a.storage_key, a.first_at, a.end_at, a.row_count::float8, encode(a.content_sha256, 'hex')
    from lifecycle_archive a
    where a.source = 'audit_event' and a.state in ('detached', 'archived') and a.first_at < until and a.end_at > since
    order by a.first_at desc, a.id desc;
end $$;
revoke all on function app.archive_files(timestamptz, timestamptz) from public;
grant execute on function app.archive_files(timestamptz, timestamptz) to holdfast_app;

-- Has a period returned to the database for so many days, unless that waits already. Returns whether there is such a one in the archive.
create or replace function app.operator_return(of_source text, since timestamptz, days int, reason text) returns boolean
  language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  if not exists (select from lifecycle_archive a where a.source = of_source and a.first_at = since and a.state = 'archived')
    then return false; end if;
  perform app.note_operation('lifecycle.return', format('%s %s', of_source, to_char(since at time zone 'UTC', 'YYYY-MM')), reason);
  insert into job (tenant_id, kind, payload, state, attempts_max, dedupe_key)
  values ('00000000-0000-0000-0000-000000000000', 'lifecycle.return', jsonb_build_object('source', of_source, 'first_at', since, 'days',
    days),
    'ready', 3, format('%s %s', of_source, since))
  on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing;
  return true;
end $$;
revoke all on function app.operator_return(text, timestamptz, int, text) from public;
grant execute on function app.operator_return(text, timestamptz, int, text) to holdfast_app;

reset role;
