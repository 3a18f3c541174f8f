-- Functions that column defaults, generated columns, checks and indexes stand on, and what these call. They are applied before the
-- migrations.
--
-- What they answer is stored in rows and indexes, and PostgreSQL does not compute it again when a function changes. So a change here needs
-- a migration that rewrites what stands on the function: drops and adds the generated column, reindexes, validates the check.

-- UUIDv7 (RFC 9562): built in from PostgreSQL 18, put together by hand before. The one function whose text depends on the server.
do $$
begin
  if current_setting('server_version_num')::int >= 180000 then
    create or replace function app.uuid_v7() returns uuid language sql volatile parallel safe as 'select uuidv7()';
  else
    create or replace function app.uuid_v7() returns uuid language sql volatile parallel safe as $f$
      select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
    $f$;
  end if;
end $$;

create or replace function app.user_id() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('app.user_id', true), '')::uuid $$;

-- Text as searches compare it: lower case, without accents. Most texts are ASCII, which is recognised at once: they have no accents.
-- PL/pgSQL, because PostgreSQL would parse a function in SQL anew for each INSERT or UPDATE of a table whose generated columns call it.
create or replace function app.fold(value text) returns text language plpgsql immutable parallel safe as $$
begin
  if octet_length(value) = length(value) then return lower(value); end if;
  return lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g'));
end $$;

-- A name as names are compared where no two may be alike: without case, spaces around it, further spaces between words and characters that
-- nobody sees, in one form of Unicode. src/kernel/contract/names.ts says the same.
create or replace function app.folded_name(name text) returns text language plpgsql immutable parallel safe as $$
declare
  unseen constant text := '[\u0001-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e'
    '\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]';
begin
  return lower(trim(regexp_replace(normalize(regexp_replace(name, unseen, '', 'g'), NFKC), '[\t-\r \u1680\u2028\u2029]+', ' ', 'g'))
    collate "und-x-icu");
end $$;

-- A name as it is written: Chinese, Japanese and Korean put the family name first, without a space. Null when there is none.
create or replace function app.person_name(given text, family text) returns text language plpgsql immutable parallel safe as $$
declare letters constant text := coalesce(family, '') || coalesce(given, '');
begin
  return nullif(case when octet_length(letters) > length(letters) and letters ~ '^[\u2e80-\u9fff\uac00-\ud7af]+$' then letters
    else trim(coalesce(given, '') || ' ' || coalesce(family, '')) end, '');
end $$;

-- The name of a contact, of which there is always one. Sealed parts make none: then it is a composite of what it is made of, each as it is
-- stored, with the mark of composites before it and the id of the contact in it, without which none of them opens. Whoever reads it opens
-- it (src/kernel/resource/composite-names.ts).
create or replace function app.contact_name(id uuid, given text, family text, email text, phone text) returns text
  language plpgsql immutable parallel safe as $$
declare named constant text := app.person_name(given, family);
begin
  if starts_with(given, e'\x01sealed:') or starts_with(family, e'\x01sealed:') then
    return e'\x01name:' || jsonb_build_array(id, given, family, null, null)::text;
  elsif named is null and starts_with(coalesce(email, phone), e'\x01sealed:') then
    return e'\x01name:' || jsonb_build_array(id, null, null, email, phone)::text;
  end if;
  return coalesce(named, email, phone, 'No name');
end $$;

-- Kana and Han, as a class for regular expressions.
create or replace function app.unspaced_letters() returns text language sql immutable parallel safe as
  $$ select '[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]' $$;

-- The pairs of neighbouring letters in runs of letters that are written without spaces.
create or replace function app.letter_pairs(folded text) returns setof text language sql immutable parallel safe as $$
  select distinct substr(run[1], place, 2) from regexp_matches(folded, '(' || app.unspaced_letters() || '+)', 'g') run
  cross join generate_series(1, length(run[1])) place
$$;

-- The words of a text as they are compared: without markup, case and accents. Chinese and Japanese are written without spaces, so a term
-- stands inside what looks like one word; of such letters the index holds each pair of neighbours, and the last letter of a run by itself.
-- Of a sealed text there are none, so it leaves the index when it is sealed (src/kernel/resource/personal.ts).
--
-- Each match of a regular expression costs as much as hundreds of letters: the usual separators are replaced by themselves first, markup is
-- looked for where there is any, and array_to_tsvector sorts out what is there twice.
create or replace function app.to_search_vector(title text, body text) returns tsvector language plpgsql immutable parallel safe as $$
declare
  plain text := case when not starts_with(title, e'\x01sealed:') then title || ' ' else ' ' end
    || case when not starts_with(body, e'\x01sealed:') then body else '' end;
  words text[];
  separator text;
begin
  if strpos(plain, '<') > 0 or strpos(plain, '&') > 0 then plain := regexp_replace(plain, '<[^>]*>|&[a-z]+;|&#\d+;', ' ', 'g'); end if;
  plain := app.fold(left(plain, 50000));
  foreach separator in array array[e'\r', e'\n', '.', ',', ':', ';', '-', '/', '@', '>', '"', '''', '(', ')', '?', '!'] loop
    plain := replace(plain, separator, ' ');
  end loop;
  if plain ~ '[^[:alnum:] ]' then plain := regexp_replace(plain, '[^[:alnum:]]+', ' ', 'g'); end if;
  words := array_remove(string_to_array(plain, ' '), '');
  if plain ~ '[^ ]{61}' then words := array(select left(word, 60) from unnest(words) word); end if;
  -- Most texts have one byte for each letter, which is recognised at once.
  if octet_length(plain) > length(plain) and plain ~ app.unspaced_letters() then
    words := array(select unnest(words) union select app.letter_pairs(plain));
  end if;
  return array_to_tsvector(words);
end $$;

-- A text as it is searched. Chinese and Japanese put no spaces between words, and a trigram index cannot look up two letters inside a text.
-- So each run of such letters is repeated from each of its letters on, which turns a term inside it into the beginning of a word.
create or replace function app.searchable(value text) returns text language plpgsql immutable parallel safe as $$
begin
  if octet_length(value) = length(value) then return lower(value); end if;
  return app.fold(value || coalesce((select string_agg(' ' || substr(run.letters[1], start), '' order by run.place, start)
    from regexp_matches(value, '[\u2e80-\u9fff]{1,20}', 'g') with ordinality as run (letters, place),
      generate_series(1, length(run.letters[1])) as start), ''));
end $$;

-- Given and family name come first, because what begins with what somebody types is found first; the digits of the main phone number come
-- last, because duplicates are looked up by the end of this text. Without what is sealed, which nothing finds by its letters or digits.
create or replace function app.person_search_text(given text, family text, email text, other_emails jsonb, phone text, other_phones jsonb,
  middle text,
  suffix text) returns text language plpgsql immutable parallel safe as $$
declare
  names constant text := coalesce(app.person_name(case when not starts_with(given, e'\x01sealed:') then given end,
      case when not starts_with(family, e'\x01sealed:') then family end) || ' ', '')
    || case when starts_with(middle, e'\x01sealed:') then '' else coalesce(middle || ' ', '') end
    || case when starts_with(suffix, e'\x01sealed:') then '' else coalesce(suffix || ' ', '') end;
  keys text := coalesce(email || ' ', '');
begin
  -- Checks on these lists are made after generated columns are computed.
  if other_emails <> '[]' and jsonb_typeof(other_emails) = 'array' then
    keys := keys || coalesce((select string_agg((e ->> 'value') || ' ', '') from jsonb_array_elements(other_emails) e), '');
  end if;
  if other_phones <> '[]' and jsonb_typeof(other_phones) = 'array' then
    keys := keys || coalesce((
      select string_agg(regexp_replace(e ->> 'value', '[^0-9]', '', 'g') || ' ', '') from jsonb_array_elements(other_phones) e), '');
  end if;
  return app.searchable(names) || app.fold(keys)
    || case when starts_with(phone, e'\x01sealed:') then '' else coalesce(regexp_replace(phone, '[^0-9]', '', 'g'), '') end;
end $$;

-- For the column as the baseline makes it, until migration 42 makes it anew.
create or replace function app.contact_search_text(given text, family text, email text, other_emails jsonb, phone text, other_phones jsonb)
  returns text language sql immutable parallel safe as
  $$ select app.person_search_text(given, family, email, other_emails, phone, other_phones, null, null) $$;

-- The values of a list of {label, value} in lower case, for the index of e-mail addresses.
create or replace function app.label_keys(list jsonb) returns text[] language sql immutable parallel safe as $$
  select array(select lower(e ->> 'value') from jsonb_array_elements(list) e)
$$;

-- What a sealed text is found by: its blind index, or one for each entry of a list (src/kernel/vault/envelope.ts). The envelope begins
-- behind the mark, the id of its key and a colon. Of what is no envelope there is none.
create or replace function app.envelope_head(value text, bytes_max int) returns bytea language plpgsql immutable parallel safe as $$
declare
  letters constant text := substring(value from 46 for (bytes_max + 2) / 3 * 4);
begin
  if not starts_with(value, e'\x01sealed:') or letters !~ '^[A-Za-z0-9_-]+$' then return null; end if;
  return decode(translate(left(letters, length(letters) / 4 * 4), '-_', '+/'), 'base64');
end $$;

create or replace function app.sealed_index(value text) returns text language plpgsql immutable parallel safe as $$
declare
  index constant bytea := substring(app.envelope_head(value, 45) from 30 for 16);
begin
  return case when octet_length(index) = 16 and index <> decode(repeat('00', 16), 'hex') then 'index:' || encode(index, 'hex') end;
end $$;

create or replace function app.sealed_indexes(value text) returns text[] language plpgsql immutable parallel safe as $$
declare
  head constant bytea := app.envelope_head(value, 350);
begin
  if octet_length(head) < 30 or get_byte(head, 0) <> 3 or octet_length(head) < 30 + 16 * get_byte(head, 29) then return '{}'; end if;
  return array(select 'index:' || encode(substring(head from 31 + 16 * at for 16), 'hex')
    from generate_series(0, get_byte(head, 29) - 1) at);
end $$;

-- The part of a telephone number that is the same with and without the prefixes of country and area; null when it is too short to tell. Of
-- a sealed one, its blind index. src/kernel/contract/phone.ts says the same.
create or replace function app.phone_key(phone text) returns text language plpgsql immutable parallel safe as $$
declare
  digits text;
begin
  if starts_with(phone, e'\x01sealed:') then return app.sealed_index(phone); end if;
  digits := regexp_replace(phone, '[^0-9]', '', 'g');
  return case when length(digits) >= 6 then right(digits, 9) end;
end $$;

-- At most 20 of {label, value}, each with a value of at most so many characters. Called only for lists that are not empty.
create or replace function app.labelled_list_fits(list jsonb, characters_max int) returns boolean language sql immutable parallel safe as $$
  select case when jsonb_typeof(list) <> 'array' or jsonb_array_length(list) > 20 then false else not exists (
    select from jsonb_array_elements(list) e
    where jsonb_typeof(e) <> 'object' or jsonb_typeof(e -> 'value') is distinct from 'string'
      or length(e ->> 'value') not between 1 and characters_max
      or coalesce(jsonb_typeof(e -> 'label'), 'null') not in ('string', 'null') or length(e ->> 'label') > 60
        or (e - 'label' - 'value') <> '{}') end
$$;

-- At most 20 of {label, street, city, region, postal_code, country}, none of them empty.
create or replace function app.address_list_fits(list jsonb) returns boolean language sql immutable parallel safe as $$
  select case when jsonb_typeof(list) <> 'array' or jsonb_array_length(list) > 20 then false else not exists (
    select from jsonb_array_elements(list) e
    where jsonb_typeof(e) <> 'object'
      or exists (
        select from jsonb_each(case when jsonb_typeof(e) = 'object' then e else '{}' end) p
          where jsonb_typeof(p.value) not in ('string', 'null'))
      or (e - '{label,street,city,region,postal_code,country}'::text[]) <> '{}'
      or length(e ->> 'label') > 60 or length(e ->> 'street') > 300 or length(e ->> 'city') > 200 or length(e ->> 'region') > 200
      or length(e ->> 'postal_code') > 20 or length(e ->> 'country') > 100
      or coalesce(e ->> 'street', e ->> 'city', e ->> 'region', e ->> 'postal_code', e ->> 'country') is null) end
$$;

-- A list that is sealed, of at most so many characters (src/kernel/resource/personal.ts): 45 and, in base64, 61 bytes and those of its
-- JSON, in which a letter has six at most.
create or replace function app.sealed_list_fits(list jsonb, characters_max int) returns boolean language sql immutable parallel safe as $$
  select case when jsonb_typeof(list) = 'string' then starts_with(list #>> '{}', e'\x01sealed:')
    and length(list #>> '{}') <= characters_max else false end
$$;

-- YYYY-MM-DD, or --MM-DD when the year is unknown; the day must exist. Or one that is sealed, and what stands in the place of one that was
-- given up as damaged (src/operations/personal-sealing).
create or replace function app.birthday_fits(birthday text) returns boolean language sql immutable parallel safe as $$
  select case when starts_with(birthday, e'\x01sealed:') then length(birthday) <= 300 when birthday = '• damaged' then true
    else birthday ~ '^(\d{4}|-)-\d\d-\d\d$'
    and pg_input_is_valid(case when birthday like '--%' then '2000' || substr(birthday, 2) else birthday end, 'date') end
$$;

-- The checks of a contact as one constraint. PostgreSQL parses the text of each constraint anew for every statement that writes to its
-- table: nineteen of them were a third of the cost of inserting or updating a contact. The exception names the column, as single
-- constraints would.
create or replace function app.contact_fits(
  external_id text, given_name text, family_name text, email text, email_label text, other_emails jsonb, phone text, phone_label text,
  other_phones jsonb, job_title text, source text, lead_status text, lifecycle_stage text, consent_email text, street text, city text,
    region text,
  postal_code text, country text, address_label text, other_addresses jsonb, sites jsonb, social_profiles jsonb, birthday text,
    time_zone text,
  custom jsonb)
  returns boolean language plpgsql immutable as $$
declare
  misfit constant text := case
    when length(external_id) not between 1 and 200 then 'external_id'
    when length(given_name) > 200 and (not starts_with(given_name, e'\x01sealed:') or length(given_name) > 1200) then 'given_name'
    when length(family_name) > 200 and (not starts_with(family_name, e'\x01sealed:') or length(family_name) > 1200) then 'family_name'
    when length(email) > 254 then 'email'
    when length(email_label) > 60 then 'email_label'
    when other_emails <> '[]' and not app.labelled_list_fits(other_emails, 254) then 'other_emails'
    when length(phone) > 50 and (not starts_with(phone, e'\x01sealed:') or length(phone) > 400) then 'phone'
    when length(phone_label) > 60 then 'phone_label'
    when other_phones <> '[]' and not app.labelled_list_fits(other_phones, 50) and not app.sealed_list_fits(other_phones, 20000)
      then 'other_phones'
    when length(job_title) > 200 then 'job_title'
    when length(source) > 100 then 'source'
    when lead_status not in ('new', 'working', 'qualified', 'unqualified') then 'lead_status'
    when lifecycle_stage not in ('subscriber', 'lead', 'customer', 'former') then 'lifecycle_stage'
    when consent_email not in ('unknown', 'granted', 'denied') then 'consent_email'
    when length(street) > 300 and (not starts_with(street, e'\x01sealed:') or length(street) > 1800) then 'street'
    when length(city) > 200 then 'city'
    when length(region) > 200 then 'region'
    when length(postal_code) > 20 and (not starts_with(postal_code, e'\x01sealed:') or length(postal_code) > 300) then 'postal_code'
    when length(country) > 100 then 'country'
    when length(address_label) > 60 then 'address_label'
    when other_addresses <> '[]' and not app.address_list_fits(other_addresses) and not app.sealed_list_fits(other_addresses, 150000)
      then 'other_addresses'
    when sites <> '[]' and not app.labelled_list_fits(sites, 2000) then 'sites'
    when social_profiles <> '[]' and not app.labelled_list_fits(social_profiles, 500) and not app.sealed_list_fits(social_profiles, 95000)
      then 'social_profiles'
    when birthday is not null and not app.birthday_fits(birthday) then 'birthday'
    when length(time_zone) > 60 then 'time_zone'
    when jsonb_typeof(custom) <> 'object' then 'custom'
  end;
begin
  if misfit is null and trim(concat(given_name, family_name, email, phone)) <> '' then return true; end if;
  if misfit is null then
    raise check_violation using message = 'A contact needs a name, an e-mail address or a phone number',
      table = 'contact', column = 'given_name', constraint = 'contact_fits';
  end if;
  raise check_violation using message = format('The %s of a contact cannot be like this', misfit),
    table = 'contact', column = misfit, constraint = 'contact_fits';
end $$;

-- What of a text tells whether two records may be one (duplicateKeys of a record type): "B-HF 1" and "b hf1" are one number plate.
-- src/platform/duplicate/key.ts says the same.
create or replace function app.equality_key(value text) returns text language sql immutable parallel safe as $$
  select nullif(regexp_replace(lower(value), '[[:space:]._/-]+', '', 'g'), '')
$$;

-- The checks of a company as one constraint, as app.contact_fits.
create or replace function app.company_fits(
  external_id text, name text, domain text, website text, phone text, industry text, employee_count int, currency character,
    founded_year int,
  description text, street text, city text, region text, postal_code text, country text, custom jsonb)
  returns boolean language plpgsql immutable as $$
declare
  misfit constant text := case
    when length(external_id) not between 1 and 200 then 'external_id'
    when length(name) not between 1 and 200 then 'name'
    when length(domain) > 253 then 'domain'
    when length(website) > 2000 then 'website'
    when length(phone) > 50 then 'phone'
    when length(industry) > 200 then 'industry'
    when employee_count < 0 then 'employee_count'
    when currency !~ '^[A-Z]{3}$' then 'currency'
    when founded_year not between 1000 and 2200 then 'founded_year'
    when length(description) > 20000 then 'description'
    when length(street) > 300 then 'street'
    when length(city) > 200 then 'city'
    when length(region) > 200 then 'region'
    when length(postal_code) > 20 then 'postal_code'
    when length(country) > 100 then 'country'
    when jsonb_typeof(custom) <> 'object' then 'custom'
  end;
begin
  if misfit is null then return true; end if;
  raise check_violation using message = format('The %s of a company cannot be like this', misfit),
    table = 'company', column = misfit, constraint = 'company_fits';
end $$;

-- The check digits of securities; src/modules/wealth/security-identifier/contract.ts says the same. What a letter counts: A is 10, B is 11,
-- and so on.
create or replace function app.letter_value(sign text) returns int language sql immutable parallel safe as $$
  select case when sign between '0' and '9' then sign::int when sign = '*' then 36 when sign = '@' then 37 when sign = '#' then 38
    else ascii(sign) - 55 end
$$;

-- ISO 6166: letters become two digits, then every second digit from the last but one is doubled, as on cards (Luhn).
create or replace function app.isin_fits(isin text) returns boolean language sql immutable parallel safe as $$
  select isin is null or (isin ~ '^[A-Z]{2}[0-9A-Z]{9}[0-9]$' and (
    select sum(d.v / 10 + d.v % 10) % 10 = 0 from (
      select c.digit::int * case when row_number() over (order by c.place desc, c.at desc) % 2 = 0 then 2 else 1 end as v from (
        select s.place, t.at, t.digit from regexp_split_to_table(isin, '') with ordinality s (sign, place)
        cross join lateral regexp_split_to_table(app.letter_value(s.sign)::text, '') with ordinality t (digit, at)) c) d))
$$;

-- CUSIP, and by the same rule FIGI: every second value is doubled, and digits of values are added.
create or replace function app.doubled_sum(signs text) returns int language sql immutable parallel safe as $$
  select sum(d.v / 10 + d.v % 10)::int from (
    select app.letter_value(s.sign) * case when s.place % 2 = 0 then 2 else 1 end as v
      from regexp_split_to_table(signs, '') with ordinality s (sign, place)) d
$$;

create or replace function app.cusip_fits(cusip text) returns boolean language sql immutable parallel safe as $$
  select cusip is null or (cusip ~ '^[0-9A-Z*@#]{8}[0-9]$' and (10 - app.doubled_sum(left(cusip, 8)) % 10) % 10 = right(cusip, 1)::int)
$$;

create or replace function app.figi_fits(figi text) returns boolean language sql immutable parallel safe as $$
  select figi is null or (figi ~ '^(?!BS|BM|GG|GB|GH|KY|VG)[B-DF-HJ-NP-TV-Z]{2}G[0-9B-DF-HJ-NP-TV-Z]{8}[0-9]$'
    and (10 - app.doubled_sum(left(figi, 11)) % 10) % 10 = right(figi, 1)::int)
$$;

create or replace function app.sedol_fits(sedol text) returns boolean language sql immutable parallel safe as $$
  select sedol is null or (sedol ~ '^[0-9B-DF-HJ-NP-TV-Z]{6}[0-9]$' and (
    select sum(app.letter_value(s.sign) * ('{1,3,1,7,3,9,1}'::int[])[s.place]) % 10 = 0
      from regexp_split_to_table(sedol, '') with ordinality s (sign, place)))
$$;

-- The tokens of a sealed value's parts; null where it was sealed without (src/kernel/vault/envelope.ts).
create or replace function app.sealed_parts(envelope bytea) returns int[] language plpgsql immutable strict parallel safe as $$
begin
  if octet_length(envelope) <= 65 or get_byte(envelope, 0) <> 2 then return null; end if;
  return array(select token from generate_series(0, 31) token where get_bit(envelope, 360 + token) = 1);
end $$;
