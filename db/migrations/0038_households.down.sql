drop view household_adviser_person cascade;
drop table household_adviser, household_member, household cascade;
drop function if exists app.keep_primary_adviser();

set local role holdfast_system;
update role set rights = rights - 'household';
reset role;
