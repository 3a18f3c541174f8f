-- Dashboards that people put together from tiles, and what is to be sold in a period.

create table dashboard (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  owner_id uuid not null,
  name text collate "und-x-icu" not null check (length(name) between 1 and 60),
  shared boolean not null default false,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, owner_id, name),
  foreign key (tenant_id, owner_id) references user_account on delete cascade
);
call app.protect('dashboard', 'dashboard', 'owner_id');
call app.audit_changes('dashboard', 'dashboard');
call app.touch_on_update('dashboard');

-- One's own, and what others have shared. What is not shared nobody else sees, whatever rights they have.
drop policy read on dashboard;
create policy read on dashboard for select to holdfast_app using (tenant_id = (select app.tenant_id())
  and (owner_id = (select app.user_id()) or (shared and (select app.scope('dashboard', 'read')) <> 'none')));

create table dashboard_tile (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  dashboard_id uuid not null,
  title text check (length(title) <= 100),
  figure text not null check (length(figure) <= 40),
  grouping text not null check (length(grouping) <= 40),
  chart text not null check (length(chart) <= 40),
  range text not null check (length(range) <= 40),
  period text not null check (length(period) <= 40),
  filter jsonb not null default '{}' check (jsonb_typeof(filter) = 'object' and pg_column_size(filter) <= 2000),
  width int not null default 2 check (width between 1 and 4),
  height int not null default 2 check (height between 1 and 3),
  position int not null default 0,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, dashboard_id) references dashboard on delete cascade
);
create index dashboard_tile_dashboard on dashboard_tile (tenant_id, dashboard_id, position);
-- Seen with its dashboard, and changed by whoever may change that.
call app.protect('dashboard_tile', 'dashboard', null,
  'exists (select from dashboard d where d.tenant_id = dashboard_tile.tenant_id and d.id = dashboard_id)');
do $$
declare
  policy text;
  clause text;
  changeable constant text := 'tenant_id = (select app.tenant_id()) and exists (select from dashboard d where d.tenant_id = dashboard_tile.tenant_id
    and d.id = dashboard_id and ((select app.scope(''dashboard'', ''update'')) = ''all'' or d.owner_id = any ((select app.scope_owners(''dashboard'', ''update''))::uuid[])))';
begin
  foreach policy in array array['append', 'change', 'remove'] loop
    clause := case policy when 'append' then 'with check (%s)' when 'change' then 'using (%1$s) with check (%1$s)' else 'using (%s)' end;
    execute format('alter policy %I on dashboard_tile %s', policy, format(clause, changeable));
  end loop;
end $$;
call app.audit_changes('dashboard_tile', 'dashboard_tile');
call app.touch_on_update('dashboard_tile');

-- What is to be won in each month, quarter or year: by somebody, by a team, or by all.
create table sales_target (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  owner_id uuid,
  team_id uuid,
  figure text not null check (figure in ('won_value', 'won_count')),
  period text not null check (period in ('month', 'quarter', 'year')),
  amount bigint check (amount > 0),
  currency char(3) not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  deals int check (deals > 0),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  check (num_nonnulls(owner_id, team_id) <= 1),
  check (case figure when 'won_value' then amount is not null and deals is null else amount is null and deals is not null end),
  constraint sales_target_once unique nulls not distinct (tenant_id, owner_id, team_id, figure, period, currency),
  foreign key (tenant_id, owner_id) references user_account on delete cascade,
  foreign key (tenant_id, team_id) references team on delete cascade
);
call app.protect('sales_target', 'sales_target');
call app.audit_changes('sales_target', 'sales_target');
call app.touch_on_update('sales_target');

-- The roles of before. Under forced row-level security their owner sees none of them.
set local role holdfast_system;
update role set rights = rights
  || jsonb_build_object('dashboard', case when key in ('admin', 'manager') then '{"read": "all", "create": "all", "update": "all", "delete": "all"}'::jsonb
    else '{"read": "all", "create": "own", "update": "own", "delete": "own"}'::jsonb end)
  || jsonb_build_object('sales_target', case when key in ('admin', 'manager') then '{"read": "all", "create": "all", "update": "all", "delete": "all"}'::jsonb
    else '{"read": "all"}'::jsonb end)
where rights -> 'dashboard' ->> 'read' is not null;
reset role;
