drop function app.attached_file(uuid);
drop table attachment;
