-- What people write down in their first days: of every hundredth contact.
create table bench.busy as select tenant_id, id, owner_id from (
  select tenant_id, id, owner_id, row_number() over (partition by tenant_id order by id) as n from contact) numbered where n % 100 = 0;

insert into activity (tenant_id, kind, subject, body, occurred_at, author_id, records)
select tenant_id, bench.pick('{email,call,meeting}', n), 'Subject ' || n, 'What was said, call ' || n, now() - n * interval '1 day', owner_id, array[id]
from bench.busy, generate_series(1, 20) n;

insert into note (tenant_id, body, author_id, records)
select tenant_id, 'A note about what matters, number ' || n, owner_id, array[id] from bench.busy, generate_series(1, 6) n;
