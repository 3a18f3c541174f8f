drop table examiner_export cascade;

set local role holdfast_system;
update role set rights = rights - 'examiner_export';
reset role;
