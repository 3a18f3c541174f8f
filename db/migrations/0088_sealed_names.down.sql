-- Refused where a name is sealed: switch sealing off in that workspace first, and wait until it is done.
do $$ begin
  if exists (select from contact where starts_with(given_name, e'\x01sealed:') or starts_with(middle_name, e'\x01sealed:')
      or starts_with(family_name, e'\x01sealed:') or starts_with(suffix, e'\x01sealed:'))
    or exists (select from record_history h, lateral (values (h.before), (h.after)) v (kept), unnest(
        array[v.kept ->> 'given_name', v.kept ->> 'middle_name', v.kept ->> 'family_name', v.kept ->> 'suffix']) t (text)
      where h.resource = 'contact' and starts_with(t.text, e'\x01sealed:')) then
    raise exception 'A workspace seals personal texts. Switch that off first, and wait until it is done.';
  end if;
end $$;
-- The view of routines is made again after the migrations.
drop view if exists attachable_record;
alter table contact drop column name,
  add column name text collate "und-x-icu" not null generated always as (coalesce(app.person_name(given_name, family_name), email, phone, 'No name')) stored,
  drop constraint contact_middle_name,
  add constraint contact_middle_name check (length(middle_name) <= 200) not valid,
  drop constraint contact_suffix,
  add constraint contact_suffix check (length(suffix) <= 60) not valid;
create index contact_name on contact (tenant_id, name, id);
create index contact_owner on contact (tenant_id, owner_id, name, id);
create index contact_company on contact (tenant_id, company_id, name, id) where company_id is not null;
