-- What a stage asks of the deals that come to it holds whatever writes them: fields at once, products when the transaction ends, since they are
-- written after their deal, and so is the amount that they make. To take a change back is free of it: a deal goes back to where it came from. So is an archive, which brings what was.

create function app.lacks(deal_row jsonb, field text) returns boolean language sql immutable parallel safe as $$
  select coalesce(case when field like 'custom.%' then deal_row -> 'custom' -> substr(field, 8) else deal_row -> field end, 'null')
    in ('null', '""', '[]')
$$;

-- Products, and the amount beside them, are looked at later.
create function app.is_field(field text, asked text[]) returns boolean language sql immutable parallel safe as $$
  select field <> 'lines' and (field <> 'amount' or 'lines' <> all (asked))
$$;

create function app.frees_of_stage_needs() returns boolean language sql stable as $$
  select app.restores_archive() or current_setting('app.takes_back', true) is not distinct from 'on'
$$;

-- By the system, for who may move a deal need not be allowed to see all that is asked.
create function app.check_stage_fields() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
declare lacking record;
begin
  if app.frees_of_stage_needs() then return null; end if;
  if tg_op = 'INSERT' then
    select s.name, f.field into lacking from new_rows d
    join stage s on s.tenant_id = d.tenant_id and s.id = d.stage_id and s.required_fields <> '{}'
    cross join unnest(s.required_fields) f (field)
    where app.is_field(f.field, s.required_fields) and app.lacks(to_jsonb(d), f.field) limit 1;
  else
    select s.name, f.field into lacking from stage s cross join unnest(s.required_fields) f (field)
    where s.tenant_id = new.tenant_id and s.id = new.stage_id and app.is_field(f.field, s.required_fields) and app.lacks(to_jsonb(new), f.field) limit 1;
  end if;
  if found then
    raise exception 'The stage "%" asks for %, which this deal does not have', lacking.name, lacking.field
      using errcode = 'check_violation', table = 'deal', column = lacking.field;
  end if;
  return null;
end $$;
create trigger check_first_stage after insert on deal referencing new table as new_rows
  for each statement execute function app.check_stage_fields();
create trigger check_next_stage after update on deal
  for each row when (new.stage_id <> old.stage_id) execute function app.check_stage_fields();

create function app.check_stage_products() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
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
create constraint trigger check_first_products after insert on deal deferrable initially deferred
  for each row execute function app.check_stage_products();
create constraint trigger check_next_products after update on deal deferrable initially deferred
  for each row when (new.stage_id <> old.stage_id) execute function app.check_stage_products();

call app.run_as_system(array['app.check_stage_fields()', 'app.check_stage_products()']::regprocedure[], callable => false);
