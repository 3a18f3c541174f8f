drop function app.retired_keys(text);
drop index custom_field_retired;
