-- Comments on records, in threads one level deep, and whom notes and comments mention.

create table comment (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  body text not null check (length(body) between 1 and 100000),
  mentions uuid[] not null default '{}' check (cardinality(mentions) <= 50),
  -- The comment that this one answers, which answers none itself.
  parent_id uuid,
  author_id uuid,
  contact_id uuid,
  company_id uuid,
  deal_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, parent_id) references comment on delete cascade,
  foreign key (tenant_id, author_id) references user_account on delete set null (author_id),
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, company_id) references company on delete cascade,
  foreign key (tenant_id, deal_id) references deal on delete cascade,
  constraint comment_contact_id_check check (num_nonnulls(contact_id, company_id, deal_id) = 1)
);
-- Threads of a record, newest first.
create index comment_contact on comment (tenant_id, contact_id, created_at desc, id desc) where contact_id is not null and parent_id is null;
create index comment_company on comment (tenant_id, company_id, created_at desc, id desc) where company_id is not null and parent_id is null;
create index comment_deal on comment (tenant_id, deal_id, created_at desc, id desc) where deal_id is not null and parent_id is null;
create index comment_reply on comment (tenant_id, parent_id, created_at, id) where parent_id is not null;
create index comment_created on comment (tenant_id, created_at, id);
create index comment_trash on comment (tenant_id, deleted_at, id) where deleted_at is not null;
call app.protect('comment', 'comment', 'author_id', '(select app.sees_all_records()) or app.reads_parents(contact_id, company_id, deal_id)');
call app.audit_changes('comment', 'comment');
call app.touch_on_update('comment');

-- An answer stands under a comment that answers none, on the same record.
create function app.check_reply() returns trigger language plpgsql as $$
begin
  if not exists (select from public.comment p where p.tenant_id = new.tenant_id and p.id = new.parent_id and p.parent_id is null
      and (p.contact_id, p.company_id, p.deal_id) is not distinct from (new.contact_id, new.company_id, new.deal_id)) then
    raise exception using errcode = '23514', table = 'comment', constraint = 'comment_parent_id_check', column = 'parent_id',
      message = 'A reply belongs to a comment of the same record that is no reply itself';
  end if;
  return new;
end $$;
create constraint trigger check_reply after insert or update of parent_id on comment
  for each row when (new.parent_id is not null) execute function app.check_reply();

alter table note add column mentions uuid[] not null default '{}' check (cardinality(mentions) <= 50);

-- Whoever is mentioned is a person of the workspace. Who has been mentioned already may since have gone.
create function app.check_mentions() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
declare known uuid[] := '{}';
begin
  if tg_op = 'UPDATE' then known := old.mentions; end if;
  if exists (select from unnest(new.mentions) m where m <> all (known)
      and not exists (select from user_account u where u.tenant_id = new.tenant_id and u.id = m)) then
    raise exception using errcode = '23503', table = tg_table_name, constraint = tg_table_name || '_mentions_fkey', column = 'mentions',
      message = 'Only people of the workspace can be mentioned';
  end if;
  return new;
end $$;
create trigger check_mentions before insert or update of mentions on comment
  for each row when (new.mentions <> '{}') execute function app.check_mentions();
create trigger check_mentions before insert or update of mentions on note
  for each row when (new.mentions <> '{}') execute function app.check_mentions();
call app.run_as_system(array['app.check_mentions()']::regprocedure[]);

create function app.shares_team(one uuid, other uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  select exists (select from team_member a join team_member b on b.tenant_id = a.tenant_id and b.team_id = a.team_id
    where a.tenant_id = app.tenant_id() and a.user_id = one and b.user_id = other)
$$;

-- The active people of the workspace, each with whether they may read a record, and of what hangs on it what the author of it wrote: by the
-- rights of their roles, as the policies of the tables say.
create function app.record_readers(noun text, record uuid, attached text, author uuid) returns table (id uuid, name text, may_read boolean)
language plpgsql stable security definer set search_path = pg_catalog, public, app as $$
declare owner uuid; there boolean;
begin
  if noun not in ('contact', 'company', 'deal') then raise exception 'Nothing says who reads a %', noun; end if;
  execute format('select r.owner_id, true from %I r where r.tenant_id = app.tenant_id() and r.id = $1', noun) into owner, there using record;
  return query
  select u.id, u.name::text, there is true
    and (s.of_record ? 'all' or (s.of_record ?| '{own,team}' and u.id = owner) or (s.of_record ? 'team' and app.shares_team(u.id, owner))) is true
    and (s.of_attached ? 'all' or (s.of_attached ?| '{own,team}' and u.id = author) or (s.of_attached ? 'team' and app.shares_team(u.id, author))) is true
  from user_account u cross join lateral (
    select jsonb_agg(coalesce(r ->> '*', r -> noun ->> 'read')) as of_record, jsonb_agg(coalesce(r ->> '*', r -> attached ->> 'read')) as of_attached
    from jsonb_array_elements(app.rights_of_user(u.tenant_id, u.id)) r) s
  where u.tenant_id = app.tenant_id() and u.status = 'active';
end $$;
call app.run_as_system(array['app.shares_team(uuid,uuid)', 'app.record_readers(text,uuid,text,uuid)']::regprocedure[]);

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

-- The roles of before: whoever reads records reads what is said of them; whoever writes notes may comment; own words are one's own.
set local role holdfast_system;
update role set rights = rights || jsonb_build_object('comment', case
  when key = 'admin' then '{"read": "all", "create": "all", "update": "all", "delete": "all"}'::jsonb
  when key = 'manager' then '{"read": "all", "create": "all", "update": "own", "delete": "all"}'
  when rights -> 'note' ->> 'create' <> 'none' then '{"read": "all", "create": "all", "update": "own", "delete": "own"}'
  else '{"read": "all"}' end)
where rights -> 'note' ->> 'read' <> 'none' and not rights ? 'comment';
reset role;
