-- What the contract of a record type declares and the database holds. The triggers that call these are made from the declarations
-- (record-triggers.sql).

-- A record begins in the first state, and goes to another only by a transition that leads there from where it is, by somebody who has its
-- right and with the fields that it needs. Arguments: the field of the state, the first state, and the transitions as JSON: name, from, to,
-- required, resource and action.
create or replace function app.check_transition() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
declare
  field constant text := tg_argv[0];
  row constant jsonb := to_jsonb(new);
  state constant text := row ->> field;
  was text;
  way jsonb;
  missing text;
begin
  if app.restores_archive() then return new; end if;
  if tg_op = 'INSERT' then
    -- What was deleted comes back as it was.
    if state = tg_argv[1] or current_setting('app.takes_back', true) is not distinct from 'on' then return new; end if;
    raise exception using errcode = '23514', table = tg_table_name, column = field, constraint = tg_table_name || '_' || field || '_check',
      message = format('A new record begins as "%s"', tg_argv[1]);
  end if;
  was := to_jsonb(old) ->> field;
  if was = state then return new; end if;
  select t into way from jsonb_array_elements(tg_argv[2]::jsonb) t where t ->> 'to' = state and t -> 'from' ? was;
  if way is null then
    raise exception using errcode = '23514', table = tg_table_name, column = field, constraint = tg_table_name || '_' || field || '_check',
      message = format('There is no way from "%s" to "%s"', was, state);
  end if;
  if way ? 'resource' and app.some_scope(way ->> 'resource', way ->> 'action') = 'none' then
    raise exception using errcode = '42501', message = format('To %s needs a right of its own', way ->> 'name');
  end if;
  select r into missing from jsonb_array_elements_text(way -> 'required') r where coalesce(row -> r, 'null') in ('null', '""', '[]')
    limit 1;
  if missing is not null then
    raise exception using errcode = '23514', table = tg_table_name, column = missing,
      constraint = tg_table_name || '_' || missing || '_check',
      message = 'This is required for this step';
  end if;
  return new;
end $$;

-- An event of the audit trail that names the transition, beside that of the update, which holds the values. Arguments: as of
-- app.check_transition, with the resource in place of the first state.
create or replace function app.record_transition() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
declare
  field constant text := tg_argv[0];
begin
  if app.restores_archive() then return null; end if;
  insert into public.audit_event (tenant_id, action, resource, record_id, fields)
  select new.tenant_id, t ->> 'name', tg_argv[1], new.id, array[field] from jsonb_array_elements(tg_argv[2]::jsonb) t
  where t ->> 'to' = to_jsonb(new) ->> field and t -> 'from' ? (to_jsonb(old) ->> field);
  return null;
end $$;

-- What is only appended: no row is changed or deleted, by whomever, but with its whole workspace.
create or replace function app.refuse_change() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    -- The deletion of a workspace takes its rows first, in batches, as the system that also brings archives in.
    if app.restores_archive() or not exists (select from public.tenant t where t.id = old.tenant_id) then return old; end if;
  end if;
  raise exception using errcode = '42501', table = tg_table_name, message = format('Rows of %s are never changed or deleted',
    tg_table_name);
end $$;

-- A reversing row says what the row does that it sets off, with some fields the other way round. Arguments: the column that names that row,
-- and these fields. Left out is what each row has of its own.
create or replace function app.check_reversal() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
declare
  reverses constant text := tg_argv[0];
  negated constant text[] := tg_argv[1]::text[];
  own constant text[] := array['id', 'version', 'created_at', 'updated_at', 'import_id', reverses] || negated
    || array(select a.attname::text from pg_attribute a where a.attrelid = tg_relid and a.attgenerated <> '');
  given constant jsonb := to_jsonb(new);
  reversed jsonb;
begin
  if app.restores_archive() then return new; end if;
  execute format('select to_jsonb(r) from public.%I r where r.tenant_id = $1 and r.id = $2', tg_table_name) into reversed
    using new.tenant_id, (given ->> reverses)::uuid;
  if reversed is null then
    raise exception using errcode = '23503', table = tg_table_name, constraint = tg_table_name || '_' || reverses || '_fkey',
      message = 'There is no such record';
  end if;
  if given - own <> reversed - own or exists (select from unnest(negated) n where (given ->> n)::numeric is distinct
    from -(reversed ->> n)::numeric) then
    raise exception using errcode = '23514', table = tg_table_name, column = reverses,
      constraint = tg_table_name || '_' || reverses || '_check',
      message = 'A reversing record says the same as the first, the other way round';
  end if;
  return new;
end $$;

-- What the trail keeps of rows by the million: one event for each statement, and in its history how many rows it wrote, so that their
-- number is committed to. Neither their values nor their ids: a copy of each row would cost more than the row. Argument: the resource.
create or replace function app.record_statement() returns trigger language plpgsql set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.restores_archive() then return null; end if;
  with c as materialized (
    select r.tenant_id, nextval('public.audit_event_seq_seq') as seq, gen_random_uuid() as salt,
      jsonb_build_object('rows', count(*)) as after
    from changed_rows r group by r.tenant_id
  ), h as (
    insert into public.record_history (tenant_id, seq, resource, salt, after) select c.tenant_id, c.seq, tg_argv[0], c.salt, c.after from c
  )
  insert into public.audit_event (tenant_id, seq, action, resource, commitment)
  select c.tenant_id, c.seq, case tg_op when 'INSERT' then 'create'
    else lower(tg_op) end, tg_argv[0], app.commitment(c.salt, null, c.after) from c;
  return null;
end $$;
