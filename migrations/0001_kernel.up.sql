-- The ground: tenants, the context each transaction carries, rights, audit, outbox, jobs, files.
-- Roles (made by the migrator, they belong to the cluster): holdfast_app is what the application's login role is a
-- member of; it owns nothing. holdfast_system owns the definer functions and has its own policies instead of BYPASSRLS.

create extension if not exists pg_trgm with schema public;
create extension if not exists btree_gin with schema public;

grant usage on schema app, public to holdfast_app, holdfast_system;
grant create on schema app to holdfast_system;

-- UUIDv7 (RFC 9562): built in from PostgreSQL 18, put together by hand before.
do $$
begin
  if current_setting('server_version_num')::int >= 180000 then
    create function app.uuid_v7() returns uuid language sql volatile parallel safe as 'select uuidv7()';
  else
    create function app.uuid_v7() returns uuid language sql volatile parallel safe as $f$
      select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
    $f$;
  end if;
end $$;

-- What every transaction of the application sets with set_config(…, true).
create function app.tenant_id() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;
create function app.user_id() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('app.user_id', true), '')::uuid $$;

-- 'all', 'team', 'own' or 'none'. app.rights is ';contact.read=team;contact.update=own;…', or '*' for the system. It is text, and this is one
-- expression without a query, because every statement asks several times: taking JSON apart in a query of its own costs twenty times as much.
create function app.scope(resource text, action text) returns text language sql stable parallel safe as $$
  select coalesce(
    nullif(split_part(split_part(current_setting('app.rights', true), ';' || resource || '.' || action || '=', 2), ';', 1), ''),
    case current_setting('app.rights', true) when '*' then 'all' else 'none' end)
$$;

-- Text as it is compared in searches: lower case, without accents.
create function app.fold(value text) returns text language sql immutable parallel safe as
  $$ select lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g')) $$;

-- Minor units in one unit of a currency (ISO 4217).
create function app.currency_factor(currency text) returns int language sql immutable parallel safe as $$
  select case
    when currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') then 1
    when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 1000
    else 100
  end
$$;

create table tenant (
  id uuid primary key default app.uuid_v7(),
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  title text not null check (length(title) between 1 and 200),
  default_currency char(3) not null default 'USD' check (default_currency ~ '^[A-Z]{3}$'),
  time_zone text not null default 'UTC',
  locale text not null default 'en',
  features jsonb not null default '{}',
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
-- Holds the jobs that belong to no tenant.
insert into tenant (id, name, title) values ('00000000-0000-0000-0000-000000000000', 'system', 'System');
alter table tenant enable row level security;
alter table tenant force row level security;
create policy own_tenant on tenant to holdfast_app using (id = (select app.tenant_id()));
create policy system on tenant to holdfast_system using (true) with check (true);
grant select, update on tenant to holdfast_app;
grant select, insert, update, delete on tenant to holdfast_system;

create table user_account (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  email text check (length(email) <= 254),
  email_key text generated always as (lower(email)) stored,
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  status text not null default 'invited' check (status in ('invited', 'active', 'disabled')),
  locale text not null default 'en',
  time_zone text not null default 'UTC',
  import_id uuid,
  last_sign_in_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  -- With the name, which every list joins by id: else the index by name looks as good for it and is read from end to end.
  primary key (tenant_id, id) include (name),
  check (email is not null or status <> 'active')
);
create unique index user_account_email on user_account (tenant_id, email_key);
create index user_account_name on user_account (tenant_id, name, id);

create table team (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  region text check (length(region) <= 200),
  manager_id uuid,
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name),
  foreign key (tenant_id, manager_id) references user_account on delete set null (manager_id)
);

create table team_member (
  tenant_id uuid not null,
  team_id uuid not null,
  user_id uuid not null,
  id uuid generated always as (user_id) stored,
  primary key (tenant_id, team_id, user_id),
  foreign key (tenant_id, team_id) references team on delete cascade,
  foreign key (tenant_id, user_id) references user_account on delete cascade
);
create index team_member_user on team_member (tenant_id, user_id);

-- Whose records the caller reaches when the scope is not 'all'.
create function app.scope_owners(resource text, action text) returns uuid[] language sql stable parallel safe as $$
  select case app.scope(resource, action)
    when 'own' then array[app.user_id()]
    when 'team' then array(
      select app.user_id() union
      select them.user_id from public.team_member mine
      join public.team_member them on them.tenant_id = mine.tenant_id and them.team_id = mine.team_id
      where mine.tenant_id = app.tenant_id() and mine.user_id = app.user_id())
    else '{}'::uuid[]
  end
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Audit and outbox

create table audit_event (
  tenant_id uuid not null,
  seq bigint generated always as identity,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz(3) not null default now(),
  actor_kind text not null default coalesce(nullif(current_setting('app.actor_kind', true), ''), 'system'),
  actor_id uuid default app.user_id(),
  action text not null,
  resource text not null,
  record_id uuid,
  before jsonb,
  after jsonb,
  ip inet default nullif(current_setting('app.ip', true), '')::inet,
  request_id text default nullif(current_setting('app.request_id', true), ''),
  import_id uuid default nullif(current_setting('app.import_id', true), '')::uuid,
  primary key (tenant_id, seq, at)
) partition by range (at);
create index audit_event_record on audit_event (tenant_id, record_id, at, seq);
create table audit_event_default partition of audit_event default;

-- Makes the monthly partitions from this month to some months ahead. Called at every start and daily; idempotent. Events that came when
-- their month had none yet, and fell into the default partition, move to theirs.
create function app.ensure_partitions(months_ahead int default 12) returns int language plpgsql security definer
  set search_path = pg_catalog, public, app as $$
declare
  month date; first_moment timestamptz; last_moment timestamptz; made int := 0; partition_name text;
begin
  for i in 0..months_ahead loop
    month := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i))::date;
    first_moment := month::timestamp at time zone 'UTC';
    last_moment := (month + interval '1 month') at time zone 'UTC';
    partition_name := 'audit_event_' || to_char(month, 'YYYY_MM');
    if to_regclass('public.' || partition_name) is null then
      lock table public.audit_event in share update exclusive mode;
      create temp table stray on commit drop as
        select * from public.audit_event_default where at >= first_moment and at < last_moment;
      delete from public.audit_event_default where at >= first_moment and at < last_moment;
      execute format('create table public.%I partition of public.audit_event for values from (%L) to (%L)',
        partition_name, first_moment, last_moment);
      -- Reached only through the parent, whose policies hold.
      execute format('revoke all on public.%I from public', partition_name);
      execute format('insert into public.%I overriding system value select * from pg_temp.stray', partition_name);
      drop table pg_temp.stray;
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;
revoke all on function app.ensure_partitions(int) from public;
grant execute on function app.ensure_partitions(int) to holdfast_app;
select app.ensure_partitions();

alter table audit_event enable row level security;
alter table audit_event force row level security;
create policy read on audit_event for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
-- An event names the caller that the transaction carries, nobody else. To public, because a cascade runs as the table's owner; the grants
-- say who may insert at all.
create policy append on audit_event for insert to public
  with check (tenant_id = (select app.tenant_id()) and actor_id is not distinct from (select app.user_id()));
create policy system on audit_event to holdfast_system using (true) with check (true);
grant select, insert on audit_event to holdfast_app, holdfast_system;

-- What changed, for open pages and other nodes. Read by a cursor (xid, seq) below pg_snapshot_xmin, so that a late commit
-- is never skipped; purged after two days.
create table outbox (
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity,
  tenant_id uuid not null,
  resource text not null,
  record_id uuid,
  action text not null,
  at timestamptz(3) not null default clock_timestamp(),
  primary key (xid, seq)
);
create index outbox_at on outbox using brin (at);
alter table outbox enable row level security;
alter table outbox force row level security;
create policy append on outbox for insert to public with check (tenant_id = (select app.tenant_id()));
create policy system on outbox to holdfast_system using (true) with check (true);
grant insert on outbox to holdfast_app;
grant select, insert, delete on outbox to holdfast_system;

-- A value as the audit shows it: of a secret only that there is one.
create function app.shown(key text, value jsonb, secrets text[]) returns jsonb language sql immutable parallel safe as
  $$ select case when key = any (secrets) and value <> 'null' then '"[redacted]"' else value end $$;

-- PL/pgSQL: an SQL function would be set up with each statement of the audit, though few tables hold secrets.
create function app.redact(value jsonb, secrets text[]) returns jsonb language plpgsql immutable parallel safe as $$
begin
  return (select coalesce(jsonb_object_agg(f.key, app.shown(f.key, f.value, secrets)), '{}') from jsonb_each(value) f);
end $$;

-- Statement trigger of every audited table: one audit event per row that changed and the outbox events, in the same transaction.
-- Arguments: resource, columns to leave out (derived ones), columns to redact (secrets).
-- enable_nestloop is off because the plan that joins old to new rows is cached: made for one row, it would be quadratic for many.
create function app.record_change() returns trigger language plpgsql set enable_nestloop = off as $$
declare
  resource_name constant text := tg_argv[0];
  omitted constant text[] := tg_argv[1]::text[];
  redacted constant text[] := tg_argv[2]::text[];
  outbox_rows_max constant int := 100;
  changed bigint;
begin
  if tg_op = 'INSERT' then
    insert into public.audit_event (tenant_id, action, resource, record_id, after)
    select n.tenant_id, 'create', resource_name, n.id, app.redact(jsonb_strip_nulls(to_jsonb(n) - omitted), redacted)
    from new_rows n;
  elsif tg_op = 'UPDATE' then
    insert into public.audit_event (tenant_id, action, resource, record_id, before, after)
    select c.tenant_id, 'update', resource_name, c.id, d.before, d.after
    -- The offset keeps the planner from making each jsonb anew wherever it is used.
    from (select n.tenant_id, n.id, to_jsonb(o) - omitted as old, to_jsonb(n) - omitted as new
      from new_rows n join old_rows o on o.tenant_id = n.tenant_id and o.id = n.id offset 0) c
    cross join lateral (
      select jsonb_object_agg(f.key, app.shown(f.key, f.value, redacted)) as before,
        jsonb_object_agg(f.key, app.shown(f.key, c.new -> f.key, redacted)) as after
      from jsonb_each(c.old) f where f.value <> c.new -> f.key) d
    where d.before is not null;
  else
    insert into public.audit_event (tenant_id, action, resource, record_id, before)
    select o.tenant_id, 'delete', resource_name, o.id, app.redact(jsonb_strip_nulls(to_jsonb(o) - omitted), redacted)
    from old_rows o;
  end if;
  get diagnostics changed = row_count;
  -- Rows without an audit event count too: a record whose tags alone changed is read again by open pages.
  if tg_op = 'UPDATE' then select count(*) into changed from new_rows; end if;

  if changed > outbox_rows_max then
    if tg_op = 'DELETE' then
      insert into public.outbox (tenant_id, resource, action)
      select distinct tenant_id, resource_name, 'delete' from old_rows;
    else
      insert into public.outbox (tenant_id, resource, action)
      select distinct tenant_id, resource_name, lower(replace(tg_op, 'INSERT', 'create')) from new_rows;
    end if;
  elsif tg_op = 'DELETE' then
    insert into public.outbox (tenant_id, resource, record_id, action)
    select tenant_id, resource_name, id, 'delete' from old_rows;
  else
    insert into public.outbox (tenant_id, resource, record_id, action)
    select tenant_id, resource_name, id, lower(replace(tg_op, 'INSERT', 'create')) from new_rows;
  end if;
  return null;
end $$;

create procedure app.audit_changes(target regclass, resource text, omitted text[] default '{}', redacted text[] default '{}')
language plpgsql as $$
declare
  arguments constant text := format('%L, %L, %L', resource, omitted || array['tenant_id', 'version', 'updated_at'], redacted);
begin
  execute format('create trigger audit_insert after insert on %s referencing new table as new_rows
    for each statement execute function app.record_change(%s)', target, arguments);
  execute format('create trigger audit_update after update on %s referencing old table as old_rows new table as new_rows
    for each statement execute function app.record_change(%s)', target, arguments);
  execute format('create trigger audit_delete after delete on %s referencing old table as old_rows
    for each statement execute function app.record_change(%s)', target, arguments);
end $$;

create function app.touch() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  new.updated_at := now();
  return new;
end $$;

create procedure app.touch_on_update(target regclass) language plpgsql as $$
begin
  execute format('create trigger touch before update on %s for each row execute function app.touch()', target);
end $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Row-level security, the same for every tenant table.
--   resource   whose rights apply; null: every caller of the tenant
--   owner      column that 'own' and 'team' compare; null: any scope but 'none' reaches all rows
--   also       a further condition on reading, e.g. that the parent record is visible

create function app.row_predicate(resource text, action text, owner text) returns text language sql immutable as $$
  select 'tenant_id = (select app.tenant_id())' || case
    when resource is null then ''
    when owner is null then format(' and (select app.scope(%L, %L)) <> ''none''', resource, action)
    else format(' and ((select app.scope(%1$L, %2$L)) = ''all'' or %3$I = any ((select app.scope_owners(%1$L, %2$L))::uuid[]))',
      resource, action, owner)
  end
$$;

create procedure app.protect(target regclass, resource text default null, owner text default null, also text default 'true')
language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format('create policy read on %s for select to holdfast_app using (%s and (%s))', target,
    app.row_predicate(resource, 'read', owner), also);
  execute format('create policy append on %s for insert to holdfast_app with check (%s and (%s))', target,
    app.row_predicate(resource, 'create', owner), also);
  -- Moving to the trash is an update, so the right to delete opens the row too; HTTP tells them apart.
  execute format('create policy change on %s for update to holdfast_app using (((%s) or (%s)) and (%s))
    with check (tenant_id = (select app.tenant_id()))', target,
    app.row_predicate(resource, 'update', owner), app.row_predicate(resource, 'delete', owner), also);
  execute format('create policy remove on %s for delete to holdfast_app using (%s and (%s))', target,
    app.row_predicate(resource, 'delete', owner), also);
  execute format('create policy system on %s to holdfast_system using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on %s to holdfast_app, holdfast_system', target);
end $$;

call app.protect('user_account', 'user');
call app.audit_changes('user_account', 'user', '{email_key}');
call app.touch_on_update('user_account');
call app.protect('team', 'team');
call app.audit_changes('team', 'team');
call app.touch_on_update('team');
call app.protect('team_member', 'team');
call app.audit_changes('team_member', 'team_member');

-- ---------------------------------------------------------------------------------------------------------------------
-- Roles and rights

create table role (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  key text not null check (key ~ '^[a-z][a-z0-9_]{0,40}$'),
  name text not null check (length(name) between 1 and 100),
  preset boolean not null default false,
  rights jsonb not null default '{}',
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, key)
);
call app.protect('role', 'role');
call app.audit_changes('role', 'role');
call app.touch_on_update('role');

create table user_role (
  tenant_id uuid not null,
  user_id uuid not null,
  role_id uuid not null,
  id uuid generated always as (user_id) stored,
  primary key (tenant_id, user_id, role_id),
  foreign key (tenant_id, user_id) references user_account on delete cascade,
  foreign key (tenant_id, role_id) references role on delete restrict
);
create index user_role_role on user_role (tenant_id, role_id);
call app.protect('user_role', 'user');
call app.audit_changes('user_role', 'user_role');

-- ---------------------------------------------------------------------------------------------------------------------
-- Answers kept for Idempotency-Key, 24 h.

create table idempotency_key (
  tenant_id uuid not null references tenant on delete cascade,
  actor_id uuid not null,
  key text not null check (length(key) <= 255),
  request_hash bytea not null,
  status int not null,
  headers jsonb not null,
  body text not null,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, actor_id, key)
);
create index idempotency_key_created on idempotency_key (created_at);
call app.protect('idempotency_key');

-- ---------------------------------------------------------------------------------------------------------------------
-- Jobs

create table job (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  kind text not null check (length(kind) <= 100),
  payload jsonb not null default '{}',
  state text not null default 'ready' check (state in ('scheduled', 'ready', 'running', 'done', 'failed', 'cancelled')),
  priority smallint not null default 0,
  run_at timestamptz(3) not null default now(),
  attempts int not null default 0,
  attempts_max int not null default 5 check (attempts_max between 1 and 100),
  dedupe_key text check (length(dedupe_key) <= 200),
  actor_id uuid,
  worker text,
  lease_until timestamptz(3),
  progress jsonb,
  cancel_requested boolean not null default false,
  error text,
  created_at timestamptz(3) not null default clock_timestamp(),
  started_at timestamptz(3),
  finished_at timestamptz(3),
  primary key (tenant_id, id)
);
create index job_ready on job (tenant_id, kind, priority desc, run_at, id) where state = 'ready';
create index job_scheduled on job (run_at) where state = 'scheduled';
create index job_running on job (lease_until) where state = 'running';
create index job_finished on job (finished_at) where state in ('done', 'failed', 'cancelled');
create index job_listed on job (tenant_id, created_at, id);
create unique index job_dedupe on job (tenant_id, kind, dedupe_key)
  where dedupe_key is not null and state in ('scheduled', 'ready');
alter table job set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
call app.protect('job');

-- Takes up to `slots` ready jobs for a worker, sharing them evenly between the tenants that have any: a tenant with a hundred
-- thousand waiting jobs gets no more of a batch than one with a single job. `rooms` says how many of each kind the worker still has room
-- for, `tenant_max` how many of one tenant it runs at once, `busy` how many of each tenant it runs now.
create function app.claim_jobs(worker_name text, rooms jsonb, slots int, tenant_max int, busy jsonb, lease_seconds int)
returns setof job language sql volatile security definer set search_path = pg_catalog, public, app
-- The table was analysed with other jobs in it, or none: what is in it now the planner cannot know.
set enable_seqscan = off set enable_bitmapscan = off as $$
  with recursive waiting as (
    (select tenant_id, kind from job where state = 'ready' order by tenant_id, kind limit 1)
    union all
    select next.tenant_id, next.kind from waiting w cross join lateral (
      select j.tenant_id, j.kind from job j where j.state = 'ready' and (j.tenant_id, j.kind) > (w.tenant_id, w.kind)
      order by j.tenant_id, j.kind limit 1
    ) next
  ),
  open as materialized (
    select tenant_id, kind, (rooms ->> kind)::int as kind_room, tenant_max - coalesce((busy ->> tenant_id::text)::int, 0) as tenant_room
    from waiting where rooms ? kind
  ),
  chosen as materialized (
    select tenant_id, random() as turn from (select distinct tenant_id from open where tenant_room > 0) t order by turn limit slots
  ),
  share as materialized (select greatest(1, ceil(slots::numeric / greatest(1, count(*)))::int) as size from chosen),
  candidates as materialized (
    select j.*, c.turn, o.kind_room, least(o.tenant_room, s.size) as tenant_room
    from chosen c join open o on o.tenant_id = c.tenant_id cross join share s cross join lateral (
      select tenant_id, id, kind, priority, run_at from job
      where tenant_id = o.tenant_id and kind = o.kind and state = 'ready'
      order by priority desc, run_at, id limit least(s.size, o.tenant_room, o.kind_room)
      for update skip locked
    ) j
  ),
  ranked as (
    select *, row_number() over (partition by tenant_id order by priority desc, run_at, id) as place_in_tenant,
      row_number() over (partition by kind order by priority desc, turn, run_at, id) as place_in_kind
    from candidates
  ),
  picked as materialized (
    select tenant_id, id from ranked where place_in_tenant <= tenant_room and place_in_kind <= kind_room
    order by place_in_tenant, turn limit slots
  )
  update job set state = 'running', worker = worker_name, attempts = attempts + 1, started_at = clock_timestamp(),
    lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
  from picked where job.tenant_id = picked.tenant_id and job.id = picked.id
  returning job.*
$$;

-- Lengthens the leases of a worker's runs, a run being a job and its attempt; answers which of them are still its own, and which to stop.
create function app.renew_jobs(worker_name text, runs jsonb, lease_seconds int)
returns table (id uuid, attempts int, cancel_requested boolean) language sql volatile security definer set search_path = pg_catalog, public, app as $$
  update job set lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
  from jsonb_to_recordset(runs) as r (tenant_id uuid, id uuid, attempts int)
  where job.tenant_id = r.tenant_id and job.id = r.id and job.attempts = r.attempts and job.state = 'running' and job.worker = worker_name
  returning job.id, job.attempts, job.cancel_requested
$$;

-- Lets a job wait again that ran before. Where one of its kind with its key has come to wait meanwhile, that one does its work.
create function app.wait_again(tenant uuid, job_id uuid, new_state text, at timestamptz, reason text) returns void
language plpgsql volatile set search_path = pg_catalog, public, app as $$
begin
  update job set state = new_state, run_at = at, error = reason, worker = null, lease_until = null where tenant_id = tenant and id = job_id;
exception when unique_violation then
  update job set state = 'cancelled', error = 'Another job like it waits and does its work', worker = null, lease_until = null,
    finished_at = clock_timestamp()
  where tenant_id = tenant and id = job_id;
end $$;

-- Ends runs: outcomes is [{tenant_id, id, attempts, state, error, retry_seconds}]. State 'scheduled' is a retry; 'ready' gives a run back that
-- counts as none. A run whose lease was lost is left alone.
create function app.finish_jobs(worker_name text, outcomes jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, app as $$
declare o record;
begin
  update job set state = e.state, error = left(e.error, 4000), worker = null, lease_until = null, finished_at = clock_timestamp()
  from jsonb_to_recordset(outcomes) as e (tenant_id uuid, id uuid, attempts int, state text, error text)
  where job.tenant_id = e.tenant_id and job.id = e.id and job.attempts = e.attempts and job.state = 'running' and job.worker = worker_name
    and e.state in ('done', 'failed', 'cancelled');
  for o in
    select e.* from jsonb_to_recordset(outcomes) as e (tenant_id uuid, id uuid, attempts int, state text, error text, retry_seconds double precision)
    join job on job.tenant_id = e.tenant_id and job.id = e.id and job.attempts = e.attempts and job.state = 'running' and job.worker = worker_name
    where e.state in ('scheduled', 'ready') for update of job
  loop
    if o.state = 'ready' then
      update job set attempts = attempts - 1 where tenant_id = o.tenant_id and id = o.id;
    end if;
    perform app.wait_again(o.tenant_id, o.id, o.state, clock_timestamp() + make_interval(secs => o.retry_seconds), left(o.error, 4000));
  end loop;
end $$;

-- Makes scheduled jobs ready when their time has come and takes back those whose worker is gone. Safe to call from anywhere, often.
create function app.tend_jobs() returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, app as $$
declare lost record;
begin
  with due as (
    select j.tenant_id, j.id from job j where j.state = 'scheduled' and j.run_at <= clock_timestamp()
    order by j.run_at limit 1000 for update skip locked
  )
  update job set state = 'ready' from due where job.tenant_id = due.tenant_id and job.id = due.id;
  for lost in
    select j.tenant_id, j.id, j.attempts, j.attempts_max, j.cancel_requested, j.run_at, j.error from job j
    where j.state = 'running' and j.lease_until < clock_timestamp() order by j.lease_until limit 1000 for update skip locked
  loop
    if lost.cancel_requested or lost.attempts >= lost.attempts_max then
      update job set state = case when lost.cancel_requested then 'cancelled' else 'failed' end, worker = null, lease_until = null,
        error = case when lost.cancel_requested then error else 'Its worker was lost ' || attempts || ' times' end, finished_at = clock_timestamp()
      where tenant_id = lost.tenant_id and id = lost.id;
    else
      perform app.wait_again(lost.tenant_id, lost.id, 'ready', lost.run_at, lost.error);
    end if;
  end loop;
end $$;

-- How many jobs wait, up to 10,000: for the health check.
create function app.waiting_jobs() returns int language sql stable security definer set search_path = pg_catalog, public, app as
  $$ select count(*)::int from (select from job where state = 'ready' limit 10000) as waiting $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Files

create table file (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  kind text not null check (kind in ('upload', 'export', 'temp')),
  name text not null check (length(name) between 1 and 255),
  content_type text not null,
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 bytea not null,
  storage_key text not null unique,
  storage_class text not null default 'hot' check (storage_class in ('hot', 'warm', 'cold')),
  created_by uuid,
  expires_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, created_by) references user_account on delete set null (created_by)
);
create index file_expires on file (expires_at) where expires_at is not null;
call app.protect('file', 'file', 'created_by');
call app.audit_changes('file', 'file', '{storage_key}');
call app.touch_on_update('file');

-- Files of all tenants whose time is over, for the program to remove with their bytes.
create function app.expired_files(rows_max int) returns table (tenant_id uuid, id uuid) language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  select f.tenant_id, f.id from file f where f.expires_at <= now() order by f.expires_at limit rows_max
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Across tenants, for the program itself. Each returns no more than its caller needs.

-- A snapshot of where the outbox ends for a reader that starts now.
create function app.outbox_end() returns table (xid text) language sql stable security definer
  set search_path = pg_catalog, public, app as $$ select pg_snapshot_xmin(pg_current_snapshot())::text $$;

-- Events after (after_xid, after_seq) that no later commit can precede, oldest first.
create function app.outbox_since(after_xid text, after_seq bigint, rows_max int)
returns table (xid text, seq bigint, tenant_id uuid, resource text, record_id uuid, action text, at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, app as $$
  select o.xid::text, o.seq, o.tenant_id, o.resource, o.record_id, o.action, o.at from outbox o
  where (o.xid, o.seq) > (after_xid::xid8, after_seq) and o.xid < pg_snapshot_xmin(pg_current_snapshot())
  order by o.xid, o.seq limit rows_max
$$;

-- Deletes what is past its time: outbox, idempotency keys, finished jobs (30 days). Bounded; call until it answers 0.
create function app.purge_expired(rows_max int default 10000) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app as $$
declare gone int := 0; n int;
begin
  delete from outbox where ctid = any (array(select ctid from outbox where at < now() - interval '48 hours' limit rows_max));
  get diagnostics n = row_count; gone := gone + n;
  delete from idempotency_key where (tenant_id, actor_id, key) in
    (select tenant_id, actor_id, key from idempotency_key where created_at < now() - interval '24 hours' limit rows_max);
  get diagnostics n = row_count; gone := gone + n;
  delete from job where (tenant_id, id) in
    (select tenant_id, id from job where state in ('done', 'failed', 'cancelled') and finished_at < now() - interval '30 days' limit rows_max);
  get diagnostics n = row_count; gone := gone + n;
  return gone;
end $$;

-- Makes definer functions run as holdfast_system, with its policies, and lets the application call them. In this order: once the owner is
-- another, the migrating role may no longer revoke what everybody has by default.
create procedure app.run_as_system(functions regprocedure[], callable boolean default true) language plpgsql as $$
declare f regprocedure;
begin
  foreach f in array functions loop
    execute format('revoke all on function %s from public', f);
    if callable then execute format('grant execute on function %s to holdfast_app', f); end if;
    execute format('alter function %s owner to holdfast_system', f);
  end loop;
end $$;

call app.run_as_system(array['app.wait_again(uuid,uuid,text,timestamptz,text)']::regprocedure[], callable => false);
call app.run_as_system(array['app.claim_jobs(text,jsonb,int,int,jsonb,int)', 'app.renew_jobs(text,jsonb,int)', 'app.finish_jobs(text,jsonb)',
  'app.tend_jobs()', 'app.waiting_jobs()', 'app.expired_files(int)', 'app.outbox_end()', 'app.outbox_since(text,bigint,int)', 'app.purge_expired(int)']::regprocedure[]);
