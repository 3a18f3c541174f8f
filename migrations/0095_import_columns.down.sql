alter table import_file drop column filled;
alter table import_file drop column unknown_options;
