alter table idempotency_key drop column rights_hash;
