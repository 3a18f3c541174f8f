-- Several requests of one caller, or of people with the same rights, may be done in one transaction. Each keeps its own change: the audit event of
-- a record names the request that wrote it, and its person.
--
-- In such a transaction app.request_id is 'gathered', and app.requests holds, by record, the request (id), its person (user) and address (ip). When
-- people differ, app.user_id is empty, so that code that does not know of gathered requests has no rights at all.

-- The requests of this transaction by record, or null when it serves one request.
create or replace function app.gathered_requests() returns jsonb language sql stable parallel safe as $$
  select case when current_setting('app.request_id', true) = 'gathered' then coalesce(nullif(current_setting('app.requests', true), ''), '{}')::jsonb end
$$;

-- Code that does not know of gathered requests wrote this record. The transaction fails, and each request is done alone.
create or replace function app.refuse_unnamed(record uuid) returns text language plpgsql volatile as $$
begin
  raise exception 'Record % was written by gathered requests, and none of them named it', record;
end $$;

-- The request that wrote a record. PL/pgSQL, because a function in SQL is inlined into each statement that calls it and set up with it, needed or
-- not; this one is rarely needed.
create or replace function app.request_of(gathered jsonb, record uuid) returns text language plpgsql volatile as $$
begin
  return case when gathered is null then nullif(current_setting('app.request_id', true), '')
    else coalesce(gathered -> record::text ->> 'id', app.refuse_unnamed(record)) end;
end $$;

-- The person of the request that wrote a record.
create or replace function app.person_of(gathered jsonb, record uuid) returns uuid language plpgsql volatile as $$
begin
  return case when gathered is null then app.user_id() else (gathered -> record::text ->> 'user')::uuid end;
end $$;

-- The address of the request that wrote a record.
create or replace function app.ip_of(gathered jsonb, record uuid) returns inet language plpgsql volatile as $$
begin
  return nullif(case when gathered is null then current_setting('app.ip', true) else gathered -> record::text ->> 'ip' end, '')::inet;
end $$;

-- ---------------------------------------------------------------------------------------------------------------------
-- idempotency_key

drop policy if exists read on idempotency_key;
create policy read on idempotency_key for select to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists append on idempotency_key;
create policy append on idempotency_key for insert to holdfast_app with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on idempotency_key;
create policy change on idempotency_key for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on idempotency_key;
create policy remove on idempotency_key for delete to holdfast_app using (tenant_id = (select app.tenant_id()));
drop policy if exists system on idempotency_key;
create policy system on idempotency_key to holdfast_system using (true) with check (true);
