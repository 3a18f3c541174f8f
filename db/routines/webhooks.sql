-- Webhooks. What they send is chosen by a consumer of the feed and sent by a job (src/platform/webhook).

-- ---------------------------------------------------------------------------------------------------------------------
-- As holdfast_system

set local role holdfast_system;

-- Leaves a job for each webhook whose deliveries are due and that none sends: somebody has cancelled it, or it used up its attempts.
-- Returns how many.
create or replace function app.resume_webhooks(attempts_max int) returns int language plpgsql volatile security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare left_behind int;
begin
  insert into job (tenant_id, kind, payload, dedupe_key, attempts_max)
  select w.tenant_id, 'webhook.send', jsonb_build_object('id', w.id), w.id::text, resume_webhooks.attempts_max from webhook w
  where w.enabled and exists (
      select from webhook_delivery d where d.tenant_id = w.tenant_id and d.webhook_id = w.id and d.state = 'waiting' and d.next_at <= now())
    and not exists (
      select from job j where j.tenant_id = w.tenant_id and j.kind = 'webhook.send' and j.state in ('scheduled', 'ready', 'running')
        and j.payload ->> 'id' = w.id::text)
  on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing;
  get diagnostics left_behind = row_count;
  return left_behind;
end $$;
revoke all on function app.resume_webhooks(int) from public;
grant execute on function app.resume_webhooks(int) to holdfast_app;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- webhook

create or replace trigger audit_insert after insert on webhook referencing new table as new_rows
  for each statement execute function app.record_change('webhook', '{tenant_id,version,updated_at}', '{sealed_secret,sealed_old_secret}');
create or replace trigger audit_update after update on webhook referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('webhook', '{tenant_id,version,updated_at}', '{sealed_secret,sealed_old_secret}');
create or replace trigger audit_delete after delete on webhook referencing old table as old_rows
  for each statement execute function app.record_change('webhook', '{tenant_id,version,updated_at}', '{sealed_secret,sealed_old_secret}');
create or replace trigger touch before update on webhook for each row execute function app.touch();
