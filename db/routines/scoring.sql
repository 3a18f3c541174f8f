-- Scores of deals: rules of the workspace and a model fitted on its closed deals.

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Enqueues deals whose score may change: the rows themselves, or the deals of a company or contact.
create or replace function app.note_score_due() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
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
revoke all on function app.note_score_due() from public;
grant execute on function app.note_score_due() to session_user;

-- One job for each workspace whose queue is not empty. A job that runs goes on until the queue is empty.
create or replace function app.schedule_score_refresh() returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
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
revoke all on function app.schedule_score_refresh() from public;
grant execute on function app.schedule_score_refresh() to holdfast_app;

-- One job a day for each workspace that has deals: fits the model and evaluates rules that depend on the calendar. Called by the hourly
-- housekeeping.
create or replace function app.schedule_score_fit() returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
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
revoke all on function app.schedule_score_fit() from public;
grant execute on function app.schedule_score_fit() to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- scoring_rule

-- A rule whose filter names a field that the reader may not see would reveal who meets it, so it is not shown.
drop policy if exists read on scoring_rule;
create policy read on scoring_rule for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('scoring', 'read')) <> 'none' and not app.names_hidden(filter::text));
drop policy if exists append on scoring_rule;
create policy append on scoring_rule for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('scoring', 'create')) <> 'none');
drop policy if exists change on scoring_rule;
create policy change on scoring_rule for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('scoring', 'update')) <> 'none' or (select app.some_scope('scoring', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on scoring_rule;
create policy remove on scoring_rule for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('scoring', 'delete')) <> 'none');
drop policy if exists system on scoring_rule;
create policy system on scoring_rule to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on scoring_rule referencing new table as new_rows
  for each statement execute function app.record_change('scoring_rule', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on scoring_rule referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('scoring_rule', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on scoring_rule referencing old table as old_rows
  for each statement execute function app.record_change('scoring_rule', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger touch before update on scoring_rule for each row execute function app.touch();
create or replace trigger note_score_due after insert or delete or update on scoring_rule for each row execute function app.note_score_due();

-- ---------------------------------------------------------------------------------------------------------------------
-- score_model

drop policy if exists read on score_model;
create policy read on score_model for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('scoring', 'read')) <> 'none');
drop policy if exists append on score_model;
create policy append on score_model for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('scoring', 'create')) <> 'none');
drop policy if exists change on score_model;
create policy change on score_model for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('scoring', 'update')) <> 'none' or (select app.some_scope('scoring', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on score_model;
create policy remove on score_model for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('scoring', 'delete')) <> 'none');
drop policy if exists system on score_model;
create policy system on score_model to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- deal_score

drop policy if exists read on deal_score;
create policy read on deal_score for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('deal', 'read')) <> 'none'
    and ((select app.sees_all_records()) or exists (select from deal p where p.tenant_id = deal_score.tenant_id and p.id = deal_score.deal_id)));
drop policy if exists append on deal_score;
create policy append on deal_score for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('deal', 'create')) <> 'none'
    and ((select app.sees_all_records()) or exists (select from deal p where p.tenant_id = deal_score.tenant_id and p.id = deal_score.deal_id)));
drop policy if exists change on deal_score;
create policy change on deal_score for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('deal', 'update')) <> 'none' or (select app.some_scope('deal', 'delete')) <> 'none')
    and ((select app.sees_all_records()) or exists (select from deal p where p.tenant_id = deal_score.tenant_id and p.id = deal_score.deal_id)))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on deal_score;
create policy remove on deal_score for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('deal', 'delete')) <> 'none'
    and ((select app.sees_all_records()) or exists (select from deal p where p.tenant_id = deal_score.tenant_id and p.id = deal_score.deal_id)));
drop policy if exists system on deal_score;
create policy system on deal_score to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- score_due

drop policy if exists read on score_due;
create policy read on score_due for select to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists append on score_due;
create policy append on score_due for insert to holdfast_app with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on score_due;
create policy change on score_due for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on score_due;
create policy remove on score_due for delete to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists system on score_due;
create policy system on score_due to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- Triggers on the tables of others

create or replace trigger note_score_due after insert on deal for each row execute function app.note_score_due();
create or replace trigger note_score_due_again after update on deal
  for each row when (new.version <> old.version) execute function app.note_score_due();
create or replace trigger note_score_due after insert or delete or update on deal_line for each row execute function app.note_score_due();
create or replace trigger note_score_due after update on company
  for each row when (new.version <> old.version) execute function app.note_score_due();
create or replace trigger note_score_due after update on contact
  for each row when (new.version <> old.version) execute function app.note_score_due();
