drop table communication cascade;
drop function if exists app.keep_communication() cascade;
drop function if exists app.begin_communication() cascade;
drop function if exists app.may_go(uuid, date) cascade;
drop function if exists app.is_resealed(uuid, bytea, bytea);
