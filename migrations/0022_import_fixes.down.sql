alter table import_file drop column names;
drop table import_fix;
drop table import_row;
