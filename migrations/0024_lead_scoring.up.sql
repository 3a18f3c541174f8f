-- Lead scoring: the rules of a workspace, the models fitted on its closed deals, and what each open deal comes to.

create table scoring_rule (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 100),
  resource text not null check (resource in ('deal', 'contact')),
  filter jsonb not null check (jsonb_typeof(filter) = 'object' and pg_column_size(filter) <= 20000),
  points int not null check (points between -100 and 100 and points <> 0),
  active boolean not null default true,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
call app.protect('scoring_rule', 'scoring');
call app.audit_changes('scoring_rule', 'scoring_rule');
call app.touch_on_update('scoring_rule');

-- What came of each fitting. The newest counts, also when it says that there is no model.
create table score_model (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  verdict text not null check (verdict in ('not_enough_history', 'no_better_than_chance', 'in_use')),
  won int not null check (won >= 0),
  lost int not null check (lost >= 0),
  judgement jsonb check (jsonb_typeof(judgement) = 'object'),
  spec jsonb check (jsonb_typeof(spec) = 'object'),
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  check ((verdict = 'in_use') = (spec is not null)),
  check ((verdict = 'not_enough_history') = (judgement is null))
);
create index score_model_created on score_model (tenant_id, created_at desc);
-- No audit: it is derived, and written by the program alone.
call app.protect('score_model', 'scoring');

-- What a deal came to while it was open, why, and what was known of it then: that is what models learn from once it is closed.
create table deal_score (
  tenant_id uuid not null,
  deal_id uuid not null,
  model_id uuid,
  -- Null when there is nothing to score by.
  score int check (score between 0 and 100),
  -- What it started from, before reasons.
  base int check (base between 0 and 100),
  rule_points int not null default 0,
  reasons jsonb not null default '[]' check (jsonb_typeof(reasons) = 'array'),
  known jsonb not null check (jsonb_typeof(known) = 'object'),
  scored_at timestamptz(3) not null default now(),
  primary key (tenant_id, deal_id),
  foreign key (tenant_id, deal_id) references deal on delete cascade,
  foreign key (tenant_id, model_id) references score_model on delete set null (model_id)
);
create index deal_score_model on deal_score (tenant_id, model_id);
call app.protect('deal_score', 'deal', null,
  '(select app.sees_all_records()) or exists (select from deal p where p.tenant_id = deal_score.tenant_id and p.id = deal_id)');

-- The score of an open deal beside it, so that a list can be sorted by it. It is not the record's own: it makes no new version, no event in the trail.
alter table deal add column score int check (score between 0 and 100);
create index deal_by_score on deal (tenant_id, score desc nulls last, id desc) where deleted_at is null;
drop trigger touch on deal;
create trigger touch before update on deal for each row when (new.score is not distinct from old.score) execute function app.touch();
drop trigger audit_insert on deal;
drop trigger audit_update on deal;
drop trigger audit_delete on deal;
call app.audit_changes('deal', 'deal', '{search_text, last_open_stage_id, score}', quiet => '{position}');

-- Deals whose score may have to change; null: all of the workspace. Only ever added to by those who change records, so that nobody waits for anybody.
create table score_due (
  tenant_id uuid not null references tenant on delete cascade,
  id bigint generated always as identity,
  deal_id uuid,
  primary key (tenant_id, id)
);
call app.protect('score_due');

-- Of the rows themselves, or of the deals of a company or contact.
create function app.note_score_due() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
begin
  -- An archive that is put into place is fitted and scored as a whole.
  if app.restores_archive() then return null; end if;
  -- A workspace that goes takes its rows along.
  if tg_op = 'DELETE' and not exists (select from tenant t where t.id = old.tenant_id) then return null; end if;
  case tg_table_name
    when 'deal' then insert into score_due (tenant_id, deal_id) values (new.tenant_id, new.id);
    when 'deal_line' then
      insert into score_due (tenant_id, deal_id)
      select distinct r.tenant_id, r.deal_id from (values (old.tenant_id, old.deal_id), (new.tenant_id, new.deal_id)) r (tenant_id, deal_id) where r.deal_id is not null;
    when 'company' then insert into score_due (tenant_id, deal_id)
      select d.tenant_id, d.id from deal d where d.tenant_id = new.tenant_id and d.company_id = new.id and d.status = 'open';
    when 'contact' then insert into score_due (tenant_id, deal_id)
      select d.tenant_id, d.id from deal d where d.tenant_id = new.tenant_id and d.contact_id = new.id and d.status = 'open';
    else insert into score_due (tenant_id) values (coalesce(new.tenant_id, old.tenant_id));
  end case;
  return null;
end $$;

create trigger note_score_due after insert on deal for each row execute function app.note_score_due();
create trigger note_score_due_again after update on deal for each row when (new.version <> old.version) execute function app.note_score_due();
create trigger note_score_due after insert or update or delete on deal_line for each row execute function app.note_score_due();
create trigger note_score_due after update on company for each row when (new.version <> old.version) execute function app.note_score_due();
create trigger note_score_due after update on contact for each row when (new.version <> old.version) execute function app.note_score_due();
create trigger note_score_due after insert or update or delete on scoring_rule for each row execute function app.note_score_due();
-- Last, for whoever makes a trigger must be allowed to call it.
call app.run_as_system(array['app.note_score_due()']::regprocedure[], callable => false);

-- Deals of before are scored soon after the next start.
set local role holdfast_system;
insert into score_due (tenant_id) select distinct tenant_id from deal;
reset role;

create index job_score_refresh on job (tenant_id) where kind = 'score.refresh' and state in ('running', 'done');

-- One job for each workspace that has something due. A job that runs goes on until nothing is left.
create function app.schedule_score_refresh() returns int language plpgsql security definer set search_path = pg_catalog, public, app as $$
declare
  workspaces constant uuid[] := array(select t.id from tenant t where exists (select from score_due d where d.tenant_id = t.id)
    and not exists (select from job j where j.tenant_id = t.id and j.kind = 'score.refresh' and j.state = 'running'));
  added int;
begin
  if cardinality(workspaces) = 0 then return 0; end if;
  -- There may be one every second: those that are done tell nothing.
  delete from job where tenant_id = any (workspaces) and kind = 'score.refresh' and state = 'done';
  insert into job (tenant_id, kind, payload, dedupe_key) select w, 'score.refresh', '{}', 'all' from unnest(workspaces) w on conflict do nothing;
  get diagnostics added = row_count;
  return added;
end $$;

-- Once a day in each workspace that has deals: fits anew and looks at rules that go by the calendar. Called by the hourly housekeeping.
create function app.schedule_score_fit() returns int language plpgsql security definer set search_path = pg_catalog, public, app as $$
declare added int;
begin
  insert into job (tenant_id, kind, payload, dedupe_key)
  select t.id, 'score.fit', '{}', 'all' from tenant t
  where exists (select from deal d where d.tenant_id = t.id)
    and not exists (select from job j where j.tenant_id = t.id and j.kind = 'score.fit' and j.created_at > now() - interval '1 day')
  on conflict do nothing;
  get diagnostics added = row_count;
  return added;
end $$;
call app.run_as_system(array['app.schedule_score_refresh()', 'app.schedule_score_fit()']::regprocedure[]);

-- The roles of before. Under forced row-level security their owner sees none of them.
set local role holdfast_system;
update role set rights = rights || jsonb_build_object('scoring', case
  when key in ('admin', 'manager') then '{"read": "all", "create": "all", "update": "all", "delete": "all"}'::jsonb
  else '{"read": "all"}'::jsonb end)
where rights -> 'deal' ->> 'read' is not null and not rights ? 'scoring';
reset role;
