-- What a workspace may ask its language model within a day.

-- Adds tokens to the three counters of today, for the workspace, a person and a feature, unless one of them would exceed its limit: then
-- adds nothing, and names that one. The row of the workspace is locked first, so that calls at the same time wait for each other here, and
-- never while they call.
create or replace function app.reserve_tokens(of_feature text, of_person text, wanted int) returns text language plpgsql volatile
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  workspace constant uuid := app.tenant_id();
  today constant date := (now() at time zone 'utc')::date;
  keys constant jsonb := jsonb_strip_nulls(jsonb_build_object('workspace', '', 'person', of_person, 'feature', of_feature));
  exceeded text;
begin
  insert into language_model_usage (tenant_id, day, kind, key) select workspace, today, k.key, k.value from jsonb_each_text(keys) k
    order by k.key desc on conflict do nothing;
  perform from language_model_usage u where u.tenant_id = workspace and u.day = today and u.key = keys ->> u.kind
    order by u.kind desc for update;
  select u.kind into exceeded from language_model_usage u
    join language_model m on m.tenant_id = u.tenant_id
    where u.tenant_id = workspace and u.day = today and u.key = keys ->> u.kind
      and u.tokens + wanted > case u.kind when 'workspace' then m.workspace_tokens_max when 'person' then m.person_tokens_max
        else m.feature_tokens_max end
    order by u.kind desc limit 1;
  if exceeded is null then
    update language_model_usage u set tokens = u.tokens + wanted where u.tenant_id = workspace and u.day = today
      and u.key = keys ->> u.kind;
  end if;
  return exceeded;
end $$;

-- Corrects what was reserved by what was used, on the day of the call.
create or replace function app.settle_tokens(of_feature text, of_person text, reserved int, used int, called_at timestamptz) returns void
  language sql volatile set search_path = pg_catalog, public, app, pg_temp as $$
  update language_model_usage u set tokens = greatest(0, u.tokens + used - reserved)
    where u.tenant_id = app.tenant_id() and u.day = (called_at at time zone 'utc')::date
      and u.key = jsonb_build_object('workspace', '', 'person', of_person, 'feature', of_feature) ->> u.kind
$$;

set local role holdfast_system;

-- What members may ask, without where it is: the settings are for administrators.
create or replace function app.offered_language_model() returns jsonb language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select jsonb_build_object('name', m.chat_model, 'features', m.features) from language_model m
    where m.tenant_id = app.tenant_id() and m.chat_model is not null
$$;
revoke all on function app.offered_language_model() from public;
grant execute on function app.offered_language_model() to holdfast_app;

reset role;

-- Who changed where texts go stands in the trail; the key does not.
create or replace trigger audit_insert after insert on language_model referencing new table as new_rows
  for each statement execute function app.record_change('language_model', '{tenant_id,version,updated_at}', '{sealed_key}');
create or replace trigger audit_update after update on language_model referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('language_model', '{tenant_id,version,updated_at}', '{sealed_key}');
create or replace trigger audit_delete after delete on language_model referencing old table as old_rows
  for each statement execute function app.record_change('language_model', '{tenant_id,version,updated_at}', '{sealed_key}');
create or replace trigger touch before update on language_model for each row execute function app.touch();
