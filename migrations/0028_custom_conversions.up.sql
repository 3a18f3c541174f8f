-- What values of a custom field were before it got another type, for as long as that can be taken back.

create table custom_conversion (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  field_id uuid not null,
  from_definition jsonb not null check (jsonb_typeof(from_definition) = 'object'),
  to_type text not null,
  converted int not null default 0,
  cleared int not null default 0,
  -- The change that a request makes cannot be taken back as others are: the values would have their old form in a field of the new type.
  request_id text default nullif(current_setting('app.request_id', true), ''),
  taken_back_by text,
  created_by uuid,
  created_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, field_id) references custom_field on delete cascade,
  foreign key (tenant_id, created_by) references user_account on delete set null (created_by)
);
create index custom_conversion_field on custom_conversion (tenant_id, field_id, id);
create index custom_conversion_created on custom_conversion (created_at);
call app.protect('custom_conversion', 'custom_field');

create table custom_conversion_value (
  tenant_id uuid not null,
  conversion_id uuid not null,
  record_id uuid not null,
  before jsonb not null,
  -- Null: it did not fit and was left out.
  after jsonb,
  primary key (tenant_id, conversion_id, record_id),
  foreign key (tenant_id, conversion_id) references custom_conversion on delete cascade
);
call app.protect('custom_conversion_value', 'custom_field');

-- Whether the values that a change set got their form by a conversion.
create function app.is_conversion(change_id uuid) returns boolean language sql stable security definer set search_path = pg_catalog, public, app as $$
  select exists (select from custom_conversion c where c.tenant_id = app.tenant_id()
    and (c.request_id = change_id::text or c.taken_back_by = change_id::text))
$$;

-- Forgets conversions that can no longer be taken back. Bounded; call until it answers 0.
create function app.purge_conversions(days int, rows_max int default 100) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app as $$
declare gone int;
begin
  delete from custom_conversion where (tenant_id, id) in
    (select tenant_id, id from custom_conversion where created_at < now() - make_interval(days => days) limit rows_max);
  get diagnostics gone = row_count;
  return gone;
end $$;
call app.run_as_system(array['app.is_conversion(uuid)', 'app.purge_conversions(int,int)']::regprocedure[]);

-- As before, but for a planner that works out what is constant: it would cast a text that is no number before anything asks whether it is one.
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
  elsif type in ('user', 'contact', 'company', 'deal') then
    if pg_input_is_valid(plain, 'uuid') then return next lower(plain); end if;
  elsif type = 'boolean' then
    if jsonb_typeof(value) = 'boolean' then return next plain; end if;
  elsif jsonb_typeof(value) = 'string' then
    return next left(plain, 200);
  end if;
end $$;
