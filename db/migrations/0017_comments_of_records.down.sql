do $$
declare month regclass;
begin
  for month in select inhrelid::regclass from pg_inherits where inhparent = 'audit_event'::regclass loop
    execute format('alter table %s reset (autovacuum_analyze_scale_factor, autovacuum_analyze_threshold)', month);
  end loop;
end $$;

drop index comment_contact, comment_company, comment_deal, comment_record;
create index comment_contact on comment (tenant_id, contact_id, created_at desc, id desc) where contact_id is not null and parent_id is null;
create index comment_company on comment (tenant_id, company_id, created_at desc, id desc) where company_id is not null and parent_id is null;
create index comment_deal on comment (tenant_id, deal_id, created_at desc, id desc) where deal_id is not null and parent_id is null;
create index comment_record on comment (tenant_id, record_id, created_at desc, id desc) where record_id is not null and parent_id is null;
