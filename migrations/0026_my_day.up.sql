-- The order in which somebody has put the tasks of a day, and the secret addresses under which calendars read them.

alter table task add column position int check (position between 1 and 1000);
drop trigger audit_insert on task;
drop trigger audit_update on task;
drop trigger audit_delete on task;
-- Putting tasks in order says nothing about them.
call app.audit_changes('task', 'task', quiet => '{position}');

create table calendar_feed (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  hash bytea not null unique check (length(hash) = 32),
  created_at timestamptz(3) not null default now(),
  last_read_at timestamptz(3),
  -- What was answered last, by its hash, and since when that has been the answer.
  etag text check (length(etag) <= 100),
  modified_at timestamptz(3),
  primary key (tenant_id, id),
  unique (tenant_id, user_id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
call app.protect_personal('calendar_feed');
call app.audit_changes('calendar_feed', 'calendar_feed', '{hash, last_read_at, etag, modified_at}');

-- Whose calendar a secret address opens, with what the person may at this moment.
create function app.find_calendar_feed(token_hash bytea)
returns table (tenant_id uuid, id uuid, user_id uuid, rights jsonb) language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  select f.tenant_id, f.id, f.user_id, app.rights_of_user(f.tenant_id, f.user_id) from calendar_feed f
  join user_account u on u.tenant_id = f.tenant_id and u.id = f.user_id
  where f.hash = token_hash and u.status = 'active'
$$;
call app.run_as_system(array['app.find_calendar_feed(bytea)']::regprocedure[]);
