-- Suspected duplicates are found as data comes in, and companies also where one name has a legal form and the other has not.

-- Records that may be like others since somebody made or changed them. Only ever added to by those who do, so that nobody waits for anybody.
create table suspect_due (
  tenant_id uuid not null references tenant on delete cascade,
  id bigint generated always as identity,
  resource text not null check (resource in ('contact', 'company')),
  record_id uuid not null,
  primary key (tenant_id, id)
);
call app.protect('suspect_due');

-- What an import brings is searched as a whole when it is in; an archive brings its suspects along.
create function app.note_suspect_due() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
begin
  if app.restores_archive() or nullif(current_setting('app.import_id', true), '') is not null then return null; end if;
  if tg_level = 'STATEMENT' then
    insert into suspect_due (tenant_id, resource, record_id) select tenant_id, tg_table_name, id from new_rows;
  else
    insert into suspect_due (tenant_id, resource, record_id) values (new.tenant_id, tg_table_name, new.id);
  end if;
  return null;
end $$;
create trigger note_suspect_due after insert on contact referencing new table as new_rows for each statement execute function app.note_suspect_due();
create trigger note_suspect_due after insert on company referencing new table as new_rows for each statement execute function app.note_suspect_due();
-- Not for another company: merging two changes that of thousands, and the search of all once a day sees it.
create trigger note_suspect_due_again after update on contact for each row
  when (new.deleted_at is null and (new.given_name, new.family_name, new.email, new.phone, new.deleted_at)
    is distinct from (old.given_name, old.family_name, old.email, old.phone, old.deleted_at))
  execute function app.note_suspect_due();
create trigger note_suspect_due_again after update on company for each row
  when (new.deleted_at is null and (new.name, new.domain, new.phone, new.city, new.deleted_at)
    is distinct from (old.name, old.domain, old.phone, old.city, old.deleted_at))
  execute function app.note_suspect_due();
-- Last, for whoever makes a trigger must be allowed to call it.
call app.run_as_system(array['app.note_suspect_due()']::regprocedure[], callable => false);

create index job_suspect_check on job (tenant_id) where kind = 'duplicate.check' and state in ('running', 'done');

-- One job for each workspace in which something is due. A job that runs goes on until nothing is left.
create function app.schedule_suspect_checks() returns int language plpgsql security definer set search_path = pg_catalog, public, app as $$
declare
  workspaces constant uuid[] := array(select distinct d.tenant_id from suspect_due d where not exists (
    select from job j where j.tenant_id = d.tenant_id and j.kind = 'duplicate.check' and j.state = 'running'));
  added int;
begin
  if cardinality(workspaces) = 0 then return 0; end if;
  -- There may be one every few seconds: those that are done tell nothing.
  delete from job where tenant_id = any (workspaces) and kind = 'duplicate.check' and state = 'done';
  insert into job (tenant_id, kind, payload, dedupe_key) select w, 'duplicate.check', '{}', 'all' from unnest(workspaces) w on conflict do nothing;
  get diagnostics added = row_count;
  return added;
end $$;
call app.run_as_system(array['app.schedule_suspect_checks()']::regprocedure[]);

-- The name of a company without its legal form: of Acme, Acme, Inc. and ACME GmbH & Co. KG it is acme. Null when nothing is left.
create function app.company_core(name text) returns text language sql immutable parallel safe as $$
  select nullif(trim(regexp_replace(' ' || regexp_replace(replace(app.fold(name), '.', ''), '[^[:alnum:]&]+', ' ', 'g') || ' ',
    '( (&|ab|ag|aps|as|asa|bv|co|company|corp|corporation|cv|eg|ek|ev|gbr|gesmbh|gmbh|inc|incorporated|kft|kg|kgaa|kk|lda|limited|llc|llp|lp|ltd|ltda|mbh|nv|'
    || 'og|ohg|oy|oyj|plc|pte|pty|pvt|sa|sal|sarl|sas|sasu|scs|se|sl|slu|snc|spa|spzoo|srl|sro|ug))+ $', ' ')), '')
$$;
