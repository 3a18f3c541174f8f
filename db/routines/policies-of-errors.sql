-- Error reports (src/operations/errors): written by the program while it stores the log, seen by operators.

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Adds errors to their reports. reports is [{fingerprint, kind, message, location, route, version, occurrences, first_at, last_at,
-- line_ids, latest: [{line_id, at, workspace_id, person_id, route, request_id, trace_id, process, message, stack}]}]. A batch whose answer was lost is sent
-- again, perhaps with what came meanwhile behind it, and counted once, as long as its latest occurrences are kept. Beyond so many open ones, what is new is counted in one report for all of it; those of the
-- page, which any member can send, have a number of their own. Of resolved and ignored ones the oldest go.
create or replace function app.note_errors(reports jsonb) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  open_max constant int := 2000;
  open_of_pages_max constant int := 500;
  settled_max constant int := 2000;
  page_route constant text := 'POST /api/v1/page-errors';
  latest_max constant int := 20;
  given record; found_id uuid; digest text; room int; lines uuid[]; known int;
begin
  for given in
    select * from jsonb_to_recordset(reports) as r (fingerprint text, kind text, message text, location text, route text, version text,
      occurrences bigint, first_at timestamptz, last_at timestamptz, line_ids uuid[], latest jsonb) order by fingerprint
  loop
    digest := given.fingerprint;
    room := case when given.route = page_route then open_of_pages_max else open_max end;
    if not exists (select from error_report where fingerprint = digest) and (select count(*) from error_report r
      where r.state = 'open' and (r.route is not distinct from page_route) = (given.route is not distinct from page_route)) >= room then
      digest := repeat('0', 64);
      given.kind := 'More kinds of errors than are listed';
      given.message := 'Resolve or ignore others to see new ones apart. Each stands in the log.';
      given.location := null;
    end if;
    -- A process of an earlier version names the latest alone.
    lines := coalesce(given.line_ids, array(select (l ->> 'line_id')::uuid from jsonb_array_elements(given.latest) as l));
    select max(l.nth) into known from unnest(lines) with ordinality as l (id, nth)
      join error_occurrence o on o.line_id = l.id join error_report e on e.id = o.report_id where e.fingerprint = digest;
    continue when known = cardinality(lines);
    if known is not null then given.occurrences := cardinality(lines) - known; end if;
    insert into error_report as e (fingerprint, kind, message, location, route, occurrences, first_seen_at, last_seen_at, first_version, last_version)
      values (digest, given.kind, given.message, given.location, given.route, given.occurrences, given.first_at, given.last_at, given.version, given.version)
      on conflict (fingerprint) do update set
        occurrences = e.occurrences + excluded.occurrences,
        message = excluded.message,
        route = coalesce(excluded.route, e.route),
        first_seen_at = least(e.first_seen_at, excluded.first_seen_at),
        last_seen_at = greatest(e.last_seen_at, excluded.last_seen_at),
        last_version = excluded.last_version,
        -- What waited on disk may be from before it was resolved.
        state = case when e.state = 'resolved' and excluded.last_seen_at > e.changed_at then 'open' else e.state end,
        regressed_at = case when e.state = 'resolved' and excluded.last_seen_at > e.changed_at then excluded.last_seen_at else e.regressed_at end
      returning id into found_id;
    insert into error_occurrence (report_id, line_id, at, workspace_id, person_id, route, request_id, trace_id, process, version, message, stack)
      select found_id, l.line_id, l.at, l.workspace_id, l.person_id, l.route, l.request_id, l.trace_id, l.process, given.version, l.message, l.stack
      from jsonb_to_recordset(given.latest) as l (line_id uuid, at timestamptz, workspace_id uuid, person_id uuid, route text, request_id text,
        trace_id text, process text, message text, stack text)
      on conflict do nothing;
    delete from error_occurrence where report_id = found_id and line_id in (select o.line_id from error_occurrence o
      where o.report_id = found_id order by o.at desc, o.line_id desc offset latest_max);
  end loop;
  delete from error_report where id in (select r.id from error_report r where r.state <> 'open' order by r.last_seen_at desc, r.id offset settled_max);
end $$;
revoke all on function app.note_errors(jsonb) from public;
grant execute on function app.note_errors(jsonb) to holdfast_app;

-- Deletes reports that were not seen for so many days. Bounded; call until it returns 0.
create or replace function app.purge_errors(days int) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare gone int;
begin
  delete from error_report where id = any (array(select id from error_report
    where last_seen_at < now() - make_interval(days => purge_errors.days) limit 500));
  get diagnostics gone = row_count;
  return gone;
end $$;
revoke all on function app.purge_errors(int) from public;
grant execute on function app.purge_errors(int) to holdfast_app;

-- How many causes of errors are new: seen for the first time within ten minutes, or again after they were resolved. What somebody ignores is not counted.
create or replace function app.new_errors() returns int language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select count(*)::int from error_report e
  where e.state = 'open' and greatest(e.first_seen_at, e.regressed_at) > clock_timestamp() - interval '10 minutes'
$$;
revoke all on function app.new_errors() from public;
grant execute on function app.new_errors() to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- Policies

drop policy if exists operators on error_report;
create policy operators on error_report to holdfast_app using ((select app.is_operator())) with check ((select app.is_operator()));
drop policy if exists operators on error_occurrence;
create policy operators on error_occurrence for select to holdfast_app using ((select app.is_operator()));
