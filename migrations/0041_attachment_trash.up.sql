-- Files on notes and comments go to the trash, and come back from it, as these do.

alter table attachment
  add column version int not null default 1,
  add column updated_at timestamptz(3) not null default now(),
  add column deleted_at timestamptz(3),
  alter column size_bytes type int;
create index attachment_trash on attachment (tenant_id, deleted_at, id) where deleted_at is not null;
call app.touch_on_update('attachment');

-- The rights to the note or comment are those to its files. To delete the one opens the other too; HTTP tells them apart.
do $$
declare
  may constant text := (select format('(note_id is null or exists (select from note p where p.tenant_id = attachment.tenant_id and p.id = note_id and (%s or %s)))
    and (comment_id is null or exists (select from comment p where p.tenant_id = attachment.tenant_id and p.id = comment_id and (%s or %s)))',
    app.row_predicate('note', 'update', 'author_id'), app.row_predicate('note', 'delete', 'author_id'),
    app.row_predicate('comment', 'update', 'author_id'), app.row_predicate('comment', 'delete', 'author_id')));
begin
  execute format('alter policy append on attachment with check (tenant_id = (select app.tenant_id()) and %s)', may);
  execute format('alter policy change on attachment using (tenant_id = (select app.tenant_id()) and %s)', may);
  execute format('alter policy remove on attachment using (tenant_id = (select app.tenant_id()) and %s)', may);
end $$;

-- Once nothing holds a file any more, not even the trash, its bytes go. Until then they stay.
create function app.drop_attached_file() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
begin
  update file f set expires_at = now() where f.tenant_id = old.tenant_id and f.id = old.file_id
    and not exists (select from attachment a where a.tenant_id = f.tenant_id and a.file_id = f.id);
  return null;
end $$;
create trigger drop_attached_file after delete on attachment for each row execute function app.drop_attached_file();
call app.run_as_system(array['app.drop_attached_file()']::regprocedure[], callable => false);

-- By its owner.
set local role holdfast_system;
create or replace function app.purge_trash(days int, rows_max int default 1000) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app as $$
declare
  workspace uuid; trashed text; gone int := 0; n int;
begin
  for workspace in select id from tenant loop
    -- A cascade writes its audit events as the table's owner, who must be of the tenant.
    perform set_config('app.tenant_id', workspace::text, true);
    foreach trashed in array array['attachment', 'comment', 'note', 'task', 'activity', 'deal', 'contact', 'company'] loop
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
