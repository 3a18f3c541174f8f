-- What falls to each product of a deal is kept, not counted anew for each dashboard: doing so for all deals was most of what a dashboard took.
create table deal_share (
  tenant_id uuid not null,
  deal_id uuid not null,
  product_id uuid not null,
  -- That of the first of its lines, so that it stays the same.
  id uuid not null,
  -- In minor units of the deal's currency; null where the deal has no amount.
  amount bigint,
  primary key (tenant_id, deal_id, product_id),
  foreign key (tenant_id, deal_id) references deal on delete cascade,
  foreign key (tenant_id, product_id) references product on delete cascade
);
create index deal_share_product on deal_share (tenant_id, product_id);
-- Not audited: each row follows from a change of the deal or its lines, which is.
call app.protect('deal_share', 'deal', null,
  '(select app.sees_all_records()) or exists (select from deal p where p.tenant_id = deal_share.tenant_id and p.id = deal_id)');
-- Only the triggers write them.
drop policy append on deal_share;
drop policy change on deal_share;
drop policy remove on deal_share;
revoke insert, update, delete on deal_share from holdfast_app;

-- The amount of each deal shared between its products by their lines' totals. Each share is the difference of two rounded running totals, so that
-- the shares of a deal add up to its amount to the last minor unit.
create function app.share_amounts(workspace uuid, deals uuid[]) returns void language plpgsql as $$
begin
  -- Two changes of the same deal take turns, so that the later one counts with what the earlier one left.
  perform from deal where tenant_id = workspace and id = any (deals) order by id for no key update;
  delete from deal_share where tenant_id = workspace and deal_id = any (deals);
  insert into deal_share (tenant_id, deal_id, product_id, id, amount)
  with sold as (
    select deal_id, product_id, (array_agg(id order by id))[1] as id, sum(app.line_total(quantity, unit_price, discount_percent)) as weight
    from deal_line where tenant_id = workspace and deal_id = any (deals) group by deal_id, product_id
  ),
  weighed as (
    select s.deal_id, s.product_id, s.id, d.amount, s.weight, count(*) over whole as products, sum(s.weight) over whole as total,
      row_number() over place as nth, sum(s.weight) over place as running
    from sold s join deal d on d.tenant_id = workspace and d.id = s.deal_id
    window whole as (partition by s.deal_id), place as (partition by s.deal_id order by s.product_id)
  )
  select workspace, deal_id, product_id, id,
    case when products = 1 then amount
      -- Lines without a price share evenly.
      when total = 0 then div(amount * nth, products) - div(amount * (nth - 1), products)
      else div(amount * running, total) - div(amount * (running - weight), total) end
  from weighed;
end $$;

-- By the system, for who may change a deal need not be allowed to read it. An archive brings its own.
create function app.keep_deal_shares() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
declare workspace uuid; deals uuid[];
begin
  if app.restores_archive() then return null; end if;
  if tg_table_name = 'deal' then
    perform app.share_amounts(new.tenant_id, array[new.id])
    where exists (select from deal_share s where s.tenant_id = new.tenant_id and s.deal_id = new.id);
    return null;
  end if;
  for workspace, deals in select tenant_id, array_agg(distinct deal_id) from changed_lines group by tenant_id loop
    perform app.share_amounts(workspace, deals);
  end loop;
  return null;
end $$;
create trigger share_amount after update on deal
  for each row when (new.amount is distinct from old.amount) execute function app.keep_deal_shares();
create trigger share_added after insert on deal_line referencing new table as changed_lines
  for each statement execute function app.keep_deal_shares();
create trigger share_changed after update on deal_line referencing new table as changed_lines
  for each statement execute function app.keep_deal_shares();
create trigger share_removed after delete on deal_line referencing old table as changed_lines
  for each statement execute function app.keep_deal_shares();
call app.run_as_system(array['app.share_amounts(uuid,uuid[])', 'app.keep_deal_shares()']::regprocedure[], callable => false);

set local role holdfast_system;
select app.share_amounts(tenant_id, array_agg(distinct deal_id)) from deal_line group by tenant_id;
reset role;

-- All of the amount, without a product, where a deal has no lines.
create or replace view deal_product with (security_invoker = true) as
  select d.tenant_id, coalesce(s.id, d.id) as id, d.id as deal_id, s.product_id, d.currency, d.version, d.created_at, d.updated_at,
    case when s.deal_id is null then d.amount else s.amount end as amount
  from deal d left join deal_share s on s.tenant_id = d.tenant_id and s.deal_id = d.id
  where d.deleted_at is null;
