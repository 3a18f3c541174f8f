-- Needs the contacts: deals, and what fills the timelines of the busy ones.
insert into deal (tenant_id, id, name, amount, company_id, contact_id, owner_id, pipeline_id, stage_id, status, opened_on, expected_close_on,
  closed_on, created_at, updated_at)
select d.tenant_id, d.id, 'Deal ' || d.i, (100 + bench.hash(d.i, 71) % 50000) * 100, c.company_id, c.id, c.owner_id, bench.id('pipeline', d.tenant),
  bench.id('stage' || d.tenant, d.stage), case d.stage when 2 then 'won' when 3 then 'lost' else 'open' end, d.on_day, d.on_day + 60,
  case when d.stage > 1 then d.on_day + 30 end, c.created_at, c.created_at
from (select i, t.number as tenant, t.id as tenant_id, bench.id('deal', i) as id, bench.hash(i, 72) % 4 as stage,
    date '2025-01-01' + (bench.hash(i, 73) % 600)::int as on_day, bench.id('contact', i * 5 + i % 5) as contact_id
  from generate_series(0, $contacts / 5 - 1) i join bench.tenant t on t.number = bench.tenant_of(i * 5 + i % 5)) d
join contact c on c.tenant_id = d.tenant_id and c.id = d.contact_id;

insert into activity (tenant_id, id, kind, subject, body, occurred_at, author_id, records, created_at, updated_at)
select t.id, bench.id('activity', e.i * 100 + e.n), bench.pick('{email,call,meeting}', e.n), 'Subject ' || e.n, 'What was said, call ' || e.n,
  e.at, e.owner_id, array[e.contact_id], e.at, e.at
from bench.entries($contacts, 20) e join bench.tenant t on t.number = bench.tenant_of(e.i);

insert into note (tenant_id, id, body, author_id, records, created_at, updated_at)
select t.id, bench.id('note', e.i * 100 + e.n), 'A note about what matters, number ' || e.n, e.owner_id, array[e.contact_id], e.at, e.at
from bench.entries($contacts, 6) e join bench.tenant t on t.number = bench.tenant_of(e.i);

insert into task (tenant_id, id, title, due_at, assignee_id, records, created_at, updated_at)
select t.id, bench.id('task', e.i * 100 + e.n), 'Do thing ' || e.n, e.at + interval '7 days', e.owner_id, array[e.contact_id], e.at, e.at
from bench.entries($contacts, 4) e join bench.tenant t on t.number = bench.tenant_of(e.i);

insert into product (tenant_id, id, name, unit_price) select t.id, bench.id('product' || t.number, n), 'Product ' || n, (n + 1) * 1000
from bench.tenant t, generate_series(0, 9) n;

-- One or two products a deal.
insert into deal_line (tenant_id, id, deal_id, product_id, quantity, unit_price, created_at, updated_at)
select t.id, bench.id('line', i * 2 + n), bench.id('deal', i), bench.id('product' || t.number, (bench.hash(i, 74) + n * 3) % 10), 1 + n, 5000, now(), now()
from generate_series(0, $contacts / 5 - 1) i join bench.tenant t on t.number = bench.tenant_of(i * 5 + i % 5), generate_series(0, 1) n
where n = 0 or bench.hash(i, 75) % 2 = 0;
