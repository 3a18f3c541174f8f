-- Imports and exports.

-- An apostrophe before what a spreadsheet would run as a formula; src/modules/directory/csv/formula.ts does the same for one cell.
create or replace function app.neutralise_formula(value text) returns text language sql immutable parallel safe as $$
  select case when value ~ '^''*[-=+@\t\r\n＝＋－＠]' and value !~ '^-[0-9]+(\.[0-9]+)?$' then '''' || value else value end
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- The table into which a batch is copied before it is written: the target's columns without its constraints, for one transaction. Temporary, so
-- that it is not logged; made by holdfast_system because the application's role owns nothing.
create or replace function app.open_import_stage(target text) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  execute format('create temporary table import_stage on commit drop as
    select null::int as row_number, null::uuid as match_id, null::text as refusal, t.* from public.%I t with no data', target);
  grant select, insert, update, delete on pg_temp.import_stage to holdfast_app;
end $$;
revoke all on function app.open_import_stage(text) from public;
grant execute on function app.open_import_stage(text) to holdfast_app;

-- Counts how many staged rows found a record, for the plan of the statement that updates these records. The stage belongs to holdfast_system, and
-- only an owner may ANALYZE.
create or replace function app.analyze_import_stage() returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  analyze pg_temp.import_stage (match_id, refusal);
end $$;
revoke all on function app.analyze_import_stage() from public;
grant execute on function app.analyze_import_stage() to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- import

drop policy if exists read on import;
create policy read on import for select to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('import', 'read')) is not null or created_by = any ((select app.scope_owners('import', 'read'))::uuid[])));
drop policy if exists append on import;
create policy append on import for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('import', 'create')) is not null or created_by = any ((select app.scope_owners('import', 'create'))::uuid[])));
drop policy if exists change on import;
create policy change on import for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      (select app.full_scope('import', 'update')) is not null or created_by = any ((select app.scope_owners('import', 'update'))::uuid[])
      or (select app.full_scope('import', 'delete')) is not null or created_by = any ((select app.scope_owners('import', 'delete'))::uuid[])))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on import;
create policy remove on import for delete to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('import', 'delete')) is not null or created_by = any ((select app.scope_owners('import', 'delete'))::uuid[])));
drop policy if exists system on import;
create policy system on import to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on import referencing new table as new_rows
  for each statement execute function app.record_change('import', '{options,rights,reversal,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on import referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('import', '{options,rights,reversal,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on import referencing old table as old_rows
  for each statement execute function app.record_change('import', '{options,rights,reversal,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on import for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- import_file

drop policy if exists read on import_file;
create policy read on import_file for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'read')) <> 'none'
    and exists (select from import p where p.tenant_id = import_file.tenant_id and p.id = import_file.import_id));
drop policy if exists append on import_file;
create policy append on import_file for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'create')) <> 'none'
    and exists (select from import p where p.tenant_id = import_file.tenant_id and p.id = import_file.import_id));
drop policy if exists change on import_file;
create policy change on import_file for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('import', 'update')) <> 'none' or (select app.some_scope('import', 'delete')) <> 'none')
    and exists (select from import p where p.tenant_id = import_file.tenant_id and p.id = import_file.import_id))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on import_file;
create policy remove on import_file for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'delete')) <> 'none'
    and exists (select from import p where p.tenant_id = import_file.tenant_id and p.id = import_file.import_id));
drop policy if exists system on import_file;
create policy system on import_file to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- import_row

drop policy if exists read on import_row;
create policy read on import_row for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'read')) <> 'none'
    and exists (select from import_file p where p.tenant_id = import_row.tenant_id and p.id = import_row.import_file_id));
drop policy if exists append on import_row;
create policy append on import_row for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'create')) <> 'none'
    and exists (select from import_file p where p.tenant_id = import_row.tenant_id and p.id = import_row.import_file_id));
drop policy if exists change on import_row;
create policy change on import_row for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('import', 'update')) <> 'none' or (select app.some_scope('import', 'delete')) <> 'none')
    and exists (select from import_file p where p.tenant_id = import_row.tenant_id and p.id = import_row.import_file_id))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on import_row;
create policy remove on import_row for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'delete')) <> 'none'
    and exists (select from import_file p where p.tenant_id = import_row.tenant_id and p.id = import_row.import_file_id));
drop policy if exists system on import_row;
create policy system on import_row to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- import_fix

drop policy if exists read on import_fix;
create policy read on import_fix for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'read')) <> 'none'
    and exists (select from import_file p where p.tenant_id = import_fix.tenant_id and p.id = import_fix.import_file_id));
drop policy if exists append on import_fix;
create policy append on import_fix for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'create')) <> 'none'
    and exists (select from import_file p where p.tenant_id = import_fix.tenant_id and p.id = import_fix.import_file_id));
drop policy if exists change on import_fix;
create policy change on import_fix for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('import', 'update')) <> 'none' or (select app.some_scope('import', 'delete')) <> 'none')
    and exists (select from import_file p where p.tenant_id = import_fix.tenant_id and p.id = import_fix.import_file_id))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on import_fix;
create policy remove on import_fix for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'delete')) <> 'none'
    and exists (select from import_file p where p.tenant_id = import_fix.tenant_id and p.id = import_fix.import_file_id));
drop policy if exists system on import_fix;
create policy system on import_fix to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on import_fix referencing new table as new_rows
  for each statement execute function app.record_change('import_fix', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on import_fix referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('import_fix', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on import_fix referencing old table as old_rows
  for each statement execute function app.record_change('import_fix', '{tenant_id,version,updated_at}', '{}', '{}');

-- ---------------------------------------------------------------------------------------------------------------------
-- import_problem

drop policy if exists read on import_problem;
create policy read on import_problem for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'read')) <> 'none'
    and exists (select from import_file p where p.tenant_id = import_problem.tenant_id and p.id = import_problem.import_file_id));
drop policy if exists append on import_problem;
create policy append on import_problem for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'create')) <> 'none'
    and exists (select from import_file p where p.tenant_id = import_problem.tenant_id and p.id = import_problem.import_file_id));
drop policy if exists change on import_problem;
create policy change on import_problem for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('import', 'update')) <> 'none' or (select app.some_scope('import', 'delete')) <> 'none')
    and exists (select from import_file p where p.tenant_id = import_problem.tenant_id and p.id = import_problem.import_file_id))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on import_problem;
create policy remove on import_problem for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'delete')) <> 'none'
    and exists (select from import_file p where p.tenant_id = import_problem.tenant_id and p.id = import_problem.import_file_id));
drop policy if exists system on import_problem;
create policy system on import_problem to holdfast_system using (true) with check (true);

-- ---------------------------------------------------------------------------------------------------------------------
-- saved_mapping

drop policy if exists read on saved_mapping;
create policy read on saved_mapping for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('saved_mapping', 'read')) <> 'none');
drop policy if exists append on saved_mapping;
create policy append on saved_mapping for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('saved_mapping', 'create')) <> 'none');
drop policy if exists change on saved_mapping;
create policy change on saved_mapping for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.some_scope('saved_mapping', 'update')) <> 'none' or (select app.some_scope('saved_mapping', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on saved_mapping;
create policy remove on saved_mapping for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('saved_mapping', 'delete')) <> 'none');
drop policy if exists system on saved_mapping;
create policy system on saved_mapping to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on saved_mapping referencing new table as new_rows
  for each statement execute function app.record_change('saved_mapping', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on saved_mapping referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('saved_mapping', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on saved_mapping referencing old table as old_rows
  for each statement execute function app.record_change('saved_mapping', '{tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on saved_mapping for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- export

drop policy if exists read on export;
create policy read on export for select to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('export', 'read')) is not null or created_by = any ((select app.scope_owners('export', 'read'))::uuid[])));
drop policy if exists append on export;
create policy append on export for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('export', 'create')) is not null or created_by = any ((select app.scope_owners('export', 'create'))::uuid[])));
drop policy if exists change on export;
create policy change on export for update to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and (
      (select app.full_scope('export', 'update')) is not null or created_by = any ((select app.scope_owners('export', 'update'))::uuid[])
      or (select app.full_scope('export', 'delete')) is not null or created_by = any ((select app.scope_owners('export', 'delete'))::uuid[])))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on export;
create policy remove on export for delete to holdfast_app
  using (tenant_id = (select app.tenant_id())
    and ((select app.full_scope('export', 'delete')) is not null or created_by = any ((select app.scope_owners('export', 'delete'))::uuid[])));
drop policy if exists system on export;
create policy system on export to holdfast_system using (true) with check (true);
create or replace trigger audit_insert after insert on export referencing new table as new_rows
  for each statement execute function app.record_change('export', '{rights,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on export referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('export', '{rights,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on export referencing old table as old_rows
  for each statement execute function app.record_change('export', '{rights,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on export for each row execute function app.touch();
