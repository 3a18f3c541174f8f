-- Lists by last change, newest or oldest first.
create index contact_changed on contact (tenant_id, updated_at, id);
create index company_changed on company (tenant_id, updated_at, id);
create index deal_changed on deal (tenant_id, updated_at, id);
-- The same of what one person has: of a million contacts that is 1,800 to read and sort.
create index contact_owner_changed on contact (tenant_id, owner_id, updated_at, id);
