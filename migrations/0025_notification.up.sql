-- Who follows which record, and what each person is told of.

-- Whether the program itself asks, for nobody.
create function app.is_system() returns boolean language sql stable parallel safe as
  $$ select current_setting('app.rights', true) = '*' $$;

-- What belongs to one person alone, whatever others may.
create procedure app.protect_own(target regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy own on %s to holdfast_app using (tenant_id = (select app.tenant_id())
    and (user_id = (select app.user_id()) or (select app.is_system())))', target);
  execute format('create policy system on %s to holdfast_system using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on %s to holdfast_app, holdfast_system', target);
end $$;

-- The owner of a record follows it without a row here.
create table follower (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  contact_id uuid,
  company_id uuid,
  deal_id uuid,
  -- Does not want to hear of it, even as its owner.
  muted boolean not null default false,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references user_account on delete cascade,
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, company_id) references company on delete cascade,
  foreign key (tenant_id, deal_id) references deal on delete cascade,
  check (num_nonnulls(contact_id, company_id, deal_id) = 1)
);
create unique index follower_contact on follower (tenant_id, contact_id, user_id) where contact_id is not null;
create unique index follower_company on follower (tenant_id, company_id, user_id) where company_id is not null;
create unique index follower_deal on follower (tenant_id, deal_id, user_id) where deal_id is not null;
create index follower_user on follower (tenant_id, user_id);
-- No audit: what one wants to hear of changes no record.
call app.protect('follower', null, null, '(select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)');
-- Whoever reads a record may have a colleague follow it; to stop is up to each alone.
alter policy change on follower using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.is_system())));
alter policy remove on follower using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.is_system())));

-- It holds no words of a record: what is shown is read when it is shown, under the rights its person then has.
create table notification (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  kind text not null check (kind in ('mentioned', 'commented', 'assigned', 'changed', 'task_due', 'finished', 'duplicates_found')),
  -- What it is about; without an id, many of the kind.
  resource text not null check (length(resource) <= 60),
  record_id uuid,
  -- The comment or note that says it.
  source text check (source in ('comment', 'note')),
  source_id uuid,
  actor_id uuid,
  -- By which the change that caused it is known.
  change_id uuid,
  -- What caused it: nobody is told twice of one thing.
  cause text not null check (length(cause) between 1 and 200),
  in_app boolean not null,
  email text not null check (email in ('off', 'at_once', 'digest')),
  mailed_at timestamptz(3),
  read_at timestamptz(3),
  snoozed_until timestamptz(3),
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, user_id, kind, cause),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index notification_inbox on notification (tenant_id, user_id, created_at desc, id desc) where in_app;
create index notification_unread on notification (tenant_id, user_id, created_at desc, id desc) where in_app and read_at is null;
create index notification_digest on notification (tenant_id, user_id, created_at) where email = 'digest' and mailed_at is null and read_at is null;
create index notification_created on notification (created_at);
-- No audit: it tells of what is in it.
call app.protect_own('notification');

create table notification_setting (
  tenant_id uuid not null references tenant on delete cascade,
  user_id uuid not null,
  id uuid generated always as (user_id) stored,
  -- Where each kind goes, of those that differ from the defaults.
  kinds jsonb not null default '{}' check (jsonb_typeof(kinds) = 'object' and pg_column_size(kinds) <= 4000),
  digest text not null default 'daily' check (digest in ('daily', 'weekly')),
  -- By the clock where the person lives.
  digest_hour int not null default 8 check (digest_hour between 0 and 23),
  -- 1 is Monday.
  digest_weekday int not null default 1 check (digest_weekday between 1 and 7),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
call app.protect_own('notification_setting');
call app.audit_changes('notification_setting', 'notification_setting', '{user_id}');
call app.touch_on_update('notification_setting');

-- Leaves a job in the transaction of a change of which somebody may want to hear. One for each transaction: it reads in the audit what was done.
create function app.leave_notice() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
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

-- The same when work in the background has ended.
create function app.leave_finish_notice() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
begin
  -- What is done within the request that asked for it needs no word.
  if app.restores_archive() or new.created_by is null or new.created_at = now()::timestamptz(3) then return null; end if;
  insert into job (tenant_id, kind, payload)
  values (new.tenant_id, 'notification.finished', jsonb_build_object('resource', tg_table_name, 'id', new.id, 'state', new.state));
  return null;
end $$;

create function app.leave_duplicates_notice() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
begin
  if not app.restores_archive() then
    insert into job (tenant_id, kind, payload, dedupe_key)
    select distinct n.tenant_id, 'notification.duplicates', '{}'::jsonb, 'all' from new_rows n
    on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing;
  end if;
  return null;
end $$;

do $$
declare target text;
begin
  foreach target in array array['contact', 'company', 'deal', 'task', 'comment', 'note'] loop
    execute format('create trigger notice_insert after insert on %I referencing new table as new_rows
      for each statement execute function app.leave_notice()', target);
    execute format('create trigger notice_update after update on %I referencing new table as new_rows
      for each statement execute function app.leave_notice()', target);
  end loop;
  foreach target in array array['import', 'export', 'change'] loop
    execute format('create trigger notice after update of state on %I for each row
      when (new.state in (''done'', ''failed'', ''reverted'') and old.state in (''waiting'', ''running'', ''reverting''))
      execute function app.leave_finish_notice()', target);
  end loop;
end $$;
create trigger notice after insert on duplicate_suspect referencing new table as new_rows
  for each statement execute function app.leave_duplicates_notice();
call app.run_as_system(array['app.leave_notice()', 'app.leave_finish_notice()', 'app.leave_duplicates_notice()']::regprocedure[]);

-- Tasks that are due, or of which somebody wants to be reminded, by their time.
create index task_due_open on task (due_at) where status = 'open' and assignee_id is not null and deleted_at is null;
create index task_remind_open on task (remind_at) where status = 'open' and assignee_id is not null and deleted_at is null;

-- Leaves a job in each workspace with tasks whose time has come since; called every minute, wherever.
create function app.schedule_task_notices(since timestamptz) returns void language sql volatile security definer
  set search_path = pg_catalog, public, app as $$
  insert into job (tenant_id, kind, payload, dedupe_key)
  select distinct t.tenant_id, 'notification.tasks', jsonb_build_object('since', since), 'all' from task t
  where t.status = 'open' and t.assignee_id is not null and t.deleted_at is null
    and (t.due_at between since and now() or t.remind_at between since and now())
  on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing
$$;

-- Deletes what is older than that, up to so many rows. Call until it answers 0.
create function app.purge_notifications(days int, rows_max int default 10000) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app as $$
declare gone int;
begin
  delete from notification where ctid = any (array(select ctid from notification
    where created_at < now() - make_interval(days => purge_notifications.days) limit rows_max));
  get diagnostics gone = row_count;
  return gone;
end $$;

-- Which of these people may read which of these records, by the rights of their roles as the policies of the table say.
create function app.readers_of(noun text, records uuid[], people uuid[]) returns table (record_id uuid, user_id uuid)
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
call app.run_as_system(array['app.schedule_task_notices(timestamptz)', 'app.purge_notifications(int,int)', 'app.readers_of(text,uuid[],uuid[])']::regprocedure[]);
