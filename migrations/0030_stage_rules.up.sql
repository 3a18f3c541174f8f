-- What a deal must have before it moves to a stage, and whether it has been left lying in one.

alter table stage add column required_fields text[] not null default '{}' check (cardinality(required_fields) <= 20);

create or replace view pipeline_stage_item with (security_invoker = true) as
  select tenant_id, pipeline_id, id, position, jsonb_build_object('id', id, 'name', name, 'kind', kind,
    'probability_percent', probability_percent, 'rotting_days', rotting_days, 'position', position, 'required_fields', required_fields) as item
  from stage;

-- Read as if it were a column: `r.left_lying` of a deal `r`. Not security definer, so that it is put into the query that asks.
create function left_lying(d deal) returns boolean language sql stable parallel safe as $$
  select d.status = 'open' and exists (select from stage s where s.tenant_id = d.tenant_id and s.id = d.stage_id
    and d.stage_entered_at < now() - make_interval(days => s.rotting_days))
$$;
