-- Pipelines, stages, deals with products, close reasons; and what hangs on records gains deal_id.

create table product (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  external_id text check (length(external_id) between 1 and 200),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  family text check (length(family) <= 200),
  unit_price bigint check (unit_price >= 0),
  currency char(3) not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  active boolean not null default true,
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
create unique index product_external_id on product (tenant_id, external_id) where external_id is not null;
call app.protect('product', 'product');
call app.audit_changes('product', 'product');
call app.touch_on_update('product');

create table pipeline (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text not null check (length(name) between 1 and 100),
  position int not null default 0,
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);
call app.protect('pipeline', 'pipeline');
call app.audit_changes('pipeline', 'pipeline');
call app.touch_on_update('pipeline');

create table stage (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  pipeline_id uuid not null,
  name text not null check (length(name) between 1 and 100),
  kind text not null default 'open' check (kind in ('open', 'won', 'lost')),
  probability_percent int not null default 50 check (probability_percent between 0 and 100),
  rotting_days int check (rotting_days between 1 and 3650),
  position int not null default 0,
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, pipeline_id, name),
  -- What a deal refers to, so that its pipeline and status cannot disagree with its stage.
  unique (tenant_id, pipeline_id, id, kind),
  foreign key (tenant_id, pipeline_id) references pipeline on delete cascade
);
call app.protect('stage', 'pipeline');
call app.audit_changes('stage', 'stage');
call app.touch_on_update('stage');

create table close_reason (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text not null check (length(name) between 1 and 100),
  outcome text not null check (outcome in ('won', 'lost')),
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  constraint close_reason_name unique (tenant_id, outcome, name)
);
call app.protect('close_reason', 'pipeline');
call app.audit_changes('close_reason', 'close_reason');
call app.touch_on_update('close_reason');

create table deal (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  external_id text check (length(external_id) between 1 and 200),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  amount bigint,
  currency char(3) not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  company_id uuid,
  contact_id uuid,
  owner_id uuid,
  pipeline_id uuid not null,
  stage_id uuid not null,
  status text not null check (status in ('open', 'won', 'lost')),
  stage_entered_at timestamptz(3) not null default now(),
  -- Order of the cards within a stage, smallest first; halves between neighbours.
  position double precision not null default extract(epoch from clock_timestamp()),
  expected_close_on date,
  opened_on date,
  closed_on date,
  close_reason_id uuid,
  close_note text check (length(close_note) <= 2000),
  source text check (length(source) <= 100),
  description text check (length(description) <= 20000),
  custom jsonb not null default '{}' check (jsonb_typeof(custom) = 'object'),
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3),
  search_text text generated always as (app.fold(name)) stored,
  primary key (tenant_id, id),
  foreign key (tenant_id, pipeline_id, stage_id, status) references stage (tenant_id, pipeline_id, id, kind),
  foreign key (tenant_id, company_id) references company on delete set null (company_id),
  foreign key (tenant_id, contact_id) references contact on delete set null (contact_id),
  foreign key (tenant_id, owner_id) references user_account on delete set null (owner_id),
  foreign key (tenant_id, close_reason_id) references close_reason on delete set null (close_reason_id)
);
create unique index deal_external_id on deal (tenant_id, external_id) where external_id is not null;
create index deal_name on deal (tenant_id, name, id);
create index deal_created on deal (tenant_id, created_at, id);
create index deal_board on deal (tenant_id, stage_id, position, id) where deleted_at is null;
create index deal_owner on deal (tenant_id, owner_id, name, id);
create index deal_company on deal (tenant_id, company_id) where company_id is not null;
create index deal_contact on deal (tenant_id, contact_id) where contact_id is not null;
create index deal_closed on deal (tenant_id, status, closed_on);
create index deal_import on deal (tenant_id, import_id) where import_id is not null;
call app.protect('deal', 'deal', 'owner_id');
call app.audit_changes('deal', 'deal', '{search_text, position}');
call app.touch_on_update('deal');

alter table record_tag add column deal_id uuid, add foreign key (tenant_id, deal_id) references deal on delete cascade,
  add check (num_nonnulls(contact_id, company_id, deal_id) = 1);
create unique index record_tag_deal on record_tag (tenant_id, deal_id, tag_id) where deal_id is not null;
alter table note add column deal_id uuid, add foreign key (tenant_id, deal_id) references deal on delete cascade,
  add constraint note_contact_id_check check (num_nonnulls(contact_id, company_id, deal_id) >= 1);
create index note_deal on note (tenant_id, deal_id, created_at desc, id desc) where deal_id is not null;
alter table task add column deal_id uuid, add foreign key (tenant_id, deal_id) references deal on delete cascade;
create index task_deal on task (tenant_id, deal_id, created_at desc, id desc) where deal_id is not null;
alter table activity add column deal_id uuid, add foreign key (tenant_id, deal_id) references deal on delete cascade,
  add constraint activity_contact_id_check check (num_nonnulls(contact_id, company_id, deal_id) >= 1);
create index activity_deal on activity (tenant_id, deal_id, occurred_at desc, id desc) where deal_id is not null;

-- What hangs on a record is visible only with it.
do $$
declare
  child text;
  parents constant text := '(select app.sees_all_records()) or (
    (contact_id is null or exists (select from contact p where p.tenant_id = %1$I.tenant_id and p.id = contact_id))
    and (company_id is null or exists (select from company p where p.tenant_id = %1$I.tenant_id and p.id = company_id))
    and (deal_id is null or exists (select from deal p where p.tenant_id = %1$I.tenant_id and p.id = deal_id)))';
  owners constant jsonb := '{"note": "author_id", "task": "assignee_id", "activity": "author_id"}';
begin
  foreach child in array array['note', 'task', 'activity'] loop
    call app.protect(child::regclass, child, owners ->> child, format(parents, child));
    call app.audit_changes(child::regclass, child);
    call app.touch_on_update(child::regclass);
  end loop;
  call app.protect('record_tag', 'tag', null, format(parents, 'record_tag'));
  call app.audit_changes('record_tag', 'record_tag');
end $$;

-- The right to tag a record is the right to change it, not the right to make or drop tags.
drop policy append on record_tag;
create policy append on record_tag for insert to holdfast_app with check (tenant_id = (select app.tenant_id())
  and (contact_id is null or (select app.scope('contact', 'update')) <> 'none')
  and (company_id is null or (select app.scope('company', 'update')) <> 'none')
  and (deal_id is null or (select app.scope('deal', 'update')) <> 'none'));
drop policy remove on record_tag;
create policy remove on record_tag for delete to holdfast_app using (tenant_id = (select app.tenant_id())
  and (contact_id is null or (select app.scope('contact', 'update')) <> 'none')
  and (company_id is null or (select app.scope('company', 'update')) <> 'none')
  and (deal_id is null or (select app.scope('deal', 'update')) <> 'none'));

create table deal_line (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  deal_id uuid not null,
  product_id uuid not null,
  quantity numeric(18, 6) not null default 1 check (quantity > 0),
  -- Minor units of the deal's currency.
  unit_price bigint not null default 0 check (unit_price >= 0),
  discount_percent numeric(6, 3) not null default 0 check (discount_percent between 0 and 100),
  position int not null default 0,
  import_id uuid,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, deal_id) references deal on delete cascade,
  foreign key (tenant_id, product_id) references product on delete restrict
);
create index deal_line_deal on deal_line (tenant_id, deal_id, position);
create index deal_line_product on deal_line (tenant_id, product_id);
call app.protect('deal_line', 'deal', null,
  '(select app.sees_all_records()) or exists (select from deal p where p.tenant_id = deal_line.tenant_id and p.id = deal_id)');
call app.audit_changes('deal_line', 'deal_line');
call app.touch_on_update('deal_line');
