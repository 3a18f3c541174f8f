alter table dashboard_tile drop column custom_key;
