drop function app.purge_usage(int, int);
drop trigger count_sign_in on session;
drop function app.count_sign_in();
drop table usage_activity, usage_route, usage_statement;
drop function app.add_counts(int[], int[]);
set local role holdfast_system;
update role set rights = rights - 'usage' where rights ? 'usage';
reset role;
