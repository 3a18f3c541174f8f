create or replace view deal_product with (security_invoker = true) as
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
drop trigger share_removed on deal_line;
drop trigger share_changed on deal_line;
drop trigger share_added on deal_line;
drop trigger share_amount on deal;
drop function app.keep_deal_shares();
drop function app.share_amounts(uuid, uuid[]);
drop table deal_share;
