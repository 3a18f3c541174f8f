-- Search by meaning: what was learnt of a workspace's texts, and where their passages stand in it. docs/decisions/0274-search-by-meaning.md
create table meaning_model (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  state text not null default 'training' check (state in ('training', 'serving', 'retired')),
  documents int not null check (documents >= 0),
  average_length real not null check (average_length >= 0),
  dimensions int not null check (dimensions between 1 and 1000),
  -- The middles of the cells that vectors lie in; null while there are too few to need any.
  cells bytea,
  started_at timestamptz(3) not null default now(),
  created_at timestamptz(3) not null default now()
);
create unique index meaning_model_serving on meaning_model (tenant_id) where state = 'serving';
alter table meaning_model add primary key (tenant_id, id);

-- Words are numbers here: no index holds the words of a text.
create table meaning_term (
  tenant_id uuid not null references tenant on delete cascade,
  model_id uuid not null,
  word int not null,
  documents int not null check (documents > 0),
  vector bytea,
  foreign key (tenant_id, model_id) references meaning_model on delete cascade
);
alter table meaning_term add primary key (tenant_id, model_id, word);

-- A passage is a stretch of a text, and holds none of its letters.
create table meaning_passage (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  model_id uuid not null,
  resource text not null check (resource in ('note', 'activity', 'mail_message')),
  record_id uuid not null,
  starts_at int not null check (starts_at >= 0),
  ends_at int not null check (ends_at >= starts_at),
  size int not null check (size > 0),
  cell int not null default 0,
  signature bit(256) not null,
  vector bytea not null,
  words int[] not null check (cardinality(words) <= 1000),
  counts bytea not null,
  foreign key (tenant_id, model_id) references meaning_model on delete cascade
);
create index meaning_passage_record on meaning_passage (tenant_id, record_id);
create index meaning_passage_cell on meaning_passage (tenant_id, model_id, cell, resource);
create index meaning_passage_words on meaning_passage using gin (tenant_id, model_id, words);
alter table meaning_passage add primary key (tenant_id, id);

do $$ declare tab text; begin
  foreach tab in array array['meaning_model', 'meaning_term', 'meaning_passage'] loop
    execute format('alter table %I enable row level security', tab);
    execute format('alter table %I force row level security', tab);
    execute format('grant select, insert, update, delete on %I to holdfast_app, holdfast_system', tab);
  end loop;
end $$;
