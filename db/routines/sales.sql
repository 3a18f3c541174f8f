-- Products, pipelines, deals, and the figures that are derived from deals.

-- Minor units in one unit of a currency (ISO 4217).
create or replace function app.currency_factor(currency text) returns int language sql immutable parallel safe as $$
  select case
    when currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF',
      'XPF') then 1
    when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 1000
    else 100
  end
$$;

-- Minor units as a decimal string: 105450 in USD is '1054.50'.
create or replace function app.decimal_amount(minor numeric, currency text) returns text language sql immutable parallel safe as $$
  select round(minor / app.currency_factor(currency), length(app.currency_factor(currency)::text) - 1)::text
$$;

-- Minor units of a line, each line rounded by itself, as on an invoice.
create or replace function app.line_total(quantity numeric, unit_price bigint, discount_percent numeric) returns numeric
  language sql immutable parallel safe as $$ select round(quantity * unit_price * (100 - discount_percent) / 100) $$;

-- Read like a column: r.left_lying of a deal r. Not security definer, so that PostgreSQL inlines it into the query.
create or replace function public.left_lying(d deal) returns boolean language sql stable parallel safe as $$
  select d.status = 'open' and exists (select from stage s where s.tenant_id = d.tenant_id and s.id = d.stage_id
    and d.stage_entered_at < now() - make_interval(days => s.rotting_days))
$$;

-- Keeps a given time, because a deal that is put back into a stage has been there since it first came. Otherwise the time is that of the
-- row lock, not of the transaction: one that began earlier and waited for another move comes after it. A closed deal that is reopened goes
-- back to its last open stage.
create or replace function app.note_stage_change() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if new.stage_entered_at = old.stage_entered_at then
    new.stage_entered_at := clock_timestamp();
  end if;
  if old.status = 'open' then
    new.last_open_stage_id := old.stage_id;
  end if;
  return new;
end $$;

-- Whether a deal has no value in a field that a stage asks for.
create or replace function app.field_missing(deal_row jsonb, field text) returns boolean language sql immutable parallel safe as $$
  select coalesce(case when field like 'custom.%' then deal_row -> 'custom' -> substr(field, 8) else deal_row -> field end, 'null')
    in ('null', '""', '[]')
$$;

-- Products, and the amount beside them, are checked later, by app.check_stage_products.
create or replace function app.is_field(field text, asked text[]) returns boolean language sql immutable parallel safe as $$
  select field <> 'lines' and (field <> 'amount' or 'lines' <> all (asked))
$$;

-- Undo is exempt, because the deal returns to where it was; so is the import of an archive.
create or replace function app.frees_of_stage_needs() returns boolean language sql stable as $$
  select app.restores_archive() or current_setting('app.takes_back', true) is not distinct from 'on'
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Makes room between the cards of a column, also cards that the caller may see but not change: their order stays the same.
create or replace function app.spread_deals(stage uuid, ids uuid[], positions double precision[]) returns void
  language sql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
  update deal set position = moved.position
  from unnest(ids, positions) as moved (id, position)
  where deal.tenant_id = app.tenant_id() and deal.stage_id = stage and deal.id = moved.id
$$;
revoke all on function app.spread_deals(uuid, uuid[], double precision[]) from public;
grant execute on function app.spread_deals(uuid, uuid[], double precision[]) to holdfast_app;

-- Enforces the required fields of a stage, whatever writes a deal. As the system, because whoever may move a deal need not be allowed to
-- see all required fields. Nobody could fill in a retired field, so it is not asked for.
create or replace function app.check_stage_fields() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare lacking record; unseen boolean;
begin
  if app.frees_of_stage_needs() then return null; end if;
  if tg_op = 'INSERT' then
    select s.name, f.field into lacking from new_rows d
    join stage s on s.tenant_id = d.tenant_id and s.id = d.stage_id and s.required_fields <> '{}'
    cross join unnest(s.required_fields) f (field)
    where app.is_field(f.field, s.required_fields) and app.field_missing(to_jsonb(d), f.field)
      and not app.name_retired(f.field, (select app.retired_keys('deal'))) limit 1;
  else
    select s.name, f.field into lacking from stage s cross join unnest(s.required_fields) f (field)
    where s.tenant_id = new.tenant_id and s.id = new.stage_id and app.is_field(f.field, s.required_fields)
      and app.field_missing(to_jsonb(new), f.field)
      and not app.name_retired(f.field, (select app.retired_keys('deal'))) limit 1;
  end if;
  if found then
    unseen := app.name_hidden('deal', lacking.field);
    raise exception 'The stage "%" asks for %, which this deal does not have', lacking.name,
      case when unseen then 'a field that you do not see' else lacking.field end
      using errcode = 'check_violation', table = 'deal', column = case when unseen then 'custom' else lacking.field end;
  end if;
  return null;
end $$;
revoke all on function app.check_stage_fields() from public;
grant execute on function app.check_stage_fields() to session_user;

-- Products are checked when the transaction ends: they, and the amount that they add up to, are written after their deal.
create or replace function app.check_stage_products() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare lacking record;
begin
  if app.frees_of_stage_needs() then return null; end if;
  select s.name, f.field into lacking
  from deal d join stage s on s.tenant_id = d.tenant_id and s.id = d.stage_id and 'lines' = any (s.required_fields)
  cross join unnest(s.required_fields) f (field)
  where d.tenant_id = new.tenant_id and d.id = new.id and d.stage_id = new.stage_id and case f.field
    when 'lines' then not exists (select from deal_line l where l.tenant_id = d.tenant_id and l.deal_id = d.id)
    when 'amount' then d.amount is null else false end
  order by f.field desc limit 1;
  if found then
    raise exception 'The stage "%" asks for %, which this deal does not have', lacking.name, lacking.field
      using errcode = 'check_violation', table = 'deal', column = lacking.field;
  end if;
  return null;
end $$;
revoke all on function app.check_stage_products() from public;
grant execute on function app.check_stage_products() to session_user;

-- As the system, because whoever may move a deal need not be allowed to write visits. An archive brings its own.
create or replace function app.keep_stage_visits() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.restores_archive() then return null; end if;
  if tg_op = 'INSERT' then
    insert into deal_stage_visit (tenant_id, deal_id, stage_id, entered_at)
    select tenant_id, id, stage_id, stage_entered_at from new_rows;
  elsif exists (select from deal_stage_visit v where v.tenant_id = new.tenant_id and v.deal_id = new.id and v.stage_id = new.stage_id
      and v.entered_at = new.stage_entered_at) then
    -- It is there as since it first came, because a move was undone: the stages that it came to by that were no part of its way.
    delete from deal_stage_visit v where v.tenant_id = new.tenant_id and v.deal_id = new.id and v.entered_at > new.stage_entered_at;
  else
    insert into deal_stage_visit (tenant_id, deal_id, stage_id, entered_at)
      values (new.tenant_id, new.id, new.stage_id, new.stage_entered_at);
  end if;
  return null;
end $$;
revoke all on function app.keep_stage_visits() from public;
grant execute on function app.keep_stage_visits() to session_user;

-- Of a deleted stage in which deals have been, figures need to know where it stood. One that comes back, because its deletion is undone, is
-- none any more.
create or replace function app.keep_deleted_stages() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.restores_archive() then return null; end if;
  if tg_op = 'INSERT' then
    delete from deleted_stage d using new_rows n where d.tenant_id = n.tenant_id and d.id = n.id;
    return null;
  end if;
  -- Stages go with their workspace too.
  insert into deleted_stage (tenant_id, id, pipeline_id, kind, position)
  select o.tenant_id, o.id, o.pipeline_id, o.kind, o.position from old_rows o join tenant t on t.id = o.tenant_id
  where exists (select from deal_stage_visit v where v.tenant_id = o.tenant_id and v.stage_id = o.id)
  on conflict do nothing;
  return null;
end $$;
revoke all on function app.keep_deleted_stages() from public;
grant execute on function app.keep_deleted_stages() to session_user;

-- For workspaces that the program fills with a past, such as the demo. Nobody else may say where deals have been.
create or replace function app.add_stage_visits(visits jsonb) returns void language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if current_setting('app.rights', true) <> '*' then raise insufficient_privilege
    using message = 'Only the program itself adds visits of stages'; end if;
  insert into deal_stage_visit (tenant_id, deal_id, stage_id, entered_at)
  select app.tenant_id(), v.deal_id, v.stage_id, v.entered_at
    from jsonb_to_recordset(visits) as v (deal_id uuid, stage_id uuid, entered_at timestamptz);
end $$;
revoke all on function app.add_stage_visits(jsonb) from public;
grant execute on function app.add_stage_visits(jsonb) to holdfast_app;

-- Shares the amount of each deal between its products by the totals of their lines. Each share is the difference of two rounded running
-- totals, so that the shares of a deal add up to its amount to the last minor unit. A deal without an amount counts as what its products
-- come to.
create or replace function app.share_amounts(workspace uuid, deals uuid[]) returns void language plpgsql volatile as $$
begin
  -- Locks the deals, so that the later of two changes counts with what the earlier one left.
  perform from deal where tenant_id = workspace and id = any (deals) order by id for no key update;
  delete from deal_share where tenant_id = workspace and deal_id = any (deals);
  insert into deal_share (tenant_id, deal_id, product_id, id, amount)
  with sold as (
    select deal_id, product_id, (array_agg(id order by id))[1] as id, sum(app.line_total(quantity, unit_price, discount_percent)) as weight
    from deal_line where tenant_id = workspace and deal_id = any (deals) group by deal_id, product_id
  ),
  weighed as (
    select s.deal_id, s.product_id, s.id, least(coalesce(d.amount, sum(s.weight) over whole), 999999999999999999)::bigint as amount,
      s.weight, count(*) over whole as products, sum(s.weight) over whole as total,
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
revoke all on function app.share_amounts(uuid, uuid[]) from public;

-- As the system, because whoever may change a deal need not be allowed to read it. An archive brings its own.
create or replace function app.keep_deal_shares() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
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
revoke all on function app.keep_deal_shares() from public;
grant execute on function app.keep_deal_shares() to session_user;

-- Rates say what other currencies are worth in the workspace's own: they would count as if they were in the next one.
create or replace function app.check_currency_rates() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if exists (select from currency_rate k where k.tenant_id = new.id) then
    raise exception using errcode = '23514', table = 'tenant', constraint = 'tenant_default_currency_check', column = 'default_currency',
      message = 'The currency rates say what others are worth in this currency. Remove them first, then set those for the new one.';
  end if;
  return new;
end $$;
revoke all on function app.check_currency_rates() from public;
grant execute on function app.check_currency_rates() to session_user;

-- Whoever changes the workspace's currency meanwhile waits for this rate, and is refused for it.
create or replace function app.refuse_own_rate() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if not app.restores_archive() and exists (select from tenant t where t.id = new.tenant_id
    and t.default_currency = new.currency for share) then
    raise exception using errcode = '23514', table = 'currency_rate', constraint = 'currency_rate_currency_check', column = 'currency',
      message = 'This is the currency of the workspace, which needs no rate';
  end if;
  return new;
end $$;
revoke all on function app.refuse_own_rate() from public;
grant execute on function app.refuse_own_rate() to session_user;

reset role;

create or replace view deal_line_item with (security_invoker = true) as
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

create or replace view pipeline_stage_item with (security_invoker = true) as
  select tenant_id, pipeline_id, id, position, jsonb_build_object('id', id, 'name', name, 'kind', kind,
    'probability_percent', probability_percent, 'rotting_days', rotting_days, 'position', position, 'required_fields',
      app.shown_fields('deal', required_fields),
    'version', version) as item
  from stage;
grant select on pipeline_stage_item to holdfast_app, holdfast_system;

-- The share of each product in the amount of a deal; the whole amount, without a product, where a deal has no lines.
create or replace view deal_product with (security_invoker = true) as
  select d.tenant_id, coalesce(s.id, d.id) as id, d.id as deal_id, s.product_id, d.currency, d.version, d.created_at, d.updated_at,
    case when s.deal_id is null then d.amount else s.amount end as amount
  from deal d left join deal_share s on s.tenant_id = d.tenant_id and s.deal_id = d.id
  where d.deleted_at is null;
grant select on deal_product to holdfast_app, holdfast_system;

-- ---------------------------------------------------------------------------------------------------------------------
-- tenant

create or replace trigger check_currency_rates before update of default_currency on tenant
  for each row when (new.default_currency <> old.default_currency) execute function app.check_currency_rates();
create or replace trigger refuse_own_rate before insert on currency_rate for each row execute function app.refuse_own_rate();

-- ---------------------------------------------------------------------------------------------------------------------
-- stage

create or replace trigger keep_deleted after delete on stage referencing old table as old_rows
  for each statement execute function app.keep_deleted_stages();
create or replace trigger forget_deleted after insert on stage referencing new table as new_rows
  for each statement execute function app.keep_deleted_stages();

-- ---------------------------------------------------------------------------------------------------------------------
-- deal

create or replace trigger note_stage_change before update on deal
  for each row when (new.stage_id <> old.stage_id) execute function app.note_stage_change();
create or replace trigger keep_first_stage after insert on deal referencing new table as new_rows
  for each statement execute function app.keep_stage_visits();
create or replace trigger keep_next_stage after update on deal
  for each row when (new.stage_id <> old.stage_id) execute function app.keep_stage_visits();
create or replace trigger touch before update on deal
  for each row when (not new.score is distinct from old.score) execute function app.touch();
create or replace trigger audit_insert after insert on deal referencing new table as new_rows
  for each statement
  execute function app.record_change('deal', '{search_text,last_open_stage_id,score,tenant_id,version,updated_at}', '{}', '{position}');
create or replace trigger audit_update after update on deal referencing old table as old_rows new table as new_rows
  for each statement
  execute function app.record_change('deal', '{search_text,last_open_stage_id,score,tenant_id,version,updated_at}', '{}', '{position}');
create or replace trigger audit_delete after delete on deal referencing old table as old_rows
  for each statement
  execute function app.record_change('deal', '{search_text,last_open_stage_id,score,tenant_id,version,updated_at}', '{}', '{position}');
create or replace trigger share_amount after update on deal
  for each row when (new.amount is distinct from old.amount) execute function app.keep_deal_shares();
create or replace trigger check_first_stage after insert on deal referencing new table as new_rows
  for each statement execute function app.check_stage_fields();
create or replace trigger check_next_stage after update on deal
  for each row when (new.stage_id <> old.stage_id) execute function app.check_stage_fields();
drop trigger if exists check_first_products on deal;
create constraint trigger check_first_products after insert on deal deferrable initially deferred
  for each row execute function app.check_stage_products();
drop trigger if exists check_next_products on deal;
create constraint trigger check_next_products after update on deal deferrable initially deferred
  for each row when (new.stage_id <> old.stage_id) execute function app.check_stage_products();

-- ---------------------------------------------------------------------------------------------------------------------
-- deal_line

create or replace trigger audit_insert after insert on deal_line referencing new table as new_rows
  for each statement execute function app.record_change('deal_line', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on deal_line referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('deal_line', '{tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on deal_line referencing old table as old_rows
  for each statement execute function app.record_change('deal_line', '{tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on deal_line for each row execute function app.touch();
create or replace trigger share_added after insert on deal_line referencing new table as changed_lines
  for each statement execute function app.keep_deal_shares();
create or replace trigger share_changed after update on deal_line referencing new table as changed_lines
  for each statement execute function app.keep_deal_shares();
create or replace trigger share_removed after delete on deal_line referencing old table as changed_lines
  for each statement execute function app.keep_deal_shares();
