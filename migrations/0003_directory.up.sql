-- The nouns all modules share: companies, contacts, tags, notes, tasks, activities, custom fields, imports.

-- Whether the caller reads every contact and company anyway: then children need no look at their parent.
create function app.sees_all_records() returns boolean language sql stable parallel safe as $$
  select app.scope('contact', 'read') = 'all' and app.scope('company', 'read') = 'all' and app.scope('deal', 'read') = 'all'
$$;

create table company (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  external_id text check (length(external_id) between 1 and 200),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  domain text check (length(domain) <= 253),
  industry text check (length(industry) <= 200),
  employee_count int check (employee_count >= 0),
  annual_revenue bigint,
  currency char(3) not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  founded_year int check (founded_year between 1000 and 2200),
  phone text check (length(phone) <= 50),
  website text check (length(website) <= 2000),
  street text check (length(street) <= 300),
  city text check (length(city) <= 200),
  region text check (length(region) <= 200),
  postal_code text check (length(postal_code) <= 20),
  country text check (length(country) <= 100),
  description text check (length(description) <= 20000),
  parent_id uuid,
  owner_id uuid,
  custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  search_text text generated always as (app.fold(name || coalesce(' ' || domain, '') || coalesce(' ' || city, ''))) stored,
  primary key (tenant_id, id),
  foreign key (tenant_id, parent_id) references company on delete set null (parent_id),
  foreign key (tenant_id, owner_id) references user_account on delete set null (owner_id),
  constraint company_parent_id_check check (parent_id <> id)
);
create unique index company_external_id on company (tenant_id, external_id) where external_id is not null;
create index company_name on company (tenant_id, name, id);
create index company_created on company (tenant_id, created_at, id);
create index company_owner on company (tenant_id, owner_id, name, id);
create index company_parent on company (tenant_id, parent_id) where parent_id is not null;
create index company_import on company (tenant_id, import_id) where import_id is not null;

-- A company must not be its own ancestor.
create function app.refuse_company_cycle() returns trigger language plpgsql as $$
begin
  if exists (
    with recursive ancestors as (
      select c.id, c.parent_id, 1 as depth from public.company c where c.tenant_id = new.tenant_id and c.id = new.parent_id
      union all
      select c.id, c.parent_id, a.depth + 1 from ancestors a join public.company c on c.tenant_id = new.tenant_id and c.id = a.parent_id
      where a.depth < 50
    )
    select from ancestors where id = new.id or depth = 50
  ) then
    raise exception using errcode = '23514', table = 'company', constraint = 'company_parent_id_check',
      column = 'parent_id', message = 'A company cannot be its own parent, directly or through others';
  end if;
  return new;
end $$;
create constraint trigger refuse_cycle after insert or update of parent_id on company
  deferrable initially immediate for each row when (new.parent_id is not null) execute function app.refuse_company_cycle();
call app.protect('company', 'company', 'owner_id');
call app.audit_changes('company', 'company', '{search_text}');
call app.touch_on_update('company');

-- A name as it is written: in Chinese, Japanese and Korean the family comes first and no space follows. Null when there is none.
create function app.person_name(given text, family text) returns text language sql immutable parallel safe as $$
  select nullif(case when coalesce(family, '') || coalesce(given, '') ~ '^[\u2e80-\u9fff\uac00-\ud7af]+$'
    then coalesce(family, '') || coalesce(given, '')
    else trim(coalesce(given, '') || ' ' || coalesce(family, '')) end, '')
$$;

create table contact (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  external_id text check (length(external_id) between 1 and 200),
  given_name text check (length(given_name) <= 200),
  family_name text check (length(family_name) <= 200),
  name text collate "und-x-icu" not null generated always as (coalesce(app.person_name(given_name, family_name), email, phone, 'No name')) stored,
  email text check (length(email) <= 254),
  email_key text generated always as (lower(email)) stored,
  other_emails text[] not null default '{}' check (cardinality(other_emails) <= 20),
  phone text check (length(phone) <= 50),
  other_phones text[] not null default '{}' check (cardinality(other_phones) <= 20),
  job_title text check (length(job_title) <= 200),
  company_id uuid,
  owner_id uuid,
  source text check (length(source) <= 100),
  lead_status text check (lead_status in ('new', 'working', 'qualified', 'unqualified')),
  lifecycle_stage text check (lifecycle_stage in ('subscriber', 'lead', 'customer', 'former')),
  consent_email text not null default 'unknown' check (consent_email in ('unknown', 'granted', 'denied')),
  street text check (length(street) <= 300),
  city text check (length(city) <= 200),
  region text check (length(region) <= 200),
  postal_code text check (length(postal_code) <= 20),
  country text check (length(country) <= 100),
  time_zone text check (length(time_zone) <= 60),
  custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  search_text text generated always as (app.fold(coalesce(app.person_name(given_name, family_name) || ' ', '') || coalesce(email || ' ', '')
    || coalesce(regexp_replace(phone, '[^0-9]', '', 'g'), ''))) stored,
  primary key (tenant_id, id),
  foreign key (tenant_id, company_id) references company on delete set null (company_id),
  foreign key (tenant_id, owner_id) references user_account on delete set null (owner_id)
);
create unique index contact_external_id on contact (tenant_id, external_id) where external_id is not null;
create index contact_name on contact (tenant_id, name, id);
create index contact_created on contact (tenant_id, created_at, id);
create index contact_owner on contact (tenant_id, owner_id, name, id);
create index contact_company on contact (tenant_id, company_id, name, id) where company_id is not null;
create index contact_email on contact (tenant_id, email_key) where email_key is not null;
create index contact_import on contact (tenant_id, import_id) where import_id is not null;
call app.protect('contact', 'contact', 'owner_id');
call app.audit_changes('contact', 'contact', '{name, email_key, search_text}');
call app.touch_on_update('contact');

create table tag (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 60),
  color text not null default 'gray' check (color in ('gray', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'pink')),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
call app.protect('tag', 'tag');
call app.audit_changes('tag', 'tag');
call app.touch_on_update('tag');

-- What hangs on a record names it in one of these columns, each with its own foreign key; sales adds deal_id.
create table record_tag (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  tag_id uuid not null,
  contact_id uuid,
  company_id uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, tag_id) references tag on delete cascade,
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, company_id) references company on delete cascade
);
create unique index record_tag_contact on record_tag (tenant_id, contact_id, tag_id) where contact_id is not null;
create unique index record_tag_company on record_tag (tenant_id, company_id, tag_id) where company_id is not null;
create index record_tag_tag on record_tag (tenant_id, tag_id);

create table note (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  body text not null check (length(body) between 1 and 100000),
  pinned boolean not null default false,
  author_id uuid,
  contact_id uuid,
  company_id uuid,
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, author_id) references user_account on delete set null (author_id),
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, company_id) references company on delete cascade
);
create index note_contact on note (tenant_id, contact_id, created_at desc, id desc) where contact_id is not null;
create index note_company on note (tenant_id, company_id, created_at desc, id desc) where company_id is not null;
create index note_created on note (tenant_id, created_at, id);

create table task (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  title text not null check (length(title) between 1 and 300),
  body text check (length(body) <= 20000),
  status text not null default 'open' check (status in ('open', 'done')),
  priority text not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent')),
  due_at timestamptz(3),
  remind_at timestamptz(3),
  recurrence text check (length(recurrence) <= 500),
  completed_at timestamptz(3),
  assignee_id uuid,
  contact_id uuid,
  company_id uuid,
  custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, assignee_id) references user_account on delete set null (assignee_id),
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, company_id) references company on delete cascade,
  check ((status = 'done') = (completed_at is not null))
);
create index task_assignee on task (tenant_id, assignee_id, status, due_at);
create index task_due on task (tenant_id, due_at, id);
create index task_contact on task (tenant_id, contact_id, created_at desc, id desc) where contact_id is not null;
create index task_company on task (tenant_id, company_id, created_at desc, id desc) where company_id is not null;
create index task_created on task (tenant_id, created_at, id);

create table activity (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  kind text not null check (kind in ('email', 'call', 'meeting')),
  subject text not null check (length(subject) between 1 and 300),
  body text check (length(body) <= 100000),
  direction text check (direction in ('in', 'out')),
  occurred_at timestamptz(3) not null default now(),
  duration_minutes int check (duration_minutes between 0 and 14400),
  author_id uuid,
  contact_id uuid,
  company_id uuid,
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  primary key (tenant_id, id),
  foreign key (tenant_id, author_id) references user_account on delete set null (author_id),
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, company_id) references company on delete cascade
);
create index activity_contact on activity (tenant_id, contact_id, occurred_at desc, id desc) where contact_id is not null;
create index activity_company on activity (tenant_id, company_id, occurred_at desc, id desc) where company_id is not null;
create index activity_author on activity (tenant_id, author_id, occurred_at desc);
create index activity_occurred on activity (tenant_id, occurred_at, id);

create table custom_field (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  resource text not null check (resource in ('contact', 'company', 'deal', 'task')),
  key text not null check (key ~ '^[a-z][a-z0-9_]{0,59}$'),
  label text not null check (length(label) between 1 and 100),
  type text not null check (type in ('text', 'integer', 'decimal', 'money', 'date', 'select', 'multi_select', 'user', 'url', 'boolean', 'contact', 'company')),
  options text[] not null default '{}' check (cardinality(options) <= 200),
  required boolean not null default false,
  position int not null default 0,
  retired_at timestamptz(3),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  constraint custom_field_key unique (tenant_id, resource, key)
);
call app.protect('custom_field', 'custom_field');
call app.audit_changes('custom_field', 'custom_field');
call app.touch_on_update('custom_field');

-- Custom values as they are compared; what does not fit, left from elsewhere, counts as absent instead of breaking a list.
create function app.to_number(value text) returns numeric language sql stable parallel safe as
  $$ select case when pg_input_is_valid(value, 'numeric') then value::numeric end $$;
create function app.to_date(value text) returns date language sql stable parallel safe as
  $$ select case when pg_input_is_valid(value, 'date') then value::date end $$;
