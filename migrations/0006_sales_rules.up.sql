-- What the sales module needs beyond its tables: lines and stages as they are read with their record, the way back of a
-- closed deal, the order of cards, and indexes to count by.

-- Minor units as a decimal string: 105450 in USD is '1054.50'.
create function app.decimal_amount(minor numeric, currency text) returns text language sql immutable parallel safe as $$
  select round(minor / app.currency_factor(currency), length(app.currency_factor(currency)::text) - 1)::text
$$;

-- Minor units of a line, each rounded by itself, as on an invoice.
create function app.line_total(quantity numeric, unit_price bigint, discount_percent numeric) returns numeric
language sql immutable parallel safe as $$ select round(quantity * unit_price * (100 - discount_percent) / 100) $$;

create view deal_line_item with (security_invoker = true) as
  select l.tenant_id, l.deal_id, l.id, l.position, jsonb_build_object(
    'id', l.id,
    'product_id', l.product_id,
    'product', case when p.id is not null then jsonb_build_object('id', p.id, 'name', p.name) end,
    'quantity', trim_scale(l.quantity)::text,
    'unit_price', app.decimal_amount(l.unit_price, d.currency),
    'discount_percent', trim_scale(l.discount_percent)::text,
    'total', app.decimal_amount(app.line_total(l.quantity, l.unit_price, l.discount_percent), d.currency)) as item
  from deal_line l
  join deal d on d.tenant_id = l.tenant_id and d.id = l.deal_id
  left join product p on p.tenant_id = l.tenant_id and p.id = l.product_id;
grant select on deal_line_item to holdfast_app, holdfast_system;

create view pipeline_stage_item with (security_invoker = true) as
  select tenant_id, pipeline_id, id, position, jsonb_build_object('id', id, 'name', name, 'kind', kind,
    'probability_percent', probability_percent, 'rotting_days', rotting_days, 'position', position) as item
  from stage;
grant select on pipeline_stage_item to holdfast_app, holdfast_system;

-- Where a closed deal goes when it is opened again.
alter table deal add column last_open_stage_id uuid;
drop trigger audit_insert on deal;
drop trigger audit_update on deal;
drop trigger audit_delete on deal;
call app.audit_changes('deal', 'deal', '{search_text, position, last_open_stage_id}');

create function app.note_stage_change() returns trigger language plpgsql as $$
begin
  new.stage_entered_at := now();
  if old.status = 'open' then
    new.last_open_stage_id := old.stage_id;
  end if;
  return new;
end $$;
create trigger note_stage_change before update on deal
  for each row when (new.stage_id <> old.stage_id) execute function app.note_stage_change();

-- Makes room between cards of a column, also those that the caller sees but may not change: their order stays as it was.
create function app.spread_deals(stage uuid, ids uuid[], positions double precision[]) returns void
language sql volatile security definer set search_path = pg_catalog, public, app as $$
  update deal set position = moved.position
  from unnest(ids, positions) as moved (id, position)
  where deal.tenant_id = app.tenant_id() and deal.stage_id = stage and deal.id = moved.id
$$;
alter function app.spread_deals(uuid, uuid[], double precision[]) owner to holdfast_system;
revoke all on function app.spread_deals(uuid, uuid[], double precision[]) from public;
grant execute on function app.spread_deals(uuid, uuid[], double precision[]) to holdfast_app;

-- For the dashboard's counts. The owner is included, not a key: else lists of one owner's records would use these, and sort them all by name.
create index contact_live on contact (tenant_id) include (owner_id) where deleted_at is null;
create index company_live on company (tenant_id) include (owner_id) where deleted_at is null;
