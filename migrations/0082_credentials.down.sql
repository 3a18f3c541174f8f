delete from one_time_token where kind = 'identity_link';
alter table one_time_token drop constraint one_time_token_kind_check;
alter table one_time_token add constraint one_time_token_kind_check check
  (kind in ('sign_in_link', 'invitation', 'password_reset', 'second_factor', 'passkey_challenge', 'email_confirmation'));
alter table one_time_token drop column payload;

drop function app.authenticate_session(bytea, interval);
create function app.authenticate_session(token_hash bytea, idle interval)
returns table (tenant_id uuid, id uuid, user_id uuid, rights jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
#variable_conflict use_column
declare s session;
begin
  select session.* into s from session
  join user_account u on u.tenant_id = session.tenant_id and u.id = session.user_id
  where session.hash = token_hash and session.expires_at > now() and session.last_seen_at > now() - idle and u.status = 'active';
  if not found then return; end if;
  if s.last_seen_at < now() - interval '1 minute' then
    update session set last_seen_at = now() where (tenant_id, id) in
      (select tenant_id, id from session where tenant_id = s.tenant_id and id = s.id for update skip locked);
  end if;
  return query select s.tenant_id, s.id, s.user_id, app.rights_of_user(s.tenant_id, s.user_id);
end $$;


alter table session drop column confirmed_at;
alter table session drop column second_factor;
alter table sign_in_provider drop column enforces_second_factor;
alter table tenant drop column second_factor_required;

drop function app.api_key_above(uuid);
drop function app.revoke_own_credentials();
drop function app.authenticate_api_key(bytea);
create function app.authenticate_api_key(key_hash bytea)
returns table (tenant_id uuid, id uuid, user_id uuid, role_rights jsonb, scopes jsonb, person_rights jsonb)
language plpgsql volatile security definer set search_path = pg_catalog, public, app, pg_temp as $$
#variable_conflict use_column
declare k api_key;
begin
  select api_key.* into k from api_key
  left join user_account u on u.tenant_id = api_key.tenant_id and u.id = api_key.user_id
  where api_key.hash = key_hash and (api_key.expires_at is null or api_key.expires_at > now())
    and (api_key.user_id is null or u.status = 'active');
  if not found then return; end if;
  if k.last_used_at is null or k.last_used_at < now() - interval '1 minute' then
    update api_key set last_used_at = now() where (tenant_id, id) in
      (select tenant_id, id from api_key where tenant_id = k.tenant_id and id = k.id for update skip locked);
  end if;
  return query select k.tenant_id, k.id, k.user_id, r.rights || app.limited_fields(r.tenant_id, r.id, r.rights), k.scopes,
    case when k.user_id is not null then app.rights_of_user(k.tenant_id, k.user_id) end
  from role r where r.tenant_id = k.tenant_id and r.id = k.role_id;
end $$;

alter table api_key drop column parent_id;
call app.run_as_system(array['app.authenticate_session(bytea,interval)', 'app.authenticate_api_key(bytea)']::regprocedure[]);
