-- The rows of a benchmark, computed from their number alone: both databases get the same people with the same ids, in seconds.
create schema bench;

-- A number from 0 to 2^31 - 1 that looks random and is always the same.
create function bench.hash(i bigint, salt bigint) returns bigint language sql immutable parallel safe as
  $$ select hashint8extended(i, salt) & 2147483647 $$;

create function bench.pick(words text[], n bigint) returns text language sql immutable parallel safe as
  $$ select words[1 + n % cardinality(words)] $$;

-- A UUIDv7 whose time grows with the number, as that of ids made by the program does.
create function bench.id(kind text, i bigint) returns uuid language sql immutable parallel safe as $$
  select (lpad(to_hex(1735689600000 + i), 12, '0') || '7' || left(md5(kind || i), 3) || '8' || substr(md5(kind || i), 4, 15))::uuid
$$;

-- Of ten rows nine belong to the large tenant, number 0; the tenth goes round the nine small ones.
create function bench.tenant_of(i bigint) returns bigint language sql immutable parallel safe as
  $$ select case when i % 10 < 9 then 0 else 1 + i / 10 % 9 end $$;

-- The number of a tenant's nth row.
create function bench.nth_of(tenant bigint, n bigint) returns bigint language sql immutable parallel safe as
  $$ select case when tenant = 0 then n / 9 * 10 + n % 9 else (n * 9 + tenant - 1) * 10 + 9 end $$;

-- How many of the companies are a tenant's; null when there are too few for it to have any.
create function bench.companies_of(tenant bigint, companies bigint) returns bigint language sql immutable parallel safe as
  $$ select nullif(companies * case when tenant = 0 then 90 else 1 end / 100, 0) $$;

-- The large tenant has 500 users, each small one 20.
create function bench.owner_of(i bigint) returns uuid language sql immutable parallel safe as $$
  select bench.id('user', case when i % 10 < 9 then bench.hash(i, 1) % 500 else 500 + i / 10 % 9 * 20 + bench.hash(i, 1) % 20 end)
$$;

create function bench.words(kind text) returns text[] language sql immutable parallel safe as $$
  select string_to_array(case kind
    when 'given' then 'Ada Aiko Alejandro Amara Amélie Anders Anil Anna Asif Björn Bruno Camille Carlos Chen Chidi Chloé Daniel Dmitri Elena Emeka '
      'Emil Emma Fatima Felix Finn Freja Gabriel Giulia Grace Hana Hans Hassan Helena Hiroshi Hugo Ines Ingrid Isabel Ivan Jakub Jamal Jan Jia '
      'João Jonas José Julia Kai Karin Katarzyna Kenji Kofi Lars Laura Layla Leila Liam Lina Lucas Luna Magnus Malik Mateo Mei Mia Mikhail Mohammed '
      'Nadia Naomi Natalia Nia Nils Noah Noor Olga Oliver Omar Oscar Paula Pedro Priya Rafael Ravi Renée Rosa Sara Sebastian Siobhán Sofia Sven '
      'Tariq Thandiwe Theo Tomás Valentina Viktor Wei Yara Yuki Zainab Zoë'
    when 'head' then 'Acker Ander Arm Bach Bald Beck Berg Bern Black Blom Brand Bren Brook Carl Castel Clay Cole Crom Dahl Dal Dorn Eber Edel Ek Falk '
      'Fern Fischer Fors Frank Gar Glen Gold Green Gros Hall Hamm Hart Heller Holm Horn Jans Kall Karl Kemp Kirch Klein Kron Lam Lang Lind Lund Mar '
      'Mendel Mon Nord Oster Pal Quin Rams Rich Rosen Sand Schwarz Silver Sommer Stein Stern Strand Sund Thor Unter Vander Wald Weber Wein Whit Winter Zimmer'
    when 'tail' then 'a ado aker ano ard bach beck berg blad blom borg bury by court dahl dale den dorf dottir er ez feld ford gaard ham hauer hoff holm '
      'ing kamp land ley lin lund man mark mont ness nik o oglu os ov quist rup sen ski sky son stad stein stone strom ton vall ville wall wood worth'
    when 'city' then 'Lagos Lima Oslo Kyoto Berlin Toronto Nairobi Lisbon Austin Mumbai Seoul Porto Zürich Bogotá Hanoi Cairo Leeds Lyon Perth Quito'
    when 'job' then 'Analyst Architect Buyer Consultant Controller Designer Director Engineer Manager Nurse Owner Partner Planner President Teacher'
    when 'trade' then 'Foods Logistics Motors Energy Media Textiles Pharma Software Capital Travel Robotics Studios Partners Supplies Foundation'
  end, ' ')
$$;

create function bench.users() returns table (tenant bigint, id uuid, name text, email text, role text)
language sql immutable parallel safe as $$
  select case when i < 500 then 0 else 1 + (i - 500) / 20 end, bench.id('user', i),
    bench.pick(bench.words('given'), bench.hash(i, 11)) || ' ' || bench.pick(bench.words('head'), bench.hash(i, 12)),
    'user' || i || '@example.com', case when i < 10 then 'admin' when i < 100 then 'advisor' else 'member' end
  from generate_series(0, 500 + 9 * 20 - 1::bigint) i
$$;

create function bench.companies(companies bigint)
returns table (tenant bigint, id uuid, name text, domain text, industry text, city text, owner_id uuid, created_at timestamptz)
language sql immutable parallel safe as $$
  select bench.tenant_of(i), bench.id('company', i),
    bench.pick(bench.words('head'), bench.hash(i, 21)) || bench.pick(bench.words('tail'), bench.hash(i, 22)) || ' '
      || bench.pick(bench.words('trade'), bench.hash(i, 23)) || ' ' || i,
    lower(bench.pick(bench.words('head'), bench.hash(i, 21))) || i || '.example', bench.pick(bench.words('trade'), bench.hash(i, 23)),
    bench.pick(bench.words('city'), bench.hash(i, 24)), bench.owner_of(i), timestamptz '2025-01-01 00:00Z' + i * interval '1 second'
  from generate_series(0, companies - 1) i
$$;

-- One contact in nine of the large tenant is called Maria: the term of a search that matches very many.
create function bench.contacts(first bigint, last bigint, companies bigint)
returns table (i bigint, tenant bigint, id uuid, given_name text, family_name text, email text, phone text, job_title text, company_id uuid,
  owner_id uuid, source text, lead_status text, lifecycle_stage text, city text, country text, points int, created_at timestamptz)
language sql immutable parallel safe as $$
  select i, bench.tenant_of(i), bench.id('contact', i),
    case when i % 10 < 9 and bench.hash(i, 31) % 9 = 0 then 'Maria' else bench.pick(bench.words('given'), bench.hash(i, 32)) end, family,
    lower(family) || i || case when i % 3 = 0 then '@example.org' else '@mail.example' end,
    '+' || 30 + bench.hash(i, 33) % 60 || ' ' || 1000000 + bench.hash(i, 34) % 9000000, bench.pick(bench.words('job'), bench.hash(i, 35)),
    case when bench.hash(i, 36) % 10 > 0 then bench.id('company', bench.nth_of(bench.tenant_of(i),
      bench.hash(i, 37) % bench.companies_of(bench.tenant_of(i), companies))) end,
    bench.owner_of(i), bench.pick('{web,fair,referral,import}', bench.hash(i, 38)),
    bench.pick('{new,working,qualified,unqualified}', bench.hash(i, 39)), bench.pick('{subscriber,lead,customer,former}', bench.hash(i, 40)),
    bench.pick(bench.words('city'), bench.hash(i, 41)), 'Freedonia', (bench.hash(i, 44) % 100000)::int, timestamptz '2025-01-01 00:00Z' + i * interval '20 seconds'
  from generate_series(first, last) i
  cross join lateral (select bench.pick(bench.words('head'), bench.hash(i, 42)) || bench.pick(bench.words('tail'), bench.hash(i, 43))) as f (family)
$$;

-- What hangs on the busy contacts, one in a hundred.
create function bench.entries(contacts bigint, per_contact int)
returns table (i bigint, n int, contact_id uuid, owner_id uuid, at timestamptz)
language sql immutable parallel safe as $$
  select i, n, bench.id('contact', i), bench.owner_of(i), timestamptz '2025-09-01 00:00Z' + bench.hash(i * 100 + n, 51) % 6000000 * interval '1 second'
  from generate_series(0, contacts - 1, 100) i cross join generate_series(1, per_contact) n
$$;
