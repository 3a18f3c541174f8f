drop function app.name_of(text, uuid, uuid);
