-- All comments of a record are found by the record, replies too: one that is deleted for good takes them along, and read all of the workspace's.

-- locks comment: each index reads it once
drop index comment_contact, comment_company, comment_deal, comment_record;
create index comment_contact on comment (tenant_id, contact_id, created_at desc, id desc) where contact_id is not null;
create index comment_company on comment (tenant_id, company_id, created_at desc, id desc) where company_id is not null;
create index comment_deal on comment (tenant_id, deal_id, created_at desc, id desc) where deal_id is not null;
create index comment_record on comment (tenant_id, record_id, created_at desc, id desc) where record_id is not null;

-- Of a month's events a tenth must have come since they were last analysed, by itself: what a new workspace did is unknown to the planner until then.
do $$
declare month regclass;
begin
  for month in select inhrelid::regclass from pg_inherits where inhparent = 'audit_event'::regclass loop
    execute format('alter table %s set (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200)', month);
  end loop;
end $$;
