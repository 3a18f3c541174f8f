-- Alerts are of the installation, so their tables have no tenant: operators reach them, and the program itself while it evaluates and sends.

set local role holdfast_system;

create or replace function app.may_alert() returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select app.is_operator()
    or (current_setting('app.actor_kind', true) = 'system' and app.tenant_id() = '00000000-0000-0000-0000-000000000000' and app.user_id() is null)
$$;
revoke all on function app.may_alert() from public;
grant execute on function app.may_alert() to holdfast_app;

-- What every process asks at each look: what operators set for the rules, and whether anything fires, has just ended or waits to be sent.
create or replace function app.alerts_now() returns table (rules jsonb, busy boolean)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select coalesce((select jsonb_agg(to_jsonb(r)) from alert_rule r), '[]'),
    exists (select from alert a where a.state <> 'resolved') or exists (select from alert_message m where m.state = 'waiting')
      or exists (select from alert a where a.state = 'resolved' and a.resolved_at > now() - interval '10 minutes')
$$;
revoke all on function app.alerts_now() from public;
grant execute on function app.alerts_now() to holdfast_app;

-- Who the operator is, as operator_action names them.
create or replace function app.operation_by() returns text language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select format('%s <%s>, %s', u.name, u.email, t.name)
  from user_account u join tenant t on t.id = u.tenant_id where u.tenant_id = app.tenant_id() and u.id = app.user_id()
$$;
revoke all on function app.operation_by() from public;
grant execute on function app.operation_by() to holdfast_app;

-- It asks itself whether the caller is an operator.
grant execute on function app.note_operation(text, text, text) to holdfast_app;

reset role;

drop policy if exists operators on alert;
create policy operators on alert to holdfast_app using ((select app.may_alert())) with check ((select app.may_alert()));
drop policy if exists operators on alert_rule;
create policy operators on alert_rule to holdfast_app using ((select app.may_alert())) with check ((select app.may_alert()));
drop policy if exists operators on alert_silence;
create policy operators on alert_silence to holdfast_app using ((select app.may_alert())) with check ((select app.may_alert()));
drop policy if exists operators on alert_receiver;
create policy operators on alert_receiver to holdfast_app using ((select app.may_alert())) with check ((select app.may_alert()));
drop policy if exists operators on alert_message;
create policy operators on alert_message to holdfast_app using ((select app.may_alert())) with check ((select app.may_alert()));
