drop table saved_view;
set local role holdfast_system;
update role set rights = rights - 'saved_view' where rights ? 'saved_view';
reset role;
