set local role holdfast_system;
update role set rights = rights || '{"tenant": {"read": "all"}}' where preset and kind <> 'member';
reset role;
