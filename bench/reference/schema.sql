-- The same people without what makes a product: no tenants, no row-level security, no audit. The indexes are Holdfast's, less the tenant, and less
-- those for columns that are not here.
create extension pg_trgm;
create extension btree_gin;
create table users (id uuid primary key, name text collate "und-x-icu" not null, email text);

create table companies (
  id uuid primary key,
  name text collate "und-x-icu" not null,
  domain text,
  industry text,
  city text,
  owner_id uuid references users,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);

create table contacts (
  id uuid primary key,
  external_id text,
  given_name text,
  family_name text,
  name text collate "und-x-icu" not null generated always as (coalesce(
    nullif(trim(coalesce(given_name, '') || ' ' || coalesce(family_name, '')), ''), email, phone, 'No name')) stored,
  email text,
  email_key text generated always as (lower(email)) stored,
  phone text,
  job_title text,
  company_id uuid references companies,
  owner_id uuid references users,
  source text,
  lead_status text,
  lifecycle_stage text,
  city text,
  country text,
  points int,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  search_text text generated always as (lower(coalesce(given_name || ' ', '') || coalesce(family_name || ' ', '') || coalesce(email || ' ', '')
    || coalesce(regexp_replace(phone, '[^0-9]', '', 'g'), ''))) stored
);

create table activities (
  id uuid primary key, kind text not null, subject text not null, body text, occurred_at timestamptz(3) not null default now(),
  author_id uuid references users, contact_id uuid references contacts, created_at timestamptz(3) not null default now()
);
create table notes (
  id uuid primary key, body text not null, author_id uuid references users, contact_id uuid references contacts,
  created_at timestamptz(3) not null default now()
);
create table tasks (
  id uuid primary key, title text not null, due_at timestamptz(3), assignee_id uuid references users, contact_id uuid references contacts,
  created_at timestamptz(3) not null default now()
);

create index on companies (name, id);
create index on companies (created_at, id);
create index on companies (owner_id, name, id);
create unique index on contacts (external_id) where external_id is not null;
create index on contacts (name, id);
create index on contacts (created_at, id);
create index on contacts (owner_id, name, id);
create index on contacts (updated_at, id);
create index on contacts (owner_id, updated_at, id);
create index on contacts (points, id);
create index on contacts (owner_id, points, id);
create index on contacts (company_id, name, id) where company_id is not null;
create index on contacts (email_key) where email_key is not null;
create index on contacts (left(search_text, 40) text_pattern_ops, owner_id);
create index on contacts using gin (owner_id, search_text gin_trgm_ops);
create index on activities (contact_id, occurred_at desc);
create index on notes (contact_id, created_at desc);
create index on tasks (contact_id, created_at desc);
