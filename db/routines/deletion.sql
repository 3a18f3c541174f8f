-- Deleting by age. Finding takes no locks and may take long; deleting takes the found rows a few at a time, in transactions that the
-- program keeps short. `is_past` is asked again when a row is deleted, since it may have changed meanwhile. In it, $1 is the moment before
-- which something is old.

-- The tables that a rule deletes from, in this order. `hold` and `tenant` are what app.is_held is asked about, of the moment `at`.
create or replace function app.deletion_steps() returns table (rule text, step int, relation text, is_past text, at text, tenant text)
  language sql immutable set search_path = pg_catalog, public, app, pg_temp as $$
  values
    ('idempotency_keys', 1, 'idempotency_key', 't.created_at < $1', 't.created_at', 't.tenant_id'),
    -- The last job of a schedule says how it went, however seldom it runs.
    ('jobs', 1, 'job', $q$t.state in ('done', 'failed', 'cancelled') and t.finished_at < $1
      and not (t.state = 'done' and t.tenant_id = '00000000-0000-0000-0000-000000000000')
      and not exists (select from schedule s where s.tenant_id = t.tenant_id and s.job_id = t.id)$q$, 't.finished_at', 't.tenant_id'),
    ('system_jobs', 1, 'job', $q$t.state = 'done' and t.finished_at < $1 and t.tenant_id = '00000000-0000-0000-0000-000000000000'
      and not exists (select from schedule s where s.tenant_id = t.tenant_id and s.job_id = t.id)$q$, 't.finished_at', 't.tenant_id'),
    ('sessions', 1, 'session', 't.expires_at < $1', 't.expires_at', 't.tenant_id'),
    ('links', 1, 'one_time_token', 't.expires_at < $1', 't.expires_at', 't.tenant_id'),
    ('conversions', 1, 'custom_conversion_value', $q$exists (select from custom_conversion c where c.tenant_id = t.tenant_id
      and c.id = t.conversion_id
      and c.created_at < $1)$q$, 'null::timestamptz', 't.tenant_id'),
    ('conversions', 2, 'custom_conversion', $q$t.created_at < $1 and not exists (select from custom_conversion_value v
      where v.tenant_id = t.tenant_id and v.conversion_id = t.id)$q$, 't.created_at', 't.tenant_id'),
    ('deleted_favourites', 1, 'deleted_favourite', 't.deleted_at < $1', 't.deleted_at', 't.tenant_id'),
    ('notifications', 1, 'notification', 't.created_at < $1', 't.created_at', 't.tenant_id'),
    ('usage', 1, 'usage_activity', $q$t.day < ($1 at time zone 'UTC')::date$q$, 't.day::timestamptz', 't.tenant_id'),
    ('usage', 2, 'usage_route', $q$t.day < ($1 at time zone 'UTC')::date$q$, 't.day::timestamptz', 't.tenant_id'),
    ('usage', 3, 'usage_statement', $q$t.day < ($1 at time zone 'UTC')::date$q$, 't.day::timestamptz', 't.tenant_id'),
    ('webhook_deliveries', 1, 'webhook_delivery', $q$t.state <> 'waiting' and t.finished_at < $1$q$, 't.finished_at', 't.tenant_id'),
    ('error_reports', 1, 'error_occurrence', $q$exists (select from error_report r where r.id = t.report_id and r.last_seen_at < $1)$q$,
      't.at', 'null::uuid'),
    ('error_reports', 2, 'error_report', $q$t.last_seen_at < $1 and not exists (select from error_occurrence o where o.report_id = t.id)$q$,
      't.last_seen_at', 'null::uuid'),
    -- With the last of its alerts: forgotten before, one that goes on would be told again, and its end to nobody.
    ('alerts', 1, 'alert_message', $q$t.state <> 'waiting' and t.created_at < $1 and not exists (select from alert a
      where a.id = any (t.alert_ids)
      and (a.state <> 'resolved' or a.resolved_at >= $1))$q$, 't.created_at', 'null::uuid'),
    ('alerts', 2, 'alert', $q$t.state = 'resolved' and t.resolved_at < $1$q$, 't.resolved_at', 'null::uuid'),
    ('alerts', 3, 'alert_silence', 't.until < $1', 't.until', 'null::uuid'),
    ('feed_positions', 1, 'feed_mark', '$1 is not null and not exists (select from tenant w where w.id = t.tenant_id)',
      'null::timestamptz', 't.tenant_id'),
    ('feed_positions', 2, 'feed_cursor', '$1 is not null and not exists (select from tenant w where w.id = t.tenant_id)',
      'null::timestamptz', 't.tenant_id'),
    -- As lines go, by whole days.
    ('log_lines', 1, 'log_count', $q$t.at < date_trunc('day', $1, 'UTC')$q$, 't.at', 't.tenant_id'),
    ('record_history', 1, 'record_history', 't.at < $1', 't.at', 't.tenant_id'),
    ('raw_events', 1, 'feed_set_aside', 't.set_aside_at < $1', 't.at', 't.tenant_id'),
    ('raw_events', 2, 'change_item', $q$exists (select from change c where c.tenant_id = t.tenant_id and c.id = t.change_id
      and c.finished_at < $1)$q$,
      'null::timestamptz', 't.tenant_id'),
    ('raw_events', 3, 'import_row', $q$exists (select from import_file f join import i on i.tenant_id = f.tenant_id and i.id = f.import_id
      where f.tenant_id = t.tenant_id and f.id = t.import_file_id and i.finished_at < $1)$q$, 'null::timestamptz', 't.tenant_id'),
    ('raw_events', 4, 'import_problem', $q$exists (select from import_file f join import i on i.tenant_id = f.tenant_id
      and i.id = f.import_id
      where f.tenant_id = t.tenant_id and f.id = t.import_file_id and i.finished_at < $1)$q$, 'null::timestamptz', 't.tenant_id'),
    ('raw_events', 5, 'import_outcome', $q$exists (select from import_file f join import i on i.tenant_id = f.tenant_id
      and i.id = f.import_id
      where f.tenant_id = t.tenant_id and f.id = t.import_file_id and i.finished_at < $1)$q$, 'null::timestamptz', 't.tenant_id')
$$;
revoke all on function app.deletion_steps() from public;
grant execute on function app.deletion_steps() to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Where up to so many rows lie that a step of a rule deletes: not those that are held.
create or replace function app.past_rows(of_rule text, of_step int, moment timestamptz, days int, rows_max int) returns setof text
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare s record;
begin
  select * into strict s from app.deletion_steps() d where d.rule = of_rule and d.step = of_step;
  return query execute format('select t.ctid::text from public.%I t where %s and not app.is_held($2, %s, coalesce(%s, $1), coalesce(%4$s, $1)) limit $3',
    s.relation, s.is_past, s.tenant, s.at) using moment - make_interval(days => days), of_rule, rows_max;
end $$;
revoke all on function app.past_rows(text, int, timestamptz, int, int) from public;
grant execute on function app.past_rows(text, int, timestamptz, int, int) to holdfast_app;

-- Deletes those of these rows that are still past their time. One that somebody has locked is waited for briefly.
create or replace function app.delete_past_rows(of_rule text, of_step int, moment timestamptz, days int, places text[]) returns int
  language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp set lock_timeout = '50ms' as $$
declare s record; gone int;
begin
  select * into strict s from app.deletion_steps() d where d.rule = of_rule and d.step = of_step;
  execute format('delete from public.%I t where t.ctid = any ($3::tid[]) and %s and not app.is_held($2, %s, coalesce(%s, $1), coalesce(%4$s, $1))',
    s.relation, s.is_past, s.tenant, s.at) using moment - make_interval(days => days), of_rule, places;
  get diagnostics gone = row_count;
  return gone;
end $$;
revoke all on function app.delete_past_rows(text, int, timestamptz, int, text[]) from public;
grant execute on function app.delete_past_rows(text, int, timestamptz, int, text[]) to holdfast_app;

-- What has been in the trash for more than so many days and is not held, oldest first, up to so many rows.
create or replace function app.past_trash(moment timestamptz, days int, rows_max int)
  returns table (relation text, tenant_id uuid, id uuid, bytes int, held boolean)
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare trashed text; workspace uuid;
begin
  for workspace in select w.id from tenant w loop
    foreach trashed in array app.trashable_tables() loop
      return query execute format('select %1$L, t.tenant_id, t.id, pg_column_size(t), app.is_held(''trash'', t.tenant_id, t.deleted_at, t.deleted_at)
        from public.%1$I t where t.tenant_id = $1 and t.deleted_at < $2 order by t.deleted_at, t.id limit $3', trashed)
        using workspace, moment - make_interval(days => days), rows_max;
    end loop;
  end loop;
end $$;
revoke all on function app.past_trash(timestamptz, int, int) from public;
grant execute on function app.past_trash(timestamptz, int, int) to holdfast_app;

create or replace function app.delete_past_trash(trashed text, workspace uuid, moment timestamptz, days int, ids uuid[]) returns int
  language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp set lock_timeout = '50ms' as $$
declare past uuid[]; gone int;
begin
  if trashed <> all (app.trashable_tables()) then raise exception '% has no trash', trashed; end if;
  -- A cascade writes its audit events as the table's owner, who must be of the tenant.
  perform set_config('app.tenant_id', workspace::text, true);
  execute format('select array(select t.id from public.%I t where t.tenant_id = $1 and t.id = any ($3) and t.deleted_at < $2
    and not app.is_held(''trash'', t.tenant_id, t.deleted_at, t.deleted_at) for update)', trashed)
    using workspace, moment - make_interval(days => days), ids into past;
  perform app.detach(trashed, past);
  execute format('delete from public.%I t where t.tenant_id = $1 and t.id = any ($2)', trashed) using workspace, past;
  get diagnostics gone = row_count;
  return gone;
end $$;
revoke all on function app.delete_past_trash(text, uuid, timestamptz, int, uuid[]) from public;
grant execute on function app.delete_past_trash(text, uuid, timestamptz, int, uuid[]) to holdfast_app;

-- How many rows of each table a rule would delete at a moment, with their size, and how many are kept although they are past their time.
-- Counted up to so many rows of each table, for operators.
create or replace function app.count_past(of_rule text, moment timestamptz, days int, rows_max int)
  returns table (relation text, row_count int, bytes float8, held int)
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare s record;
begin
  perform app.refuse_unless_operator();
  if of_rule = 'trash' then
    return query select p.relation, (count(*) filter (where not p.held))::int, coalesce(sum(p.bytes) filter (where not p.held), 0)::float8,
      (count(*) filter (where p.held))::int from app.past_trash(moment, days, rows_max) p group by p.relation;
    return;
  end if;
  if of_rule = 'log_lines' then
    return query select 'log_line'::text, count(*)::int, coalesce(sum(c.relpages), 0)::float8 * current_setting('block_size')::int, 0
      from app.past_log(days, moment) p join pg_class c on c.oid = p;
    return;
  end if;
  if of_rule = 'orphan_files' then
    return query select 'orphan_file'::text, count(*)::int, coalesce(sum(o.size_bytes), 0)::float8, 0
      from orphan_file o where o.found_at < moment - make_interval(days => days);
    return;
  end if;
  if of_rule = 'files' then
    return query select 'file'::text, (count(*) filter (where not p.held))::int, coalesce(sum(p.bytes) filter (where not p.held),
      0)::float8,
      (count(*) filter (where p.held))::int from (select f.size_bytes as bytes, app.is_held('files', f.tenant_id, f.created_at,
        f.created_at) as held
        from app.unused_files(moment) f limit rows_max) p;
    return;
  end if;
  for s in select * from app.deletion_steps() d where d.rule = of_rule order by d.step loop
    return query execute format('select %1$L, (count(*) filter (where not p.held))::int, coalesce(sum(p.bytes) filter (where not p.held), 0)::float8,
      (count(*) filter (where p.held))::int from (select pg_column_size(t) as bytes, app.is_held($2, %3$s, coalesce(%4$s, $1), coalesce(%4$s, $1)) as held
        from public.%1$I t where %2$s limit $3) p', s.relation, s.is_past, s.tenant, s.at)
      using moment - make_interval(days => days), of_rule, rows_max;
  end loop;
end $$;
revoke all on function app.count_past(text, timestamptz, int, int) from public;
grant execute on function app.count_past(text, timestamptz, int, int) to holdfast_app;

create or replace function app.note_rule_run(of_rule text, moment timestamptz, gone bigint, gone_bytes bigint, longest int,
  failed text) returns void
  language sql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
  insert into lifecycle_rule (name, last_at, last_rows, last_bytes, rows_total, longest_ms, error)
  values (of_rule, moment, gone, gone_bytes, gone, longest, left(failed, 2000))
  on conflict (name) do update set last_at = excluded.last_at, last_rows = excluded.last_rows, last_bytes = excluded.last_bytes,
    rows_total = lifecycle_rule.rows_total + excluded.last_rows, longest_ms = excluded.longest_ms, error = excluded.error
$$;
revoke all on function app.note_rule_run(text, timestamptz, bigint, bigint, int, text) from public;
grant execute on function app.note_rule_run(text, timestamptz, bigint, bigint, int, text) to holdfast_app;

-- Until when nothing may be deleted by age, because more than so many days are between the last run and this one: the clock may have been
-- set ahead, and what is deleted by it is gone for good. Null: nothing is in the way. The row "pause" says since when; a pause that a clock
-- put right ends begins anew when that is set ahead again.
create or replace function app.pause_deletion(moment timestamptz, leap_days int, hours int) returns timestamptz
  language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare
  last constant timestamptz := (select r.last_at from lifecycle_rule r where r.name = 'trash');
  begun timestamptz := (select r.last_at from lifecycle_rule r where r.name = 'pause');
begin
  if last is null or moment <= last + make_interval(days => leap_days) then
    update lifecycle_rule r set last_at = moment where r.name = 'pause' and r.last_at > moment;
    return null;
  end if;
  if begun is null or begun <= last or begun > moment then
    perform app.note_rule_run('pause', moment, 0, 0, 0, null);
    begun := moment;
  end if;
  return case when moment < begun + make_interval(hours => hours) then begun + make_interval(hours => hours) end;
end $$;
revoke all on function app.pause_deletion(timestamptz, int, int) from public;
grant execute on function app.pause_deletion(timestamptz, int, int) to holdfast_app;

-- The pause there is: when something was deleted last, and when it ends.
create or replace function app.deletion_pause(hours int) returns table (last_at timestamptz, until timestamptz)
  language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select r.last_at, p.last_at + make_interval(hours => hours) from lifecycle_rule r, lifecycle_rule p
  where r.name = 'trash' and p.name = 'pause' and p.last_at > r.last_at and p.last_at <= now()
    and now() < p.last_at + make_interval(hours => hours)
$$;
revoke all on function app.deletion_pause(int) from public;
grant execute on function app.deletion_pause(int) to holdfast_app;

-- Orphaned files that are more than a crash explains are deleted only when an operator says so: those past their two days, as the page
-- shows them (orphan_days in src/operations/lifecycle/rules.ts). What is found later is asked about again. Answers how many that are.
create or replace function app.operator_confirm_orphans(reason text) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare confirmed int;
begin
  perform app.refuse_unless_operator();
  update orphan_file set confirmed_at = now() where confirmed_at is null and found_at <= now() - interval '2 days';
  get diagnostics confirmed = row_count;
  if confirmed > 0 then perform app.note_operation('lifecycle.orphans', format('%s files', confirmed), reason); end if;
  return confirmed;
end $$;
revoke all on function app.operator_confirm_orphans(text) from public;
grant execute on function app.operator_confirm_orphans(text) to holdfast_app;

-- ---------------------------------------------------------------------------------------------------------------------
-- Stores of files by age

create or replace function app.note_file_reads(keys text[]) returns void language sql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  insert into file_read (storage_key, read_at) select f.storage_key, now() from file f where f.storage_key = any (keys) order by 1
  on conflict (storage_key) do update set read_at = excluded.read_at where file_read.read_at < excluded.read_at - interval '1 day'
$$;
revoke all on function app.note_file_reads(text[]) from public;
grant execute on function app.note_file_reads(text[]) to holdfast_app;

-- Where an uploaded file belongs at a moment: by the time since somebody read it, or since its upload. Null or 0 days: not there.
create or replace function app.tier_of(used_at timestamptz, moment timestamptz, warm_days int, cold_days int) returns text
  language sql immutable set search_path = pg_catalog, public, app, pg_temp as $$
  select case when cold_days > 0 and used_at <= moment - make_interval(days => cold_days) then 'cold'
    when warm_days > 0 and used_at <= moment - make_interval(days => warm_days) then 'warm' else 'hot' end
$$;
revoke all on function app.tier_of(timestamptz, timestamptz, int, int) from public;
grant execute on function app.tier_of(timestamptz, timestamptz, int, int) to holdfast_app, holdfast_system;

-- How many uploaded files are in each store, and how many of them the next run moves, for operators.
create or replace function app.file_tiers(moment timestamptz, warm_days int, cold_days int)
  returns table (tier text, files int, bytes float8, moving int, moving_bytes float8)
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform app.refuse_unless_operator();
  return query select f.storage_class, count(*)::int, sum(f.size_bytes)::float8, (count(*) filter (where f.storage_class <> w.wanted))::int,
      coalesce(sum(f.size_bytes) filter (where f.storage_class <> w.wanted), 0)::float8
    from file f left join file_read r on r.storage_key = f.storage_key
    cross join lateral (select app.tier_of(greatest(f.created_at, r.read_at), moment, warm_days, cold_days) as wanted) w
    where f.kind = 'upload' and f.expires_at is null group by f.storage_class;
end $$;
revoke all on function app.file_tiers(timestamptz, int, int) from public;
grant execute on function app.file_tiers(timestamptz, int, int) to holdfast_app;

reset role;
