drop table relationship, legal_entity cascade;

set local role holdfast_system;
update role set rights = rights || '{"contact": {"read": "own", "create": "own", "update": "own", "delete": "own"}}'
where preset and key in ('advisor', 'assistant')
and rights -> 'contact' = '{"read": "household+own", "create": "own", "update": "household+own", "delete": "own"}';
reset role;
