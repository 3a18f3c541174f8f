drop view household_adviser_person cascade;
drop table household_adviser, household_member, household cascade;
drop function if exists app.keep_primary_adviser();

set local role holdfast_system;
update role set rights = rights - 'household';
update role set rights = rights || '{"contact": {"read": "own", "create": "own", "update": "own", "delete": "own"}}'
where preset and key in ('advisor', 'assistant')
and rights -> 'contact' = '{"read": "household+own", "create": "own", "update": "household+own", "delete": "own"}';
reset role;
