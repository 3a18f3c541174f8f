-- Profiles of clients say which import made them.
alter table client_profile add column import_id uuid;
-- locks client_profile: one row a client, and none has an import yet, so it takes the reading of a small table.
create index client_profile_import on client_profile (tenant_id, import_id) where import_id is not null;
