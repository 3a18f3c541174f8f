-- Duplicates: records merged into others, and pairs that may be one.

-- Where a record in the trash went. Taken back from there by itself, it stands for itself again.
do $$
declare merged text;
begin
  foreach merged in array array['contact', 'company'] loop
    execute format('alter table %1$I add column merged_into_id uuid,
      add foreign key (tenant_id, merged_into_id) references %1$I on delete set null (merged_into_id)', merged);
    execute format('create index %1$s_merged on %1$I (tenant_id, merged_into_id) where merged_into_id is not null', merged);
  end loop;
end $$;

create function app.forget_merge() returns trigger language plpgsql as $$
begin
  new.merged_into_id := null;
  return new;
end $$;
create trigger forget_merge before update of deleted_at on contact
  for each row when (new.deleted_at is null and new.merged_into_id is not null) execute function app.forget_merge();
create trigger forget_merge before update of deleted_at on company
  for each row when (new.deleted_at is null and new.merged_into_id is not null) execute function app.forget_merge();

-- Tables in which something still refers to records, by one of these columns ([table, column] each) or by a custom field, also where the
-- caller does not see it. The records themselves do not count.
create function app.references_left(target text, columns jsonb, ids uuid[]) returns text[] language plpgsql stable security definer
  set search_path = pg_catalog, public, app as $$
declare
  place record; found boolean; tables text[] := '{}';
begin
  for place in
    select c.value ->> 0 as relation, format('%I = any ($1)', c.value ->> 1) as condition from jsonb_array_elements(columns) c
    union all
    select f.resource, format('lower(custom ->> %L) = any ($1::text[])', f.key)
    from public.custom_field f where f.tenant_id = app.tenant_id() and f.type = target
  loop
    execute format('select exists (select from public.%I where tenant_id = app.tenant_id() and id <> all ($1) and %s)',
      place.relation, place.condition) using ids into found;
    if found and place.relation <> all (tables) then tables := tables || place.relation; end if;
  end loop;
  return tables;
end $$;
call app.run_as_system(array['app.references_left(text,jsonb,uuid[])']::regprocedure[]);

-- What is like a record that somebody is about to make. Trigrams are not leakproof: as in 0005, these run as holdfast_system and force
-- tenant and scope themselves.
create index contact_other_emails on contact using gin (tenant_id, other_emails) where other_emails <> '{}' and deleted_at is null;
create index company_folded_domain on company (tenant_id, lower(domain)) where domain is not null and deleted_at is null;

-- The part of a telephone number that is the same with and without the prefixes of a country and a town; null when it is too short to tell.
create function app.phone_key(phone text) returns text language sql immutable parallel safe as $$
  select case when length(d) >= 6 then right(d, 9) end from regexp_replace(phone, '[^0-9]', '', 'g') d
$$;

-- Reasons: same_email, same_phone, same_name, similar_name (both at the company that is named, or anywhere when none is and the name is the same).
create function app.contact_matches(q_email text, q_phone text, q_name text, q_company uuid, rows_max int)
returns table (id uuid, name text, detail text, reasons text[]) language plpgsql stable security definer
  set search_path = pg_catalog, public, app
  set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0 set plan_cache_mode = force_custom_plan as $$
declare
  colleagues_max constant int := 10000;
  candidates_max constant int := 50;
  similar_from constant real := 0.5;
  scope constant text := app.scope('contact', 'read');
  owners constant uuid[] := app.scope_owners('contact', 'read');
  digits constant text := app.phone_key(q_phone);
  folded constant text := nullif(trim(regexp_replace(app.fold(q_name), '\s+', ' ', 'g')), '');
begin
  return query
  with hits as (
    (select c.id, 'same_email' as reason, 1 as rank from contact c where c.tenant_id = app.tenant_id() and c.email_key = lower(q_email)
      and c.deleted_at is null limit candidates_max)
    union all
    (select c.id, 'same_email', 1 from contact c where c.tenant_id = app.tenant_id() and c.other_emails && array[q_email, lower(q_email)]
      and c.other_emails <> '{}' and c.deleted_at is null limit candidates_max)
    union all
    (select c.id, 'same_phone', 2 from contact c where c.tenant_id = app.tenant_id() and c.search_text like '%' || digits
      and app.phone_key(c.phone) = digits and c.deleted_at is null limit candidates_max)
    union all
    (select s.id, case when s.score = 1 then 'same_name' else 'similar_name' end, 3 from (
        select k.id, similarity(app.fold(coalesce(app.person_name(k.given_name, k.family_name), '')), folded) as score
        from (select c.id, c.given_name, c.family_name from contact c where c.tenant_id = app.tenant_id() and c.company_id = q_company
          and c.deleted_at is null and word_similarity(folded, c.search_text) >= similar_from limit colleagues_max) k) s
      where s.score >= similar_from order by s.score desc limit candidates_max)
    union all
    (select c.id, 'same_name', 4 from contact c where q_company is null and c.tenant_id = app.tenant_id()
      and left(c.search_text, 40) ~>=~ left(folded, 40) and left(c.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
      and app.fold(app.person_name(c.given_name, c.family_name)) = folded and c.deleted_at is null limit candidates_max)
  )
  select c.id, c.name::text, coalesce(c.email, c.phone), array_agg(distinct h.reason order by h.reason)
  from hits h join contact c on c.tenant_id = app.tenant_id() and c.id = h.id
  where scope = 'all' or c.owner_id = any (owners)
  group by c.tenant_id, c.id order by min(h.rank), count(distinct h.reason) desc, c.name, c.id limit rows_max;
end $$;

-- Reasons: same_domain, same_name, similar_name.
create function app.company_matches(q_domain text, q_name text, rows_max int)
returns table (id uuid, name text, detail text, reasons text[]) language plpgsql stable security definer
  set search_path = pg_catalog, public, app
  set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0 set plan_cache_mode = force_custom_plan as $$
declare
  candidates_max constant int := 200;
  similar_from constant real := 0.5;
  scope constant text := app.scope('company', 'read');
  owners constant uuid[] := app.scope_owners('company', 'read');
  folded constant text := nullif(trim(regexp_replace(app.fold(q_name), '\s+', ' ', 'g')), '');
begin
  return query
  with hits as (
    (select c.id, 'same_domain' as reason, 2::real as score from company c where c.tenant_id = app.tenant_id() and lower(c.domain) = lower(q_domain)
      and c.domain is not null and c.deleted_at is null limit candidates_max)
    union all
    (select s.id, case when s.score = 1 then 'same_name' else 'similar_name' end, s.score from (
        select k.id, similarity(app.fold(k.name), folded) as score
        from (select c.id, c.name from company c where c.tenant_id = app.tenant_id() and c.search_text %> folded
          and c.deleted_at is null limit candidates_max) k) s
      where s.score >= similar_from)
  )
  select c.id, c.name::text, coalesce(c.domain, c.city), array_agg(distinct h.reason order by h.reason)
  from hits h join company c on c.tenant_id = app.tenant_id() and c.id = h.id
  where scope = 'all' or c.owner_id = any (owners)
  group by c.tenant_id, c.id order by sum(h.score) desc, c.name, c.id limit rows_max;
end $$;
call app.run_as_system(array['app.contact_matches(text,text,text,uuid,int)', 'app.company_matches(text,text,int)']::regprocedure[]);

-- Pairs of records that may be one, found in the background. Who may not read both sees none of it: lists join the records.
create table duplicate_suspect (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  resource text not null check (resource in ('contact', 'company')),
  one_id uuid not null,
  other_id uuid not null,
  score real not null check (score between 0 and 1),
  reasons text[] not null check (cardinality(reasons) > 0),
  -- Somebody said that these are two. It holds for good.
  dismissed_at timestamptz(3),
  found_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, resource, one_id, other_id),
  check (one_id < other_id)
);
create index duplicate_suspect_open on duplicate_suspect (tenant_id, resource, score desc, id) where dismissed_at is null;
-- No audit: it is derived, and rewritten with every search.
call app.protect('duplicate_suspect');

-- Once a day in each workspace, whatever else asked for it. Called by the hourly housekeeping.
create function app.schedule_duplicate_search() returns int language plpgsql security definer set search_path = pg_catalog, public, app as $$
declare added int;
begin
  insert into job (tenant_id, kind, payload, dedupe_key)
  select t.id, 'duplicate.search', '{}', 'all' from tenant t
  where t.id <> '00000000-0000-0000-0000-000000000000' and t.created_at < now() - interval '1 day'
    and not exists (select from job j where j.tenant_id = t.id and j.kind = 'duplicate.search' and j.created_at > now() - interval '1 day')
  on conflict do nothing;
  get diagnostics added = row_count;
  return added;
end $$;
call app.run_as_system(array['app.schedule_duplicate_search()']::regprocedure[]);
