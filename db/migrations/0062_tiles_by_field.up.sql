-- A dashboard tile may group deals by a custom field, named by its key.
alter table dashboard_tile add column custom_key text;
alter table dashboard_tile add constraint dashboard_tile_custom_key_check check (length(custom_key) <= 60) not valid;
