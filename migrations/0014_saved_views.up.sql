-- Lists as people arranged them.

create table saved_view (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  owner_id uuid not null,
  resource text not null check (resource in ('contact', 'company', 'deal')),
  name text collate "und-x-icu" not null check (length(name) between 1 and 60),
  shared boolean not null default false,
  layout text not null default 'table' check (layout in ('table', 'board')),
  filter jsonb check (jsonb_typeof(filter) = 'object' and pg_column_size(filter) <= 20000),
  sort text check (length(sort) <= 200),
  columns jsonb not null default '{"order": [], "hidden": [], "widths": {}}' check (jsonb_typeof(columns) = 'object'),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, owner_id, resource, name),
  foreign key (tenant_id, owner_id) references user_account on delete cascade
);
call app.protect('saved_view', 'saved_view', 'owner_id');
call app.audit_changes('saved_view', 'saved_view');
call app.touch_on_update('saved_view');

-- One's own, and what others have shared. What is not shared nobody else sees, whatever rights they have.
drop policy read on saved_view;
create policy read on saved_view for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (owner_id = (select app.user_id()) or (shared and (select app.scope('saved_view', 'read')) <> 'none')));

-- The roles of before. Under forced row-level security their owner sees none of them.
set local role holdfast_system;
update role set rights = rights || jsonb_build_object('saved_view', case
  when key in ('admin', 'manager') then '{"read": "all", "create": "all", "update": "all", "delete": "all"}'::jsonb
  else '{"read": "own", "create": "own", "update": "own", "delete": "own"}'::jsonb end)
where rights ? 'contact' and not rights ? 'saved_view';
reset role;
