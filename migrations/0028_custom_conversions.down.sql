drop function app.purge_conversions(int, int), app.is_conversion(uuid);
drop table custom_conversion_value, custom_conversion;

create or replace function app.sortable_values(type text, value jsonb) returns setof text language plpgsql stable parallel safe as $$
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
