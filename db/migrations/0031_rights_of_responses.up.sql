-- A response is sent again only to somebody with the rights that the first one was for.
alter table idempotency_key add column rights_hash bytea;
