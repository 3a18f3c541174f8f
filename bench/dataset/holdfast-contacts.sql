-- One batch of contacts, a tenth of them tagged.
insert into contact (tenant_id, id, given_name, family_name, email, phone, job_title, company_id, owner_id, source, lead_status,
  lifecycle_stage, city, country, custom, created_at, updated_at)
select t.id, c.id, c.given_name, c.family_name, c.email, c.phone, c.job_title, c.company_id, c.owner_id, c.source, c.lead_status,
  c.lifecycle_stage, c.city, c.country, jsonb_build_object('points', c.points), c.created_at, c.created_at
from bench.contacts($first, $last, $companies) c join bench.tenant t on t.number = c.tenant;

insert into record_tag (tenant_id, tag_id, record_id)
select t.id, bench.id('tag' || t.number, 1 + bench.hash(i, 61) % 20), bench.id('contact', i)
from generate_series($first, $last, 10) i join bench.tenant t on t.number = bench.tenant_of(i);
