-- Imports and exports.

-- An apostrophe before what a spreadsheet would run as a formula, at the beginning or after what may part cells;
-- src/platform/csv/formula.ts does the same for one cell.
create or replace function app.neutralise_formula(value text) returns text language sql immutable parallel safe as $$
  select case when value ~ '^''*[-=+@\t\r\n＝＋－＠]' and value !~ '^-[0-9]+(\.[0-9]+)?$' then '''' else '' end
    || case when value ~ '[,;\t\r\n]["'']*[-=+@＝＋－＠]' then regexp_replace(value, '([,;\t\r\n])(?=["'']*[-=+@＝＋－＠])', '\1''', 'g')
      else value end
$$;

-- A list of a record with what a row says beside it: what is there stays, and what is there already is not there twice, however a number is
-- written. Where one of them is sealed, they were joined already (src/platform/import/personal.ts).
create or replace function app.joined_list(list jsonb, more jsonb) returns jsonb language sql immutable parallel safe as $$
  select case when more is null or more = '[]' then list when 'string' in (jsonb_typeof(list), jsonb_typeof(more)) then more else (
    select jsonb_agg(e order by place) from (
      select e, place from jsonb_array_elements(list) with ordinality o (e, place)
      union all
      select e, 1000 + place from jsonb_array_elements(more) with ordinality o (e, place)
      where not exists (select from jsonb_array_elements(list) old where app.list_key(old) = app.list_key(e))
      order by place limit 20) joined) end
$$;

-- What tells two items of such a list apart: letters and digits, without case.
create or replace function app.list_key(item jsonb) returns text language sql immutable parallel safe as $$
  select regexp_replace(lower(coalesce(item ->> 'value', (item - 'label')::text)), '[[:space:]()/-]+', '', 'g')
$$;

-- A first name as it is compared: without case and accents, an umlaut like the two letters that stand for it, and of several names the
-- first.
create or replace function app.first_name_key(name text) returns text language sql immutable parallel safe as $$
  select regexp_replace(rtrim(split_part(trim(app.fold(name)), ' ', 1), '.'), '([aou])e', '\1', 'g')
$$;

-- Whether two people with one e-mail address may be one by their names: nothing is known of one first name, one begins with the other (M.
-- and Max), or the names are in another order. src/platform/import/first-name.ts says the same of rows.
create or replace function app.may_be_same_person(given text, family text, other_given text, other_family text) returns boolean
  language sql immutable parallel safe as $$
  select given is null or other_given is null
    or starts_with(app.first_name_key(given), app.first_name_key(other_given))
    or starts_with(app.first_name_key(other_given), app.first_name_key(given))
    or app.first_name_key(given) = app.first_name_key(other_family) or app.first_name_key(family) = app.first_name_key(other_given)
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- The table into which a batch is copied before it is written: the target's columns without its constraints, for one transaction.
-- Temporary, so that it is not logged; made by holdfast_system because the application's role owns nothing. unmapped: columns in which a
-- record keeps its value; candidates: records that a row may be about.
create or replace function app.open_import_stage(target text) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  execute format('create temporary table import_stage on commit drop as
    select null::int as row_number, null::uuid as match_id, null::text as refusal, null::text[] as unmapped, null::uuid[] as candidates,
      null::text[] as phone_keys, t.* from public.%I t with no data', target);
  grant select, insert, update, delete on pg_temp.import_stage to holdfast_app;
end $$;
revoke all on function app.open_import_stage(text) from public;
grant execute on function app.open_import_stage(text) to holdfast_app;

-- Counts how many staged rows found a record, for the plan of the statement that updates these records. The stage belongs to
-- holdfast_system, and only an owner may ANALYZE.
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

create or replace trigger audit_insert after insert on import referencing new table as new_rows
  for each statement execute function app.record_change('import', '{options,rights,reversal,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on import referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('import', '{options,rights,reversal,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on import referencing old table as old_rows
  for each statement execute function app.record_change('import', '{options,rights,reversal,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on import for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- import_fix

create or replace trigger audit_insert after insert on import_fix referencing new table as new_rows
  for each statement execute function app.record_change('import_fix', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_update after update on import_fix referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('import_fix', '{tenant_id,version,updated_at}', '{}', '{}');
create or replace trigger audit_delete after delete on import_fix referencing old table as old_rows
  for each statement execute function app.record_change('import_fix', '{tenant_id,version,updated_at}', '{}', '{}');

-- ---------------------------------------------------------------------------------------------------------------------
-- saved_mapping

create or replace trigger audit_insert after insert on saved_mapping referencing new table as new_rows
  for each statement execute function app.record_change('saved_mapping', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on saved_mapping referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('saved_mapping', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on saved_mapping referencing old table as old_rows
  for each statement execute function app.record_change('saved_mapping', '{tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on saved_mapping for each row execute function app.touch();

-- ---------------------------------------------------------------------------------------------------------------------
-- export

set local role holdfast_system;

-- Fails exports that were asked for so many hours ago and that no job makes: they were sent as they were read, by a server that died.
-- Returns how many.
create or replace function app.fail_lost_exports(hours int, message text) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare lost int;
begin
  update export e set state = 'failed', error = message, finished_at = now()
  where e.state in ('waiting', 'running') and e.created_at < now() - make_interval(hours => hours) and not exists (
    select from job j where j.tenant_id = e.tenant_id and j.kind = 'export.make' and j.state in ('scheduled', 'ready', 'running')
      and j.payload ->> 'export_id' = e.id::text);
  get diagnostics lost = row_count;
  return lost;
end $$;
revoke all on function app.fail_lost_exports(int, text) from public;
grant execute on function app.fail_lost_exports(int, text) to holdfast_app;

reset role;

create or replace trigger audit_insert after insert on export referencing new table as new_rows
  for each statement execute function app.record_change('export', '{rights,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on export referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('export', '{rights,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on export referencing old table as old_rows
  for each statement execute function app.record_change('export', '{rights,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on export for each row execute function app.touch();
