set local role holdfast_system;
insert into job (tenant_id, kind, payload)
select tenant_id, kind, c from job, jsonb_array_elements(payload -> 'changes') c where kind = 'notification.change' and state in ('scheduled', 'ready');
delete from job where kind = 'notification.change' and payload ? 'changes';
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
    insert into job (tenant_id, kind, payload, dedupe_key)
    values (app.tenant_id(), 'notification.change', jsonb_build_object('request_id', request, 'xid', pg_current_xact_id()::text), pg_current_xact_id()::text)
    on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing;
  end if;
  return null;
end $$;
reset role;
