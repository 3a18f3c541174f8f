-- Entities of households, and what people and entities are of each other.
create table legal_entity (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  external_id text check (length(external_id) between 1 and 200),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  kind text not null default 'trust' check (kind in ('trust', 'llc', 'partnership', 'foundation', 'estate', 'company')),
  household_id uuid not null,
  jurisdiction text check (length(jurisdiction) <= 200),
  formed_on date,
  dissolved_on date,
  purpose text check (length(purpose) <= 5000),
  custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  search_text text generated always as (app.searchable(name || ' ' || coalesce(jurisdiction, ''))) stored,
  check (dissolved_on >= formed_on),
  foreign key (tenant_id, household_id) references household on delete cascade
);
create unique index legal_entity_external_id on legal_entity (tenant_id, external_id) where external_id is not null;
create index legal_entity_name on legal_entity (tenant_id, name, id);
create index legal_entity_changed on legal_entity (tenant_id, updated_at, id);
create index legal_entity_household on legal_entity (tenant_id, household_id, name, id);
create index legal_entity_import on legal_entity (tenant_id, import_id) where import_id is not null;
create index legal_entity_trash on legal_entity (tenant_id, deleted_at, id) where deleted_at is not null;
create index legal_entity_folded on legal_entity (tenant_id, left(search_text, 40) text_pattern_ops, household_id);
create index legal_entity_search on legal_entity using gin ((tenant_id::text), household_id, search_text gin_trgm_ops);
alter table legal_entity add primary key (tenant_id, id) include (household_id, name);

create table relationship (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  contact_id uuid,
  legal_entity_id uuid,
  kind text not null default 'other' check (kind in ('parent', 'spouse', 'sibling', 'trustee', 'grantor', 'owner', 'primary_beneficiary',
    'contingent_beneficiary', 'lawyer', 'accountant', 'trusted_contact', 'other')),
  of_contact_id uuid,
  of_entity_id uuid,
  reciprocal text generated always as (case kind when 'parent' then 'child' when 'spouse' then 'spouse' when 'sibling' then 'sibling'
    when 'trustee' then 'trust' when 'grantor' then 'trust' when 'owner' then 'owned' when 'primary_beneficiary' then 'benefits'
    when 'contingent_beneficiary' then 'benefits' when 'other' then 'other' else 'client' end) stored,
  share_numerator int check (share_numerator > 0),
  share_denominator int,
  from_on date not null default current_date,
  until_on date,
  remark text check (length(remark) <= 500),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  constraint relationship_period check (until_on >= from_on),
  check (num_nonnulls(contact_id, legal_entity_id) = 1),
  check (num_nonnulls(of_contact_id, of_entity_id) = 1),
  check (contact_id <> of_contact_id),
  check (legal_entity_id <> of_entity_id),
  check (num_nonnulls(share_numerator, share_denominator) <> 1),
  constraint relationship_share_numerator_check1 check (share_numerator <= share_denominator),
  foreign key (tenant_id, household_id) references household on delete cascade,
  foreign key (tenant_id, contact_id) references contact on delete cascade,
  foreign key (tenant_id, of_contact_id) references contact on delete cascade,
  foreign key (tenant_id, legal_entity_id) references legal_entity on delete cascade,
  foreign key (tenant_id, of_entity_id) references legal_entity on delete cascade
);
create index relationship_household on relationship (tenant_id, household_id, created_at, id);
create index relationship_contact on relationship (tenant_id, contact_id) where contact_id is not null;
create index relationship_of_contact on relationship (tenant_id, of_contact_id) where of_contact_id is not null;
create index relationship_entity on relationship (tenant_id, legal_entity_id) where legal_entity_id is not null;
create index relationship_of_entity on relationship (tenant_id, of_entity_id) where of_entity_id is not null;
alter table relationship add primary key (tenant_id, id);

do $$ declare tab text; begin
  foreach tab in array array['legal_entity', 'relationship'] loop
    execute format('alter table %I enable row level security', tab);
    execute format('alter table %I force row level security', tab);
    execute format('grant select, insert, update, delete on %I to holdfast_app, holdfast_system', tab);
  end loop;
end $$;
