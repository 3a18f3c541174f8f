set local role holdfast_system;
update role set rights = rights - 'comment';
reset role;
set local role holdfast_system;
create or replace function app.purge_trash(days int, rows_max int default 1000) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app as $$
declare
  workspace uuid; trashed text; gone int := 0; n int;
begin
  for workspace in select id from tenant loop
    -- A cascade writes its audit events as the table's owner, who must be of the tenant.
    perform set_config('app.tenant_id', workspace::text, true);
    foreach trashed in array array['note', 'task', 'activity', 'deal', 'contact', 'company'] loop
      execute format('delete from %1$I where tenant_id = $1 and id = any (array(select id from %1$I
        where tenant_id = $1 and deleted_at < now() - make_interval(days => $2) order by deleted_at, id limit $3))', trashed)
        using workspace, days, rows_max - gone;
      get diagnostics n = row_count;
      gone := gone + n;
      if gone >= rows_max then return gone; end if;
    end loop;
  end loop;
  return gone;
end $$;
reset role;
drop function app.record_readers(text, uuid, text, uuid);
drop function app.shares_team(uuid, uuid);
drop table comment;
drop trigger check_mentions on note;
alter table note drop column mentions;
drop function app.check_mentions();
drop function app.check_reply();
