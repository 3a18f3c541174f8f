-- What dashboards count: when a deal came into which stage, what of a deal's amount falls to which product, and whose team somebody is of.

create table deal_stage_visit (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  deal_id uuid not null,
  stage_id uuid not null,
  entered_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, deal_id) references deal on delete cascade,
  foreign key (tenant_id, stage_id) references stage on delete cascade
);
create index deal_stage_visit_stage on deal_stage_visit (tenant_id, stage_id, entered_at, deal_id);
create index deal_stage_visit_deal on deal_stage_visit (tenant_id, deal_id, stage_id);
-- Not audited: each row follows from a change of the deal, which is.
call app.protect('deal_stage_visit', 'deal', null,
  '(select app.sees_all_records()) or exists (select from deal p where p.tenant_id = deal_stage_visit.tenant_id and p.id = deal_id)');
-- Only the triggers write them.
drop policy append on deal_stage_visit;
drop policy change on deal_stage_visit;
drop policy remove on deal_stage_visit;
revoke insert, update, delete on deal_stage_visit from holdfast_app;

-- By the system, for who may move a deal need not be allowed to make one. An archive brings its own.
create function app.keep_stage_visits() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
begin
  if app.restores_archive() then return null; end if;
  if tg_op = 'INSERT' then
    insert into deal_stage_visit (tenant_id, deal_id, stage_id, entered_at)
    select tenant_id, id, stage_id, stage_entered_at from new_rows;
  else
    insert into deal_stage_visit (tenant_id, deal_id, stage_id, entered_at) values (new.tenant_id, new.id, new.stage_id, new.stage_entered_at);
  end if;
  return null;
end $$;
create trigger keep_first_stage after insert on deal referencing new table as new_rows
  for each statement execute function app.keep_stage_visits();
create trigger keep_next_stage after update on deal
  for each row when (new.stage_id <> old.stage_id) execute function app.keep_stage_visits();
call app.run_as_system(array['app.keep_stage_visits()']::regprocedure[], callable => false);

-- Of before, what the trail tells; where that begins later, the stage a deal is in.
set local role holdfast_system;
insert into deal_stage_visit (tenant_id, deal_id, stage_id, entered_at)
select distinct d.tenant_id, d.id, s.id, e.at
from deal d
join audit_event e on e.tenant_id = d.tenant_id and e.record_id = d.id and e.resource = 'deal' and e.after ? 'stage_id'
join stage s on s.tenant_id = d.tenant_id and s.id::text = e.after ->> 'stage_id';
insert into deal_stage_visit (tenant_id, deal_id, stage_id, entered_at)
select d.tenant_id, d.id, d.stage_id, d.stage_entered_at from deal d
where not exists (select from deal_stage_visit v where v.tenant_id = d.tenant_id and v.deal_id = d.id and v.stage_id = d.stage_id);
reset role;

-- The amount of a deal shared between its products by their lines' totals; all of it, without a product, where it has no lines. Each share is
-- the difference of two rounded running totals, so that the shares of a deal add up to its amount to the last minor unit.
create view deal_product with (security_invoker = true) as
  with sold as (
    select tenant_id, deal_id, product_id, (array_agg(id order by id))[1] as id, sum(app.line_total(quantity, unit_price, discount_percent)) as weight
    from deal_line group by tenant_id, deal_id, product_id
  ),
  weighed as (
    select d.tenant_id, coalesce(s.id, d.id) as id, d.id as deal_id, s.product_id, d.amount, d.currency, d.version, d.created_at, d.updated_at,
      -- Lines without a price share evenly.
      coalesce(s.weight, 1) as weight, count(*) over deal as products, sum(coalesce(s.weight, 1)) over deal as total,
      row_number() over place as nth, sum(coalesce(s.weight, 1)) over place as running
    from deal d left join sold s on s.tenant_id = d.tenant_id and s.deal_id = d.id
    where d.deleted_at is null
    window deal as (partition by d.tenant_id, d.id), place as (partition by d.tenant_id, d.id order by s.product_id)
  )
  select tenant_id, id, deal_id, product_id, currency, version, created_at, updated_at,
    (case when products = 1 then amount
      when total = 0 then div(amount * nth, products) - div(amount * (nth - 1), products)
      else div(amount * running, total) - div(amount * (running - weight), total) end)::bigint as amount
  from weighed;
grant select on deal_product to holdfast_app, holdfast_system;

create view user_team_item with (security_invoker = true) as
  select m.tenant_id, m.user_id, t.id, t.name as position, jsonb_build_object('id', t.id, 'name', t.name) as item
  from team_member m join team t on t.tenant_id = m.tenant_id and t.id = m.team_id;
grant select on user_team_item to holdfast_app, holdfast_system;

create index task_completed on task (tenant_id, completed_at) where completed_at is not null;
