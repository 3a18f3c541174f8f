drop function left_lying(deal);
create or replace view pipeline_stage_item with (security_invoker = true) as
  select tenant_id, pipeline_id, id, position, jsonb_build_object('id', id, 'name', name, 'kind', kind,
    'probability_percent', probability_percent, 'rotting_days', rotting_days, 'position', position) as item
  from stage;
alter table stage drop column required_fields;
