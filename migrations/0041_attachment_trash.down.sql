delete from attachment where deleted_at is not null;
set local role holdfast_system;
create or replace function app.purge_trash(days int, rows_max int default 1000) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app as $$
declare
  workspace uuid; trashed text; gone int := 0; n int;
begin
  for workspace in select id from tenant loop
    -- A cascade writes its audit events as the table's owner, who must be of the tenant.
    perform set_config('app.tenant_id', workspace::text, true);
    foreach trashed in array array['comment', 'note', 'task', 'activity', 'deal', 'contact', 'company'] loop
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
drop trigger drop_attached_file on attachment;
drop function app.drop_attached_file();
do $$
declare
  visible constant text := '(note_id is null or exists (select from note p where p.tenant_id = attachment.tenant_id and p.id = note_id))
    and (comment_id is null or exists (select from comment p where p.tenant_id = attachment.tenant_id and p.id = comment_id))';
begin
  execute format('alter policy append on attachment with check (tenant_id = (select app.tenant_id()) and (%s))', visible);
  execute format('alter policy change on attachment using (tenant_id = (select app.tenant_id()) and (%s))', visible);
  execute format('alter policy remove on attachment using (tenant_id = (select app.tenant_id()) and (%s))', visible);
end $$;
drop trigger touch on attachment;
drop index attachment_trash;
alter table attachment drop column version, drop column updated_at, drop column deleted_at, alter column size_bytes type bigint;
