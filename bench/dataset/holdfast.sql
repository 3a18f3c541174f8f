-- Everything but the contacts, which come in batches. $contacts and $companies are put in by dataset.ts.
create table bench.tenant as select id, replace(name, 'bench-', '')::int as number from public.tenant where name like 'bench-%';

insert into user_account (tenant_id, id, name, email, status)
select t.id, u.id, u.name, u.email, 'active' from bench.users() u join bench.tenant t on t.number = u.tenant;

insert into user_role (tenant_id, user_id, role_id)
select t.id, u.id, r.id from bench.users() u join bench.tenant t on t.number = u.tenant join role r on r.tenant_id = t.id and r.key = u.role;

-- A field of the workspace's own, by which lists are sorted.
insert into custom_field (tenant_id, resource, key, label, type, options) select id, 'contact', 'points', 'Points', 'integer', '{}' from bench.tenant;

insert into tag (tenant_id, id, name) select t.id, bench.id('tag' || t.number, n), 'Tag ' || n from bench.tenant t, generate_series(1, 20) n;

insert into company (tenant_id, id, name, domain, industry, city, owner_id, created_at, updated_at)
select t.id, c.id, c.name, c.domain, c.industry, c.city, c.owner_id, c.created_at, c.created_at
from bench.companies($companies) c join bench.tenant t on t.number = c.tenant;

insert into pipeline (tenant_id, id, name) select id, bench.id('pipeline', number), 'Sales' from bench.tenant;

insert into stage (tenant_id, id, pipeline_id, name, kind, probability_percent, position)
select t.id, bench.id('stage' || t.number, s.position), bench.id('pipeline', t.number), s.name, s.kind, s.probability, s.position
from bench.tenant t, (values (0, 'Prospecting', 'open', 10), (1, 'Engaging', 'open', 40), (2, 'Won', 'won', 100), (3, 'Lost', 'lost', 0))
  as s (position, name, kind, probability);
