-- Households and what belongs to them.

set local role holdfast_system;

-- Keeps the row of the primary adviser, who is the owner of the household: the former one's ended yesterday, so that they reach nothing
-- from this moment on. Whoever comes back before a day has passed was never away.
create or replace function app.keep_primary_adviser() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare today constant date := app.today();
begin
  delete from household_adviser a where a.tenant_id = new.tenant_id and a.household_id = new.id and a.role = 'primary'
    and a.until_on is null and a.from_on >= today and a.user_id is distinct from new.owner_id;
  update household_adviser a set until_on = today - 1 where a.tenant_id = new.tenant_id and a.household_id = new.id and a.role = 'primary'
    and a.until_on is null and a.user_id is distinct from new.owner_id;
  if new.owner_id is null then return null; end if;
  update household_adviser a set until_on = null where a.tenant_id = new.tenant_id and a.household_id = new.id and a.role = 'primary'
    and a.user_id = new.owner_id and a.until_on = today - 1;
  insert into household_adviser (tenant_id, household_id, user_id, role, from_on)
  select new.tenant_id, new.id, new.owner_id, 'primary', today where not exists (
    select from household_adviser a where a.tenant_id = new.tenant_id and a.household_id = new.id and a.role = 'primary'
      and a.until_on is null);
  return null;
end $$;
revoke all on function app.keep_primary_adviser() from public;
grant execute on function app.keep_primary_adviser() to session_user;

-- Gives tasks to whoever takes a household over: those of the caller, or of somebody whose tasks the caller may change.
create or replace function app.give_tasks(tasks uuid[], from_user uuid, to_user uuid) returns void language sql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  update task t set assignee_id = to_user where t.tenant_id = app.tenant_id() and t.id = any (tasks) and t.assignee_id = from_user
    and (from_user = app.user_id() or app.full_scope('task', 'update') is not null)
$$;
revoke all on function app.give_tasks(uuid[], uuid, uuid) from public;
grant execute on function app.give_tasks(uuid[], uuid, uuid) to holdfast_app;

-- What owners, or beneficiaries of one rank, have together of an account now is all of it; owners with right of survivorship have no
-- shares. Asked at the end of the transaction, so that owners can change together. Where a person or an entity goes, what is left may be
-- less.
create or replace function app.check_account_shares() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  account financial_account;
  held record;
  part record;
  numerator numeric;
  denominator numeric;
  wanted uuid;
begin
  if app.restores_archive() then return null; end if;
  if tg_table_name = 'financial_account' then wanted := new.id;
  else
    wanted := case when tg_op = 'DELETE' then old.account_id else new.account_id end;
    if tg_op = 'DELETE' and not exists (select from contact c where c.tenant_id = old.tenant_id and c.id = old.contact_id
      union all select from legal_entity e where e.tenant_id = old.tenant_id and e.id = old.legal_entity_id) then return null; end if;
  end if;
  select a.* into account from financial_account a where a.tenant_id = app.tenant_id() and a.id = wanted;
  if account.id is null then return null; end if;
  for held in select o.role, count(*) as owners, count(o.share_numerator) as shares from account_owner o
    where o.tenant_id = account.tenant_id and o.account_id = account.id and o.until_on is null group by o.role
  loop
    if held.role = 'owner' and account.registration in ('joint_survivorship', 'by_entirety') then
      if held.shares = 0 then continue; end if;
      raise check_violation using table = 'account_owner', column = 'share_numerator', constraint = 'account_owner_shares',
        message = 'Owners with right of survivorship have no shares';
    end if;
    numerator := 0;
    denominator := 1;
    for part in select o.share_numerator as n, o.share_denominator as d from account_owner o
      where o.tenant_id = account.tenant_id and o.account_id = account.id and o.role = held.role and o.until_on is null
        and o.share_numerator is not null
    loop
      numerator := numerator * part.d + part.n * denominator;
      denominator := denominator * part.d;
    end loop;
    if held.shares = held.owners and numerator = denominator then continue; end if;
    raise check_violation using table = 'account_owner', column = 'share_numerator', constraint = 'account_owner_shares',
      message = 'The shares of owners, or of beneficiaries of one rank, must add up to the whole';
  end loop;
  return null;
end $$;
revoke all on function app.check_account_shares() from public;
grant execute on function app.check_account_shares() to session_user;

-- Transactions are kept, and with them their account and its household.
create or replace function app.keep_with_transactions() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.restores_archive() then return new; end if;
  if exists (select from financial_account a where a.tenant_id = new.tenant_id
    and case tg_table_name when 'household' then a.household_id = new.id else a.id = new.id end
    and exists (select from account_transaction t where t.tenant_id = a.tenant_id and t.account_id = a.id)) then
    raise restrict_violation using table = tg_table_name, message = 'Accounts with transactions are kept';
  end if;
  return new;
end $$;
revoke all on function app.keep_with_transactions() from public;
grant execute on function app.keep_with_transactions() to session_user;

-- When the next review of a household is due: its cycle after the last one, or after it became a client. Whoever sets the day in the same
-- change is right.
create or replace function app.plan_review() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.restores_archive() or new.review_months is null then return new; end if;
  if tg_op = 'INSERT' then
    if new.next_review_on is not null then return new; end if;
  elsif new.next_review_on is distinct from old.next_review_on or (new.last_review_on is not distinct from old.last_review_on
    and new.review_months is not distinct from old.review_months) then return new;
  end if;
  new.next_review_on := coalesce(new.last_review_on, new.created_at::date) + make_interval(months => new.review_months);
  return new;
end $$;
revoke all on function app.plan_review() from public;
grant execute on function app.plan_review() to session_user;

-- When the identity of a client is to be checked again: after five years at a low risk, three at a medium and one at a high one. Nobody has
-- said so far that an unknown risk is less than a high one.
create or replace function app.plan_identity_check() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.restores_archive() then return new; end if;
  new.kyc_due_on := new.kyc_checked_on + make_interval(years => case new.risk_class when 'low' then 5 when 'medium' then 3 else 1 end);
  return new;
end $$;
revoke all on function app.plan_identity_check() from public;
grant execute on function app.plan_identity_check() to session_user;

-- No more than the whole of an account serves goals, and these are goals of its household. Asked at the end of the transaction, so that
-- shares can change together.
create or replace function app.check_goal_shares() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  account financial_account;
  part record;
  numerator numeric := 0;
  denominator numeric := 1;
begin
  if app.restores_archive() then return null; end if;
  -- Locked, so that two who give the rest of it away do not both succeed.
  select a.* into account from financial_account a where a.tenant_id = new.tenant_id and a.id = new.account_id for update;
  if account.id is null then return null; end if;
  if exists (select from goal_account s join goal g on g.tenant_id = s.tenant_id and g.id = s.goal_id
    where s.tenant_id = new.tenant_id and s.id = new.id and g.household_id <> account.household_id) then
    raise check_violation using table = 'goal_account', column = 'account_id', constraint = 'goal_account_account_id_check1',
      message = 'This account is of another household than the goal';
  end if;
  for part in select s.share_numerator as n, s.share_denominator as d from goal_account s
    where s.tenant_id = new.tenant_id and s.account_id = new.account_id
  loop
    numerator := numerator * part.d + part.n * denominator;
    denominator := denominator * part.d;
  end loop;
  if numerator > denominator then
    raise check_violation using table = 'goal_account', column = 'share_numerator', constraint = 'goal_account_shares',
      message = 'Together with its shares for other goals this is more than the whole account';
  end if;
  return null;
end $$;
revoke all on function app.check_goal_shares() from public;
grant execute on function app.check_goal_shares() to session_user;

reset role;

create or replace trigger keep_primary_adviser_insert after insert on household for each row execute function app.keep_primary_adviser();
create or replace trigger keep_primary_adviser_update after update of owner_id on household for each row
  when (old.owner_id is distinct from new.owner_id) execute function app.keep_primary_adviser();

create or replace trigger plan_review before insert or update of last_review_on, next_review_on, review_months on household
  for each row execute function app.plan_review();
create or replace trigger plan_identity_check before insert or update of risk_class, kyc_checked_on, kyc_due_on on client_profile
  for each row execute function app.plan_identity_check();
drop trigger if exists goal_shares on goal_account;
create constraint trigger goal_shares after insert or update on goal_account
  deferrable initially deferred for each row execute function app.check_goal_shares();

drop trigger if exists account_shares on account_owner;
create constraint trigger account_shares after insert or update or delete on account_owner
  deferrable initially deferred for each row execute function app.check_account_shares();
drop trigger if exists account_shares on financial_account;
create constraint trigger account_shares after update of registration on financial_account
  deferrable initially deferred for each row execute function app.check_account_shares();
create or replace trigger keep_with_transactions before update of deleted_at on financial_account for each row
  when (old.deleted_at is null and new.deleted_at is not null) execute function app.keep_with_transactions();
create or replace trigger keep_with_transactions before update of deleted_at on household for each row
  when (old.deleted_at is null and new.deleted_at is not null) execute function app.keep_with_transactions();

-- Statements ask for rates themselves (src/modules/wealth/figures/queries.ts): as a function it was called once a row.
drop function if exists app.rate_on(char, char, date);
