-- Dashboards that go out by e-mail, each to one person, at an hour of that person's day.

create table dashboard_mailing (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  dashboard_id uuid not null,
  recipient_id uuid not null,
  -- Who set it up.
  owner_id uuid,
  rhythm text not null check (rhythm in ('daily', 'weekly', 'monthly')),
  hour int not null default 8 check (hour between 0 and 23),
  next_at timestamptz(3) not null,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  constraint dashboard_mailing_once unique (tenant_id, dashboard_id, recipient_id),
  foreign key (tenant_id, dashboard_id) references dashboard on delete cascade,
  foreign key (tenant_id, recipient_id) references user_account on delete cascade,
  foreign key (tenant_id, owner_id) references user_account on delete set null (owner_id)
);
call app.protect('dashboard_mailing', 'dashboard', 'owner_id');
call app.audit_changes('dashboard_mailing', 'dashboard_mailing', '{next_at}');
call app.touch_on_update('dashboard_mailing');
-- Whoever gets it sees it and may end it, too.
alter policy read on dashboard_mailing using (tenant_id = (select app.tenant_id()) and (recipient_id = (select app.user_id())
  or (select app.scope('dashboard', 'update')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[])));
alter policy remove on dashboard_mailing using (tenant_id = (select app.tenant_id()) and (recipient_id = (select app.user_id())
  or (select app.scope('dashboard', 'delete')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'delete'))::uuid[])));

-- For workspaces that the program fills with a past of its own, such as the demo; nobody else may say where deals have been.
create function app.add_stage_visits(visits jsonb) returns void language plpgsql security definer set search_path = pg_catalog, public, app as $$
begin
  if current_setting('app.rights', true) <> '*' then raise insufficient_privilege using message = 'Only the program itself adds visits of stages'; end if;
  insert into deal_stage_visit (tenant_id, deal_id, stage_id, entered_at)
  select app.tenant_id(), v.deal_id, v.stage_id, v.entered_at from jsonb_to_recordset(visits) as v (deal_id uuid, stage_id uuid, entered_at timestamptz);
end $$;
call app.run_as_system(array['app.add_stage_visits(jsonb)']::regprocedure[]);
