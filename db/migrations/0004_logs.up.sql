-- The log of the program: lines of all processes, searched on the page.

create table log_line (
  at timestamptz(3) not null,
  id uuid not null,
  level smallint not null,
  -- Null for lines of the program itself, which are of no workspace.
  tenant_id uuid,
  user_id uuid,
  route text collate "C" check (length(route) <= 300),
  request_id text collate "C" check (length(request_id) <= 200),
  trace_id text collate "C" check (length(trace_id) = 32),
  process text collate "C" not null check (length(process) <= 100),
  -- Compared byte by byte: searching for a text is three times as fast as by the rules of a language.
  message text collate "C" not null check (length(message) <= 20000),
  data text collate "C" not null check (length(data) <= 100000)
) partition by range (at);
create index log_line_tenant on log_line (tenant_id, at, id) where tenant_id is not null;
create index log_line_user on log_line (user_id, at, id) where user_id is not null;
create index log_line_route on log_line (route, at, id) where route is not null;
create index log_line_request on log_line (request_id, at, id) where request_id is not null;
create index log_line_trace on log_line (trace_id, at, id) where trace_id is not null;
create index log_line_warn on log_line (at, id) where level >= 40;
create index log_line_error on log_line (at, id) where level >= 50;
alter table log_line add primary key (at, id);
alter table log_line enable row level security;
alter table log_line force row level security;
grant select, insert, delete on log_line to holdfast_system;
-- Those with the right, of their workspace. The page asks the functions, which use the indexes.
grant select on log_line to holdfast_app;

-- How many lines there are of each level in each five minutes: of a workspace, and of all together where it is null.
create table log_count (
  at timestamptz(0) not null,
  tenant_id uuid,
  level smallint not null,
  lines bigint not null,
  unique nulls not distinct (tenant_id, at, level)
) with (fillfactor = 50);
create index log_count_at on log_count (at);
alter table log_count enable row level security;
alter table log_count force row level security;
grant select, insert, update, delete on log_count to holdfast_system;
grant select on log_count to holdfast_app;

-- Administrators have all rights.
set local role holdfast_system;
update role set rights = rights || '{"log": {"read": "all", "create": "all", "update": "all", "delete": "all"}}' where key = 'admin';
reset role;
