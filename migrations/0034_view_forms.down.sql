alter table saved_view drop column arrangement;
set local role holdfast_system;
update saved_view set layout = 'table' where layout = 'calendar';
reset role;
alter table saved_view drop constraint saved_view_layout_check;
alter table saved_view add constraint saved_view_layout_check check (layout in ('table', 'board'));
