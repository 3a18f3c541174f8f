-- Documents and communications of households: their versions, and how long they are kept.

set local role holdfast_system;

-- How many years a type of document is kept: never less than six. docs/decisions/0270-documents-and-how-long-they-are-kept.md
create or replace function app.document_years(type text) returns int language sql immutable
  set search_path = pg_catalog, public, app, pg_temp as $$
  select case when type = 'tax' then 7 when type in ('trust_deed', 'will', 'power_of_attorney') then 10 else 6 end
$$;
revoke all on function app.document_years(text) from public;
grant execute on function app.document_years(text) to holdfast_app;

-- The last day on which a document is kept, counted from its date, from when it was recorded, or from the close of the account that it is
-- about, whichever is the latest, and never later than dates of the API can be. Null while that account is open.
create or replace function app.document_kept_until(of_type text, dated_on date, created_at timestamptz, of_tenant uuid,
  of_account uuid) returns date
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select least((greatest(dated_on, created_at::date, a.closed_on) + make_interval(years => app.document_years(of_type)))::date,
    date '9999-12-31')
  from (select) one left join financial_account a on a.tenant_id = of_tenant and a.id = of_account
  where of_account is null or a.closed_on is not null
$$;
revoke all on function app.document_kept_until(text, date, timestamptz, uuid, uuid) from public;

-- What of a document follows from its file, its type and its account; nobody else writes these columns. Another file is another version.
create or replace function app.keep_document_file() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare given file;
begin
  if app.restores_archive() then return new; end if;
  new.dated_on := coalesce(new.dated_on, app.today());
  if tg_op = 'UPDATE' then
    new.file_name := old.file_name; new.content_type := old.content_type; new.size_bytes := old.size_bytes; new.sha256 := old.sha256;
    new.number := old.number; new.written_at := old.written_at; new.created_at := old.created_at;
    new.file_id := coalesce(new.file_id, old.file_id);
  else
    new.number := 0;
  end if;
  if new.file_id is not null and (tg_op = 'INSERT' or new.file_id is distinct from old.file_id) then
    select f.* into given from file f where f.tenant_id = new.tenant_id and f.id = new.file_id and f.kind = 'upload'
      and f.expires_at is null for key share;
    if given.id is null then
      raise check_violation using table = 'document', column = 'file_id', constraint = 'document_file_id_check1',
        message = 'There is no such file, or it is not yours';
    end if;
    new.file_name := given.name; new.content_type := given.content_type; new.size_bytes := given.size_bytes;
    new.sha256 := encode(given.sha256, 'hex'); new.number := new.number + 1; new.written_at := now();
  end if;
  new.kept_until := app.document_kept_until(new.type, new.dated_on, new.created_at, new.tenant_id, new.account_id);
  return new;
end $$;
revoke all on function app.keep_document_file() from public;
grant execute on function app.keep_document_file() to session_user;

create or replace function app.add_document_version() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.restores_archive() then return null; end if;
  insert into document_version (tenant_id, document_id, number, file_id, name, content_type, size_bytes, sha256, written_at, author_id)
  values (new.tenant_id, new.id, new.number, new.file_id, new.file_name, new.content_type, new.size_bytes, new.sha256, new.written_at,
    app.user_id());
  return null;
end $$;
revoke all on function app.add_document_version() from public;
grant execute on function app.add_document_version() to session_user;

-- Versions go with their document, or with their workspace, and are never changed but to forget who wrote them, when that account is
-- deleted.
create or replace function app.refuse_version_change() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    if app.restores_archive() or not exists (select from document d where d.tenant_id = old.tenant_id and d.id = old.document_id)
      then return old; end if;
  elsif tg_op = 'UPDATE' then
    if new.author_id is null and to_jsonb(new) - 'author_id' = to_jsonb(old) - 'author_id' then return new; end if;
  end if;
  raise check_violation using table = 'document_version', column = 'id', message = 'Versions of documents are never changed or deleted';
end $$;
revoke all on function app.refuse_version_change() from public;
grant execute on function app.refuse_version_change() to session_user;

-- Whether a row of a workspace that is kept until a day may go now: after that day, or with the whole workspace.
create or replace function app.may_go(of_tenant uuid, kept_until date) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select coalesce(kept_until < app.today(), false) or app.restores_archive() or not exists (select from tenant t where t.id = of_tenant)
$$;
revoke all on function app.may_go(uuid, date) from public;
grant execute on function app.may_go(uuid, date) to session_user, holdfast_app;

-- A document goes to the trash, and out of it, only when its time is over.
create or replace function app.keep_document() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.may_go(old.tenant_id, old.kept_until) then return case tg_op when 'DELETE' then old else new end; end if;
  if old.kept_until is null then
    raise check_violation using table = 'document', column = 'kept_until', constraint = 'document_kept_until_check1',
      message = 'It is about an account that is open, and is kept for years after that closes';
  end if;
  raise check_violation using table = 'document', column = 'kept_until', constraint = 'document_kept_until_check1',
    message = format('It is kept until %s', old.kept_until);
end $$;
revoke all on function app.keep_document() from public;
grant execute on function app.keep_document() to session_user;

-- Documents about an account are kept for years after it closes.
create or replace function app.keep_documents_of_account() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.restores_archive() then return null; end if;
  update document d set updated_at = now() where d.tenant_id = new.tenant_id and d.account_id = new.id;
  return null;
end $$;
revoke all on function app.keep_documents_of_account() from public;
grant execute on function app.keep_documents_of_account() to session_user;

-- Where the bytes of a version of a document are, of the newest without a number. Asked only about a document that the caller reads.
create or replace function app.document_file(of_document uuid, nth int)
  returns table (storage_key text, sha256 text, name text, content_type text, size_bytes int)
  language sql stable security definer set search_path = pg_catalog, public, app, pg_temp as $$
  select f.storage_key, v.sha256, v.name, v.content_type, v.size_bytes
  from document_version v join file f on f.tenant_id = v.tenant_id and f.id = v.file_id
  where v.tenant_id = app.tenant_id() and v.document_id = of_document and (nth is null or v.number = nth) order by v.number desc limit 1
$$;
revoke all on function app.document_file(uuid, int) from public;
grant execute on function app.document_file(uuid, int) to holdfast_app;

-- Whoever writes a communication down is its author, and it is kept for six years from then.
create or replace function app.begin_communication() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.restores_archive() then return new; end if;
  if new.occurred_at > new.created_at + interval '1 day' then
    raise check_violation using table = 'communication', column = 'occurred_at', constraint = 'communication_occurred_at_check1',
      message = 'This lies in the future';
  end if;
  new.author_id := app.user_id();
  new.kept_until := (greatest(new.occurred_at, new.created_at) + interval '6 years')::date;
  return new;
end $$;
revoke all on function app.begin_communication() from public;
grant execute on function app.begin_communication() to session_user;

-- Communications are written once, whoever asks, the owner of the table too. What may change is under which records one is filed, that its
-- author's account is gone, which key seals it, from a replaced data key to one in use, and whether its subject and participants are
-- sealed.
create or replace function app.keep_communication() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  -- The workspace is a matter of the policies.
  filed constant text[] := '{tenant_id,household_id,contact_id,legal_entity_id,account_id,document_id,version,updated_at}'::text[]
    || case when app.keeps_content() then '{subject,participants}'::text[] else '{}' end;
begin
  if tg_op = 'TRUNCATE' then null;
  elsif tg_op = 'DELETE' then
    if app.may_go(old.tenant_id, old.kept_until) then return old; end if;
    raise check_violation using table = 'communication', column = 'kept_until', constraint = 'communication_kept_until_check1',
      message = format('It is kept until %s', old.kept_until);
  elsif app.restores_archive() then return new;
  else
    if to_jsonb(new) - (filed || '{body,author_id}'::text[]) = to_jsonb(old) - (filed || '{body,author_id}'::text[])
      and (new.author_id is not distinct from old.author_id or new.author_id is null)
      and (new.body is not distinct from old.body or app.is_resealed(old.tenant_id, old.body, new.body)) then return new; end if;
  end if;
  raise check_violation using table = 'communication', column = 'id', constraint = 'communication_id_check1',
    message = 'Communications are written once and never changed';
end $$;
revoke all on function app.keep_communication() from public;
grant execute on function app.keep_communication() to session_user;

-- Whether an envelope is of a data key that is in use, and the one before it of a key that was replaced.
create or replace function app.is_resealed(of_tenant uuid, before bytea, after bytea) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select coalesce(bool_or(k.replaced_at is not null and uuid_send(k.id) = substring(before from 2 for 16)), false)
    and coalesce(bool_or(k.replaced_at is null and uuid_send(k.id) = substring(after from 2 for 16)), false)
  from data_key k where k.tenant_id = of_tenant and k.kind = 'data'
$$;
revoke all on function app.is_resealed(uuid, bytea, bytea) from public;

-- What is kept keeps its household, its account and its entity out of the trash.
create or replace function app.keep_with_papers() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  if app.restores_archive() then return new; end if;
  if exists (select from document d where d.tenant_id = new.tenant_id and d.deleted_at is null
      and case tg_table_name when 'household' then d.household_id when 'financial_account' then d.account_id
        else d.legal_entity_id end = new.id)
    or exists (select from communication c where c.tenant_id = new.tenant_id
      and case tg_table_name when 'household' then c.household_id when 'financial_account' then c.account_id
        else c.legal_entity_id end = new.id) then
    raise restrict_violation using table = tg_table_name, message = 'What has documents or communications is kept with them';
  end if;
  return new;
end $$;
revoke all on function app.keep_with_papers() from public;
grant execute on function app.keep_with_papers() to session_user;

reset role;

-- ---------------------------------------------------------------------------------------------------------------------
-- By age: hot for two years, warm until the sixth, cold from then on. Read as columns of their rows (document.tier).

create or replace function public.tier(d public.document) returns text language sql stable as $$
  select case when d.dated_on > current_date - interval '2 years' then 'hot' when d.dated_on > current_date - interval '6 years'
    then 'warm' else 'cold' end
$$;
create or replace function public.tier(c public.communication) returns text language sql stable as $$
  select case when c.occurred_at > now() - interval '2 years' then 'hot' when c.occurred_at > now() - interval '6 years' then 'warm'
    else 'cold' end
$$;

-- ---------------------------------------------------------------------------------------------------------------------
-- Triggers. That which sets columns comes first by its name.

create or replace trigger a_keep_file before insert or update on document for each row execute function app.keep_document_file();
create or replace trigger add_version_insert after insert on document for each row when (new.file_id is not null)
  execute function app.add_document_version();
create or replace trigger add_version_update after update on document for each row
  when (new.number <> old.number) execute function app.add_document_version();
create or replace trigger keep_trash before update of deleted_at on document for each row
  when (old.deleted_at is null and new.deleted_at is not null) execute function app.keep_document();
create or replace trigger keep_delete before delete on document for each row execute function app.keep_document();
create or replace trigger append_only before update or delete on document_version for each row execute function app.refuse_version_change();
create or replace trigger append_only_truncate before truncate on document_version for each statement
  execute function app.refuse_version_change();
create or replace trigger drop_attached_file after delete on document_version for each row execute function app.drop_attached_file();
create or replace trigger keep_documents after update of closed_on on financial_account for each row
  when (old.closed_on is distinct from new.closed_on) execute function app.keep_documents_of_account();
create or replace trigger a_begin before insert on communication for each row execute function app.begin_communication();
create or replace trigger a_keep before update or delete on communication for each row execute function app.keep_communication();
create or replace trigger a_keep_truncate before truncate on communication for each statement execute function app.keep_communication();
create or replace trigger keep_with_papers before update of deleted_at on household for each row
  when (old.deleted_at is null and new.deleted_at is not null) execute function app.keep_with_papers();
create or replace trigger keep_with_papers before update of deleted_at on financial_account for each row
  when (old.deleted_at is null and new.deleted_at is not null) execute function app.keep_with_papers();
create or replace trigger keep_with_papers before update of deleted_at on legal_entity for each row
  when (old.deleted_at is null and new.deleted_at is not null) execute function app.keep_with_papers();
