-- Names of people are sealed where a workspace says so. `name` is a composite then (app.contact_name), and search_text leaves sealed parts out: it is as it
-- was for all that is not sealed. docs/decisions/0294-names-of-people-are-sealed.md
--
-- locks contact: its rows are written once, in one pass
-- locks tenant: there is a row for each workspace
-- The view of routines is made again after the migrations.
drop view if exists attachable_record;
alter table contact drop column name,
  add column name text collate "und-x-icu" not null generated always as (app.contact_name(id, given_name, family_name, email, phone)) stored,
  drop constraint contact_middle_name,
  add constraint contact_middle_name check (length(middle_name) <= case when starts_with(middle_name, e'\x01sealed:') then 1200 else 200 end) not valid,
  drop constraint contact_suffix,
  add constraint contact_suffix check (length(suffix) <= case when starts_with(suffix, e'\x01sealed:') then 500 else 60 end) not valid;
-- As in the baseline: they went with the column. Those without a condition have one now that each list meets, so that an empty table is not looked up by them:
-- of equal costs PostgreSQL takes the newest index (test/plans/keys.test.ts).
-- An import looks up names whether or not they are in the trash (test/plans/import.test.ts): that a name is equal says that there is one.
create index contact_name on contact (tenant_id, name, id) where deleted_at is null or name is not null;
create index contact_owner on contact (tenant_id, owner_id, name, id) where owner_id is not null;
create index contact_company on contact (tenant_id, company_id, name, id) where company_id is not null;
-- A workspace that seals has to seal these too, and what was copied of them.
update tenant set personal_sealing = 'sealing' where personal_sealing = 'on';
