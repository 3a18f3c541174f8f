-- With the triggers on the tables of records.
drop function if exists app.keep_deleted_favourites() cascade;
drop table deleted_favourite;
