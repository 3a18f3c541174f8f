drop function app.custom_references_left(text, uuid[]);
alter policy read on scoring_rule using (tenant_id = (select app.tenant_id()) and (select app.scope('scoring', 'read')) <> 'none');
