-- Custom fields: their definitions, and custom_value, an index over their values. It holds each value once more as a text that sorts as the
-- value does, so that one b-tree serves lists of every type. Triggers keep it. There are rows for values only, so a record without any
-- costs nothing.

-- A custom value as a number; null when it is none, rather than an error that would break a list.
create or replace function app.to_number(value text) returns numeric language sql stable parallel safe as
  $$ select case when pg_input_is_valid(value, 'numeric') then value::numeric end $$;

-- A custom value as a date; null when it is none.
create or replace function app.to_date(value text) returns date language sql stable parallel safe as
  $$ select case when pg_input_is_valid(value, 'date') then value::date end $$;

-- A number of at most 15 digits before the point and 6 after it, as digits that sort like the number; null beyond that.
create or replace function app.sortable_number(value numeric) returns text language sql immutable parallel safe as
  $$ select case when abs(value) < 1e15 then lpad(trunc((value + 1e15) * 1e6)::text, 22, '0') end $$;

-- The value of a custom field as it is compared; several for a list, none for what does not fit the type. Checks before it casts in
-- separate steps: the planner evaluates constants early, and would cast a text that is not a number.
create or replace function app.sortable_values(type text, value jsonb) returns setof text language plpgsql stable parallel safe as $$
declare plain constant text := value #>> '{}'; number text;
begin
  if type = 'multi_select' then
    if jsonb_typeof(value) = 'array' then return query select distinct left(e, 200) from jsonb_array_elements_text(value) e; end if;
  elsif type in ('integer', 'decimal', 'money') then
    number := case when type = 'money' then value ->> 'amount' else plain end;
    if pg_input_is_valid(number, 'numeric') then
      if app.sortable_number(number::numeric) is not null then return next app.sortable_number(number::numeric); end if;
    end if;
  elsif type = 'date' then
    if pg_input_is_valid(plain, 'date') then return next to_char(plain::date, 'YYYY-MM-DD'); end if;
  elsif type = 'boolean' then
    if jsonb_typeof(value) = 'boolean' then return next plain; end if;
  elsif type in ('text', 'select', 'url') then
    if jsonb_typeof(value) = 'string' then return next left(plain, 200); end if;
  -- A member, or a record of the type of this name.
  elsif pg_input_is_valid(plain, 'uuid') then
    return next lower(plain);
  end if;
end $$;

-- Writers of values share this lock, and changes of a definition take it alone: a field that becomes unique knows every value, and none is
-- added behind its back.
create or replace function app.custom_fields_lock(tenant uuid, noun text) returns bigint language sql immutable parallel safe as
  $$ select hashtextextended(tenant || ' ' || noun, 18) $$;

-- The custom values of records, as rows of custom_value.
create or replace function app.custom_values_of(tenant uuid, noun text, records jsonb)
  returns table (field_id uuid, record_id uuid, value text, is_unique boolean, owner_id uuid) language sql stable
  set search_path = pg_catalog, public, app, pg_temp as $$
  select f.id, r.id, s.value, f.is_unique, r.owner_id
  from jsonb_to_recordset(records) as r (id uuid, custom jsonb, owner_id uuid) cross join lateral jsonb_each(r.custom) e
  join custom_field f on f.tenant_id = tenant and f.resource = noun and f.key = e.key
  cross join lateral app.sortable_values(f.type, e.value) as s (value)
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Defaults hold for whoever makes a record, also those of fields that the person does not see. Where there are any, definitions are kept
-- until the transaction ends, and read once they are: a field that is converted meanwhile would get a default of its old type.
create or replace function app.custom_defaults(noun text) returns jsonb language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if not exists (select from custom_field f
    where f.tenant_id = app.tenant_id() and f.resource = noun and f.default_value is not null and f.retired_at is null)
      then return '{}'; end if;
  perform pg_advisory_xact_lock_shared(app.custom_fields_lock(app.tenant_id(), noun));
  return (select coalesce(jsonb_object_agg(f.key, f.default_value), '{}') from custom_field f
    where f.tenant_id = app.tenant_id() and f.resource = noun and f.default_value is not null and f.retired_at is null);
end $$;
revoke all on function app.custom_defaults(text) from public;
grant execute on function app.custom_defaults(text) to holdfast_app;

-- Statement trigger of records with custom fields; argument: their resource.
create or replace function app.keep_custom_values() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  noun constant text := tg_argv[0];
  owner text;
  tenant uuid;
  changed jsonb;
  taken text;
  -- Of other types values are ids of records.
  plain constant text[] := '{text,integer,decimal,money,date,select,multi_select,url,boolean}';
  named record;
begin
  if tg_op = 'INSERT' then
    if not exists (select from new_rows where custom <> '{}') then return null; end if;
  elsif not exists (select from new_rows where custom <> '{}' union all select from old_rows where custom <> '{}') then
    return null;
  end if;
  -- Only now, because most writes end above. A record type may have no owner.
  owner := coalesce(quote_ident(app.owner_column(noun)), 'null::uuid');
  for tenant in select distinct tenant_id from new_rows loop
    if tg_op = 'INSERT' then
      execute format($sql$ select jsonb_agg(jsonb_build_object('id', n.id, 'custom', n.custom, 'owner_id', %s)) from new_rows n
        where n.tenant_id = $1 and n.custom <> '{}' $sql$, owner) into changed using tenant;
    else
      -- By sets, because a join of the two could be planned for one row and run for many.
      execute format($sql$ select jsonb_agg(to_jsonb(d)) from (select n.id, n.custom, %1$s as owner_id from new_rows n
        where n.tenant_id = $1
        except select o.id, o.custom, %1$s from old_rows o where o.tenant_id = $1) d $sql$, owner) into changed using tenant;
    end if;
    if changed is null then continue; end if;
    perform pg_advisory_xact_lock_shared(app.custom_fields_lock(tenant, noun));
    if tg_op = 'UPDATE' then
      delete from custom_value v where v.tenant_id = tenant
        and v.record_id = any (array(select (c ->> 'id')::uuid from jsonb_array_elements(changed) c))
        and not exists (select from app.custom_values_of(tenant, noun, changed) w
          where w.field_id = v.field_id and w.record_id = v.record_id and w.value = v.value);
      update custom_value v set owner_id = c.owner_id from jsonb_to_recordset(changed) as c (id uuid, owner_id uuid)
        where v.tenant_id = tenant and v.record_id = c.id and v.owner_id is distinct from c.owner_id;
    end if;
    -- As foreign keys do, this waits for whoever merges or deletes what is named anew, and they wait for this. The writer looks afterwards
    -- what became of it.
    for named in
      with made as (
        insert into custom_value (tenant_id, field_id, record_id, value, is_unique, owner_id)
        select tenant, w.field_id, w.record_id, w.value, w.is_unique, w.owner_id from app.custom_values_of(tenant, noun, changed) w
        on conflict do nothing returning field_id, value
      )
      select case f.type when 'user' then 'user_account' else f.type end as relation, array_agg(distinct m.value::uuid) as ids
      from made m join custom_field f on f.tenant_id = tenant and f.id = m.field_id where f.type <> all (plain) group by 1 order by 1
    loop
      execute format('select from public.%I where tenant_id = $1 and id = any ($2) order by id for key share', named.relation)
        using tenant, named.ids;
    end loop;
    if not exists (select from custom_field f where f.tenant_id = tenant and f.resource = noun and f.is_unique) then continue; end if;
    select f.key into taken from app.custom_values_of(tenant, noun, changed) w join custom_field f on f.tenant_id = tenant
      and f.id = w.field_id
      where w.is_unique and not exists (select from custom_value v where v.tenant_id = tenant and v.record_id = w.record_id
        and v.field_id = w.field_id and v.value = w.value) limit 1;
    if found then
      raise exception using errcode = '23505', table = tg_table_name, constraint = 'custom_value_taken', column = 'custom.' || taken,
        message = 'Another record has this value of a custom field';
    end if;
  end loop;
  return null;
end $$;
revoke all on function app.keep_custom_values() from public;
grant execute on function app.keep_custom_values() to session_user;

-- A record that is deleted for good takes its values along, and values that referred to it become empty, as references do.
create or replace function app.drop_custom_values() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  noun constant text := tg_argv[0];
  field record;
begin
  delete from custom_value v using old_rows o where v.tenant_id = o.tenant_id and v.record_id = o.id;
  for field in
    select distinct f.tenant_id, f.id, f.resource, f.key from custom_field f join old_rows o on o.tenant_id = f.tenant_id
      where f.type = noun
  loop
    execute format('update public.%I r set custom = r.custom - $1 where r.tenant_id = $2 and r.id = any (array(select v.record_id
      from public.custom_value v where v.tenant_id = $2 and v.field_id = $3 and v.value = any ($4)))', field.resource)
      using field.key, field.tenant_id, field.id, array(select o.id::text from old_rows o where o.tenant_id = field.tenant_id);
  end loop;
  return null;
end $$;
revoke all on function app.drop_custom_values() from public;
grant execute on function app.drop_custom_values() to session_user;

-- A field that becomes unique, or no longer is, says so on each of its values; a field with another type has other values.
create or replace function app.keep_custom_field() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  perform pg_advisory_xact_lock(app.custom_fields_lock(new.tenant_id, new.resource));
  if new.type <> old.type then
    delete from custom_value where tenant_id = new.tenant_id and field_id = new.id;
    execute format('insert into custom_value (tenant_id, field_id, record_id, value, is_unique, owner_id)
      select r.tenant_id, $1, r.id, s.value, $2, %s from public.%I r cross join lateral app.sortable_values($3, r.custom -> $4) as s (value)
      where r.tenant_id = $5 and jsonb_exists(r.custom, $4)', coalesce(quote_ident(app.owner_column(new.resource)), 'null::uuid'),
        new.resource)
      using new.id, new.is_unique, new.type, new.key, new.tenant_id;
  elsif new.is_unique <> old.is_unique then
    update custom_value set is_unique = new.is_unique where tenant_id = new.tenant_id and field_id = new.id;
  end if;
  return null;
end $$;
revoke all on function app.keep_custom_field() from public;
grant execute on function app.keep_custom_field() to session_user;

-- A filter with another name for an option of a field of these records; an object that names a record type is about that one.
create or replace function app.with_option(filter jsonb, noun text, of_noun text, field text, old_option text, new_option text)
  returns jsonb
  language plpgsql immutable set search_path = pg_catalog, public, app, pg_temp as $$
declare
  about constant text := coalesce(filter ->> 'any', filter ->> 'none', filter ->> 'resource', noun);
begin
  if jsonb_typeof(filter) = 'array' then
    return (select coalesce(jsonb_agg(app.with_option(e.value, noun, of_noun, field, old_option, new_option) order by e.ordinality), '[]')
      from jsonb_array_elements(filter) with ordinality as e);
  elsif jsonb_typeof(filter) <> 'object' then
    return filter;
  elsif noun = of_noun and filter ->> 'field' = field and filter -> 'value' = to_jsonb(old_option) then
    return filter || jsonb_build_object('value', new_option);
  elsif noun = of_noun and filter ->> 'field' = field and jsonb_typeof(filter -> 'value') = 'array' then
    return filter || jsonb_build_object('value', (select coalesce(jsonb_agg(case when e.value = to_jsonb(old_option)
      then to_jsonb(new_option) else e.value end
      order by e.ordinality), '[]') from jsonb_array_elements(filter -> 'value') with ordinality as e));
  end if;
  return (select coalesce(jsonb_object_agg(e.key, app.with_option(e.value, about, of_noun, field, old_option, new_option)), '{}')
    from jsonb_each(filter) e);
end $$;

-- Gives an option of a field its new name in all filters that are stored in the workspace, whoever they are of; the caller may change the
-- field.
create or replace function app.rename_option(of_noun text, field text, old_option text, new_option text) returns void
  language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  stored record;
begin
  if (select app.scope('custom_field', 'update')) is distinct from 'all' then return; end if;
  for stored in
    select c.relname as name, a.attname as filter,
      case when exists (select from pg_attribute n where n.attrelid = c.oid and n.attname = 'resource' and not n.attisdropped)
        then 'resource' else 'null' end as noun
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.oid = any ('{saved_view,scoring_rule,webhook}'::regclass[]) and a.attname in ('filter', 'events') and not a.attisdropped
  loop
    execute format('update %1$I set %2$I = app.with_option(%2$I, %3$s, $1, $2, $3, $4)
      where tenant_id = app.tenant_id() and strpos(%2$I::text, $2) > 0 and %2$I <> app.with_option(%2$I, %3$s, $1, $2, $3, $4)',
      stored.name, stored.filter, stored.noun) using of_noun, field, old_option, new_option;
  end loop;
end $$;
revoke all on function app.rename_option(text, text, text, text) from public;
grant execute on function app.rename_option(text, text, text, text) to holdfast_app;

-- Whether a change is the conversion of a field to another type, or the reversal of one.
create or replace function app.is_conversion(change_id uuid) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select exists (select from custom_conversion c where c.tenant_id = app.tenant_id()
    and (c.request_id = change_id::text or c.taken_back_by = change_id::text))
$$;
revoke all on function app.is_conversion(uuid) from public;
grant execute on function app.is_conversion(uuid) to holdfast_app;

-- The keys of retired fields. Records keep their values until the field is brought back, and no response shows them meanwhile. Whoever may
-- not read definitions would not know which fields are retired, so this runs as the system. PL/pgSQL keeps the plan for the session.
create or replace function app.retired_keys(noun text) returns text[] language plpgsql stable parallel safe security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  return array(select f.key from custom_field f where f.tenant_id = app.tenant_id() and f.resource = noun and f.retired_at is not null);
end $$;
revoke all on function app.retired_keys(text) from public;
grant execute on function app.retired_keys(text) to holdfast_app;

-- Resources whose records still name one of these in a custom field that the caller may not change, or where the caller may not change the
-- record.
create or replace function app.custom_references_left(noun text, others uuid[]) returns text[] language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select coalesce(array_agg(distinct f.resource), '{}') from custom_field f
  join custom_value v on v.tenant_id = f.tenant_id and v.field_id = f.id
  where f.tenant_id = app.tenant_id() and f.type = noun and v.value = any (others::text[]) and v.record_id <> all (others)
$$;
revoke all on function app.custom_references_left(text, uuid[]) from public;
grant execute on function app.custom_references_left(text, uuid[]) to holdfast_app;

-- Tables in which something still refers to these records by one of the given columns ([table, column] each), also where the caller cannot
-- see it. The records themselves do not count. Of custom fields app.custom_references_left tells, by the index of their values.
create or replace function app.references_left(target text, columns jsonb, ids uuid[]) returns text[]
  language plpgsql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
declare
  place record; found boolean; tables text[] := '{}';
begin
  for place in select c.value ->> 0 as relation, c.value ->> 1 as name from jsonb_array_elements(columns) c loop
    if place.name = 'records' then
      found := exists (select from record_link l where l.tenant_id = app.tenant_id() and l.record_id = any (ids)
        and l.item_type = place.relation);
    else
      execute format('select exists (select from public.%I where tenant_id = app.tenant_id() and id <> all ($1) and %I = any ($1))',
        place.relation, place.name) using ids into found;
    end if;
    if found and place.relation <> all (tables) then tables := tables || place.relation; end if;
  end loop;
  return tables;
end $$;
revoke all on function app.references_left(text, jsonb, uuid[]) from public;
grant execute on function app.references_left(text, jsonb, uuid[]) to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- custom_field

create or replace trigger audit_insert after insert on custom_field referencing new table as new_rows
  for each statement execute function app.record_change('custom_field', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on custom_field referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('custom_field', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on custom_field referencing old table as old_rows
  for each statement execute function app.record_change('custom_field', '{tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on custom_field for each row execute function app.touch();
create or replace trigger keep_custom_field after update on custom_field
  for each row when (new.is_unique <> old.is_unique or new.type <> old.type) execute function app.keep_custom_field();

-- ---------------------------------------------------------------------------------------------------------------------
-- Triggers on the tables of others

create or replace trigger custom_values_delete after delete on user_account referencing old table as old_rows
  for each statement execute function app.drop_custom_values('user');
