-- With the triggers on the tables of records.
drop function if exists app.forget_favourites() cascade;
drop function if exists app.copy_favourites(uuid, uuid[]);
drop table favourite;
drop function if exists app.hold_favourite();
