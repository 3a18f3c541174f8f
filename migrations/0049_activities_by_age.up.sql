-- A search looks at the newest of each kind first. Of activities there was no index by age: each letter typed read and sorted all of them.
create index activity_created on activity (tenant_id, created_at, id);
