drop function app.schedule_notices();
drop index job_notice_change;

set local role holdfast_system;
delete from job where kind = 'notification.change';
insert into job (tenant_id, kind, payload)
select tenant_id, 'notification.change', jsonb_build_object('changes', jsonb_agg(distinct jsonb_build_object('request_id', request_id, 'xid', xid::text)))
from notice_due group by tenant_id;

create or replace function app.leave_notice() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
declare
  request constant text := nullif(current_setting('app.request_id', true), '');
  me constant uuid := app.user_id();
  wanted boolean;
  place jsonb;
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
    place := jsonb_build_object('request_id', request, 'xid', pg_current_xact_id()::text);
    insert into job (tenant_id, kind, payload, dedupe_key, state, run_at)
    values (app.tenant_id(), 'notification.change', jsonb_build_object('changes', jsonb_build_array(place)),
      format('%s %s', pg_backend_pid(), floor(extract(epoch from clock_timestamp()) * 2)), 'scheduled', clock_timestamp() + interval '500 milliseconds')
    on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do update
      set payload = jsonb_build_object('changes', job.payload -> 'changes' || place) where not job.payload -> 'changes' @> jsonb_build_array(place);
  end if;
  return null;
end $$;

-- Which of these people may read which of these records, by the rights of their roles as the policies of the table say.
create or replace function app.readers_of(noun text, records uuid[], people uuid[]) returns table (record_id uuid, user_id uuid)
language plpgsql stable security definer set search_path = pg_catalog, public, app as $$
begin
  if noun not in ('contact', 'company', 'deal') then raise exception 'Nothing says who reads a %', noun; end if;
  return query execute format('
    with person as materialized (
      select u.id, jsonb_path_query_array(app.rights_of_user(u.tenant_id, u.id), ''$[*].keyvalue() ? (@.key == "*")'') <> ''[]'' as everything,
        jsonb_path_query_array(app.rights_of_user(u.tenant_id, u.id), ''$[*].%1$s.read'') as scopes
      from user_account u where u.tenant_id = app.tenant_id() and u.status = ''active'' and u.id = any ($2)
    )
    select r.id, p.id from %1$I r cross join person p
    where r.tenant_id = app.tenant_id() and r.id = any ($1) and r.deleted_at is null
      and (p.everything or p.scopes ? ''all'' or (p.scopes ?| ''{own,team}'' and p.id = r.owner_id)
        or (p.scopes ? ''team'' and app.shares_team(p.id, r.owner_id)))', noun) using records, people;
end $$;
reset role;

drop table notice_due;
