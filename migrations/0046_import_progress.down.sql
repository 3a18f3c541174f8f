alter table import_file drop column bytes_done;
