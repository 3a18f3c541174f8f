-- A language model that a workspace asks over an OpenAI-compatible endpoint. docs/decisions/0281-a-language-model-by-an-endpoint.md
create table language_model (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  url text not null check (length(url) between 1 and 500),
  chat_model text check (length(chat_model) between 1 and 200),
  vector_model text check (length(vector_model) between 1 and 200),
  sealed_key bytea,
  features text[] not null check (features <@ '{summary,next_action,reply_draft,search}'),
  workspace_tokens_max int not null check (workspace_tokens_max > 0),
  person_tokens_max int not null check (person_tokens_max > 0),
  feature_tokens_max int not null check (feature_tokens_max > 0),
  -- For a million tokens, in the currency of the provider.
  price_in numeric(12, 4) not null default 0 check (price_in >= 0),
  price_out numeric(12, 4) not null default 0 check (price_out >= 0),
  price_vectors numeric(12, 4) not null default 0 check (price_vectors >= 0),
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  -- The model whose vectors for all texts somebody has agreed to, once the cost was shown.
  confirmed_vector_model text,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now()
);
create unique index language_model_tenant on language_model (tenant_id);
alter table language_model add primary key (tenant_id, id);

-- What left and what came of it. The texts themselves are not here.
create table language_model_call (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  feature text not null check (feature in ('summary', 'next_action', 'reply_draft', 'search', 'test')),
  user_id uuid,
  resource text,
  record_id uuid,
  sources uuid[] not null check (cardinality(sources) <= 1000),
  host text not null,
  model text not null,
  bytes_sent int not null,
  bytes_received int,
  tokens_reserved int not null,
  tokens_in int,
  tokens_out int,
  cost numeric(14, 6),
  outcome text not null default 'pending',
  duration_ms int,
  created_at timestamptz(3) not null default now(),
  foreign key (tenant_id, user_id) references user_account on delete set null (user_id)
);
create index language_model_call_newest on language_model_call (tenant_id, created_at, id);
create index language_model_call_user on language_model_call (tenant_id, user_id);
alter table language_model_call add primary key (tenant_id, id);

-- Tokens of a day: of the workspace (key ''), of each person and of each feature. Reserved before a call, settled after it.
create table language_model_usage (
  tenant_id uuid not null references tenant on delete cascade,
  day date not null,
  kind text not null check (kind in ('workspace', 'person', 'feature')),
  key text not null,
  tokens bigint not null default 0 check (tokens >= 0)
);
alter table language_model_usage add primary key (tenant_id, day, kind, key);

-- What a model answered, for whoever may read every source of it.
create table language_model_answer (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  digest bytea not null,
  model text not null,
  answer jsonb not null,
  sources uuid[] not null check (cardinality(sources) between 1 and 1000),
  created_at timestamptz(3) not null default now()
);
create unique index language_model_answer_digest on language_model_answer (tenant_id, digest);
create index language_model_answer_sources on language_model_answer using gin (tenant_id, sources);
alter table language_model_answer add primary key (tenant_id, id);

-- The model of an endpoint whose vectors the passages have; null: learnt from the texts. Such vectors have more dimensions.
alter table meaning_model add column vector_model text, drop constraint meaning_model_dimensions_check,
  add constraint meaning_model_dimensions_check check (dimensions between 1 and 4096) not valid;

do $$ declare tab text; begin
  foreach tab in array array['language_model', 'language_model_call', 'language_model_usage', 'language_model_answer'] loop
    execute format('alter table %I enable row level security', tab);
    execute format('alter table %I force row level security', tab);
    execute format('grant select, insert, update, delete on %I to holdfast_app, holdfast_system', tab);
  end loop;
end $$;
