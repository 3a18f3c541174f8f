-- What each new or changed record pays for.

-- As before. Of most texts each letter is one byte, which is told at once: such letters have no marks to take away and are not written without spaces.
create or replace function app.fold(value text) returns text language plpgsql immutable parallel safe as $$
begin
  if octet_length(value) = length(value) then return lower(value); end if;
  return lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g'));
end $$;

create or replace function app.person_name(given text, family text) returns text language plpgsql immutable parallel safe as $$
declare letters constant text := coalesce(family, '') || coalesce(given, '');
begin
  return nullif(case when octet_length(letters) > length(letters) and letters ~ '^[\u2e80-\u9fff\uac00-\ud7af]+$' then letters
    else trim(coalesce(given, '') || ' ' || coalesce(family, '')) end, '');
end $$;

-- By its owner; as it was, but planned once instead of with each change.
set local role holdfast_system;
create or replace function app.leave_notice() returns trigger language plpgsql security definer set search_path = pg_catalog, public, app as $$
declare
  request constant text := nullif(current_setting('app.request_id', true), '');
  me constant uuid := app.user_id();
  wanted boolean;
begin
  -- What an import brings is told of as a whole.
  if request is null or nullif(current_setting('app.import_id', true), '') is not null or app.restores_archive() then return null; end if;
  if tg_table_name = 'comment' then
    wanted := tg_op = 'INSERT' or exists (select from new_rows where mentions <> '{}');
  elsif tg_table_name = 'note' then
    wanted := exists (select from new_rows where mentions <> '{}');
  elsif tg_table_name = 'task' then
    wanted := exists (select from new_rows where assignee_id is distinct from me and assignee_id is not null);
  else
    wanted := exists (select from new_rows where owner_id is distinct from me and owner_id is not null);
    if not wanted and tg_op = 'UPDATE' then
      case tg_table_name
        when 'contact' then wanted := exists (select from new_rows n join follower f
          on f.tenant_id = n.tenant_id and f.contact_id = n.id and f.user_id is distinct from me and not f.muted);
        when 'company' then wanted := exists (select from new_rows n join follower f
          on f.tenant_id = n.tenant_id and f.company_id = n.id and f.user_id is distinct from me and not f.muted);
        else wanted := exists (select from new_rows n join follower f
          on f.tenant_id = n.tenant_id and f.deal_id = n.id and f.user_id is distinct from me and not f.muted);
      end case;
    end if;
  end if;
  if wanted then
    insert into notice_due (tenant_id, request_id) values (app.tenant_id(), request);
  end if;
  return null;
end $$;
reset role;
