-- Custom fields that know rules, defaults, who may see them, and which values are one record's alone; and an index over their values.

alter table custom_field
  add column rules jsonb not null default '{}' check (jsonb_typeof(rules) = 'object' and pg_column_size(rules) <= 1000),
  add column default_value jsonb check (pg_column_size(default_value) <= 20000),
  add column is_unique boolean not null default false,
  -- Roles; null: everybody.
  add column visible_to uuid[] check (cardinality(visible_to) <= 100),
  add column editable_by uuid[] check (cardinality(editable_by) <= 100);
alter table custom_field drop constraint custom_field_type_check;
alter table custom_field add constraint custom_field_type_check check (type in
  ('text', 'integer', 'decimal', 'money', 'date', 'select', 'multi_select', 'user', 'url', 'boolean', 'contact', 'company', 'deal'));
create index custom_field_limited on custom_field (tenant_id) where visible_to is not null or editable_by is not null;

-- ---------------------------------------------------------------------------------------------------------------------
-- Who may see a field. The limits of a role travel with its rights: {"fields": {"contact.salary": "none"}}; what is not named is open.
-- In app.rights they stand as ';field.contact.salary=none;'. Whoever may change custom fields sees them all.

create function app.limited_fields(tenant uuid, role_id uuid, rights jsonb) returns jsonb language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  select case when rights #>> '{custom_field,update}' = 'all' or rights ->> '*' = 'all' then '{}' else coalesce(
    (select jsonb_build_object('fields', jsonb_object_agg(f.resource || '.' || f.key,
       case when f.visible_to is null or role_id = any (f.visible_to) then 'read' else 'none' end))
     from custom_field f where f.tenant_id = tenant and (f.visible_to is not null or f.editable_by is not null)
       and (role_id = any (f.visible_to) is false or role_id = any (f.editable_by) is false)
     having count(*) > 0), '{}') end
$$;

create function app.limited_fields_of(role_id uuid, rights jsonb) returns jsonb language sql stable security definer
  set search_path = pg_catalog, public, app as $$ select app.limited_fields(app.tenant_id(), role_id, rights) $$;

-- These belong to the system's role already.
set local role holdfast_system;
create or replace function app.rights_of_user(tenant uuid, person uuid) returns jsonb language sql stable security definer
  set search_path = pg_catalog, public, app as $$
  select coalesce(jsonb_agg(r.rights || app.limited_fields(tenant, r.id, r.rights)), '[]') from user_role ur
  join role r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
  where ur.tenant_id = tenant and ur.user_id = person
$$;

create or replace function app.authenticate_api_key(key_hash bytea)
returns table (tenant_id uuid, id uuid, user_id uuid, role_rights jsonb, scopes jsonb, person_rights jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, app as $$
#variable_conflict use_column
declare k api_key;
begin
  select api_key.* into k from api_key
  left join user_account u on u.tenant_id = api_key.tenant_id and u.id = api_key.user_id
  where api_key.hash = key_hash and (api_key.expires_at is null or api_key.expires_at > now())
    and (api_key.user_id is null or u.status = 'active');
  if not found then return; end if;
  if k.last_used_at is null or k.last_used_at < now() - interval '1 minute' then
    update api_key set last_used_at = now() where (tenant_id, id) in
      (select tenant_id, id from api_key where tenant_id = k.tenant_id and id = k.id for update skip locked);
  end if;
  return query select k.tenant_id, k.id, k.user_id, r.rights || app.limited_fields(r.tenant_id, r.id, r.rights), k.scopes,
    case when k.user_id is not null then app.rights_of_user(k.tenant_id, k.user_id) end
  from role r where r.tenant_id = k.tenant_id and r.id = k.role_id;
end $$;
reset role;

create function app.hides(resource text, key text) returns boolean language sql stable parallel safe as
  $$ select position(';field.' || resource || '.' || key || '=none;' in coalesce(current_setting('app.rights', true), '')) > 0 $$;

-- The keys of a noun that the caller may not see; most callers have none.
create function app.hidden_keys(resource text) returns text[] language sql stable parallel safe as $$
  select case when position(';field.' in current_setting('app.rights', true)) > 0 then
    array(select m[1] from regexp_matches(current_setting('app.rights', true), ';field\.' || resource || '\.([a-z0-9_]+)=none(?=;)', 'g') m)
  else '{}' end
$$;

alter policy read on custom_field using (tenant_id = (select app.tenant_id()) and (select app.scope('custom_field', 'read')) <> 'none'
  and not app.hides(resource, key));

-- Whether a filter or sort speaks of a field that the caller may not see: it would tell of its values. Such a view of somebody else is not shown.
create function app.names_hidden(query text) returns boolean language sql stable parallel safe as $$
  select position(';field.' in current_setting('app.rights', true)) > 0 and exists (
    select from regexp_matches(current_setting('app.rights', true), ';field\.[a-z_]+\.([a-z0-9_]+)=none(?=;)', 'g') m
    where query ~ ('custom\.' || m[1] || '(?![a-z0-9_])'))
$$;
alter policy read on saved_view using (tenant_id = (select app.tenant_id()) and (owner_id = (select app.user_id())
  or (shared and (select app.scope('saved_view', 'read')) <> 'none' and not app.names_hidden(concat(filter::text, ' ', sort)))));

-- Defaults hold for whoever makes a record, also of fields that one does not see.
create function app.custom_defaults(noun text) returns jsonb language sql stable security definer set search_path = pg_catalog, public, app as $$
  select coalesce(jsonb_object_agg(f.key, f.default_value), '{}') from custom_field f
  where f.tenant_id = app.tenant_id() and f.resource = noun and f.default_value is not null and f.retired_at is null
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- The values of custom fields once more, each as a text that sorts as the value does, so that one b-tree serves lists of every type. Kept by
-- triggers, whoever writes a record; there are rows for values alone, so a record without any costs nothing.

create table custom_value (
  tenant_id uuid not null,
  field_id uuid not null,
  record_id uuid not null,
  value text collate "und-x-icu" not null,
  is_unique boolean not null,
  -- Who has the record, for lists of what somebody has in the order of a field.
  owner_id uuid,
  primary key (tenant_id, record_id, field_id, value),
  foreign key (tenant_id, field_id) references custom_field on delete cascade
);
create index custom_value_listed on custom_value (tenant_id, field_id, value, record_id);
create index custom_value_owned on custom_value (tenant_id, field_id, owner_id, value, record_id);
create unique index custom_value_taken on custom_value (tenant_id, field_id, value) where is_unique;
create statistics custom_value_spread (dependencies, mcv) on tenant_id, field_id, value from custom_value;
alter table custom_value enable row level security;
alter table custom_value force row level security;
create policy read on custom_value for select to holdfast_app using (tenant_id = (select app.tenant_id()));
create policy system on custom_value to holdfast_system using (true) with check (true);
grant select on custom_value to holdfast_app;
grant select, insert, update, delete on custom_value to holdfast_system;

-- A number of at most 15 digits before the point and 6 behind it, as digits that sort as it does; null beyond.
create function app.sortable_number(value numeric) returns text language sql immutable parallel safe as
  $$ select case when abs(value) < 1e15 then lpad(trunc((value + 1e15) * 1e6)::text, 22, '0') end $$;

-- A value of a custom field as it is compared; several of a list; none for what does not fit the type.
create function app.sortable_values(type text, value jsonb) returns setof text language plpgsql stable parallel safe as $$
declare plain constant text := value #>> '{}';
begin
  if type = 'multi_select' then
    if jsonb_typeof(value) = 'array' then return query select distinct left(e, 200) from jsonb_array_elements_text(value) e; end if;
  elsif type in ('integer', 'decimal') then
    return query select s from app.sortable_number(app.to_number(plain)) s where s is not null;
  elsif type = 'money' then
    return query select s from app.sortable_number(app.to_number(value ->> 'amount')) s where s is not null;
  elsif type = 'date' then
    return query select to_char(d, 'YYYY-MM-DD') from app.to_date(plain) d where d is not null;
  elsif type in ('user', 'contact', 'company', 'deal') then
    return query select lower(plain) where pg_input_is_valid(plain, 'uuid');
  elsif type = 'boolean' then
    return query select plain where jsonb_typeof(value) = 'boolean';
  elsif jsonb_typeof(value) = 'string' then
    return next left(plain, 200);
  end if;
end $$;

-- Writers of values and whoever changes a definition take turns: a field that becomes unique knows every value, and none slips in behind it.
create function app.custom_fields_lock(tenant uuid, noun text) returns bigint language sql immutable parallel safe as
  $$ select hashtextextended(tenant || ' ' || noun, 18) $$;

-- The column of who has a record of a noun with custom fields.
create function app.owner_column(noun text) returns text language sql immutable parallel safe as
  $$ select case noun when 'task' then 'assignee_id' else 'owner_id' end $$;

-- What records of a noun hold, as rows of custom_value.
create function app.custom_values_of(tenant uuid, noun text, records jsonb)
returns table (field_id uuid, record_id uuid, value text, is_unique boolean, owner_id uuid) language sql stable
  set search_path = pg_catalog, public, app as $$
  select f.id, r.id, s.value, f.is_unique, r.owner_id
  from jsonb_to_recordset(records) as r (id uuid, custom jsonb, owner_id uuid) cross join lateral jsonb_each(r.custom) e
  join custom_field f on f.tenant_id = tenant and f.resource = noun and f.key = e.key
  cross join lateral app.sortable_values(f.type, e.value) as s (value)
$$;

-- Statement trigger of the records with custom fields; argument: their noun.
create function app.keep_custom_values() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
declare
  noun constant text := tg_argv[0];
  owner constant text := app.owner_column(noun);
  tenant uuid;
  changed jsonb;
  taken text;
begin
  if tg_op = 'INSERT' then
    if not exists (select from new_rows where custom <> '{}') then return null; end if;
  elsif not exists (select from new_rows where custom <> '{}') and not exists (select from old_rows where custom <> '{}') then
    return null;
  end if;
  for tenant in select distinct tenant_id from new_rows loop
    if tg_op = 'INSERT' then
      execute format($sql$ select jsonb_agg(jsonb_build_object('id', n.id, 'custom', n.custom, 'owner_id', n.%I)) from new_rows n
        where n.tenant_id = $1 and n.custom <> '{}' $sql$, owner) into changed using tenant;
    else
      -- By sets, because a join of the two could be planned for one row and run for many.
      execute format($sql$ select jsonb_agg(to_jsonb(d)) from (select n.id, n.custom, n.%1$I as owner_id from new_rows n where n.tenant_id = $1
        except select o.id, o.custom, o.%1$I from old_rows o where o.tenant_id = $1) d $sql$, owner) into changed using tenant;
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
    insert into custom_value (tenant_id, field_id, record_id, value, is_unique, owner_id)
      select tenant, w.field_id, w.record_id, w.value, w.is_unique, w.owner_id from app.custom_values_of(tenant, noun, changed) w on conflict do nothing;
    if not exists (select from custom_field f where f.tenant_id = tenant and f.resource = noun and f.is_unique) then continue; end if;
    select f.key into taken from app.custom_values_of(tenant, noun, changed) w join custom_field f on f.tenant_id = tenant and f.id = w.field_id
      where w.is_unique and not exists (select from custom_value v where v.tenant_id = tenant and v.record_id = w.record_id
        and v.field_id = w.field_id and v.value = w.value) limit 1;
    if found then
      raise exception using errcode = '23505', table = tg_table_name, constraint = 'custom_value_taken', column = 'custom.' || taken,
        message = 'Another record has this value of a custom field';
    end if;
  end loop;
  return null;
end $$;

-- A record that is deleted for good takes its values along, and values that named it become empty, as references do.
create function app.drop_custom_values() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
declare
  noun constant text := tg_argv[0];
  field record;
begin
  delete from custom_value v using old_rows o where v.tenant_id = o.tenant_id and v.record_id = o.id;
  for field in
    select distinct f.tenant_id, f.id, f.resource, f.key from custom_field f join old_rows o on o.tenant_id = f.tenant_id where f.type = noun
  loop
    execute format('update public.%I r set custom = r.custom - $1 where r.tenant_id = $2 and r.id = any (array(select v.record_id
      from public.custom_value v where v.tenant_id = $2 and v.field_id = $3 and v.value = any ($4)))', field.resource)
      using field.key, field.tenant_id, field.id, array(select o.id::text from old_rows o where o.tenant_id = field.tenant_id);
  end loop;
  return null;
end $$;

-- A field that becomes unique, or no longer is, says so on each of its values; one of another type has other values.
create function app.keep_custom_field() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
begin
  perform pg_advisory_xact_lock(app.custom_fields_lock(new.tenant_id, new.resource));
  if new.type <> old.type then
    delete from custom_value where tenant_id = new.tenant_id and field_id = new.id;
    execute format('insert into custom_value (tenant_id, field_id, record_id, value, is_unique, owner_id)
      select r.tenant_id, $1, r.id, s.value, $2, r.%I from public.%I r cross join lateral app.sortable_values($3, r.custom -> $4) as s (value)
      where r.tenant_id = $5 and jsonb_exists(r.custom, $4)', app.owner_column(new.resource), new.resource)
      using new.id, new.is_unique, new.type, new.key, new.tenant_id;
  elsif new.is_unique <> old.is_unique then
    update custom_value set is_unique = new.is_unique where tenant_id = new.tenant_id and field_id = new.id;
  end if;
  return null;
end $$;
create trigger keep_custom_field after update on custom_field for each row
  when (new.is_unique <> old.is_unique or new.type <> old.type) execute function app.keep_custom_field();

do $$
declare noun text;
begin
  foreach noun in array array['contact', 'company', 'deal', 'task'] loop
    execute format('create trigger custom_values_insert after insert on %1$I referencing new table as new_rows
      for each statement execute function app.keep_custom_values(%1$L)', noun);
    execute format('create trigger custom_values_update after update on %1$I referencing old table as old_rows new table as new_rows
      for each statement execute function app.keep_custom_values(%1$L)', noun);
    execute format('create trigger custom_values_delete after delete on %1$I referencing old table as old_rows
      for each statement execute function app.drop_custom_values(%1$L)', noun);
  end loop;
end $$;
create trigger custom_values_delete after delete on user_account referencing old table as old_rows
  for each statement execute function app.drop_custom_values('user');

-- What records hold already. Under forced row-level security their owner sees none of it.
set local role holdfast_system;
do $$
declare noun text;
begin
  foreach noun in array array['contact', 'company', 'deal', 'task'] loop
    execute format('insert into custom_value (tenant_id, field_id, record_id, value, is_unique, owner_id)
      select r.tenant_id, f.id, r.id, s.value, false, r.%2$I from %1$I r cross join lateral jsonb_each(r.custom) e
      join custom_field f on f.tenant_id = r.tenant_id and f.resource = %1$L and f.key = e.key
      cross join lateral app.sortable_values(f.type, e.value) as s (value) where r.custom <> ''{}'' on conflict do nothing', noun, app.owner_column(noun));
  end loop;
end $$;
reset role;

create or replace function app.analyze_records() returns void language plpgsql volatile security definer set search_path = pg_catalog, public, app as $$
begin
  analyze user_account, team, company, contact, product, deal, deal_line, record_tag, note, task, activity, custom_value;
end $$;

call app.run_as_system(array['app.limited_fields(uuid,uuid,jsonb)', 'app.keep_custom_values()', 'app.drop_custom_values()',
  'app.keep_custom_field()']::regprocedure[], callable => false);
call app.run_as_system(array['app.custom_defaults(text)', 'app.limited_fields_of(uuid,jsonb)']::regprocedure[]);
