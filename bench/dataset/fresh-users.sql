-- People and a field of the workspace's own; all else is imported.
create table bench.tenant as select id, replace(name, 'bench-', '')::int as number from public.tenant where name like 'bench-%';
create table bench.owners as select * from bench.users();

insert into user_account (tenant_id, id, name, email, status)
select t.id, u.id, u.name, u.email, 'active' from bench.owners u join bench.tenant t on t.number = u.tenant;

insert into user_role (tenant_id, user_id, role_id)
select t.id, u.id, r.id from bench.owners u join bench.tenant t on t.number = u.tenant join role r on r.tenant_id = t.id and r.key = u.role;

insert into custom_field (tenant_id, resource, key, label, type, options) select id, 'contact', 'points', 'Points', 'integer', '{}' from bench.tenant;
