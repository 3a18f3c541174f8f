-- A change of which somebody may want to hear leaves a row, and every half second one job tells of all that wait, in a few statements for all of
-- them. A job for each connection's changes, told one by one, cost writers as much as the changes themselves. The rows go in the transaction that
-- tells of them, so that nobody is told twice and nothing is forgotten.
create table notice_due (
  tenant_id uuid not null references tenant on delete cascade,
  id bigint generated always as identity,
  request_id text not null,
  xid xid8 not null default pg_current_xact_id(),
  primary key (tenant_id, id)
);
call app.protect('notice_due');

-- By its owner.
set local role holdfast_system;
insert into notice_due (tenant_id, request_id, xid)
select tenant_id, c ->> 'request_id', (c ->> 'xid')::xid8 from job, jsonb_array_elements(payload -> 'changes') c
where kind = 'notification.change' and state in ('scheduled', 'ready', 'running') and progress is null;
delete from job where kind = 'notification.change';

create or replace function app.leave_notice() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
declare
  request constant text := nullif(current_setting('app.request_id', true), '');
  me constant uuid := app.user_id();
  wanted boolean;
begin
  -- What an import brings is told of as a whole.
  if request is null or nullif(current_setting('app.import_id', true), '') is not null or app.restores_archive() then return null; end if;
  if tg_table_name = 'comment' then
    wanted := tg_op = 'INSERT' or exists (select from new_rows where mentions <> '{}');
  elsif tg_table_name = 'note' then
    wanted := exists (select from new_rows where mentions <> '{}');
  elsif tg_table_name = 'task' then
    wanted := exists (select from new_rows where assignee_id is distinct from me and assignee_id is not null);
  else
    wanted := exists (select from new_rows where owner_id is distinct from me and owner_id is not null);
    if not wanted and tg_op = 'UPDATE' then
      execute format('select exists (select from new_rows n join follower f on f.tenant_id = n.tenant_id and f.%I = n.id
        and f.user_id is distinct from $1 and not f.muted)', tg_table_name || '_id') into wanted using me;
    end if;
  end if;
  if wanted then
    insert into notice_due (tenant_id, request_id) values (app.tenant_id(), request);
  end if;
  return null;
end $$;

-- Which of these people may read the record beside them, by the rights of their roles as the policies of the table say. What all of a job ask for
-- is asked record by record with its own people, not everybody of every record.
create or replace function app.readers_of(noun text, records uuid[], people uuid[]) returns table (record_id uuid, user_id uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, app as $$
begin
  if noun not in ('contact', 'company', 'deal') then raise exception 'Nothing says who reads a %', noun; end if;
  return query execute format('
    with pair as materialized (select distinct p.record_id, p.user_id from unnest($1, $2) as p (record_id, user_id)),
    person as materialized (
      select u.id, jsonb_path_query_array(g.rights, ''$[*].keyvalue() ? (@.key == "*")'') <> ''[]'' as everything,
        jsonb_path_query_array(g.rights, ''$[*].%1$s.read'') as scopes
      from user_account u cross join lateral (select app.rights_of_user(u.tenant_id, u.id) as rights offset 0) g
      where u.tenant_id = app.tenant_id() and u.status = ''active'' and u.id in (select p.user_id from pair p)
    )
    select r.id, p.id from pair join person p on p.id = pair.user_id
    join %1$I r on r.tenant_id = app.tenant_id() and r.id = pair.record_id and r.deleted_at is null
    where p.everything or p.scopes ? ''all'' or (p.scopes ?| ''{own,team}'' and p.id = r.owner_id)
      or (p.scopes ? ''team'' and app.shares_team(p.id, r.owner_id))', noun) using records, people;
end $$;
reset role;

create index job_notice_change on job (tenant_id) where kind = 'notification.change' and state in ('running', 'done');

-- One job for each workspace in which something waits to be told. A job that runs goes on until nothing is left.
create function app.schedule_notices() returns int language plpgsql security definer set search_path = pg_catalog, public, app as $$
declare
  workspaces constant uuid[] := array(select distinct d.tenant_id from notice_due d where not exists (
    select from job j where j.tenant_id = d.tenant_id and j.kind = 'notification.change' and j.state = 'running'));
  added int;
begin
  if cardinality(workspaces) = 0 then return 0; end if;
  -- There may be two every second: those that are done tell nothing.
  delete from job where tenant_id = any (workspaces) and kind = 'notification.change' and state = 'done';
  insert into job (tenant_id, kind, payload, dedupe_key) select w, 'notification.change', '{}', 'all' from unnest(workspaces) w on conflict do nothing;
  get diagnostics added = row_count;
  return added;
end $$;
call app.run_as_system(array['app.schedule_notices()']::regprocedure[]);
