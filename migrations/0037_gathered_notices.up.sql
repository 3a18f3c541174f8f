-- What a connection does within half a second leaves one job that tells of it, instead of one for each transaction. A later transaction of the same
-- connection holds the row while it adds itself, so that no worker takes the job without it; those of other connections wait for nothing.

-- By its owner.
set local role holdfast_system;
update job set payload = jsonb_build_object('changes', jsonb_build_array(payload)) where kind = 'notification.change' and payload ? 'xid';
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
reset role;
