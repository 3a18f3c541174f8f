-- What is archived is of the installation, so the table has no tenant: operators read it, and the program itself.

drop policy if exists operators on lifecycle_archive;
create policy operators on lifecycle_archive for select to holdfast_app using ((select app.may_alert()));
drop policy if exists operators on lifecycle_rule;
create policy operators on lifecycle_rule for select to holdfast_app using ((select app.may_alert()));
drop policy if exists operators on orphan_file;
create policy operators on orphan_file for select to holdfast_app using ((select app.may_alert()));
