-- Without the record they would say that the row is left out.
delete from import_fix where record_id is not null;
alter table import_fix drop column record_id;
drop table import_outcome;
