alter table client_profile drop column import_id;
