-- A deal without an amount counts as what its products come to: its shares add up to that.
set local role holdfast_system;
create or replace function app.share_amounts(workspace uuid, deals uuid[]) returns void language plpgsql as $$
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
    select s.deal_id, s.product_id, s.id, least(coalesce(d.amount, sum(s.weight) over whole), 999999999999999999)::bigint as amount, s.weight, count(*) over whole as products, sum(s.weight) over whole as total,
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
select app.share_amounts(tenant_id, array_agg(distinct deal_id)) from deal_line group by tenant_id;
reset role;
