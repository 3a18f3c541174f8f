-- What a migrated database holds, as its catalog tells it. "npm run generate" writes this file, "holdfast db validate" compares it with
-- the live database, and nothing applies it: tables are made by db/migrations/, everything else by db/routines/.
-- Monthly partitions are left out, and so are the rights of the owner, whose name differs from server to server.

create extension btree_gin;
create extension fuzzystrmatch;
create extension pg_trgm;

grant usage on schema app to holdfast_app;
grant create, usage on schema app to holdfast_system;

grant usage on schema public to holdfast_app;
grant usage on schema public to holdfast_system;

create table accepted_break (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  account_id uuid not null,
  day date not null,
  security_id uuid,
  currency character(3) not null default 'USD'::bpchar,
  difference numeric(18,8) not null,
  note text not null,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint accepted_break_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint accepted_break_difference_check CHECK ((difference <> (0)::numeric)),
  constraint accepted_break_note_check CHECK (((length(note) >= 1) AND (length(note) <= 500))),
  constraint accepted_break_pkey PRIMARY KEY (tenant_id, id),
  constraint accepted_break_tenant_id_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES financial_account(tenant_id, id) ON DELETE CASCADE,
  constraint accepted_break_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint accepted_break_tenant_id_security_id_fkey FOREIGN KEY (tenant_id, security_id) REFERENCES financial_security(tenant_id, id) ON DELETE CASCADE
);
alter table accepted_break enable row level security;
alter table accepted_break force row level security;
create index accepted_break_account ON public.accepted_break USING btree (tenant_id, account_id, created_at, id);
create index accepted_break_security ON public.accepted_break USING btree (tenant_id, security_id) WHERE (security_id IS NOT NULL);
create policy append on accepted_break for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM financial_account a WHERE ((a.tenant_id = accepted_break.tenant_id) AND (a.id = accepted_break.account_id) AND (a.deleted_at IS NULL) AND (a.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (a.household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (a.household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))));
create policy change on accepted_break for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM financial_account a WHERE ((a.tenant_id = accepted_break.tenant_id) AND (a.id = accepted_break.account_id) AND (a.deleted_at IS NULL) AND (a.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (a.household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (a.household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on accepted_break for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('household'::text, 'read'::text) AS some_scope) <> 'none'::text) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM financial_account p WHERE ((p.tenant_id = accepted_break.tenant_id) AND (p.id = accepted_break.account_id)))))));
create policy remove on accepted_break for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM financial_account a WHERE ((a.tenant_id = accepted_break.tenant_id) AND (a.id = accepted_break.account_id) AND (a.deleted_at IS NULL) AND (a.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (a.household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (a.household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))));
create policy system on accepted_break for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.accepted_break REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('accepted_break', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.accepted_break REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('accepted_break', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.accepted_break REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('accepted_break', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.accepted_break
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table accepted_break to holdfast_app;
grant delete, insert, select, update on table accepted_break to holdfast_system;

create table account_link (
  tenant_id uuid not null,
  user_id uuid not null,
  person_id uuid not null,
  created_at timestamp(3) with time zone not null default now(),
  constraint account_link_pkey PRIMARY KEY (tenant_id, user_id),
  constraint account_link_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint account_link_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
);
alter table account_link enable row level security;
alter table account_link force row level security;
create index account_link_person ON public.account_link USING btree (person_id);
create policy read on account_link for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on account_link for all to holdfast_system
    using (true)
    with check (true);
grant select on table account_link to holdfast_app;
grant delete, insert, select, update on table account_link to holdfast_system;

create table account_owner (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  account_id uuid not null,
  contact_id uuid,
  legal_entity_id uuid,
  role text not null default 'owner'::text,
  share_numerator integer,
  share_denominator integer,
  from_on date not null default CURRENT_DATE,
  until_on date,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint account_owner_check CHECK ((num_nonnulls(share_numerator, share_denominator) <> 1)),
  constraint account_owner_contact_id_check1 CHECK ((num_nonnulls(contact_id, legal_entity_id) = 1)),
  constraint account_owner_period CHECK ((until_on >= from_on)),
  constraint account_owner_pkey PRIMARY KEY (tenant_id, id),
  constraint account_owner_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'primary_beneficiary'::text, 'contingent_beneficiary'::text]))),
  constraint account_owner_share_numerator_check CHECK ((share_numerator > 0)),
  constraint account_owner_share_numerator_check1 CHECK ((share_numerator <= share_denominator)),
  constraint account_owner_tenant_id_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES financial_account(tenant_id, id) ON DELETE CASCADE,
  constraint account_owner_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES contact(tenant_id, id) ON DELETE CASCADE,
  constraint account_owner_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint account_owner_tenant_id_legal_entity_id_fkey FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity(tenant_id, id) ON DELETE CASCADE
);
alter table account_owner enable row level security;
alter table account_owner force row level security;
create index account_owner_account ON public.account_owner USING btree (tenant_id, account_id, created_at, id);
create index account_owner_contact ON public.account_owner USING btree (tenant_id, contact_id) WHERE (contact_id IS NOT NULL);
create index account_owner_entity ON public.account_owner USING btree (tenant_id, legal_entity_id) WHERE (legal_entity_id IS NOT NULL);
create policy append on account_owner for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM financial_account a WHERE ((a.tenant_id = account_owner.tenant_id) AND (a.id = account_owner.account_id) AND (a.deleted_at IS NULL) AND (a.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (a.household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (a.household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))));
create policy change on account_owner for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM financial_account a WHERE ((a.tenant_id = account_owner.tenant_id) AND (a.id = account_owner.account_id) AND (a.deleted_at IS NULL) AND (a.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (a.household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (a.household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on account_owner for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('household'::text, 'read'::text) AS some_scope) <> 'none'::text) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM financial_account p WHERE ((p.tenant_id = account_owner.tenant_id) AND (p.id = account_owner.account_id)))))));
create policy remove on account_owner for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM financial_account a WHERE ((a.tenant_id = account_owner.tenant_id) AND (a.id = account_owner.account_id) AND (a.deleted_at IS NULL) AND (a.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (a.household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (a.household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))));
create policy system on account_owner for all to holdfast_system
    using (true)
    with check (true);
create constraint trigger account_shares AFTER INSERT OR DELETE OR UPDATE ON public.account_owner DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION app.check_account_shares();
create trigger audit_delete AFTER DELETE ON public.account_owner REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('account_owner', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.account_owner REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('account_owner', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.account_owner REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('account_owner', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.account_owner
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table account_owner to holdfast_app;
grant delete, insert, select, update on table account_owner to holdfast_system;

create table account_position (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  account_id uuid not null,
  day date not null,
  security_id uuid,
  currency character(3) not null default 'USD'::bpchar,
  quantity numeric(18,8) not null,
  price numeric(18,8),
  value numeric(18,6),
  cost numeric(18,6),
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint account_position_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint account_position_pkey PRIMARY KEY (tenant_id, id),
  constraint account_position_tenant_id_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES financial_account(tenant_id, id) ON DELETE CASCADE,
  constraint account_position_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint account_position_tenant_id_security_id_fkey FOREIGN KEY (tenant_id, security_id) REFERENCES financial_security(tenant_id, id)
);
alter table account_position enable row level security;
alter table account_position force row level security;
create unique index account_position_day ON public.account_position USING btree (tenant_id, account_id, day, security_id, currency) NULLS NOT DISTINCT;
create index account_position_import ON public.account_position USING btree (tenant_id, import_id) WHERE (import_id IS NOT NULL);
create index account_position_security ON public.account_position USING btree (tenant_id, security_id) WHERE (security_id IS NOT NULL);
create policy append on account_position for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM financial_account a WHERE ((a.tenant_id = account_position.tenant_id) AND (a.id = account_position.account_id) AND (a.deleted_at IS NULL) AND (a.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (a.household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (a.household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))));
create policy change on account_position for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM financial_account a WHERE ((a.tenant_id = account_position.tenant_id) AND (a.id = account_position.account_id) AND (a.deleted_at IS NULL) AND (a.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (a.household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (a.household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on account_position for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('household'::text, 'read'::text) AS some_scope) <> 'none'::text) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM financial_account p WHERE ((p.tenant_id = account_position.tenant_id) AND (p.id = account_position.account_id)))))));
create policy remove on account_position for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM financial_account a WHERE ((a.tenant_id = account_position.tenant_id) AND (a.id = account_position.account_id) AND (a.deleted_at IS NULL) AND (a.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (a.household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (a.household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))));
create policy system on account_position for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.account_position REFERENCING OLD TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('account_position');
create trigger audit_insert AFTER INSERT ON public.account_position REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('account_position');
create trigger audit_update AFTER UPDATE ON public.account_position REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('account_position');
create trigger touch BEFORE UPDATE ON public.account_position
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table account_position to holdfast_app;
grant delete, insert, select, update on table account_position to holdfast_system;

create table account_transaction (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  account_id uuid not null,
  traded_on date not null,
  settled_on date,
  kind text not null default 'other'::text,
  security_id uuid,
  quantity numeric(18,8),
  price numeric(18,8),
  amount numeric(18,6),
  currency character(3) not null default 'USD'::bpchar,
  fees numeric(18,6),
  taxes numeric(18,6),
  cost numeric(18,6),
  counter_account_id uuid,
  description text,
  external_id text,
  occurrence integer not null default 1,
  reverses_id uuid,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint account_transaction_amount_check1 CHECK ((num_nonnulls(quantity, amount) > 0)),
  constraint account_transaction_counter_account_id_check1 CHECK ((counter_account_id <> account_id)),
  constraint account_transaction_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint account_transaction_description_check CHECK ((length(description) <= 500)),
  constraint account_transaction_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
  constraint account_transaction_kind_check CHECK ((kind = ANY (ARRAY['buy'::text, 'sell'::text, 'dividend'::text, 'interest'::text, 'capital_gain'::text, 'reinvestment'::text, 'fee'::text, 'tax'::text, 'deposit'::text, 'withdrawal'::text, 'transfer_in'::text, 'transfer_out'::text, 'split'::text, 'merger'::text, 'spin_off'::text, 'return_of_capital'::text, 'exchange'::text, 'correction'::text, 'other'::text]))),
  constraint account_transaction_kind_check1 CHECK (((reverses_id IS NOT NULL) OR CASE kind WHEN 'buy'::text THEN (COALESCE((quantity > (0)::numeric), false) AND COALESCE((amount <= (0)::numeric), true)) WHEN 'reinvestment'::text THEN (COALESCE((quantity > (0)::numeric), false) AND COALESCE((amount <= (0)::numeric), true)) WHEN 'sell'::text THEN (COALESCE((quantity < (0)::numeric), false) AND COALESCE((amount >= (0)::numeric), true)) WHEN 'deposit'::text THEN (COALESCE((amount > (0)::numeric), false) AND (quantity IS NULL)) WHEN 'withdrawal'::text THEN (COALESCE((amount < (0)::numeric), false) AND (quantity IS NULL)) WHEN 'transfer_in'::text THEN (COALESCE((quantity >= (0)::numeric), true) AND COALESCE((amount >= (0)::numeric), true)) WHEN 'transfer_out'::text THEN (COALESCE((quantity <= (0)::numeric), true) AND COALESCE((amount <= (0)::numeric), true)) WHEN 'split'::text THEN (COALESCE((quantity <> (0)::numeric), false) AND COALESCE((amount = (0)::numeric), true)) WHEN 'spin_off'::text THEN COALESCE((quantity > (0)::numeric), false) WHEN 'merger'::text THEN (security_id IS NOT NULL) WHEN 'fee'::text THEN (quantity IS NULL) WHEN 'tax'::text THEN (quantity IS NULL) WHEN 'exchange'::text THEN (quantity IS NULL) ELSE true END)),
  constraint account_transaction_occurrence_check CHECK (((occurrence >= 1) AND (occurrence <= 100000))),
  constraint account_transaction_pkey PRIMARY KEY (tenant_id, id),
  constraint account_transaction_reverses_id UNIQUE (tenant_id, reverses_id),
  constraint account_transaction_security_id_check1 CHECK (((quantity IS NULL) OR (security_id IS NOT NULL))),
  constraint account_transaction_tenant_id_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES financial_account(tenant_id, id),
  constraint account_transaction_tenant_id_counter_account_id_fkey FOREIGN KEY (tenant_id, counter_account_id) REFERENCES financial_account(tenant_id, id),
  constraint account_transaction_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint account_transaction_tenant_id_reverses_id_fkey FOREIGN KEY (tenant_id, reverses_id) REFERENCES account_transaction(tenant_id, id),
  constraint account_transaction_tenant_id_security_id_fkey FOREIGN KEY (tenant_id, security_id) REFERENCES financial_security(tenant_id, id)
);
alter table account_transaction enable row level security;
alter table account_transaction force row level security;
create index account_transaction_account ON public.account_transaction USING btree (tenant_id, account_id, traded_on, id);
create index account_transaction_counter ON public.account_transaction USING btree (tenant_id, counter_account_id) WHERE (counter_account_id IS NOT NULL);
create unique index account_transaction_external_id ON public.account_transaction USING btree (tenant_id, account_id, external_id, occurrence) WHERE ((external_id IS NOT NULL) AND (reverses_id IS NULL));
create index account_transaction_import ON public.account_transaction USING btree (tenant_id, import_id) WHERE (import_id IS NOT NULL);
create index account_transaction_security ON public.account_transaction USING btree (tenant_id, security_id, account_id) WHERE (security_id IS NOT NULL);
create policy append on account_transaction for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM financial_account a WHERE ((a.tenant_id = account_transaction.tenant_id) AND (a.id = account_transaction.account_id) AND (a.deleted_at IS NULL) AND (a.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (a.household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (a.household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))));
create policy read on account_transaction for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('household'::text, 'read'::text) AS some_scope) <> 'none'::text) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM financial_account p WHERE ((p.tenant_id = account_transaction.tenant_id) AND (p.id = account_transaction.account_id)))))));
create policy system on account_transaction for all to holdfast_system
    using (true)
    with check (true);
create trigger append_only BEFORE DELETE OR UPDATE ON public.account_transaction
    FOR EACH ROW
    EXECUTE FUNCTION app.refuse_change();
create trigger append_only_truncate BEFORE TRUNCATE ON public.account_transaction
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.refuse_change();
create trigger audit_delete AFTER DELETE ON public.account_transaction REFERENCING OLD TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('account_transaction');
create trigger audit_insert AFTER INSERT ON public.account_transaction REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('account_transaction');
create trigger audit_update AFTER UPDATE ON public.account_transaction REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('account_transaction');
create trigger check_reversal BEFORE INSERT ON public.account_transaction
    FOR EACH ROW WHEN ((new.reverses_id IS NOT NULL))
    EXECUTE FUNCTION app.check_reversal('reverses_id', '{quantity,amount,fees,taxes,cost}');
create trigger touch BEFORE UPDATE ON public.account_transaction
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant insert, select on table account_transaction to holdfast_app;
grant delete, insert, select on table account_transaction to holdfast_system;

create table activity (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  kind text not null,
  subject text not null,
  body text,
  direction text,
  occurred_at timestamp(3) with time zone not null default now(),
  duration_minutes integer,
  author_id uuid,
  import_id uuid,
  custom jsonb not null default '{}'::jsonb,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  deleted_at timestamp(3) with time zone,
  records uuid[] not null default '{}'::uuid[],
  outcome text,
  constraint activity_body_check CHECK ((length(body) <= 100000)),
  constraint activity_custom_check CHECK ((jsonb_typeof(custom) = 'object'::text)),
  constraint activity_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
  constraint activity_duration_minutes_check CHECK (((duration_minutes >= 0) AND (duration_minutes <= 14400))),
  constraint activity_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'call'::text, 'meeting'::text]))),
  constraint activity_outcome_check CHECK ((outcome = ANY (ARRAY['connected'::text, 'voicemail'::text, 'no_answer'::text, 'wrong_number'::text]))) NOT VALID,
  constraint activity_pkey PRIMARY KEY (tenant_id, id),
  constraint activity_records_check CHECK ((((cardinality(records) >= 1) AND (cardinality(records) <= 20)) AND (array_position(records, NULL::uuid) IS NULL))),
  constraint activity_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 300))),
  constraint activity_tenant_id_author_id_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (author_id),
  constraint activity_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table activity enable row level security;
alter table activity force row level security;
create index activity_author ON public.activity USING btree (tenant_id, author_id, occurred_at DESC);
create index activity_created ON public.activity USING btree (tenant_id, created_at, id);
create index activity_occurred ON public.activity USING btree (tenant_id, occurred_at, id);
create index activity_trash ON public.activity USING btree (tenant_id, deleted_at, id) WHERE (deleted_at IS NOT NULL);
create index activity_words ON public.activity USING gin (tenant_id, app.to_search_vector(subject, body)) WHERE (deleted_at IS NULL);
create policy append on activity for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('activity'::text, 'create'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('activity'::text, 'create'::text) AS scope_owners)::uuid[]))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_every_subject(records))));
create policy change on activity for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('activity'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('activity'::text, 'update'::text) AS scope_owners)::uuid[])) OR ((( SELECT app.full_scope('activity'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('activity'::text, 'delete'::text) AS scope_owners)::uuid[])))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_some_subject(records))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on activity for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('activity'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('activity'::text, 'read'::text) AS scope_owners)::uuid[]))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_some_subject(records))));
create policy remove on activity for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('activity'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('activity'::text, 'delete'::text) AS scope_owners)::uuid[]))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_some_subject(records))));
create policy system on activity for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.activity REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('activity', '{tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.activity REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('activity', '{tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.activity REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('activity', '{tenant_id,version,updated_at}', '{}');
create trigger custom_values_delete AFTER DELETE ON public.activity REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.drop_custom_values('activity');
create trigger custom_values_insert AFTER INSERT ON public.activity REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('activity');
create trigger custom_values_update AFTER UPDATE ON public.activity REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('activity');
create trigger link_entries AFTER INSERT ON public.activity REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.link_entries('occurred_at');
create trigger relink_entry AFTER UPDATE OF records, occurred_at ON public.activity
    FOR EACH ROW WHEN (((old.records <> new.records) OR (old.occurred_at <> new.occurred_at)))
    EXECUTE FUNCTION app.relink_entry('occurred_at');
create trigger touch BEFORE UPDATE ON public.activity
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
create trigger unlink_entries AFTER DELETE ON public.activity REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.unlink_entries();
grant delete, insert, select, update on table activity to holdfast_app;
grant delete, insert, select, update on table activity to holdfast_system;

create table alert (
  id uuid not null default app.uuid_v7(),
  rule text not null,
  labels jsonb not null default '{}'::jsonb,
  severity text not null,
  state text not null,
  value double precision not null,
  started_at timestamp(3) with time zone not null,
  fired_at timestamp(3) with time zone,
  cleared_at timestamp(3) with time zone,
  resolved_at timestamp(3) with time zone,
  seen_at timestamp(3) with time zone not null,
  acknowledged_at timestamp(3) with time zone,
  acknowledged_by text,
  constraint alert_acknowledged_by_check CHECK ((length(acknowledged_by) <= 500)),
  constraint alert_check CHECK (((state = 'pending'::text) = (fired_at IS NULL))),
  constraint alert_check1 CHECK (((state = 'resolved'::text) = (resolved_at IS NOT NULL))),
  constraint alert_check2 CHECK (((acknowledged_at IS NULL) = (acknowledged_by IS NULL))),
  constraint alert_labels_check CHECK (((jsonb_typeof(labels) = 'object'::text) AND (pg_column_size(labels) <= 2000))),
  constraint alert_pkey PRIMARY KEY (id),
  constraint alert_rule_check CHECK (((length(rule) >= 1) AND (length(rule) <= 100))),
  constraint alert_severity_check CHECK ((severity = ANY (ARRAY['page'::text, 'ticket'::text]))),
  constraint alert_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'firing'::text, 'resolved'::text])))
);
alter table alert enable row level security;
alter table alert force row level security;
create unique index alert_open ON public.alert USING btree (rule, labels) WHERE (state <> 'resolved'::text);
create index alert_resolved ON public.alert USING btree (resolved_at DESC) WHERE (state = 'resolved'::text);
create policy operators on alert for all to holdfast_app
    using (( SELECT app.may_alert() AS may_alert))
    with check (( SELECT app.may_alert() AS may_alert));
create policy system on alert for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table alert to holdfast_app;
grant delete, insert, select, update on table alert to holdfast_system;

create table alert_message (
  id uuid not null default app.uuid_v7(),
  receiver_id uuid not null,
  kind text not null,
  alert_ids uuid[] not null default '{}'::uuid[],
  state text not null default 'waiting'::text,
  attempt_count integer not null default 0,
  next_at timestamp(3) with time zone not null default now(),
  error text,
  created_at timestamp(3) with time zone not null default now(),
  finished_at timestamp(3) with time zone,
  constraint alert_message_alert_ids_check CHECK ((cardinality(alert_ids) <= 200)),
  constraint alert_message_attempt_count_check CHECK ((attempt_count >= 0)),
  constraint alert_message_check CHECK (((state = 'waiting'::text) = (finished_at IS NULL))),
  constraint alert_message_error_check CHECK ((length(error) <= 2000)),
  constraint alert_message_kind_check CHECK ((kind = ANY (ARRAY['firing'::text, 'resolved'::text, 'test'::text]))),
  constraint alert_message_pkey PRIMARY KEY (id),
  constraint alert_message_receiver_id_fkey FOREIGN KEY (receiver_id) REFERENCES alert_receiver(id) ON DELETE CASCADE,
  constraint alert_message_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'failed'::text])))
);
alter table alert_message enable row level security;
alter table alert_message force row level security;
create index alert_message_receiver ON public.alert_message USING btree (receiver_id, id DESC);
create index alert_message_waiting ON public.alert_message USING btree (receiver_id, id) WHERE (state = 'waiting'::text);
create policy operators on alert_message for all to holdfast_app
    using (( SELECT app.may_alert() AS may_alert))
    with check (( SELECT app.may_alert() AS may_alert));
create policy system on alert_message for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table alert_message to holdfast_app;
grant delete, insert, select, update on table alert_message to holdfast_system;

create table alert_receiver (
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null,
  kind text not null,
  target text not null,
  sealed_secret bytea,
  severity text not null default 'ticket'::text,
  after_minutes integer not null default 0,
  enabled boolean not null default true,
  created_at timestamp(3) with time zone not null default now(),
  sender uuid,
  sender_until timestamp(3) with time zone,
  version integer not null default 1,
  constraint alert_receiver_after_minutes_check CHECK (((after_minutes >= 0) AND (after_minutes <= 1440))),
  constraint alert_receiver_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'slack'::text, 'webhook'::text, 'pagerduty'::text]))),
  constraint alert_receiver_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint alert_receiver_pkey PRIMARY KEY (id),
  constraint alert_receiver_severity_check CHECK ((severity = ANY (ARRAY['page'::text, 'ticket'::text]))),
  constraint alert_receiver_target_check CHECK (((length(target) >= 3) AND (length(target) <= 2000)))
);
alter table alert_receiver enable row level security;
alter table alert_receiver force row level security;
create policy operators on alert_receiver for all to holdfast_app
    using (( SELECT app.may_alert() AS may_alert))
    with check (( SELECT app.may_alert() AS may_alert));
create policy system on alert_receiver for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table alert_receiver to holdfast_app;
grant delete, insert, select, update on table alert_receiver to holdfast_system;

create table alert_rule (
  rule text not null,
  enabled boolean not null default true,
  threshold double precision,
  for_seconds integer,
  keep_seconds integer,
  version integer not null default 1,
  constraint alert_rule_for_seconds_check CHECK (((for_seconds >= 0) AND (for_seconds <= 604800))),
  constraint alert_rule_keep_seconds_check CHECK (((keep_seconds >= 0) AND (keep_seconds <= 604800))),
  constraint alert_rule_pkey PRIMARY KEY (rule),
  constraint alert_rule_rule_check CHECK (((length(rule) >= 1) AND (length(rule) <= 100)))
);
alter table alert_rule enable row level security;
alter table alert_rule force row level security;
create policy operators on alert_rule for all to holdfast_app
    using (( SELECT app.may_alert() AS may_alert))
    with check (( SELECT app.may_alert() AS may_alert));
create policy system on alert_rule for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table alert_rule to holdfast_app;
grant delete, insert, select, update on table alert_rule to holdfast_system;

create table alert_silence (
  id uuid not null default app.uuid_v7(),
  rule text,
  labels jsonb not null default '{}'::jsonb,
  until timestamp(3) with time zone not null,
  reason text not null,
  created_at timestamp(3) with time zone not null default now(),
  created_by text not null,
  constraint alert_silence_created_by_check CHECK (((length(created_by) >= 1) AND (length(created_by) <= 500))),
  constraint alert_silence_labels_check CHECK (((jsonb_typeof(labels) = 'object'::text) AND (pg_column_size(labels) <= 2000))),
  constraint alert_silence_pkey PRIMARY KEY (id),
  constraint alert_silence_reason_check CHECK (((length(reason) >= 3) AND (length(reason) <= 1000))),
  constraint alert_silence_rule_check CHECK (((length(rule) >= 1) AND (length(rule) <= 100)))
);
alter table alert_silence enable row level security;
alter table alert_silence force row level security;
create index alert_silence_until ON public.alert_silence USING btree (until);
create policy operators on alert_silence for all to holdfast_app
    using (( SELECT app.may_alert() AS may_alert))
    with check (( SELECT app.may_alert() AS may_alert));
create policy system on alert_silence for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table alert_silence to holdfast_app;
grant delete, insert, select, update on table alert_silence to holdfast_system;

create table api_key (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null,
  prefix text not null,
  hash bytea not null,
  role_id uuid not null,
  scopes jsonb,
  user_id uuid,
  expires_at timestamp(3) with time zone,
  last_used_at timestamp(3) with time zone,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  parent_id uuid,
  constraint api_key_hash_check CHECK ((length(hash) = 32)),
  constraint api_key_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint api_key_pkey PRIMARY KEY (tenant_id, id),
  constraint api_key_prefix_check CHECK ((prefix ~ '^[0-9A-Za-z]{8}$'::text)),
  constraint api_key_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint api_key_tenant_id_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES api_key(tenant_id, id) ON DELETE CASCADE,
  constraint api_key_tenant_id_role_id_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES role(tenant_id, id) ON DELETE RESTRICT,
  constraint api_key_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table api_key enable row level security;
alter table api_key force row level security;
create index api_key_hash ON public.api_key USING btree (hash);
create index api_key_parent ON public.api_key USING btree (tenant_id, parent_id) WHERE (parent_id IS NOT NULL);
create index api_key_role ON public.api_key USING btree (tenant_id, role_id);
create index api_key_user ON public.api_key USING btree (tenant_id, user_id);
create policy append on api_key for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('api_key'::text, 'create'::text) AS full_scope) = 'all'::text) OR (user_id = ANY (( SELECT app.scope_owners('api_key'::text, 'create'::text) AS scope_owners)::uuid[])))));
create policy read on api_key for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('api_key'::text, 'read'::text) AS full_scope) = 'all'::text) OR (user_id = ANY (( SELECT app.scope_owners('api_key'::text, 'read'::text) AS scope_owners)::uuid[])))));
create policy remove on api_key for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('api_key'::text, 'delete'::text) AS full_scope) = 'all'::text) OR (user_id = ANY (( SELECT app.scope_owners('api_key'::text, 'delete'::text) AS scope_owners)::uuid[])))));
create policy system on api_key for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.api_key REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('api_key', '{hash,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.api_key REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('api_key', '{hash,tenant_id,version,updated_at}', '{}');
grant delete, insert, select on table api_key to holdfast_app;
grant delete, insert, select, update on table api_key to holdfast_system;

create view app.client_review_by_household as
 SELECT tenant_id,
    user_id AS member,
    household_id AS of_group
   FROM household_adviser_person m
  WHERE (((from_on IS NULL) OR (from_on <= ( SELECT app.today() AS today))) AND ((until_on IS NULL) OR (until_on >= ( SELECT app.today() AS today))));

create view app.client_review_by_household_changes as
 SELECT m.tenant_id,
    m.user_id AS member,
    c.at
   FROM (household_adviser_person m
     CROSS JOIN LATERAL unnest(ARRAY[app.midnight(m.from_on), app.midnight((m.until_on + 1))]) c(at))
  WHERE (c.at > now());

create view app.communication_by_household as
 SELECT tenant_id,
    user_id AS member,
    household_id AS of_group
   FROM household_adviser_person m
  WHERE (((from_on IS NULL) OR (from_on <= ( SELECT app.today() AS today))) AND ((until_on IS NULL) OR (until_on >= ( SELECT app.today() AS today))));

create view app.communication_by_household_changes as
 SELECT m.tenant_id,
    m.user_id AS member,
    c.at
   FROM (household_adviser_person m
     CROSS JOIN LATERAL unnest(ARRAY[app.midnight(m.from_on), app.midnight((m.until_on + 1))]) c(at))
  WHERE (c.at > now());

create view app.contact_by_household as
 SELECT m.tenant_id,
    m.user_id AS member,
    l.contact_id AS of_group
   FROM (household_adviser_person m
     JOIN household_member l ON (((l.tenant_id = m.tenant_id) AND (l.household_id = m.household_id))))
  WHERE (((m.from_on IS NULL) OR (m.from_on <= ( SELECT app.today() AS today))) AND ((m.until_on IS NULL) OR (m.until_on >= ( SELECT app.today() AS today))) AND ((l.from_on IS NULL) OR (l.from_on <= ( SELECT app.today() AS today))) AND ((l.until_on IS NULL) OR (l.until_on >= ( SELECT app.today() AS today))));

create view app.contact_by_household_changes as
 SELECT m.tenant_id,
    m.user_id AS member,
    c.at
   FROM ((household_adviser_person m
     JOIN household_member l ON (((l.tenant_id = m.tenant_id) AND (l.household_id = m.household_id))))
     CROSS JOIN LATERAL unnest(ARRAY[app.midnight(m.from_on), app.midnight((m.until_on + 1)), app.midnight(l.from_on), app.midnight((l.until_on + 1))]) c(at))
  WHERE (c.at > now());

create view app.document_by_household as
 SELECT tenant_id,
    user_id AS member,
    household_id AS of_group
   FROM household_adviser_person m
  WHERE (((from_on IS NULL) OR (from_on <= ( SELECT app.today() AS today))) AND ((until_on IS NULL) OR (until_on >= ( SELECT app.today() AS today))));

create view app.document_by_household_changes as
 SELECT m.tenant_id,
    m.user_id AS member,
    c.at
   FROM (household_adviser_person m
     CROSS JOIN LATERAL unnest(ARRAY[app.midnight(m.from_on), app.midnight((m.until_on + 1))]) c(at))
  WHERE (c.at > now());

create view app.financial_account_by_household as
 SELECT tenant_id,
    user_id AS member,
    household_id AS of_group
   FROM household_adviser_person m
  WHERE (((from_on IS NULL) OR (from_on <= ( SELECT app.today() AS today))) AND ((until_on IS NULL) OR (until_on >= ( SELECT app.today() AS today))));

create view app.financial_account_by_household_changes as
 SELECT m.tenant_id,
    m.user_id AS member,
    c.at
   FROM (household_adviser_person m
     CROSS JOIN LATERAL unnest(ARRAY[app.midnight(m.from_on), app.midnight((m.until_on + 1))]) c(at))
  WHERE (c.at > now());

create view app.goal_by_household as
 SELECT tenant_id,
    user_id AS member,
    household_id AS of_group
   FROM household_adviser_person m
  WHERE (((from_on IS NULL) OR (from_on <= ( SELECT app.today() AS today))) AND ((until_on IS NULL) OR (until_on >= ( SELECT app.today() AS today))));

create view app.goal_by_household_changes as
 SELECT m.tenant_id,
    m.user_id AS member,
    c.at
   FROM (household_adviser_person m
     CROSS JOIN LATERAL unnest(ARRAY[app.midnight(m.from_on), app.midnight((m.until_on + 1))]) c(at))
  WHERE (c.at > now());

create view app.household_adviser_by_household as
 SELECT tenant_id,
    user_id AS member,
    household_id AS of_group
   FROM household_adviser_person m
  WHERE (((from_on IS NULL) OR (from_on <= ( SELECT app.today() AS today))) AND ((until_on IS NULL) OR (until_on >= ( SELECT app.today() AS today))));

create view app.household_adviser_by_household_changes as
 SELECT m.tenant_id,
    m.user_id AS member,
    c.at
   FROM (household_adviser_person m
     CROSS JOIN LATERAL unnest(ARRAY[app.midnight(m.from_on), app.midnight((m.until_on + 1))]) c(at))
  WHERE (c.at > now());

create view app.household_by_household as
 SELECT tenant_id,
    user_id AS member,
    household_id AS of_group
   FROM household_adviser_person m
  WHERE (((from_on IS NULL) OR (from_on <= ( SELECT app.today() AS today))) AND ((until_on IS NULL) OR (until_on >= ( SELECT app.today() AS today))));

create view app.household_by_household_changes as
 SELECT m.tenant_id,
    m.user_id AS member,
    c.at
   FROM (household_adviser_person m
     CROSS JOIN LATERAL unnest(ARRAY[app.midnight(m.from_on), app.midnight((m.until_on + 1))]) c(at))
  WHERE (c.at > now());

create view app.household_member_by_household as
 SELECT tenant_id,
    user_id AS member,
    household_id AS of_group
   FROM household_adviser_person m
  WHERE (((from_on IS NULL) OR (from_on <= ( SELECT app.today() AS today))) AND ((until_on IS NULL) OR (until_on >= ( SELECT app.today() AS today))));

create view app.household_member_by_household_changes as
 SELECT m.tenant_id,
    m.user_id AS member,
    c.at
   FROM (household_adviser_person m
     CROSS JOIN LATERAL unnest(ARRAY[app.midnight(m.from_on), app.midnight((m.until_on + 1))]) c(at))
  WHERE (c.at > now());

create table app.key_check (
  version integer not null,
  value text not null,
  recorded_at timestamp with time zone not null default now(),
  constraint key_check_pkey PRIMARY KEY (version)
);

create view app.legal_entity_by_household as
 SELECT tenant_id,
    user_id AS member,
    household_id AS of_group
   FROM household_adviser_person m
  WHERE (((from_on IS NULL) OR (from_on <= ( SELECT app.today() AS today))) AND ((until_on IS NULL) OR (until_on >= ( SELECT app.today() AS today))));

create view app.legal_entity_by_household_changes as
 SELECT m.tenant_id,
    m.user_id AS member,
    c.at
   FROM (household_adviser_person m
     CROSS JOIN LATERAL unnest(ARRAY[app.midnight(m.from_on), app.midnight((m.until_on + 1))]) c(at))
  WHERE (c.at > now());

create view app.mail_message_shown with (security_barrier=true) as
 SELECT r.tenant_id,
    r.id,
    r.version,
    r.created_at,
    r.updated_at,
    r.deleted_at,
        CASE
            WHEN s.subject THEN r.subject
            ELSE NULL::text
        END AS subject,
        CASE
            WHEN s.everything THEN r.snippet
            ELSE NULL::text
        END AS snippet,
    r.from_name,
    r.from_address,
    r.to_text,
    r.direction,
    r.occurred_at,
    r.has_files,
    r.author_id,
    r.records,
        CASE
            WHEN s.everything THEN 'everything'::text
            WHEN s.subject THEN 'subject'::text
            ELSE 'exists'::text
        END AS shown
   FROM (mail_message r
     CROSS JOIN LATERAL ( SELECT ((( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (r.mailbox_ids && ( SELECT app.mailboxes_read('everything'::text) AS mailboxes_read)))) AS everything,
            (((( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (r.mailbox_ids && ( SELECT app.mailboxes_read('subject'::text) AS mailboxes_read)))) OR ((( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (r.mailbox_ids && ( SELECT app.mailboxes_read('everything'::text) AS mailboxes_read))))) AS subject) s)
  WHERE ((r.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (((( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (r.mailbox_ids && ( SELECT app.mailboxes_read('exists'::text) AS mailboxes_read)))) OR s.subject));
grant select on table app.mail_message_shown to holdfast_app;

create view app.meeting_shown with (security_barrier=true) as
 SELECT r.tenant_id,
    r.id,
    r.version,
    r.created_at,
    r.updated_at,
    r.deleted_at,
        CASE
            WHEN s.everything THEN r.title
            ELSE NULL::text
        END AS title,
        CASE
            WHEN s.everything THEN r.description
            ELSE NULL::text
        END AS description,
        CASE
            WHEN s.everything THEN r.location
            ELSE NULL::text
        END AS location,
    r.people_text,
    r.occurred_at,
    r.ends_at,
    r.starts_on,
    r.ends_on,
    r.is_all_day,
    r.repeats,
    r.is_moved,
    r.time_zone,
    r.unknown_time_zone,
    r.status,
    r.calendar_id,
    r.owner_id,
    r.records,
        CASE
            WHEN s.everything THEN 'everything'::text
            WHEN s.subject THEN 'subject'::text
            ELSE 'exists'::text
        END AS shown
   FROM (meeting r
     CROSS JOIN LATERAL ( SELECT ((( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (r.calendar_id = ANY (( SELECT app.calendars_read('own'::text) AS calendars_read)::uuid[])) OR ((NOT r.is_private) AND (r.calendar_id = ANY (( SELECT app.calendars_read('everything'::text) AS calendars_read)::uuid[]))))) AS everything,
            (((( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (r.calendar_id = ANY (( SELECT app.calendars_read('own'::text) AS calendars_read)::uuid[])) OR ((NOT r.is_private) AND (r.calendar_id = ANY (( SELECT app.calendars_read('everything'::text) AS calendars_read)::uuid[]))))) OR ((( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (r.calendar_id = ANY (( SELECT app.calendars_read('own'::text) AS calendars_read)::uuid[])) OR ((NOT r.is_private) AND (r.calendar_id = ANY (( SELECT app.calendars_read('everything'::text) AS calendars_read)::uuid[])))))) AS subject) s)
  WHERE ((r.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (((( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (r.calendar_id = ANY (( SELECT app.calendars_read('own'::text) AS calendars_read)::uuid[])) OR ((NOT r.is_private) AND (r.calendar_id = ANY (( SELECT app.calendars_read('exists'::text) AS calendars_read)::uuid[]))))) OR s.subject));
grant select on table app.meeting_shown to holdfast_app;

create view app.relationship_by_household as
 SELECT tenant_id,
    user_id AS member,
    household_id AS of_group
   FROM household_adviser_person m
  WHERE (((from_on IS NULL) OR (from_on <= ( SELECT app.today() AS today))) AND ((until_on IS NULL) OR (until_on >= ( SELECT app.today() AS today))));

create view app.relationship_by_household_changes as
 SELECT m.tenant_id,
    m.user_id AS member,
    c.at
   FROM (household_adviser_person m
     CROSS JOIN LATERAL unnest(ARRAY[app.midnight(m.from_on), app.midnight((m.until_on + 1))]) c(at))
  WHERE (c.at > now());

create table app.routine_file (
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint routine_file_pkey PRIMARY KEY (name)
);

create table app.schema_migration (
  version integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migration_pkey PRIMARY KEY (version)
);

create view app.suitability_profile_by_household as
 SELECT tenant_id,
    user_id AS member,
    household_id AS of_group
   FROM household_adviser_person m
  WHERE (((from_on IS NULL) OR (from_on <= ( SELECT app.today() AS today))) AND ((until_on IS NULL) OR (until_on >= ( SELECT app.today() AS today))));

create view app.suitability_profile_by_household_changes as
 SELECT m.tenant_id,
    m.user_id AS member,
    c.at
   FROM (household_adviser_person m
     CROSS JOIN LATERAL unnest(ARRAY[app.midnight(m.from_on), app.midnight((m.until_on + 1))]) c(at))
  WHERE (c.at > now());

create view attachable_record with (security_invoker=true) as
 SELECT company.tenant_id,
    company.id,
    'company'::text AS type,
    (company.name COLLATE "default") AS name
   FROM company
  WHERE (company.deleted_at IS NULL)
UNION ALL
 SELECT contact.tenant_id,
    contact.id,
    'contact'::text AS type,
    (contact.name COLLATE "default") AS name
   FROM contact
  WHERE (contact.deleted_at IS NULL)
UNION ALL
 SELECT deal.tenant_id,
    deal.id,
    'deal'::text AS type,
    (deal.name COLLATE "default") AS name
   FROM deal
  WHERE (deal.deleted_at IS NULL)
UNION ALL
 SELECT financial_account.tenant_id,
    financial_account.id,
    'financial_account'::text AS type,
    (financial_account.name COLLATE "default") AS name
   FROM financial_account
  WHERE (financial_account.deleted_at IS NULL)
UNION ALL
 SELECT household.tenant_id,
    household.id,
    'household'::text AS type,
    (household.name COLLATE "default") AS name
   FROM household
  WHERE (household.deleted_at IS NULL)
UNION ALL
 SELECT legal_entity.tenant_id,
    legal_entity.id,
    'legal_entity'::text AS type,
    (legal_entity.name COLLATE "default") AS name
   FROM legal_entity
  WHERE (legal_entity.deleted_at IS NULL);
grant select on table attachable_record to holdfast_app;
grant select on table attachable_record to holdfast_system;

create table attachment (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  file_id uuid not null,
  note_id uuid,
  comment_id uuid,
  name text not null,
  content_type text not null,
  size_bytes integer not null,
  created_at timestamp(3) with time zone not null default now(),
  version integer not null default 1,
  updated_at timestamp(3) with time zone not null default now(),
  deleted_at timestamp(3) with time zone,
  number integer not null default 1,
  written_at timestamp(3) with time zone not null default now(),
  author_id uuid default app.user_id(),
  constraint attachment_check CHECK ((num_nonnulls(note_id, comment_id) = 1)),
  constraint attachment_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
  constraint attachment_number_check CHECK ((number > 0)),
  constraint attachment_pkey PRIMARY KEY (tenant_id, id),
  constraint attachment_size_bytes_check CHECK ((size_bytes >= 0)),
  constraint attachment_tenant_id_author_id_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (author_id),
  constraint attachment_tenant_id_comment_id_fkey FOREIGN KEY (tenant_id, comment_id) REFERENCES comment(tenant_id, id) ON DELETE CASCADE,
  constraint attachment_tenant_id_file_id_fkey FOREIGN KEY (tenant_id, file_id) REFERENCES file(tenant_id, id) ON DELETE CASCADE,
  constraint attachment_tenant_id_note_id_fkey FOREIGN KEY (tenant_id, note_id) REFERENCES note(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table attachment enable row level security;
alter table attachment force row level security;
create unique index attachment_comment ON public.attachment USING btree (tenant_id, comment_id, file_id) WHERE (comment_id IS NOT NULL);
create index attachment_file ON public.attachment USING btree (tenant_id, file_id);
create unique index attachment_note ON public.attachment USING btree (tenant_id, note_id, file_id) WHERE (note_id IS NOT NULL);
create index attachment_trash ON public.attachment USING btree (tenant_id, deleted_at, id) WHERE (deleted_at IS NOT NULL);
create policy append on attachment for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((note_id IS NULL) OR (EXISTS ( SELECT FROM note p WHERE ((p.tenant_id = attachment.tenant_id) AND (p.id = attachment.note_id) AND (p.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('note'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (p.author_id = ANY (( SELECT app.scope_owners('note'::text, 'update'::text) AS scope_owners)::uuid[])) OR (( SELECT app.full_scope('note'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (p.author_id = ANY (( SELECT app.scope_owners('note'::text, 'delete'::text) AS scope_owners)::uuid[]))))))) AND ((comment_id IS NULL) OR (EXISTS ( SELECT FROM comment p WHERE ((p.tenant_id = attachment.tenant_id) AND (p.id = attachment.comment_id) AND (p.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('comment'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (p.author_id = ANY (( SELECT app.scope_owners('comment'::text, 'update'::text) AS scope_owners)::uuid[])) OR (( SELECT app.full_scope('comment'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (p.author_id = ANY (( SELECT app.scope_owners('comment'::text, 'delete'::text) AS scope_owners)::uuid[])))))))));
create policy change on attachment for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((note_id IS NULL) OR (EXISTS ( SELECT FROM note p WHERE ((p.tenant_id = attachment.tenant_id) AND (p.id = attachment.note_id) AND (p.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('note'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (p.author_id = ANY (( SELECT app.scope_owners('note'::text, 'update'::text) AS scope_owners)::uuid[])) OR (( SELECT app.full_scope('note'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (p.author_id = ANY (( SELECT app.scope_owners('note'::text, 'delete'::text) AS scope_owners)::uuid[]))))))) AND ((comment_id IS NULL) OR (EXISTS ( SELECT FROM comment p WHERE ((p.tenant_id = attachment.tenant_id) AND (p.id = attachment.comment_id) AND (p.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('comment'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (p.author_id = ANY (( SELECT app.scope_owners('comment'::text, 'update'::text) AS scope_owners)::uuid[])) OR (( SELECT app.full_scope('comment'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (p.author_id = ANY (( SELECT app.scope_owners('comment'::text, 'delete'::text) AS scope_owners)::uuid[])))))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on attachment for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND app.reads_note_and_comment(note_id, comment_id)));
create policy remove on attachment for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((note_id IS NULL) OR (EXISTS ( SELECT FROM note p WHERE ((p.tenant_id = attachment.tenant_id) AND (p.id = attachment.note_id) AND (p.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('note'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (p.author_id = ANY (( SELECT app.scope_owners('note'::text, 'update'::text) AS scope_owners)::uuid[])) OR (( SELECT app.full_scope('note'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (p.author_id = ANY (( SELECT app.scope_owners('note'::text, 'delete'::text) AS scope_owners)::uuid[]))))))) AND ((comment_id IS NULL) OR (EXISTS ( SELECT FROM comment p WHERE ((p.tenant_id = attachment.tenant_id) AND (p.id = attachment.comment_id) AND (p.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('comment'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (p.author_id = ANY (( SELECT app.scope_owners('comment'::text, 'update'::text) AS scope_owners)::uuid[])) OR (( SELECT app.full_scope('comment'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (p.author_id = ANY (( SELECT app.scope_owners('comment'::text, 'delete'::text) AS scope_owners)::uuid[])))))))));
create policy system on attachment for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.attachment REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('attachment', '{tenant_id,version,updated_at,number,written_at,author_id}', '{}', '{}');
create trigger audit_insert AFTER INSERT ON public.attachment REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('attachment', '{tenant_id,version,updated_at,number,written_at,author_id}', '{}', '{}');
create trigger audit_update AFTER UPDATE ON public.attachment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('attachment', '{tenant_id,version,updated_at,number,written_at,author_id}', '{}', '{}');
create trigger check_back AFTER UPDATE OF deleted_at ON public.attachment
    FOR EACH ROW WHEN (((old.deleted_at IS NOT NULL) AND (new.deleted_at IS NULL)))
    EXECUTE FUNCTION app.check_attachments_back();
create trigger drop_attached_file AFTER DELETE ON public.attachment
    FOR EACH ROW
    EXECUTE FUNCTION app.drop_attached_file();
create trigger keep_version BEFORE UPDATE OF file_id ON public.attachment
    FOR EACH ROW WHEN ((old.file_id <> new.file_id))
    EXECUTE FUNCTION app.keep_attachment_version();
create trigger touch BEFORE UPDATE ON public.attachment
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table attachment to holdfast_app;
grant delete, insert, select, update on table attachment to holdfast_system;

create table attachment_version (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  attachment_id uuid not null,
  number integer not null,
  file_id uuid not null,
  name text not null,
  content_type text not null,
  size_bytes integer not null,
  written_at timestamp(3) with time zone not null,
  author_id uuid,
  constraint attachment_version_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
  constraint attachment_version_number UNIQUE (tenant_id, attachment_id, number),
  constraint attachment_version_number_check CHECK ((number > 0)),
  constraint attachment_version_pkey PRIMARY KEY (tenant_id, id),
  constraint attachment_version_size_bytes_check CHECK ((size_bytes >= 0)),
  constraint attachment_version_tenant_id_attachment_id_fkey FOREIGN KEY (tenant_id, attachment_id) REFERENCES attachment(tenant_id, id) ON DELETE CASCADE,
  constraint attachment_version_tenant_id_author_id_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (author_id),
  constraint attachment_version_tenant_id_file_id_fkey FOREIGN KEY (tenant_id, file_id) REFERENCES file(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table attachment_version enable row level security;
alter table attachment_version force row level security;
create index attachment_version_file ON public.attachment_version USING btree (tenant_id, file_id);
create policy read on attachment_version for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM attachment p WHERE ((p.tenant_id = attachment_version.tenant_id) AND (p.id = attachment_version.attachment_id))))));
create policy system on attachment_version for all to holdfast_system
    using (true)
    with check (true);
create trigger drop_attached_file AFTER DELETE ON public.attachment_version
    FOR EACH ROW
    EXECUTE FUNCTION app.drop_attached_file();
grant select on table attachment_version to holdfast_app;
grant delete, insert, select, update on table attachment_version to holdfast_system;

create table audit_event (
  tenant_id uuid not null,
  seq bigint not null generated by default as identity,
  xid xid8 not null default pg_current_xact_id(),
  at timestamp(3) with time zone not null default now(),
  actor_kind text not null default COALESCE(NULLIF(current_setting('app.actor_kind'::text, true), ''::text), 'system'::text),
  actor_id uuid default app.user_id(),
  credential_id uuid default (NULLIF(current_setting('app.credential_id'::text, true), ''::text))::uuid,
  action text not null,
  resource text not null,
  record_id uuid,
  fields text[],
  commitment bytea,
  ip inet default (NULLIF(current_setting('app.ip'::text, true), ''::text))::inet,
  request_id text default NULLIF(current_setting('app.request_id'::text, true), ''::text),
  import_id uuid default (NULLIF(current_setting('app.import_id'::text, true), ''::text))::uuid,
  cause text default NULLIF(current_setting('app.cause'::text, true), ''::text),
  depth smallint not null default (COALESCE(NULLIF(current_setting('app.depth'::text, true), ''::text), '0'::text))::smallint,
  via text default NULLIF(current_setting('app.via'::text, true), ''::text),
  constraint audit_event_commitment_check CHECK ((length(commitment) = 32)),
  constraint audit_event_pkey PRIMARY KEY (tenant_id, seq, at)
) partition by RANGE (at);
alter table audit_event enable row level security;
alter table audit_event force row level security;
create index audit_event_feed ON ONLY public.audit_event USING btree (xid, seq);
create index audit_event_import ON ONLY public.audit_event USING btree (tenant_id, import_id, seq) WHERE (import_id IS NOT NULL);
create index audit_event_record ON ONLY public.audit_event USING btree (tenant_id, record_id, at, seq);
create index audit_event_request ON ONLY public.audit_event USING btree (tenant_id, request_id, seq) WHERE ((request_id IS NOT NULL) AND (import_id IS NULL));
create index audit_event_tenant_feed ON ONLY public.audit_event USING btree (tenant_id, xid, seq);
create policy append on audit_event for insert to public
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (NOT (actor_id IS DISTINCT FROM ( SELECT app.user_id() AS user_id)))));
create policy read on audit_event for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on audit_event for all to holdfast_system
    using (true)
    with check (true);
grant insert, select on table audit_event to holdfast_app;
grant insert, select on table audit_event to holdfast_system;

create table calendar_account (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  owner_id uuid not null,
  url text not null,
  home_url text,
  username text not null,
  sealed_password bytea not null,
  problem text,
  lease text,
  leased_until timestamp(3) with time zone,
  compared_at timestamp(3) with time zone,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint calendar_account_home_url_check CHECK ((length(home_url) <= 2000)),
  constraint calendar_account_pkey PRIMARY KEY (tenant_id, id),
  constraint calendar_account_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint calendar_account_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE,
  constraint calendar_account_url_check CHECK (((length(url) >= 1) AND (length(url) <= 2000))),
  constraint calendar_account_username_check CHECK (((length(username) >= 1) AND (length(username) <= 254)))
);
alter table calendar_account enable row level security;
alter table calendar_account force row level security;
create index calendar_account_owner ON public.calendar_account USING btree (tenant_id, owner_id, id);
create policy own on calendar_account for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.is_system() AS is_system) OR ((( SELECT app.some_scope('mailbox'::text, 'update'::text) AS some_scope) <> 'none'::text) AND (owner_id = ( SELECT app.user_id() AS user_id))))));
create policy system on calendar_account for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table calendar_account to holdfast_app;
grant delete, insert, select, update on table calendar_account to holdfast_system;

create table calendar_address (
  tenant_id uuid not null,
  address text not null,
  object_id uuid not null,
  constraint calendar_address_address_check CHECK ((length(address) <= 320)),
  constraint calendar_address_pkey PRIMARY KEY (tenant_id, address, object_id),
  constraint calendar_address_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint calendar_address_tenant_id_object_id_fkey FOREIGN KEY (tenant_id, object_id) REFERENCES calendar_object(tenant_id, id) ON DELETE CASCADE
);
alter table calendar_address enable row level security;
alter table calendar_address force row level security;
create index calendar_address_domain ON public.calendar_address USING btree (tenant_id, split_part(address, '@'::text, 2), object_id);
create index calendar_address_object ON public.calendar_address USING btree (tenant_id, object_id);
create policy append on calendar_address for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy change on calendar_address for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on calendar_address for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy remove on calendar_address for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy system on calendar_address for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table calendar_address to holdfast_app;
grant delete, insert, select, update on table calendar_address to holdfast_system;

create table calendar_feed (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  hash bytea not null,
  created_at timestamp(3) with time zone not null default now(),
  last_read_at timestamp(3) with time zone,
  etag text,
  modified_at timestamp(3) with time zone,
  constraint calendar_feed_etag_check CHECK ((length(etag) <= 100)),
  constraint calendar_feed_hash_check CHECK ((length(hash) = 32)),
  constraint calendar_feed_hash_key UNIQUE (hash),
  constraint calendar_feed_pkey PRIMARY KEY (tenant_id, id),
  constraint calendar_feed_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint calendar_feed_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE,
  constraint calendar_feed_tenant_id_user_id_key UNIQUE (tenant_id, user_id)
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table calendar_feed enable row level security;
alter table calendar_feed force row level security;
create policy personal on calendar_feed for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR (( SELECT app.some_scope('user'::text, 'update'::text) AS some_scope) <> 'none'::text))));
create policy system on calendar_feed for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.calendar_feed REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('calendar_feed', '{hash,last_read_at,etag,modified_at,tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_insert AFTER INSERT ON public.calendar_feed REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('calendar_feed', '{hash,last_read_at,etag,modified_at,tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_update AFTER UPDATE ON public.calendar_feed REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('calendar_feed', '{hash,last_read_at,etag,modified_at,tenant_id,version,updated_at}', '{}', '{}');
grant delete, insert, select, update on table calendar_feed to holdfast_app;
grant delete, insert, select, update on table calendar_feed to holdfast_system;

create table calendar_object (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  calendar_id uuid not null,
  href text not null,
  uid text,
  etag text not null,
  fetched_etag text,
  ics text,
  outcome text not null default 'listed'::text,
  problem text,
  attempts integer not null default 0,
  retry_at timestamp(3) with time zone,
  is_series boolean not null default false,
  parser_version integer,
  at timestamp(3) with time zone not null default now(),
  created_at timestamp(3) with time zone not null default now(),
  constraint calendar_object_etag_check CHECK ((length(etag) <= 1000)),
  constraint calendar_object_fetched_etag_check CHECK ((length(fetched_etag) <= 1000)),
  constraint calendar_object_href_check CHECK (((length(href) >= 1) AND (length(href) <= 2000))),
  constraint calendar_object_ics_check CHECK ((length(ics) <= 1000000)),
  constraint calendar_object_outcome_check CHECK ((outcome = ANY (ARRAY['listed'::text, 'imported'::text, 'failed'::text, 'gone'::text]))),
  constraint calendar_object_pkey PRIMARY KEY (tenant_id, id),
  constraint calendar_object_tenant_id_calendar_id_fkey FOREIGN KEY (tenant_id, calendar_id) REFERENCES meeting_calendar(tenant_id, id) ON DELETE CASCADE,
  constraint calendar_object_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint calendar_object_uid_check CHECK ((length(uid) <= 1000))
);
alter table calendar_object enable row level security;
alter table calendar_object force row level security;
create index calendar_object_due ON public.calendar_object USING btree (tenant_id, calendar_id, outcome, id) WHERE (outcome = ANY (ARRAY['listed'::text, 'failed'::text]));
create unique index calendar_object_href ON public.calendar_object USING btree (tenant_id, calendar_id, href);
create policy append on calendar_object for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy change on calendar_object for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on calendar_object for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (calendar_id = ANY (( SELECT app.calendars_read('own'::text) AS calendars_read)::uuid[])))));
create policy remove on calendar_object for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy system on calendar_object for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table calendar_object to holdfast_app;
grant delete, insert, select, update on table calendar_object to holdfast_system;

create table calendar_source (
  tenant_id uuid not null,
  calendar_id uuid not null,
  account_id uuid not null,
  href text not null,
  is_chosen boolean not null default true,
  is_writable boolean not null default true,
  sync_token text,
  ctag text,
  state text not null default 'syncing'::text,
  problem text,
  provider_count integer,
  missing integer not null default 0,
  deletions_confirmed_at timestamp(3) with time zone,
  synced_at timestamp(3) with time zone,
  expanded_until timestamp(3) with time zone,
  gone_at timestamp(3) with time zone,
  constraint calendar_source_ctag_check CHECK ((length(ctag) <= 2000)),
  constraint calendar_source_href_check CHECK (((length(href) >= 1) AND (length(href) <= 2000))),
  constraint calendar_source_pkey PRIMARY KEY (tenant_id, calendar_id),
  constraint calendar_source_state_check CHECK ((state = ANY (ARRAY['syncing'::text, 'in_sync'::text, 'failed'::text, 'asks'::text]))),
  constraint calendar_source_sync_token_check CHECK ((length(sync_token) <= 2000)),
  constraint calendar_source_tenant_id_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES calendar_account(tenant_id, id) ON DELETE CASCADE,
  constraint calendar_source_tenant_id_calendar_id_fkey FOREIGN KEY (tenant_id, calendar_id) REFERENCES meeting_calendar(tenant_id, id) ON DELETE CASCADE,
  constraint calendar_source_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
alter table calendar_source enable row level security;
alter table calendar_source force row level security;
create unique index calendar_source_href ON public.calendar_source USING btree (tenant_id, account_id, href);
create policy append on calendar_source for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (calendar_id = ANY (( SELECT app.calendars_read('own'::text) AS calendars_read)::uuid[])))));
create policy change on calendar_source for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (calendar_id = ANY (( SELECT app.calendars_read('own'::text) AS calendars_read)::uuid[])))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on calendar_source for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (calendar_id = ANY (( SELECT app.calendars_read('own'::text) AS calendars_read)::uuid[])))));
create policy remove on calendar_source for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy system on calendar_source for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table calendar_source to holdfast_app;
grant delete, insert, select, update on table calendar_source to holdfast_system;

create table certificate (
  endpoint text not null,
  subject text,
  issuer text,
  valid_until timestamp(3) with time zone,
  distrust text,
  error text,
  checked_at timestamp(3) with time zone not null,
  constraint certificate_distrust_check CHECK ((length(distrust) <= 500)),
  constraint certificate_endpoint_check CHECK (((length(endpoint) >= 1) AND (length(endpoint) <= 500))),
  constraint certificate_error_check CHECK ((length(error) <= 500)),
  constraint certificate_issuer_check CHECK ((length(issuer) <= 500)),
  constraint certificate_pkey PRIMARY KEY (endpoint),
  constraint certificate_subject_check CHECK ((length(subject) <= 500))
);
alter table certificate enable row level security;
alter table certificate force row level security;
create policy system on certificate for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table certificate to holdfast_system;

create table change (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  resource text,
  of_change uuid,
  of_record uuid,
  action jsonb not null default '{}'::jsonb,
  rights jsonb not null default '{}'::jsonb,
  state text not null default 'waiting'::text,
  total integer not null default 0,
  done integer not null default 0,
  changed integer not null default 0,
  unchanged integer not null default 0,
  skipped integer not null default 0,
  skipped_samples jsonb not null default '[]'::jsonb,
  undone_to_seq bigint,
  cancel_requested boolean not null default false,
  error text,
  created_by uuid,
  created_at timestamp(3) with time zone not null default now(),
  finished_at timestamp(3) with time zone,
  constraint change_kind_check CHECK ((length(kind) <= 60)),
  constraint change_pkey PRIMARY KEY (tenant_id, id),
  constraint change_resource_check CHECK ((length(resource) <= 60)),
  constraint change_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
  constraint change_tenant_id_created_by_fkey FOREIGN KEY (tenant_id, created_by) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (created_by),
  constraint change_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
alter table change enable row level security;
alter table change force row level security;
create index change_created ON public.change USING btree (tenant_id, created_at, id);
create unique index change_of ON public.change USING btree (tenant_id, of_change, of_record) NULLS NOT DISTINCT WHERE (of_change IS NOT NULL);
create policy append on change for insert to holdfast_app
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy change on change for update to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on change for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy remove on change for delete to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on change for all to holdfast_system
    using (true)
    with check (true);
create trigger notice AFTER UPDATE OF state ON public.change
    FOR EACH ROW WHEN (((new.kind <> 'import_reversal'::text) AND (new.state = ANY (ARRAY['done'::text, 'failed'::text, 'reverted'::text])) AND (old.state = ANY (ARRAY['waiting'::text, 'running'::text, 'reverting'::text]))))
    EXECUTE FUNCTION app.leave_finish_notice();
grant delete, insert, select, update on table change to holdfast_app;
grant delete, insert, select, update on table change to holdfast_system;

create table change_item (
  tenant_id uuid not null,
  change_id uuid not null,
  "position" integer not null,
  record_id uuid not null,
  constraint change_item_pkey PRIMARY KEY (tenant_id, change_id, "position"),
  constraint change_item_tenant_id_change_id_fkey FOREIGN KEY (tenant_id, change_id) REFERENCES change(tenant_id, id) ON DELETE CASCADE
);
alter table change_item enable row level security;
alter table change_item force row level security;
create policy append on change_item for insert to holdfast_app
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy change on change_item for update to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on change_item for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy remove on change_item for delete to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on change_item for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table change_item to holdfast_app;
grant delete, insert, select, update on table change_item to holdfast_system;

create table client_profile (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  contact_id uuid not null,
  ssn bytea,
  ssn_index bytea generated always as (SUBSTRING(ssn FROM 30 FOR 16)) stored,
  tax_id bytea,
  tax_id_index bytea generated always as (SUBSTRING(tax_id FROM 30 FOR 16)) stored,
  date_of_birth bytea,
  risk_class text,
  kyc_checked_on date,
  kyc_due_on date,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  died_on date,
  constraint client_profile_date_of_birth_check CHECK ((octet_length(date_of_birth) = 71)),
  constraint client_profile_kyc_due_on_check CHECK ((kyc_due_on >= kyc_checked_on)),
  constraint client_profile_pkey PRIMARY KEY (tenant_id, id),
  constraint client_profile_risk_class_check CHECK ((risk_class = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text]))),
  constraint client_profile_ssn_check CHECK (((octet_length(ssn) >= 62) AND (octet_length(ssn) <= 72))),
  constraint client_profile_tax_id_check CHECK (((octet_length(tax_id) >= 62) AND (octet_length(tax_id) <= 221))),
  constraint client_profile_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES contact(tenant_id, id) ON DELETE CASCADE,
  constraint client_profile_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
alter table client_profile enable row level security;
alter table client_profile force row level security;
create index client_profile_contact ON public.client_profile USING btree (tenant_id, contact_id);
create index client_profile_created ON public.client_profile USING btree (tenant_id, created_at, id);
create index client_profile_due ON public.client_profile USING btree (tenant_id, kyc_due_on, id) WHERE (kyc_due_on IS NOT NULL);
create index client_profile_ssn ON public.client_profile USING btree (tenant_id, ssn_index) WHERE (ssn_index IS NOT NULL);
create index client_profile_tax_id ON public.client_profile USING btree (tenant_id, tax_id_index) WHERE (tax_id_index IS NOT NULL);
create policy append on client_profile for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('client_profile'::text, 'create'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('client_profile'::text, 'update'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM contact p WHERE ((p.tenant_id = client_profile.tenant_id) AND (p.id = client_profile.contact_id))))));
create policy change on client_profile for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('client_profile'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('client_profile'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM contact p WHERE ((p.tenant_id = client_profile.tenant_id) AND (p.id = client_profile.contact_id))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on client_profile for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('client_profile'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (EXISTS ( SELECT FROM contact p WHERE ((p.tenant_id = client_profile.tenant_id) AND (p.id = client_profile.contact_id))))));
create policy remove on client_profile for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('client_profile'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('client_profile'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM contact p WHERE ((p.tenant_id = client_profile.tenant_id) AND (p.id = client_profile.contact_id))))));
create policy system on client_profile for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.client_profile REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('client_profile', '{search_text,tenant_id,version,updated_at,ssn_index,tax_id_index}', '{}');
create trigger audit_insert AFTER INSERT ON public.client_profile REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('client_profile', '{search_text,tenant_id,version,updated_at,ssn_index,tax_id_index}', '{}');
create trigger audit_update AFTER UPDATE ON public.client_profile REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('client_profile', '{search_text,tenant_id,version,updated_at,ssn_index,tax_id_index}', '{}');
create trigger plan_identity_check BEFORE INSERT OR UPDATE OF risk_class, kyc_checked_on, kyc_due_on ON public.client_profile
    FOR EACH ROW
    EXECUTE FUNCTION app.plan_identity_check();
create trigger touch BEFORE UPDATE ON public.client_profile
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table client_profile to holdfast_app;
grant delete, insert, select, update on table client_profile to holdfast_system;

create table client_review (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  held_on date not null default CURRENT_DATE,
  note text,
  author_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint client_review_note_check CHECK ((length(note) <= 5000)),
  constraint client_review_pkey PRIMARY KEY (tenant_id, id),
  constraint client_review_tenant_id_author_id_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (author_id),
  constraint client_review_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint client_review_tenant_id_household_id_fkey FOREIGN KEY (tenant_id, household_id) REFERENCES household(tenant_id, id) ON DELETE CASCADE
);
alter table client_review enable row level security;
alter table client_review force row level security;
create index client_review_author ON public.client_review USING btree (tenant_id, author_id) WHERE (author_id IS NOT NULL);
create index client_review_household ON public.client_review USING btree (tenant_id, household_id, held_on, id);
create policy append on client_review for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'client_review'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('client_review'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy change on client_review for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'client_review'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('client_review'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on client_review for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'read'::text, 'client_review'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('client_review'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy remove on client_review for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'client_review'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('client_review'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy system on client_review for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.client_review REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('client_review', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.client_review REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('client_review', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.client_review REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('client_review', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.client_review
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table client_review to holdfast_app;
grant delete, insert, select, update on table client_review to holdfast_system;

create table close_reason (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  name text not null,
  outcome text not null,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint close_reason_name UNIQUE (tenant_id, outcome, name),
  constraint close_reason_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint close_reason_outcome_check CHECK ((outcome = ANY (ARRAY['won'::text, 'lost'::text]))),
  constraint close_reason_pkey PRIMARY KEY (tenant_id, id),
  constraint close_reason_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table close_reason enable row level security;
alter table close_reason force row level security;
create unique index close_reason_folded_name ON public.close_reason USING btree (app.folded_name(name), tenant_id, outcome);
create policy append on close_reason for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('pipeline'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on close_reason for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('pipeline'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('pipeline'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on close_reason for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('pipeline'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on close_reason for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('pipeline'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on close_reason for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.close_reason REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('close_reason', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.close_reason REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('close_reason', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.close_reason REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('close_reason', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.close_reason
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table close_reason to holdfast_app;
grant delete, insert, select, update on table close_reason to holdfast_system;

create table comment (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  body text not null,
  mentions uuid[] not null default '{}'::uuid[],
  audience text not null default 'internal'::text,
  parent_id uuid,
  author_id uuid,
  record_id uuid not null,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  deleted_at timestamp(3) with time zone,
  constraint comment_audience_check CHECK ((audience = ANY (ARRAY['internal'::text, 'public'::text]))),
  constraint comment_body_check CHECK (((length(body) >= 1) AND (length(body) <= 100000))),
  constraint comment_mentions_check CHECK ((cardinality(mentions) <= 50)),
  constraint comment_pkey PRIMARY KEY (tenant_id, id),
  constraint comment_tenant_id_author_id_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (author_id),
  constraint comment_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint comment_tenant_id_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES comment(tenant_id, id) ON DELETE CASCADE,
  constraint comment_tenant_id_record_id_fkey FOREIGN KEY (tenant_id, record_id) REFERENCES subject(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table comment enable row level security;
alter table comment force row level security;
create index comment_author ON public.comment USING btree (tenant_id, author_id);
create index comment_created ON public.comment USING btree (tenant_id, created_at, id);
create index comment_record ON public.comment USING btree (tenant_id, record_id, created_at DESC, id DESC);
create index comment_reply ON public.comment USING btree (tenant_id, parent_id, created_at, id) WHERE (parent_id IS NOT NULL);
create index comment_trash ON public.comment USING btree (tenant_id, deleted_at, id) WHERE (deleted_at IS NOT NULL);
create index comment_words ON public.comment USING gin (tenant_id, app.to_search_vector(NULL::text, body)) WHERE (deleted_at IS NULL);
create policy append on comment for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('comment'::text, 'create'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('comment'::text, 'create'::text) AS scope_owners)::uuid[]))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_subject(record_id))));
create policy change on comment for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('comment'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('comment'::text, 'update'::text) AS scope_owners)::uuid[])) OR ((( SELECT app.full_scope('comment'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('comment'::text, 'delete'::text) AS scope_owners)::uuid[])))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_subject(record_id))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on comment for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (((( SELECT app.is_member() AS is_member) IS NOT NULL) AND ((( SELECT app.full_scope('comment'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('comment'::text, 'read'::text) AS scope_owners)::uuid[])))) OR ((( SELECT app.is_member() AS is_member) IS NULL) AND (( SELECT app.some_scope('comment'::text, 'read'::text) AS some_scope) <> 'none'::text) AND ((audience = 'public'::text) OR (author_id = ( SELECT app.user_id() AS user_id))))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_subject(record_id))));
create policy remove on comment for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('comment'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('comment'::text, 'delete'::text) AS scope_owners)::uuid[]))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_subject(record_id))));
create policy system on comment for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.comment REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('comment', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_insert AFTER INSERT ON public.comment REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('comment', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_update AFTER UPDATE ON public.comment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('comment', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger check_audience_insert BEFORE INSERT ON public.comment
    FOR EACH ROW WHEN ((new.audience <> 'internal'::text))
    EXECUTE FUNCTION app.check_audience();
create trigger check_audience_update BEFORE UPDATE OF audience ON public.comment
    FOR EACH ROW WHEN ((new.audience <> old.audience))
    EXECUTE FUNCTION app.check_audience();
create trigger check_mentions BEFORE INSERT OR UPDATE OF mentions ON public.comment
    FOR EACH ROW WHEN ((new.mentions <> '{}'::uuid[]))
    EXECUTE FUNCTION app.check_mentions();
create constraint trigger check_reply AFTER INSERT OR UPDATE OF parent_id ON public.comment NOT DEFERRABLE INITIALLY IMMEDIATE
    FOR EACH ROW WHEN ((new.parent_id IS NOT NULL))
    EXECUTE FUNCTION app.check_reply();
create trigger ensure_subject BEFORE INSERT OR UPDATE OF record_id ON public.comment
    FOR EACH ROW
    EXECUTE FUNCTION app.ensure_subject();
create trigger touch BEFORE UPDATE ON public.comment
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table comment to holdfast_app;
grant delete, insert, select, update on table comment to holdfast_system;

create table communication (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  contact_id uuid,
  legal_entity_id uuid,
  account_id uuid,
  document_id uuid,
  kind text not null default 'call'::text,
  direction text not null default 'incoming'::text,
  occurred_at timestamp(3) with time zone not null default now(),
  subject text not null,
  participants text[] not null default '{}'::text[],
  body bytea,
  author_id uuid,
  kept_until date not null default CURRENT_DATE,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint communication_body_check CHECK (((octet_length(body) >= 62) AND (octet_length(body) <= 400061))),
  constraint communication_direction_check CHECK ((direction = ANY (ARRAY['incoming'::text, 'outgoing'::text]))),
  constraint communication_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'letter'::text, 'call'::text, 'message'::text]))),
  constraint communication_participants_check CHECK ((cardinality(participants) <= 50)),
  constraint communication_pkey PRIMARY KEY (tenant_id, id),
  constraint communication_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 300))),
  constraint communication_tenant_id_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES financial_account(tenant_id, id) ON DELETE SET NULL (account_id),
  constraint communication_tenant_id_author_id_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (author_id),
  constraint communication_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES contact(tenant_id, id) ON DELETE SET NULL (contact_id),
  constraint communication_tenant_id_document_id_fkey FOREIGN KEY (tenant_id, document_id) REFERENCES document(tenant_id, id) ON DELETE SET NULL (document_id),
  constraint communication_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint communication_tenant_id_household_id_fkey FOREIGN KEY (tenant_id, household_id) REFERENCES household(tenant_id, id),
  constraint communication_tenant_id_legal_entity_id_fkey FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity(tenant_id, id) ON DELETE SET NULL (legal_entity_id)
);
alter table communication enable row level security;
alter table communication force row level security;
create index communication_account ON public.communication USING btree (tenant_id, account_id) WHERE (account_id IS NOT NULL);
create index communication_contact ON public.communication USING btree (tenant_id, contact_id) WHERE (contact_id IS NOT NULL);
create index communication_document ON public.communication USING btree (tenant_id, document_id) WHERE (document_id IS NOT NULL);
create index communication_entity ON public.communication USING btree (tenant_id, legal_entity_id) WHERE (legal_entity_id IS NOT NULL);
create index communication_household ON public.communication USING btree (tenant_id, household_id, occurred_at, id);
create policy append on communication for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'communication'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('communication'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy change on communication for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'communication'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('communication'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])) OR ((( SELECT app.full_scope('household'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'delete'::text, 'communication'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('communication'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on communication for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'read'::text, 'communication'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('communication'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy remove on communication for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'delete'::text, 'communication'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('communication'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy system on communication for all to holdfast_system
    using (true)
    with check (true);
create trigger a_begin BEFORE INSERT ON public.communication
    FOR EACH ROW
    EXECUTE FUNCTION app.begin_communication();
create trigger a_keep BEFORE DELETE OR UPDATE ON public.communication
    FOR EACH ROW
    EXECUTE FUNCTION app.keep_communication();
create trigger a_keep_truncate BEFORE TRUNCATE ON public.communication
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_communication();
create trigger audit_delete AFTER DELETE ON public.communication REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('communication', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.communication REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('communication', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.communication REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('communication', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.communication
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table communication to holdfast_app;
grant delete, insert, select, update on table communication to holdfast_system;

create table company (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  external_id text,
  name text collate "und-x-icu" not null,
  domain text,
  industry text,
  employee_count integer,
  annual_revenue bigint,
  currency character(3) not null default 'USD'::bpchar,
  founded_year integer,
  phone text,
  website text,
  street text,
  city text,
  region text,
  postal_code text,
  country text,
  description text,
  parent_id uuid,
  owner_id uuid,
  custom jsonb not null default '{}'::jsonb,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  deleted_at timestamp(3) with time zone,
  merged_into_id uuid,
  search_text text generated always as (app.searchable(((name || COALESCE((' '::text || domain), ''::text)) || COALESCE((' '::text || city), ''::text)))) stored,
  constraint company_fits CHECK (app.company_fits(external_id, name, domain, website, phone, industry, employee_count, currency, founded_year, description, street, city, region, postal_code, country, custom)),
  constraint company_parent_id_check CHECK ((parent_id <> id)),
  constraint company_pkey PRIMARY KEY (tenant_id, id) INCLUDE (owner_id, name),
  constraint company_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint company_tenant_id_merged_into_id_fkey FOREIGN KEY (tenant_id, merged_into_id) REFERENCES company(tenant_id, id) ON DELETE SET NULL (merged_into_id),
  constraint company_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (owner_id),
  constraint company_tenant_id_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES company(tenant_id, id) ON DELETE SET NULL (parent_id)
) with (fillfactor=90, autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table company enable row level security;
alter table company force row level security;
create index company_changed ON public.company USING btree (tenant_id, updated_at, id);
create index company_created ON public.company USING btree (tenant_id, created_at, id);
create index company_domain ON public.company USING btree (tenant_id, domain) WHERE (domain IS NOT NULL);
create unique index company_external_id ON public.company USING btree (tenant_id, external_id) WHERE (external_id IS NOT NULL);
create index company_folded ON public.company USING btree (tenant_id, "left"(search_text, 40) text_pattern_ops, owner_id);
create index company_folded_domain ON public.company USING btree (tenant_id, lower(domain)) WHERE (domain IS NOT NULL);
create index company_import ON public.company USING btree (tenant_id, import_id) WHERE (import_id IS NOT NULL);
create index company_live ON public.company USING btree (tenant_id) INCLUDE (owner_id) WHERE (deleted_at IS NULL);
create index company_merged ON public.company USING btree (tenant_id, merged_into_id) WHERE (merged_into_id IS NOT NULL);
create index company_name ON public.company USING btree (tenant_id, name, id);
create index company_owner ON public.company USING btree (tenant_id, owner_id, name, id);
create index company_parent ON public.company USING btree (tenant_id, parent_id) WHERE (parent_id IS NOT NULL);
create index company_search ON public.company USING gin (((tenant_id)::text), owner_id, search_text gin_trgm_ops);
create index company_trash ON public.company USING btree (tenant_id, deleted_at, id) WHERE (deleted_at IS NOT NULL);
create policy append on company for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('company'::text, 'create'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('company'::text, 'create'::text) AS scope_owners)::uuid[])))));
create policy change on company for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('company'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('company'::text, 'update'::text) AS scope_owners)::uuid[])) OR ((( SELECT app.full_scope('company'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('company'::text, 'delete'::text) AS scope_owners)::uuid[]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on company for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('company'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('company'::text, 'read'::text) AS scope_owners)::uuid[])))));
create policy remove on company for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('company'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('company'::text, 'delete'::text) AS scope_owners)::uuid[])))));
create policy system on company for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.company REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('company', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.company REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('company', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.company REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('company', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger custom_values_delete AFTER DELETE ON public.company REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.drop_custom_values('company');
create trigger custom_values_insert AFTER INSERT ON public.company REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('company');
create trigger custom_values_update AFTER UPDATE ON public.company REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('company');
create trigger forget_favourites AFTER DELETE ON public.company REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.forget_favourites();
create trigger forget_merge BEFORE UPDATE OF deleted_at ON public.company
    FOR EACH ROW WHEN (((new.deleted_at IS NULL) AND (new.merged_into_id IS NOT NULL)))
    EXECUTE FUNCTION app.forget_merge();
create trigger forget_subjects AFTER DELETE ON public.company REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.forget_subjects();
create constraint trigger refuse_cycle AFTER INSERT OR UPDATE OF parent_id ON public.company DEFERRABLE INITIALLY IMMEDIATE
    FOR EACH ROW WHEN ((new.parent_id IS NOT NULL))
    EXECUTE FUNCTION app.refuse_company_cycle();
create trigger touch BEFORE UPDATE ON public.company
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table company to holdfast_app;
grant delete, insert, select, update on table company to holdfast_system;

create table confirmed_email (
  tenant_id uuid not null,
  user_id uuid not null,
  email_key text not null,
  confirmed_at timestamp(3) with time zone not null default now(),
  constraint confirmed_email_email_key_check CHECK ((length(email_key) <= 300)),
  constraint confirmed_email_pkey PRIMARY KEY (tenant_id, user_id),
  constraint confirmed_email_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
);
alter table confirmed_email enable row level security;
alter table confirmed_email force row level security;
create policy personal on confirmed_email for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR (( SELECT app.some_scope('user'::text, 'update'::text) AS some_scope) <> 'none'::text))));
create policy system on confirmed_email for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table confirmed_email to holdfast_app;
grant delete, insert, select, update on table confirmed_email to holdfast_system;

create table contact (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  external_id text,
  given_name text,
  family_name text,
  name text collate "und-x-icu" not null generated always as (COALESCE(app.person_name(given_name, family_name), email, phone, 'No name'::text)) stored,
  email text,
  email_key text generated always as (lower(email)) stored,
  other_emails jsonb not null default '[]'::jsonb,
  phone text,
  other_phones jsonb not null default '[]'::jsonb,
  job_title text,
  company_id uuid,
  owner_id uuid,
  source text,
  lead_status text,
  lifecycle_stage text,
  consent_email text not null default 'unknown'::text,
  street text,
  city text,
  region text,
  postal_code text,
  country text,
  time_zone text,
  custom jsonb not null default '{}'::jsonb,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  deleted_at timestamp(3) with time zone,
  merged_into_id uuid,
  email_label text,
  phone_label text,
  address_label text,
  other_addresses jsonb not null default '[]'::jsonb,
  sites jsonb not null default '[]'::jsonb,
  social_profiles jsonb not null default '[]'::jsonb,
  birthday text,
  had_positions boolean not null default false,
  salutation text,
  middle_name text,
  suffix text,
  search_text text generated always as (app.person_search_text(given_name, family_name, email, other_emails, phone, other_phones, middle_name, suffix)) stored,
  constraint contact_fits CHECK (app.contact_fits(external_id, given_name, family_name, email, email_label, other_emails, phone, phone_label, other_phones, job_title, source, lead_status, lifecycle_stage, consent_email, street, city, region, postal_code, country, address_label, other_addresses, sites, social_profiles, birthday, time_zone, custom)),
  constraint contact_middle_name CHECK ((length(middle_name) <= 200)),
  constraint contact_pkey PRIMARY KEY (tenant_id, id),
  constraint contact_salutation CHECK ((length(salutation) <= 60)),
  constraint contact_suffix CHECK ((length(suffix) <= 60)),
  constraint contact_tenant_id_company_id_fkey FOREIGN KEY (tenant_id, company_id) REFERENCES company(tenant_id, id) ON DELETE SET NULL (company_id),
  constraint contact_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint contact_tenant_id_merged_into_id_fkey FOREIGN KEY (tenant_id, merged_into_id) REFERENCES contact(tenant_id, id) ON DELETE SET NULL (merged_into_id),
  constraint contact_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (owner_id)
) with (fillfactor=90, autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table contact enable row level security;
alter table contact force row level security;
create index contact_changed ON public.contact USING btree (tenant_id, updated_at, id);
create index contact_company ON public.contact USING btree (tenant_id, company_id, name, id) WHERE (company_id IS NOT NULL);
create index contact_created ON public.contact USING btree (tenant_id, created_at, id);
create index contact_email ON public.contact USING btree (tenant_id, email_key) WHERE (email_key IS NOT NULL);
create unique index contact_external_id ON public.contact USING btree (tenant_id, external_id) WHERE (external_id IS NOT NULL);
create index contact_folded ON public.contact USING btree (tenant_id, "left"(search_text, 40) text_pattern_ops, owner_id) WHERE (search_text IS NOT NULL);
create index contact_import ON public.contact USING btree (tenant_id, import_id) WHERE (import_id IS NOT NULL);
create index contact_live ON public.contact USING btree (tenant_id) INCLUDE (owner_id) WHERE (deleted_at IS NULL);
create index contact_merged ON public.contact USING btree (tenant_id, merged_into_id) WHERE (merged_into_id IS NOT NULL);
create index contact_name ON public.contact USING btree (tenant_id, name, id);
create index contact_other_emails ON public.contact USING gin (tenant_id, app.label_keys(other_emails)) WHERE (other_emails <> '[]'::jsonb);
create index contact_owner ON public.contact USING btree (tenant_id, owner_id, name, id);
create index contact_owner_changed ON public.contact USING btree (tenant_id, owner_id, updated_at, id);
create index contact_search ON public.contact USING gin (((tenant_id)::text), owner_id, search_text gin_trgm_ops);
create index contact_trash ON public.contact USING btree (tenant_id, deleted_at, id) WHERE (deleted_at IS NOT NULL);
create policy append on contact for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('contact'::text, 'create'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('contact'::text, 'create'::text) AS scope_owners)::uuid[])) OR (id = ANY (( SELECT app.scope_groups('contact'::text, 'create'::text, 'contact'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('contact'::text, 'create'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('contact'::text, 'create'::text) AS mixed_scope), ARRAY[ CASE WHEN (owner_id = ( SELECT app.user_id() AS user_id)) THEN 'own'::text ELSE NULL::text END, CASE WHEN (owner_id = ANY (( SELECT app.team_mates() AS team_mates)::uuid[])) THEN 'team'::text ELSE NULL::text END, CASE WHEN (id = ANY (( SELECT app.groups_of('contact'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy change on contact for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('contact'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('contact'::text, 'update'::text) AS scope_owners)::uuid[])) OR (id = ANY (( SELECT app.scope_groups('contact'::text, 'update'::text, 'contact'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('contact'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('contact'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (owner_id = ( SELECT app.user_id() AS user_id)) THEN 'own'::text ELSE NULL::text END, CASE WHEN (owner_id = ANY (( SELECT app.team_mates() AS team_mates)::uuid[])) THEN 'team'::text ELSE NULL::text END, CASE WHEN (id = ANY (( SELECT app.groups_of('contact'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])) OR ((( SELECT app.full_scope('contact'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('contact'::text, 'delete'::text) AS scope_owners)::uuid[])) OR (id = ANY (( SELECT app.scope_groups('contact'::text, 'delete'::text, 'contact'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('contact'::text, 'delete'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('contact'::text, 'delete'::text) AS mixed_scope), ARRAY[ CASE WHEN (owner_id = ( SELECT app.user_id() AS user_id)) THEN 'own'::text ELSE NULL::text END, CASE WHEN (owner_id = ANY (( SELECT app.team_mates() AS team_mates)::uuid[])) THEN 'team'::text ELSE NULL::text END, CASE WHEN (id = ANY (( SELECT app.groups_of('contact'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on contact for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('contact'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('contact'::text, 'read'::text) AS scope_owners)::uuid[])) OR (id = ANY (( SELECT app.scope_groups('contact'::text, 'read'::text, 'contact'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('contact'::text, 'read'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('contact'::text, 'read'::text) AS mixed_scope), ARRAY[ CASE WHEN (owner_id = ( SELECT app.user_id() AS user_id)) THEN 'own'::text ELSE NULL::text END, CASE WHEN (owner_id = ANY (( SELECT app.team_mates() AS team_mates)::uuid[])) THEN 'team'::text ELSE NULL::text END, CASE WHEN (id = ANY (( SELECT app.groups_of('contact'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy remove on contact for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('contact'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('contact'::text, 'delete'::text) AS scope_owners)::uuid[])) OR (id = ANY (( SELECT app.scope_groups('contact'::text, 'delete'::text, 'contact'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('contact'::text, 'delete'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('contact'::text, 'delete'::text) AS mixed_scope), ARRAY[ CASE WHEN (owner_id = ( SELECT app.user_id() AS user_id)) THEN 'own'::text ELSE NULL::text END, CASE WHEN (owner_id = ANY (( SELECT app.team_mates() AS team_mates)::uuid[])) THEN 'team'::text ELSE NULL::text END, CASE WHEN (id = ANY (( SELECT app.groups_of('contact'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy system on contact for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.contact REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('contact', '{name,email_key,search_text,had_positions,tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_insert AFTER INSERT ON public.contact REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('contact', '{name,email_key,search_text,had_positions,tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_update AFTER UPDATE ON public.contact REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('contact', '{name,email_key,search_text,had_positions,tenant_id,version,updated_at}', '{}', '{}');
create trigger custom_values_delete AFTER DELETE ON public.contact REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.drop_custom_values('contact');
create trigger custom_values_insert AFTER INSERT ON public.contact REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('contact');
create trigger custom_values_update AFTER UPDATE ON public.contact REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('contact');
create trigger forget_favourites AFTER DELETE ON public.contact REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.forget_favourites();
create trigger forget_merge BEFORE UPDATE OF deleted_at ON public.contact
    FOR EACH ROW WHEN (((new.deleted_at IS NULL) AND (new.merged_into_id IS NOT NULL)))
    EXECUTE FUNCTION app.forget_merge();
create trigger forget_subjects AFTER DELETE ON public.contact REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.forget_subjects();
create trigger touch BEFORE UPDATE ON public.contact
    FOR EACH ROW WHEN ((new.had_positions = old.had_positions))
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table contact to holdfast_app;
grant delete, insert, select, update on table contact to holdfast_system;

create table contact_position (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  contact_id uuid not null,
  company_id uuid not null,
  role text,
  started_on date,
  ended_on date,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint contact_position_check CHECK ((ended_on >= started_on)),
  constraint contact_position_pkey PRIMARY KEY (tenant_id, id),
  constraint contact_position_role_check CHECK ((length(role) <= 200)),
  constraint contact_position_tenant_id_company_id_fkey FOREIGN KEY (tenant_id, company_id) REFERENCES company(tenant_id, id) ON DELETE CASCADE,
  constraint contact_position_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES contact(tenant_id, id) ON DELETE CASCADE
);
alter table contact_position enable row level security;
alter table contact_position force row level security;
create index contact_position_company ON public.contact_position USING btree (tenant_id, company_id);
create index contact_position_contact ON public.contact_position USING btree (tenant_id, contact_id);
create policy append on contact_position for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM contact p WHERE ((p.tenant_id = contact_position.tenant_id) AND (p.id = contact_position.contact_id) AND (p.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('contact'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (p.owner_id = ANY (( SELECT app.scope_owners('contact'::text, 'update'::text) AS scope_owners)::uuid[])) OR (p.id = ANY (( SELECT app.scope_groups('contact'::text, 'update'::text, 'contact'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('contact'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('contact'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (p.owner_id = ( SELECT app.user_id() AS user_id)) THEN 'own'::text ELSE NULL::text END, CASE WHEN (p.owner_id = ANY (( SELECT app.team_mates() AS team_mates)::uuid[])) THEN 'team'::text ELSE NULL::text END, CASE WHEN (p.id = ANY (( SELECT app.groups_of('contact'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))));
create policy change on contact_position for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM contact p WHERE ((p.tenant_id = contact_position.tenant_id) AND (p.id = contact_position.contact_id) AND (p.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('contact'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (p.owner_id = ANY (( SELECT app.scope_owners('contact'::text, 'update'::text) AS scope_owners)::uuid[])) OR (p.id = ANY (( SELECT app.scope_groups('contact'::text, 'update'::text, 'contact'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('contact'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('contact'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (p.owner_id = ( SELECT app.user_id() AS user_id)) THEN 'own'::text ELSE NULL::text END, CASE WHEN (p.owner_id = ANY (( SELECT app.team_mates() AS team_mates)::uuid[])) THEN 'team'::text ELSE NULL::text END, CASE WHEN (p.id = ANY (( SELECT app.groups_of('contact'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on contact_position for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('contact'::text, 'read'::text) AS some_scope) <> 'none'::text) AND ((( SELECT app.full_scope('contact'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM contact p WHERE ((p.tenant_id = contact_position.tenant_id) AND (p.id = contact_position.contact_id)))))));
create policy remove on contact_position for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM contact p WHERE ((p.tenant_id = contact_position.tenant_id) AND (p.id = contact_position.contact_id) AND (p.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('contact'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (p.owner_id = ANY (( SELECT app.scope_owners('contact'::text, 'update'::text) AS scope_owners)::uuid[])) OR (p.id = ANY (( SELECT app.scope_groups('contact'::text, 'update'::text, 'contact'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('contact'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('contact'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (p.owner_id = ( SELECT app.user_id() AS user_id)) THEN 'own'::text ELSE NULL::text END, CASE WHEN (p.owner_id = ANY (( SELECT app.team_mates() AS team_mates)::uuid[])) THEN 'team'::text ELSE NULL::text END, CASE WHEN (p.id = ANY (( SELECT app.groups_of('contact'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))));
create policy system on contact_position for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.contact_position REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('contact_position', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_insert AFTER INSERT ON public.contact_position REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('contact_position', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_update AFTER UPDATE ON public.contact_position REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('contact_position', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger mark_insert AFTER INSERT ON public.contact_position REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.mark_positions();
create trigger mark_update AFTER UPDATE ON public.contact_position REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.mark_positions();
create trigger touch BEFORE UPDATE ON public.contact_position
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table contact_position to holdfast_app;
grant delete, insert, select, update on table contact_position to holdfast_system;

create view contact_position_item with (security_invoker=true) as
 SELECT p.tenant_id,
    p.contact_id,
    p.id,
    (((- EXTRACT(epoch FROM COALESCE(p.ended_on, '9999-12-31'::date))) * '1000000000000'::numeric) - EXTRACT(epoch FROM COALESCE(p.started_on, '0001-01-01'::date))) AS "position",
    jsonb_build_object('id', p.id, 'company_id', p.company_id, 'company',
        CASE
            WHEN (c.id IS NOT NULL) THEN jsonb_build_object('id', c.id, 'name', c.name)
            ELSE NULL::jsonb
        END, 'role', p.role, 'started_on', p.started_on, 'ended_on', p.ended_on) AS item
   FROM (contact_position p
     LEFT JOIN company c ON (((c.tenant_id = p.tenant_id) AND (c.id = p.company_id))));
grant select on table contact_position_item to holdfast_app;
grant select on table contact_position_item to holdfast_system;

create table currency_rate (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  currency character(3) not null,
  valid_on date not null,
  rate numeric not null,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint currency_rate_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint currency_rate_pkey PRIMARY KEY (tenant_id, id),
  constraint currency_rate_rate_check CHECK (((rate > (0)::numeric) AND (rate < '1000000000'::numeric) AND (scale(rate) <= 10))),
  constraint currency_rate_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint currency_rate_valid_on UNIQUE (tenant_id, currency, valid_on)
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table currency_rate enable row level security;
alter table currency_rate force row level security;
create policy append on currency_rate for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('product'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on currency_rate for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('product'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('product'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on currency_rate for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('product'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on currency_rate for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('product'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on currency_rate for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.currency_rate REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('currency_rate', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.currency_rate REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('currency_rate', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.currency_rate REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('currency_rate', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger refuse_own_rate BEFORE INSERT ON public.currency_rate
    FOR EACH ROW
    EXECUTE FUNCTION app.refuse_own_rate();
create trigger touch BEFORE UPDATE ON public.currency_rate
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table currency_rate to holdfast_app;
grant delete, insert, select, update on table currency_rate to holdfast_system;

create table custodian (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  external_id text,
  name text collate "und-x-icu" not null,
  website text,
  phone text,
  custom jsonb not null default '{}'::jsonb,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint custodian_custom_check CHECK ((jsonb_typeof(custom) = 'object'::text)),
  constraint custodian_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
  constraint custodian_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint custodian_phone_check CHECK ((length(phone) <= 50)),
  constraint custodian_pkey PRIMARY KEY (tenant_id, id),
  constraint custodian_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint custodian_tenant_id_name_key UNIQUE (tenant_id, name),
  constraint custodian_website_check CHECK ((length(website) <= 2000))
);
alter table custodian enable row level security;
alter table custodian force row level security;
create index custodian_changed ON public.custodian USING btree (tenant_id, updated_at, id);
create unique index custodian_external_id ON public.custodian USING btree (tenant_id, external_id) WHERE (external_id IS NOT NULL);
create index custodian_import ON public.custodian USING btree (tenant_id, import_id) WHERE (import_id IS NOT NULL);
create policy append on custodian for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('financial_security'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on custodian for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('financial_security'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('financial_security'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on custodian for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('financial_security'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on custodian for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('financial_security'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on custodian for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.custodian REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('custodian', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.custodian REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('custodian', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.custodian REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('custodian', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger custom_values_delete AFTER DELETE ON public.custodian REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.drop_custom_values('custodian');
create trigger custom_values_insert AFTER INSERT ON public.custodian REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('custodian');
create trigger custom_values_update AFTER UPDATE ON public.custodian REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('custodian');
create trigger forget_favourites AFTER DELETE ON public.custodian REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deleted_favourites();
create trigger return_favourites AFTER INSERT ON public.custodian REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deleted_favourites();
create trigger touch BEFORE UPDATE ON public.custodian
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table custodian to holdfast_app;
grant delete, insert, select, update on table custodian to holdfast_system;

create table custom_conversion (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  field_id uuid not null,
  from_definition jsonb not null,
  to_type text not null,
  converted integer not null default 0,
  cleared integer not null default 0,
  request_id text default NULLIF(current_setting('app.request_id'::text, true), ''::text),
  taken_back_by text,
  created_by uuid,
  created_at timestamp(3) with time zone not null default now(),
  constraint custom_conversion_from_definition_check CHECK ((jsonb_typeof(from_definition) = 'object'::text)),
  constraint custom_conversion_pkey PRIMARY KEY (tenant_id, id),
  constraint custom_conversion_tenant_id_created_by_fkey FOREIGN KEY (tenant_id, created_by) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (created_by),
  constraint custom_conversion_tenant_id_field_id_fkey FOREIGN KEY (tenant_id, field_id) REFERENCES custom_field(tenant_id, id) ON DELETE CASCADE
);
alter table custom_conversion enable row level security;
alter table custom_conversion force row level security;
create index custom_conversion_created ON public.custom_conversion USING btree (created_at);
create index custom_conversion_field ON public.custom_conversion USING btree (tenant_id, field_id, id);
create policy append on custom_conversion for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('custom_field'::text, 'update'::text) AS some_scope) <> 'none'::text)));
create policy change on custom_conversion for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('custom_field'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('custom_field'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on custom_conversion for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('custom_field'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on custom_conversion for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('custom_field'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on custom_conversion for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table custom_conversion to holdfast_app;
grant delete, insert, select, update on table custom_conversion to holdfast_system;

create table custom_conversion_value (
  tenant_id uuid not null,
  conversion_id uuid not null,
  record_id uuid not null,
  before jsonb not null,
  after jsonb,
  constraint custom_conversion_value_pkey PRIMARY KEY (tenant_id, conversion_id, record_id),
  constraint custom_conversion_value_tenant_id_conversion_id_fkey FOREIGN KEY (tenant_id, conversion_id) REFERENCES custom_conversion(tenant_id, id) ON DELETE CASCADE
);
alter table custom_conversion_value enable row level security;
alter table custom_conversion_value force row level security;
create policy append on custom_conversion_value for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('custom_field'::text, 'update'::text) AS some_scope) <> 'none'::text)));
create policy change on custom_conversion_value for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('custom_field'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('custom_field'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on custom_conversion_value for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('custom_field'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on custom_conversion_value for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('custom_field'::text, 'update'::text) AS some_scope) <> 'none'::text)));
create policy system on custom_conversion_value for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table custom_conversion_value to holdfast_app;
grant delete, insert, select, update on table custom_conversion_value to holdfast_system;

create table custom_field (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  resource text not null,
  key text not null,
  label text not null,
  type text not null,
  options text[] not null default '{}'::text[],
  required boolean not null default false,
  "position" integer not null default 0,
  retired_at timestamp(3) with time zone,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  rules jsonb not null default '{}'::jsonb,
  default_value jsonb,
  is_unique boolean not null default false,
  visible_to uuid[],
  editable_by uuid[],
  constraint custom_field_default_value_check CHECK ((pg_column_size(default_value) <= 20000)),
  constraint custom_field_editable_by_check CHECK ((cardinality(editable_by) <= 100)),
  constraint custom_field_key UNIQUE (tenant_id, resource, key),
  constraint custom_field_key_check CHECK ((key ~ '^[a-z][a-z0-9_]{0,59}$'::text)),
  constraint custom_field_label_check CHECK (((length(label) >= 1) AND (length(label) <= 100))),
  constraint custom_field_options_check CHECK ((cardinality(options) <= 200)),
  constraint custom_field_pkey PRIMARY KEY (tenant_id, id),
  constraint custom_field_resource_check CHECK ((length(resource) <= 63)),
  constraint custom_field_rules_check CHECK (((jsonb_typeof(rules) = 'object'::text) AND (pg_column_size(rules) <= 1000))),
  constraint custom_field_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint custom_field_type_check CHECK ((length(type) <= 63)),
  constraint custom_field_visible_to_check CHECK ((cardinality(visible_to) <= 100))
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table custom_field enable row level security;
alter table custom_field force row level security;
create unique index custom_field_folded_label ON public.custom_field USING btree (app.folded_name(label), tenant_id, resource);
create index custom_field_limited ON public.custom_field USING btree (tenant_id) WHERE ((visible_to IS NOT NULL) OR (editable_by IS NOT NULL));
create index custom_field_retired ON public.custom_field USING btree (tenant_id, resource) WHERE (retired_at IS NOT NULL);
create policy append on custom_field for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('custom_field'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on custom_field for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('custom_field'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('custom_field'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on custom_field for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('custom_field'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (NOT app.field_hidden(resource, key))));
create policy remove on custom_field for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('custom_field'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on custom_field for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.custom_field REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('custom_field', '{tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.custom_field REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('custom_field', '{tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.custom_field REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('custom_field', '{tenant_id,version,updated_at}', '{}');
create trigger keep_custom_field AFTER UPDATE ON public.custom_field
    FOR EACH ROW WHEN (((new.is_unique <> old.is_unique) OR (new.type <> old.type)))
    EXECUTE FUNCTION app.keep_custom_field();
create trigger touch BEFORE UPDATE ON public.custom_field
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table custom_field to holdfast_app;
grant delete, insert, select, update on table custom_field to holdfast_system;

create table custom_value (
  tenant_id uuid not null,
  field_id uuid not null,
  record_id uuid not null,
  value text collate "und-x-icu" not null,
  is_unique boolean not null,
  owner_id uuid,
  constraint custom_value_pkey PRIMARY KEY (tenant_id, record_id, field_id, value),
  constraint custom_value_tenant_id_field_id_fkey FOREIGN KEY (tenant_id, field_id) REFERENCES custom_field(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table custom_value enable row level security;
alter table custom_value force row level security;
create statistics public.custom_value_spread (dependencies, mcv) on tenant_id, field_id, value from custom_value;
create index custom_value_listed ON public.custom_value USING btree (tenant_id, field_id, value, record_id);
create index custom_value_owned ON public.custom_value USING btree (tenant_id, field_id, owner_id, value, record_id);
create unique index custom_value_taken ON public.custom_value USING btree (tenant_id, field_id, value) WHERE is_unique;
create policy read on custom_value for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on custom_value for all to holdfast_system
    using (true)
    with check (true);
grant select on table custom_value to holdfast_app;
grant delete, insert, select, update on table custom_value to holdfast_system;

create table dashboard (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  owner_id uuid not null,
  name text collate "und-x-icu" not null,
  shared boolean not null default false,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint dashboard_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60))),
  constraint dashboard_pkey PRIMARY KEY (tenant_id, id),
  constraint dashboard_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint dashboard_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE,
  constraint dashboard_tenant_id_owner_id_name_key UNIQUE (tenant_id, owner_id, name)
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table dashboard enable row level security;
alter table dashboard force row level security;
create unique index dashboard_folded_name ON public.dashboard USING btree (app.folded_name(name), tenant_id, owner_id);
create policy append on dashboard for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('dashboard'::text, 'create'::text) AS full_scope) = 'all'::text) OR (owner_id = ANY (( SELECT app.scope_owners('dashboard'::text, 'create'::text) AS scope_owners)::uuid[])))));
create policy change on dashboard for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('dashboard'::text, 'update'::text) AS full_scope) = 'all'::text) OR (owner_id = ANY (( SELECT app.scope_owners('dashboard'::text, 'update'::text) AS scope_owners)::uuid[])) OR ((( SELECT app.full_scope('dashboard'::text, 'delete'::text) AS full_scope) = 'all'::text) OR (owner_id = ANY (( SELECT app.scope_owners('dashboard'::text, 'delete'::text) AS scope_owners)::uuid[]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on dashboard for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)) OR (shared AND (( SELECT app.scope('dashboard'::text, 'read'::text) AS scope) <> 'none'::text)))));
create policy remove on dashboard for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('dashboard'::text, 'delete'::text) AS full_scope) = 'all'::text) OR (owner_id = ANY (( SELECT app.scope_owners('dashboard'::text, 'delete'::text) AS scope_owners)::uuid[])))));
create policy system on dashboard for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.dashboard REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('dashboard', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.dashboard REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('dashboard', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.dashboard REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('dashboard', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger forget_favourites AFTER DELETE ON public.dashboard REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deleted_favourites();
create trigger return_favourites AFTER INSERT ON public.dashboard REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deleted_favourites();
create trigger touch BEFORE UPDATE ON public.dashboard
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table dashboard to holdfast_app;
grant delete, insert, select, update on table dashboard to holdfast_system;

create table dashboard_mailing (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  dashboard_id uuid,
  recipient_id uuid not null,
  owner_id uuid,
  rhythm text not null,
  hour integer not null default 8,
  next_at timestamp(3) with time zone not null,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint dashboard_mailing_hour_check CHECK (((hour >= 0) AND (hour <= 23))),
  constraint dashboard_mailing_once UNIQUE NULLS NOT DISTINCT (tenant_id, dashboard_id, recipient_id),
  constraint dashboard_mailing_pkey PRIMARY KEY (tenant_id, id),
  constraint dashboard_mailing_rhythm_check CHECK ((rhythm = ANY (ARRAY['daily'::text, 'weekly'::text, 'monthly'::text]))),
  constraint dashboard_mailing_tenant_id_dashboard_id_fkey FOREIGN KEY (tenant_id, dashboard_id) REFERENCES dashboard(tenant_id, id) ON DELETE CASCADE,
  constraint dashboard_mailing_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (owner_id),
  constraint dashboard_mailing_tenant_id_recipient_id_fkey FOREIGN KEY (tenant_id, recipient_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table dashboard_mailing enable row level security;
alter table dashboard_mailing force row level security;
create policy append on dashboard_mailing for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('dashboard'::text, 'create'::text) AS full_scope) = 'all'::text) OR (owner_id = ANY (( SELECT app.scope_owners('dashboard'::text, 'create'::text) AS scope_owners)::uuid[])))));
create policy change on dashboard_mailing for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('dashboard'::text, 'update'::text) AS full_scope) = 'all'::text) OR (owner_id = ANY (( SELECT app.scope_owners('dashboard'::text, 'update'::text) AS scope_owners)::uuid[])) OR ((( SELECT app.full_scope('dashboard'::text, 'delete'::text) AS full_scope) = 'all'::text) OR (owner_id = ANY (( SELECT app.scope_owners('dashboard'::text, 'delete'::text) AS scope_owners)::uuid[]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on dashboard_mailing for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((recipient_id = ( SELECT app.user_id() AS user_id)) OR (( SELECT app.full_scope('dashboard'::text, 'update'::text) AS full_scope) = 'all'::text) OR (owner_id = ANY (( SELECT app.scope_owners('dashboard'::text, 'update'::text) AS scope_owners)::uuid[])))));
create policy remove on dashboard_mailing for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((recipient_id = ( SELECT app.user_id() AS user_id)) OR (( SELECT app.full_scope('dashboard'::text, 'delete'::text) AS full_scope) = 'all'::text) OR (owner_id = ANY (( SELECT app.scope_owners('dashboard'::text, 'delete'::text) AS scope_owners)::uuid[])))));
create policy system on dashboard_mailing for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.dashboard_mailing REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('dashboard_mailing', '{next_at,tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_insert AFTER INSERT ON public.dashboard_mailing REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('dashboard_mailing', '{next_at,tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_update AFTER UPDATE ON public.dashboard_mailing REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('dashboard_mailing', '{next_at,tenant_id,version,updated_at}', '{}', '{}');
create trigger touch BEFORE UPDATE ON public.dashboard_mailing
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table dashboard_mailing to holdfast_app;
grant delete, insert, select, update on table dashboard_mailing to holdfast_system;

create table dashboard_tile (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  dashboard_id uuid not null,
  title text,
  figure text not null,
  "grouping" text not null,
  chart text not null,
  range text not null,
  period text not null,
  filter jsonb not null default '{}'::jsonb,
  width integer not null default 2,
  height integer not null default 2,
  "position" integer not null default 0,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  custom_key text,
  constraint dashboard_tile_chart_check CHECK ((length(chart) <= 40)),
  constraint dashboard_tile_custom_key_check CHECK ((length(custom_key) <= 60)) NOT VALID,
  constraint dashboard_tile_figure_check CHECK ((length(figure) <= 40)),
  constraint dashboard_tile_filter_check CHECK (((jsonb_typeof(filter) = 'object'::text) AND (pg_column_size(filter) <= 2000))),
  constraint dashboard_tile_grouping_check CHECK ((length("grouping") <= 40)),
  constraint dashboard_tile_height_check CHECK (((height >= 1) AND (height <= 3))),
  constraint dashboard_tile_period_check CHECK ((length(period) <= 40)),
  constraint dashboard_tile_pkey PRIMARY KEY (tenant_id, id),
  constraint dashboard_tile_range_check CHECK ((length(range) <= 40)),
  constraint dashboard_tile_tenant_id_dashboard_id_fkey FOREIGN KEY (tenant_id, dashboard_id) REFERENCES dashboard(tenant_id, id) ON DELETE CASCADE,
  constraint dashboard_tile_title_check CHECK ((length(title) <= 100)),
  constraint dashboard_tile_width_check CHECK (((width >= 1) AND (width <= 4)))
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table dashboard_tile enable row level security;
alter table dashboard_tile force row level security;
create index dashboard_tile_dashboard ON public.dashboard_tile USING btree (tenant_id, dashboard_id, "position");
create policy append on dashboard_tile for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM dashboard d WHERE ((d.tenant_id = dashboard_tile.tenant_id) AND (d.id = dashboard_tile.dashboard_id) AND ((( SELECT app.full_scope('dashboard'::text, 'update'::text) AS full_scope) = 'all'::text) OR (d.owner_id = ANY (( SELECT app.scope_owners('dashboard'::text, 'update'::text) AS scope_owners)::uuid[]))))))));
create policy change on dashboard_tile for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM dashboard d WHERE ((d.tenant_id = dashboard_tile.tenant_id) AND (d.id = dashboard_tile.dashboard_id) AND ((( SELECT app.full_scope('dashboard'::text, 'update'::text) AS full_scope) = 'all'::text) OR (d.owner_id = ANY (( SELECT app.scope_owners('dashboard'::text, 'update'::text) AS scope_owners)::uuid[]))))))))
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM dashboard d WHERE ((d.tenant_id = dashboard_tile.tenant_id) AND (d.id = dashboard_tile.dashboard_id) AND ((( SELECT app.full_scope('dashboard'::text, 'update'::text) AS full_scope) = 'all'::text) OR (d.owner_id = ANY (( SELECT app.scope_owners('dashboard'::text, 'update'::text) AS scope_owners)::uuid[]))))))));
create policy read on dashboard_tile for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('dashboard'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (EXISTS ( SELECT FROM dashboard p WHERE ((p.tenant_id = dashboard_tile.tenant_id) AND (p.id = dashboard_tile.dashboard_id))))));
create policy remove on dashboard_tile for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM dashboard d WHERE ((d.tenant_id = dashboard_tile.tenant_id) AND (d.id = dashboard_tile.dashboard_id) AND ((( SELECT app.full_scope('dashboard'::text, 'update'::text) AS full_scope) = 'all'::text) OR (d.owner_id = ANY (( SELECT app.scope_owners('dashboard'::text, 'update'::text) AS scope_owners)::uuid[]))))))));
create policy system on dashboard_tile for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.dashboard_tile REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('dashboard_tile', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_insert AFTER INSERT ON public.dashboard_tile REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('dashboard_tile', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_update AFTER UPDATE ON public.dashboard_tile REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('dashboard_tile', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger touch BEFORE UPDATE ON public.dashboard_tile
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table dashboard_tile to holdfast_app;
grant delete, insert, select, update on table dashboard_tile to holdfast_system;

create table data_key (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  subject_id uuid,
  workspace_key_id uuid not null,
  wrapped bytea not null,
  created_at timestamp(3) with time zone not null default now(),
  replaced_at timestamp(3) with time zone,
  constraint data_key_kind_check CHECK ((kind = ANY (ARRAY['data'::text, 'index'::text]))),
  constraint data_key_pkey PRIMARY KEY (tenant_id, id),
  constraint data_key_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint data_key_tenant_id_workspace_key_id_fkey FOREIGN KEY (tenant_id, workspace_key_id) REFERENCES workspace_key(tenant_id, id),
  constraint data_key_wrapped_check CHECK ((octet_length(wrapped) = 65))
);
alter table data_key enable row level security;
alter table data_key force row level security;
create unique index data_key_current ON public.data_key USING btree (tenant_id, kind, subject_id) NULLS NOT DISTINCT WHERE (replaced_at IS NULL);
create index data_key_wrapped ON public.data_key USING btree (tenant_id, workspace_key_id);
create policy append on data_key for insert to holdfast_app
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy change on data_key for update to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on data_key for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy remove on data_key for delete to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on data_key for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table data_key to holdfast_app;
grant delete, insert, select, update on table data_key to holdfast_system;

create table deal (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  external_id text,
  name text collate "und-x-icu" not null,
  amount bigint,
  currency character(3) not null default 'USD'::bpchar,
  company_id uuid,
  contact_id uuid,
  owner_id uuid,
  pipeline_id uuid not null,
  stage_id uuid not null,
  status text not null,
  stage_entered_at timestamp(3) with time zone not null default now(),
  "position" double precision not null default EXTRACT(epoch FROM clock_timestamp()),
  expected_close_on date,
  opened_on date,
  closed_on date,
  close_reason_id uuid,
  close_note text,
  source text,
  description text,
  custom jsonb not null default '{}'::jsonb,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  deleted_at timestamp(3) with time zone,
  last_open_stage_id uuid,
  score integer,
  search_text text generated always as (app.searchable(name)) stored,
  constraint deal_close_note_check CHECK ((length(close_note) <= 2000)),
  constraint deal_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint deal_custom_check CHECK ((jsonb_typeof(custom) = 'object'::text)),
  constraint deal_description_check CHECK ((length(description) <= 20000)),
  constraint deal_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
  constraint deal_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint deal_pkey PRIMARY KEY (tenant_id, id),
  constraint deal_score_check CHECK (((score >= 0) AND (score <= 100))),
  constraint deal_source_check CHECK ((length(source) <= 100)),
  constraint deal_status_check CHECK ((status = ANY (ARRAY['open'::text, 'won'::text, 'lost'::text]))),
  constraint deal_tenant_id_close_reason_id_fkey FOREIGN KEY (tenant_id, close_reason_id) REFERENCES close_reason(tenant_id, id) ON DELETE SET NULL (close_reason_id),
  constraint deal_tenant_id_company_id_fkey FOREIGN KEY (tenant_id, company_id) REFERENCES company(tenant_id, id) ON DELETE SET NULL (company_id),
  constraint deal_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES contact(tenant_id, id) ON DELETE SET NULL (contact_id),
  constraint deal_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint deal_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (owner_id),
  constraint deal_tenant_id_pipeline_id_stage_id_status_fkey FOREIGN KEY (tenant_id, pipeline_id, stage_id, status) REFERENCES stage(tenant_id, pipeline_id, id, kind)
) with (fillfactor=90, autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table deal enable row level security;
alter table deal force row level security;
create index deal_board ON public.deal USING btree (tenant_id, stage_id, "position", id) WHERE (deleted_at IS NULL);
create index deal_by_score ON public.deal USING btree (tenant_id, score DESC NULLS LAST, id DESC) WHERE (deleted_at IS NULL);
create index deal_changed ON public.deal USING btree (tenant_id, updated_at, id);
create index deal_closed ON public.deal USING btree (tenant_id, status, closed_on);
create index deal_company ON public.deal USING btree (tenant_id, company_id) WHERE (company_id IS NOT NULL);
create index deal_contact ON public.deal USING btree (tenant_id, contact_id) WHERE (contact_id IS NOT NULL);
create index deal_created ON public.deal USING btree (tenant_id, created_at, id);
create unique index deal_external_id ON public.deal USING btree (tenant_id, external_id) WHERE (external_id IS NOT NULL);
create index deal_folded ON public.deal USING btree (tenant_id, "left"(search_text, 40) text_pattern_ops, owner_id);
create index deal_import ON public.deal USING btree (tenant_id, import_id) WHERE (import_id IS NOT NULL);
create index deal_name ON public.deal USING btree (tenant_id, name, id);
create index deal_owner ON public.deal USING btree (tenant_id, owner_id, name, id);
create index deal_search ON public.deal USING gin (((tenant_id)::text), owner_id, search_text gin_trgm_ops);
create index deal_trash ON public.deal USING btree (tenant_id, deleted_at, id) WHERE (deleted_at IS NOT NULL);
create policy append on deal for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('deal'::text, 'create'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('deal'::text, 'create'::text) AS scope_owners)::uuid[])))));
create policy change on deal for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('deal'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('deal'::text, 'update'::text) AS scope_owners)::uuid[])) OR ((( SELECT app.full_scope('deal'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('deal'::text, 'delete'::text) AS scope_owners)::uuid[]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on deal for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('deal'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('deal'::text, 'read'::text) AS scope_owners)::uuid[])))));
create policy remove on deal for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('deal'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('deal'::text, 'delete'::text) AS scope_owners)::uuid[])))));
create policy system on deal for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.deal REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('deal', '{search_text,last_open_stage_id,score,tenant_id,version,updated_at}', '{}', '{position}');
create trigger audit_insert AFTER INSERT ON public.deal REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('deal', '{search_text,last_open_stage_id,score,tenant_id,version,updated_at}', '{}', '{position}');
create trigger audit_update AFTER UPDATE ON public.deal REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('deal', '{search_text,last_open_stage_id,score,tenant_id,version,updated_at}', '{}', '{position}');
create constraint trigger check_first_products AFTER INSERT ON public.deal DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION app.check_stage_products();
create trigger check_first_stage AFTER INSERT ON public.deal REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.check_stage_fields();
create constraint trigger check_next_products AFTER UPDATE ON public.deal DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN ((new.stage_id <> old.stage_id))
    EXECUTE FUNCTION app.check_stage_products();
create trigger check_next_stage AFTER UPDATE ON public.deal
    FOR EACH ROW WHEN ((new.stage_id <> old.stage_id))
    EXECUTE FUNCTION app.check_stage_fields();
create trigger custom_values_delete AFTER DELETE ON public.deal REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.drop_custom_values('deal');
create trigger custom_values_insert AFTER INSERT ON public.deal REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('deal');
create trigger custom_values_update AFTER UPDATE ON public.deal REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('deal');
create trigger forget_favourites AFTER DELETE ON public.deal REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.forget_favourites();
create trigger forget_subjects AFTER DELETE ON public.deal REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.forget_subjects();
create trigger keep_first_stage AFTER INSERT ON public.deal REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_stage_visits();
create trigger keep_next_stage AFTER UPDATE ON public.deal
    FOR EACH ROW WHEN ((new.stage_id <> old.stage_id))
    EXECUTE FUNCTION app.keep_stage_visits();
create trigger note_stage_change BEFORE UPDATE ON public.deal
    FOR EACH ROW WHEN ((new.stage_id <> old.stage_id))
    EXECUTE FUNCTION app.note_stage_change();
create trigger share_amount AFTER UPDATE ON public.deal
    FOR EACH ROW WHEN ((new.amount IS DISTINCT FROM old.amount))
    EXECUTE FUNCTION app.keep_deal_shares();
create trigger touch BEFORE UPDATE ON public.deal
    FOR EACH ROW WHEN ((NOT (new.score IS DISTINCT FROM old.score)))
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table deal to holdfast_app;
grant delete, insert, select, update on table deal to holdfast_system;

create table deal_line (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  deal_id uuid not null,
  product_id uuid not null,
  quantity numeric(18,6) not null default 1,
  unit_price bigint not null default 0,
  discount_percent numeric(6,3) not null default 0,
  "position" integer not null default 0,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint deal_line_discount_percent_check CHECK (((discount_percent >= (0)::numeric) AND (discount_percent <= (100)::numeric))),
  constraint deal_line_pkey PRIMARY KEY (tenant_id, id),
  constraint deal_line_quantity_check CHECK ((quantity > (0)::numeric)),
  constraint deal_line_tenant_id_deal_id_fkey FOREIGN KEY (tenant_id, deal_id) REFERENCES deal(tenant_id, id) ON DELETE CASCADE,
  constraint deal_line_tenant_id_product_id_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product(tenant_id, id) ON DELETE RESTRICT,
  constraint deal_line_unit_price_check CHECK ((unit_price >= 0))
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table deal_line enable row level security;
alter table deal_line force row level security;
create index deal_line_deal ON public.deal_line USING btree (tenant_id, deal_id, "position");
create index deal_line_product ON public.deal_line USING btree (tenant_id, product_id);
create policy append on deal_line for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('deal'::text, 'create'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('deal'::text, 'update'::text) AS some_scope) <> 'none'::text)) AND ((( SELECT app.full_scope('deal'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM deal p WHERE ((p.tenant_id = deal_line.tenant_id) AND (p.id = deal_line.deal_id)))))));
create policy change on deal_line for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('deal'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('deal'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND ((( SELECT app.full_scope('deal'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM deal p WHERE ((p.tenant_id = deal_line.tenant_id) AND (p.id = deal_line.deal_id)))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on deal_line for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('deal'::text, 'read'::text) AS some_scope) <> 'none'::text) AND ((( SELECT app.full_scope('deal'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM deal p WHERE ((p.tenant_id = deal_line.tenant_id) AND (p.id = deal_line.deal_id)))))));
create policy remove on deal_line for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('deal'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('deal'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND ((( SELECT app.full_scope('deal'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM deal p WHERE ((p.tenant_id = deal_line.tenant_id) AND (p.id = deal_line.deal_id)))))));
create policy system on deal_line for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.deal_line REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('deal_line', '{tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.deal_line REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('deal_line', '{tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.deal_line REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('deal_line', '{tenant_id,version,updated_at}', '{}');
create trigger share_added AFTER INSERT ON public.deal_line REFERENCING NEW TABLE AS changed_lines
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deal_shares();
create trigger share_changed AFTER UPDATE ON public.deal_line REFERENCING NEW TABLE AS changed_lines
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deal_shares();
create trigger share_removed AFTER DELETE ON public.deal_line REFERENCING OLD TABLE AS changed_lines
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deal_shares();
create trigger touch BEFORE UPDATE ON public.deal_line
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table deal_line to holdfast_app;
grant delete, insert, select, update on table deal_line to holdfast_system;

create view deal_line_item with (security_invoker=true) as
 SELECT l.tenant_id,
    l.deal_id,
    l.id,
    l."position",
    jsonb_build_object('id', l.id, 'product_id', l.product_id, 'product',
        CASE
            WHEN (p.id IS NOT NULL) THEN jsonb_build_object('id', p.id, 'name', p.name)
            ELSE NULL::jsonb
        END, 'quantity', (trim_scale(l.quantity))::text, 'unit_price', app.decimal_amount((l.unit_price)::numeric, (d.currency)::text), 'discount_percent', (trim_scale(l.discount_percent))::text, 'total', app.decimal_amount(app.line_total(l.quantity, l.unit_price, l.discount_percent), (d.currency)::text)) AS item
   FROM ((deal_line l
     JOIN deal d ON (((d.tenant_id = l.tenant_id) AND (d.id = l.deal_id))))
     LEFT JOIN product p ON (((p.tenant_id = l.tenant_id) AND (p.id = l.product_id))));
grant select on table deal_line_item to holdfast_app;
grant select on table deal_line_item to holdfast_system;

create view deal_product with (security_invoker=true) as
 SELECT d.tenant_id,
    COALESCE(s.id, d.id) AS id,
    d.id AS deal_id,
    s.product_id,
    d.currency,
    d.version,
    d.created_at,
    d.updated_at,
        CASE
            WHEN (s.deal_id IS NULL) THEN d.amount
            ELSE s.amount
        END AS amount
   FROM (deal d
     LEFT JOIN deal_share s ON (((s.tenant_id = d.tenant_id) AND (s.deal_id = d.id))))
  WHERE (d.deleted_at IS NULL);
grant select on table deal_product to holdfast_app;
grant select on table deal_product to holdfast_system;

create table deal_score (
  tenant_id uuid not null,
  deal_id uuid not null,
  model_id uuid,
  score integer,
  base integer,
  rule_points integer not null default 0,
  reasons jsonb not null default '[]'::jsonb,
  known jsonb not null,
  scored_at timestamp(3) with time zone not null default now(),
  constraint deal_score_base_check CHECK (((base >= 0) AND (base <= 100))),
  constraint deal_score_known_check CHECK ((jsonb_typeof(known) = 'object'::text)),
  constraint deal_score_pkey PRIMARY KEY (tenant_id, deal_id),
  constraint deal_score_reasons_check CHECK ((jsonb_typeof(reasons) = 'array'::text)),
  constraint deal_score_score_check CHECK (((score >= 0) AND (score <= 100))),
  constraint deal_score_tenant_id_deal_id_fkey FOREIGN KEY (tenant_id, deal_id) REFERENCES deal(tenant_id, id) ON DELETE CASCADE,
  constraint deal_score_tenant_id_model_id_fkey FOREIGN KEY (tenant_id, model_id) REFERENCES score_model(tenant_id, id) ON DELETE SET NULL (model_id)
);
alter table deal_score enable row level security;
alter table deal_score force row level security;
create index deal_score_model ON public.deal_score USING btree (tenant_id, model_id);
create policy append on deal_score for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('deal'::text, 'create'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('deal'::text, 'update'::text) AS some_scope) <> 'none'::text)) AND ((( SELECT app.full_scope('deal'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM deal p WHERE ((p.tenant_id = deal_score.tenant_id) AND (p.id = deal_score.deal_id)))))));
create policy change on deal_score for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('deal'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('deal'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND ((( SELECT app.full_scope('deal'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM deal p WHERE ((p.tenant_id = deal_score.tenant_id) AND (p.id = deal_score.deal_id)))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on deal_score for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('deal'::text, 'read'::text) AS some_scope) <> 'none'::text) AND ((( SELECT app.full_scope('deal'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM deal p WHERE ((p.tenant_id = deal_score.tenant_id) AND (p.id = deal_score.deal_id)))))));
create policy remove on deal_score for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('deal'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('deal'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND ((( SELECT app.full_scope('deal'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM deal p WHERE ((p.tenant_id = deal_score.tenant_id) AND (p.id = deal_score.deal_id)))))));
create policy system on deal_score for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table deal_score to holdfast_app;
grant delete, insert, select, update on table deal_score to holdfast_system;

create table deal_share (
  tenant_id uuid not null,
  deal_id uuid not null,
  product_id uuid not null,
  id uuid not null,
  amount bigint,
  constraint deal_share_pkey PRIMARY KEY (tenant_id, deal_id, product_id),
  constraint deal_share_tenant_id_deal_id_fkey FOREIGN KEY (tenant_id, deal_id) REFERENCES deal(tenant_id, id) ON DELETE CASCADE,
  constraint deal_share_tenant_id_product_id_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES product(tenant_id, id) ON DELETE CASCADE
);
alter table deal_share enable row level security;
alter table deal_share force row level security;
create index deal_share_product ON public.deal_share USING btree (tenant_id, product_id);
create policy read on deal_share for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('deal'::text, 'read'::text) AS some_scope) <> 'none'::text) AND ((( SELECT app.full_scope('deal'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM deal p WHERE ((p.tenant_id = deal_share.tenant_id) AND (p.id = deal_share.deal_id)))))));
create policy system on deal_share for all to holdfast_system
    using (true)
    with check (true);
grant select on table deal_share to holdfast_app;
grant delete, insert, select, update on table deal_share to holdfast_system;

create table deal_stage_visit (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  deal_id uuid not null,
  stage_id uuid not null,
  entered_at timestamp(3) with time zone not null default now(),
  constraint deal_stage_visit_pkey PRIMARY KEY (tenant_id, id),
  constraint deal_stage_visit_tenant_id_deal_id_fkey FOREIGN KEY (tenant_id, deal_id) REFERENCES deal(tenant_id, id) ON DELETE CASCADE
);
alter table deal_stage_visit enable row level security;
alter table deal_stage_visit force row level security;
create index deal_stage_visit_deal ON public.deal_stage_visit USING btree (tenant_id, deal_id, stage_id);
create index deal_stage_visit_stage ON public.deal_stage_visit USING btree (tenant_id, stage_id, entered_at, deal_id);
create policy read on deal_stage_visit for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('deal'::text, 'read'::text) AS some_scope) <> 'none'::text) AND ((( SELECT app.full_scope('deal'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (EXISTS ( SELECT FROM deal p WHERE ((p.tenant_id = deal_stage_visit.tenant_id) AND (p.id = deal_stage_visit.deal_id)))))));
create policy system on deal_stage_visit for all to holdfast_system
    using (true)
    with check (true);
grant select on table deal_stage_visit to holdfast_app;
grant delete, insert, select, update on table deal_stage_visit to holdfast_system;

create table deleted_favourite (
  tenant_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  resource text not null,
  record_id uuid not null,
  "position" integer not null,
  created_at timestamp(3) with time zone not null,
  deleted_at timestamp(3) with time zone not null default now(),
  constraint deleted_favourite_pkey PRIMARY KEY (tenant_id, id),
  constraint deleted_favourite_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint deleted_favourite_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
);
alter table deleted_favourite enable row level security;
alter table deleted_favourite force row level security;
create index deleted_favourite_record ON public.deleted_favourite USING btree (tenant_id, record_id);
create index deleted_favourite_user ON public.deleted_favourite USING btree (tenant_id, user_id);
create policy own on deleted_favourite for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR ( SELECT app.is_system() AS is_system))));
create policy system on deleted_favourite for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table deleted_favourite to holdfast_app;
grant delete, insert, select, update on table deleted_favourite to holdfast_system;

create table deleted_stage (
  tenant_id uuid not null,
  id uuid not null,
  pipeline_id uuid not null,
  kind text not null,
  "position" integer not null,
  constraint deleted_stage_kind_check CHECK ((kind = ANY (ARRAY['open'::text, 'won'::text, 'lost'::text]))),
  constraint deleted_stage_pkey PRIMARY KEY (tenant_id, id),
  constraint deleted_stage_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
alter table deleted_stage enable row level security;
alter table deleted_stage force row level security;
create policy change on deleted_stage for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('pipeline'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('pipeline'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on deleted_stage for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('pipeline'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy system on deleted_stage for all to holdfast_system
    using (true)
    with check (true);
grant select, update on table deleted_stage to holdfast_app;
grant delete, insert, select, update on table deleted_stage to holdfast_system;

create table document (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  contact_id uuid,
  legal_entity_id uuid,
  account_id uuid,
  type text not null default 'other'::text,
  name text collate "und-x-icu" not null,
  dated_on date not null default CURRENT_DATE,
  storage_path bytea,
  file_id uuid,
  file_name text,
  content_type text,
  size_bytes integer,
  sha256 text,
  number integer not null default 0,
  written_at timestamp(3) with time zone,
  kept_until date,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  deleted_at timestamp(3) with time zone,
  constraint document_content_type_check CHECK (((length(content_type) >= 1) AND (length(content_type) <= 255))),
  constraint document_file_name_check CHECK (((length(file_name) >= 1) AND (length(file_name) <= 255))),
  constraint document_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint document_number_check CHECK ((number >= 0)),
  constraint document_pkey PRIMARY KEY (tenant_id, id),
  constraint document_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint document_size_bytes_check CHECK ((size_bytes >= 0)),
  constraint document_storage_path_check CHECK (((octet_length(storage_path) >= 62) AND (octet_length(storage_path) <= 4061))),
  constraint document_tenant_id_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES financial_account(tenant_id, id),
  constraint document_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES contact(tenant_id, id) ON DELETE SET NULL (contact_id),
  constraint document_tenant_id_file_id_fkey FOREIGN KEY (tenant_id, file_id) REFERENCES file(tenant_id, id),
  constraint document_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint document_tenant_id_household_id_fkey FOREIGN KEY (tenant_id, household_id) REFERENCES household(tenant_id, id),
  constraint document_tenant_id_legal_entity_id_fkey FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity(tenant_id, id) ON DELETE SET NULL (legal_entity_id),
  constraint document_type_check CHECK ((type = ANY (ARRAY['statement'::text, 'confirmation'::text, 'agreement'::text, 'identity'::text, 'tax'::text, 'trust_deed'::text, 'will'::text, 'power_of_attorney'::text, 'other'::text])))
);
alter table document enable row level security;
alter table document force row level security;
create index document_account ON public.document USING btree (tenant_id, account_id) WHERE (account_id IS NOT NULL);
create index document_contact ON public.document USING btree (tenant_id, contact_id) WHERE (contact_id IS NOT NULL);
create index document_entity ON public.document USING btree (tenant_id, legal_entity_id) WHERE (legal_entity_id IS NOT NULL);
create index document_file ON public.document USING btree (tenant_id, file_id) WHERE (file_id IS NOT NULL);
create index document_household ON public.document USING btree (tenant_id, household_id, dated_on, id);
create index document_trash ON public.document USING btree (tenant_id, deleted_at, id) WHERE (deleted_at IS NOT NULL);
create policy append on document for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'document'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('document'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy change on document for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'document'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('document'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])) OR ((( SELECT app.full_scope('household'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'delete'::text, 'document'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('document'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on document for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'read'::text, 'document'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('document'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy remove on document for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'delete'::text, 'document'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('document'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy system on document for all to holdfast_system
    using (true)
    with check (true);
create trigger a_keep_file BEFORE INSERT OR UPDATE ON public.document
    FOR EACH ROW
    EXECUTE FUNCTION app.keep_document_file();
create trigger add_version_insert AFTER INSERT ON public.document
    FOR EACH ROW WHEN ((new.file_id IS NOT NULL))
    EXECUTE FUNCTION app.add_document_version();
create trigger add_version_update AFTER UPDATE ON public.document
    FOR EACH ROW WHEN ((new.number <> old.number))
    EXECUTE FUNCTION app.add_document_version();
create trigger audit_delete AFTER DELETE ON public.document REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('document', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.document REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('document', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.document REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('document', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger keep_delete BEFORE DELETE ON public.document
    FOR EACH ROW
    EXECUTE FUNCTION app.keep_document();
create trigger keep_trash BEFORE UPDATE OF deleted_at ON public.document
    FOR EACH ROW WHEN (((old.deleted_at IS NULL) AND (new.deleted_at IS NOT NULL)))
    EXECUTE FUNCTION app.keep_document();
create trigger touch BEFORE UPDATE ON public.document
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table document to holdfast_app;
grant delete, insert, select, update on table document to holdfast_system;

create table document_version (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  document_id uuid not null,
  number integer not null,
  file_id uuid not null,
  name text not null,
  content_type text not null,
  size_bytes integer not null,
  sha256 text not null,
  written_at timestamp(3) with time zone not null default now(),
  author_id uuid,
  constraint document_version_content_type_check CHECK (((length(content_type) >= 1) AND (length(content_type) <= 255))),
  constraint document_version_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
  constraint document_version_number_check CHECK ((number > 0)),
  constraint document_version_pkey PRIMARY KEY (tenant_id, id),
  constraint document_version_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint document_version_size_bytes_check CHECK ((size_bytes >= 0)),
  constraint document_version_tenant_id_author_id_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (author_id),
  constraint document_version_tenant_id_document_id_fkey FOREIGN KEY (tenant_id, document_id) REFERENCES document(tenant_id, id) ON DELETE CASCADE,
  constraint document_version_tenant_id_file_id_fkey FOREIGN KEY (tenant_id, file_id) REFERENCES file(tenant_id, id),
  constraint document_version_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
alter table document_version enable row level security;
alter table document_version force row level security;
create index document_version_file ON public.document_version USING btree (tenant_id, file_id);
create unique index document_version_number ON public.document_version USING btree (tenant_id, document_id, number);
create policy read on document_version for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM document p WHERE ((p.tenant_id = document_version.tenant_id) AND (p.id = document_version.document_id))))));
create policy system on document_version for all to holdfast_system
    using (true)
    with check (true);
create trigger append_only BEFORE DELETE OR UPDATE ON public.document_version
    FOR EACH ROW
    EXECUTE FUNCTION app.refuse_version_change();
create trigger append_only_truncate BEFORE TRUNCATE ON public.document_version
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.refuse_version_change();
create trigger drop_attached_file AFTER DELETE ON public.document_version
    FOR EACH ROW
    EXECUTE FUNCTION app.drop_attached_file();
grant select on table document_version to holdfast_app;
grant delete, insert, select on table document_version to holdfast_system;

create table duplicate_rules (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  resource text not null,
  rules jsonb not null,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint duplicate_rules_pkey PRIMARY KEY (tenant_id, id),
  constraint duplicate_rules_resource_check CHECK ((length(resource) <= 60)),
  constraint duplicate_rules_rules_check CHECK ((jsonb_typeof(rules) = 'array'::text)),
  constraint duplicate_rules_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint duplicate_rules_tenant_id_resource_key UNIQUE (tenant_id, resource)
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table duplicate_rules enable row level security;
alter table duplicate_rules force row level security;
create policy append on duplicate_rules for insert to holdfast_app
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy change on duplicate_rules for update to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on duplicate_rules for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy remove on duplicate_rules for delete to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on duplicate_rules for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.duplicate_rules REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('duplicate_rules', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_insert AFTER INSERT ON public.duplicate_rules REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('duplicate_rules', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_update AFTER UPDATE ON public.duplicate_rules REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('duplicate_rules', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger touch BEFORE UPDATE ON public.duplicate_rules
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table duplicate_rules to holdfast_app;
grant delete, insert, select, update on table duplicate_rules to holdfast_system;

create table duplicate_suspect (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  resource text not null,
  one_id uuid not null,
  other_id uuid not null,
  score real not null,
  reasons text[] not null,
  dismissed_at timestamp(3) with time zone,
  found_at timestamp(3) with time zone not null default now(),
  constraint duplicate_suspect_check CHECK ((one_id < other_id)),
  constraint duplicate_suspect_pkey PRIMARY KEY (tenant_id, id),
  constraint duplicate_suspect_reasons_check CHECK ((cardinality(reasons) > 0)),
  constraint duplicate_suspect_resource_check CHECK ((length(resource) <= 60)),
  constraint duplicate_suspect_score_check CHECK (((score >= (0)::double precision) AND (score <= (1)::double precision))),
  constraint duplicate_suspect_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint duplicate_suspect_tenant_id_resource_one_id_other_id_key UNIQUE (tenant_id, resource, one_id, other_id)
);
alter table duplicate_suspect enable row level security;
alter table duplicate_suspect force row level security;
create index duplicate_suspect_open ON public.duplicate_suspect USING btree (tenant_id, resource, score DESC, id) WHERE (dismissed_at IS NULL);
create policy append on duplicate_suspect for insert to holdfast_app
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy change on duplicate_suspect for update to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on duplicate_suspect for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy remove on duplicate_suspect for delete to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on duplicate_suspect for all to holdfast_system
    using (true)
    with check (true);
create trigger notice AFTER INSERT ON public.duplicate_suspect REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.leave_duplicates_notice();
grant delete, insert, select, update on table duplicate_suspect to holdfast_app;
grant delete, insert, select, update on table duplicate_suspect to holdfast_system;

create table error_occurrence (
  report_id uuid not null,
  line_id uuid not null,
  at timestamp(3) with time zone not null,
  workspace_id uuid,
  person_id uuid,
  route text,
  request_id text,
  trace_id text,
  process text not null,
  version text not null,
  message text not null,
  stack text,
  constraint error_occurrence_message_check CHECK ((length(message) <= 2000)),
  constraint error_occurrence_pkey PRIMARY KEY (report_id, line_id),
  constraint error_occurrence_process_check CHECK ((length(process) <= 100)),
  constraint error_occurrence_report_id_fkey FOREIGN KEY (report_id) REFERENCES error_report(id) ON DELETE CASCADE,
  constraint error_occurrence_request_id_check CHECK ((length(request_id) <= 100)),
  constraint error_occurrence_route_check CHECK ((length(route) <= 200)),
  constraint error_occurrence_stack_check CHECK ((length(stack) <= 8000)),
  constraint error_occurrence_trace_id_check CHECK ((length(trace_id) <= 32)),
  constraint error_occurrence_version_check CHECK ((length(version) <= 100))
);
alter table error_occurrence enable row level security;
alter table error_occurrence force row level security;
create policy operators on error_occurrence for select to holdfast_app
    using (( SELECT app.is_operator() AS is_operator));
create policy system on error_occurrence for all to holdfast_system
    using (true)
    with check (true);
grant select on table error_occurrence to holdfast_app;
grant delete, insert, select, update on table error_occurrence to holdfast_system;

create table error_report (
  id uuid not null default app.uuid_v7(),
  fingerprint text not null,
  kind text not null,
  message text not null,
  location text,
  route text,
  state text not null default 'open'::text,
  occurrences bigint not null,
  first_seen_at timestamp(3) with time zone not null,
  last_seen_at timestamp(3) with time zone not null,
  first_version text not null,
  last_version text not null,
  regressed_at timestamp(3) with time zone,
  changed_at timestamp(3) with time zone,
  changed_by text,
  constraint error_report_changed_by_check CHECK ((length(changed_by) <= 500)),
  constraint error_report_check CHECK (((changed_at IS NULL) = (changed_by IS NULL))),
  constraint error_report_fingerprint_check CHECK ((length(fingerprint) = 64)),
  constraint error_report_fingerprint_key UNIQUE (fingerprint),
  constraint error_report_first_version_check CHECK ((length(first_version) <= 100)),
  constraint error_report_kind_check CHECK (((length(kind) >= 1) AND (length(kind) <= 200))),
  constraint error_report_last_version_check CHECK ((length(last_version) <= 100)),
  constraint error_report_location_check CHECK ((length(location) <= 300)),
  constraint error_report_message_check CHECK ((length(message) <= 1000)),
  constraint error_report_occurrences_check CHECK ((occurrences > 0)),
  constraint error_report_pkey PRIMARY KEY (id),
  constraint error_report_route_check CHECK ((length(route) <= 200)),
  constraint error_report_state_check CHECK ((state = ANY (ARRAY['open'::text, 'resolved'::text, 'ignored'::text])))
);
alter table error_report enable row level security;
alter table error_report force row level security;
create index error_report_seen ON public.error_report USING btree (state, last_seen_at DESC);
create policy operators on error_report for all to holdfast_app
    using (( SELECT app.is_operator() AS is_operator))
    with check (( SELECT app.is_operator() AS is_operator));
create policy system on error_report for all to holdfast_system
    using (true)
    with check (true);
grant select, update on table error_report to holdfast_app;
grant delete, insert, select, update on table error_report to holdfast_system;

create table examiner_export (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  reason text not null,
  sealed text not null default 'masked'::text,
  state text not null default 'waiting'::text,
  rights jsonb not null default '{}'::jsonb,
  file_id uuid,
  size_bytes double precision,
  sha256 text,
  error text,
  created_by uuid,
  finished_at timestamp(3) with time zone,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint examiner_export_error_check CHECK ((length(error) <= 4000)),
  constraint examiner_export_pkey PRIMARY KEY (tenant_id, id),
  constraint examiner_export_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
  constraint examiner_export_sealed_check CHECK ((sealed = ANY (ARRAY['masked'::text, 'revealed'::text]))),
  constraint examiner_export_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint examiner_export_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text]))),
  constraint examiner_export_tenant_id_created_by_fkey FOREIGN KEY (tenant_id, created_by) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (created_by),
  constraint examiner_export_tenant_id_file_id_fkey FOREIGN KEY (tenant_id, file_id) REFERENCES file(tenant_id, id) ON DELETE SET NULL (file_id),
  constraint examiner_export_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint examiner_export_tenant_id_household_id_fkey FOREIGN KEY (tenant_id, household_id) REFERENCES household(tenant_id, id) ON DELETE CASCADE
);
alter table examiner_export enable row level security;
alter table examiner_export force row level security;
create index examiner_export_file ON public.examiner_export USING btree (tenant_id, file_id) WHERE (file_id IS NOT NULL);
create index examiner_export_household ON public.examiner_export USING btree (tenant_id, household_id, created_at, id);
create index examiner_export_maker ON public.examiner_export USING btree (tenant_id, created_by);
create policy append on examiner_export for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('examiner_export'::text, 'create'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('examiner_export'::text, 'create'::text) AS scope_owners)::uuid[])))));
create policy change on examiner_export for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('examiner_export'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('examiner_export'::text, 'update'::text) AS scope_owners)::uuid[])) OR ((( SELECT app.full_scope('examiner_export'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('examiner_export'::text, 'delete'::text) AS scope_owners)::uuid[]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on examiner_export for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('examiner_export'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('examiner_export'::text, 'read'::text) AS scope_owners)::uuid[])))));
create policy remove on examiner_export for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('examiner_export'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('examiner_export'::text, 'delete'::text) AS scope_owners)::uuid[])))));
create policy system on examiner_export for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.examiner_export REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('examiner_export', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.examiner_export REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('examiner_export', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.examiner_export REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('examiner_export', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.examiner_export
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table examiner_export to holdfast_app;
grant delete, insert, select, update on table examiner_export to holdfast_system;

create table exchange_rate (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  currency character(3) not null,
  in_currency character(3) not null,
  day date not null,
  rate numeric(18,10) not null,
  source text,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint exchange_rate_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint exchange_rate_in_currency_check CHECK ((in_currency ~ '^[A-Z]{3}$'::text)),
  constraint exchange_rate_in_currency_check1 CHECK ((currency <> in_currency)),
  constraint exchange_rate_pkey PRIMARY KEY (tenant_id, id),
  constraint exchange_rate_rate_check CHECK ((rate > (0)::numeric)),
  constraint exchange_rate_source_check CHECK (((length(source) >= 1) AND (length(source) <= 100))),
  constraint exchange_rate_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
alter table exchange_rate enable row level security;
alter table exchange_rate force row level security;
create unique index exchange_rate_day ON public.exchange_rate USING btree (tenant_id, currency, in_currency, day) INCLUDE (rate);
create policy append on exchange_rate for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('financial_security'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on exchange_rate for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('financial_security'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('financial_security'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on exchange_rate for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('financial_security'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on exchange_rate for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('financial_security'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on exchange_rate for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.exchange_rate REFERENCING OLD TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('exchange_rate');
create trigger audit_insert AFTER INSERT ON public.exchange_rate REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('exchange_rate');
create trigger audit_update AFTER UPDATE ON public.exchange_rate REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('exchange_rate');
create trigger touch BEFORE UPDATE ON public.exchange_rate
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table exchange_rate to holdfast_app;
grant delete, insert, select, update on table exchange_rate to holdfast_system;

create table export (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  resource text not null,
  filter text,
  sort text,
  columns text[],
  state text not null default 'waiting'::text,
  rights jsonb not null default '{}'::jsonb,
  row_count integer,
  file_id uuid,
  error text,
  created_by uuid,
  finished_at timestamp(3) with time zone,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  format text not null default 'csv'::text,
  reason text,
  constraint export_filter_check CHECK ((length(filter) <= 20000)),
  constraint export_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'xlsx'::text, 'vcf'::text]))),
  constraint export_pkey PRIMARY KEY (tenant_id, id),
  constraint export_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500))) NOT VALID,
  constraint export_resource_check CHECK ((length(resource) <= 60)),
  constraint export_sort_check CHECK ((length(sort) <= 200)),
  constraint export_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text]))),
  constraint export_tenant_id_created_by_fkey FOREIGN KEY (tenant_id, created_by) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (created_by),
  constraint export_tenant_id_file_id_fkey FOREIGN KEY (tenant_id, file_id) REFERENCES file(tenant_id, id) ON DELETE SET NULL (file_id),
  constraint export_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table export enable row level security;
alter table export force row level security;
create index export_created ON public.export USING btree (tenant_id, created_at, id);
create policy append on export for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('export'::text, 'create'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('export'::text, 'create'::text) AS scope_owners)::uuid[])))));
create policy change on export for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('export'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('export'::text, 'update'::text) AS scope_owners)::uuid[])) OR ((( SELECT app.full_scope('export'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('export'::text, 'delete'::text) AS scope_owners)::uuid[]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on export for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('export'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('export'::text, 'read'::text) AS scope_owners)::uuid[]))) AND ((created_by = ( SELECT app.user_id() AS user_id)) OR (NOT app.names_hidden(concat(filter, ' ', sort, ' ', (columns)::text))))));
create policy remove on export for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('export'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('export'::text, 'delete'::text) AS scope_owners)::uuid[])))));
create policy system on export for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.export REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('export', '{rights,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.export REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('export', '{rights,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.export REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('export', '{rights,tenant_id,version,updated_at}', '{}');
create trigger notice AFTER UPDATE OF state ON public.export
    FOR EACH ROW WHEN (((new.state = ANY (ARRAY['done'::text, 'failed'::text, 'reverted'::text])) AND (old.state = ANY (ARRAY['waiting'::text, 'running'::text, 'reverting'::text]))))
    EXECUTE FUNCTION app.leave_finish_notice();
create trigger touch BEFORE UPDATE ON public.export
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table export to holdfast_app;
grant delete, insert, select, update on table export to holdfast_system;

create table external_identity (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  provider_id uuid not null,
  subject text not null,
  user_id uuid not null,
  created_at timestamp(3) with time zone not null default now(),
  constraint external_identity_pkey PRIMARY KEY (tenant_id, id),
  constraint external_identity_subject_check CHECK ((length(subject) <= 255)),
  constraint external_identity_tenant_id_provider_id_fkey FOREIGN KEY (tenant_id, provider_id) REFERENCES sign_in_provider(tenant_id, id) ON DELETE CASCADE,
  constraint external_identity_tenant_id_provider_id_subject_key UNIQUE (tenant_id, provider_id, subject),
  constraint external_identity_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table external_identity enable row level security;
alter table external_identity force row level security;
create index external_identity_user ON public.external_identity USING btree (tenant_id, user_id);
create policy personal on external_identity for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR (( SELECT app.some_scope('user'::text, 'update'::text) AS some_scope) <> 'none'::text))));
create policy system on external_identity for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.external_identity REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('external_identity', '{tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.external_identity REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('external_identity', '{tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.external_identity REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('external_identity', '{tenant_id,version,updated_at}', '{}');
grant delete, insert, select, update on table external_identity to holdfast_app;
grant delete, insert, select, update on table external_identity to holdfast_system;

create table favourite (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  resource text not null,
  record_id uuid not null,
  "position" integer not null,
  created_at timestamp(3) with time zone not null default now(),
  constraint favourite_pkey PRIMARY KEY (tenant_id, id),
  constraint favourite_resource_check CHECK (((length(resource) >= 1) AND (length(resource) <= 60))),
  constraint favourite_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint favourite_tenant_id_record_id_user_id_key UNIQUE (tenant_id, record_id, user_id),
  constraint favourite_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table favourite enable row level security;
alter table favourite force row level security;
create index favourite_user ON public.favourite USING btree (tenant_id, user_id);
create policy own on favourite for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR ( SELECT app.is_system() AS is_system))));
create policy system on favourite for all to holdfast_system
    using (true)
    with check (true);
create trigger hold_favourite BEFORE INSERT ON public.favourite
    FOR EACH ROW
    EXECUTE FUNCTION app.hold_favourite();
grant delete, insert, select, update on table favourite to holdfast_app;
grant delete, insert, select, update on table favourite to holdfast_system;

create table feed_consumer (
  name text not null,
  version integer not null,
  events text[] not null,
  imports boolean not null,
  constraint feed_consumer_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60))),
  constraint feed_consumer_pkey PRIMARY KEY (name),
  constraint feed_consumer_version_check CHECK ((version > 0))
);
alter table feed_consumer enable row level security;
alter table feed_consumer force row level security;
create policy system on feed_consumer for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table feed_consumer to holdfast_system;

create table feed_cursor (
  tenant_id uuid not null,
  consumer text not null,
  xid xid8 not null default '0'::xid8,
  seq bigint not null default 0,
  at timestamp(3) with time zone,
  served_at timestamp with time zone,
  not_before timestamp with time zone,
  failures integer not null default 0,
  error text,
  alone_xid xid8,
  alone_seq bigint,
  constraint feed_cursor_pkey PRIMARY KEY (tenant_id, consumer)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000);
alter table feed_cursor enable row level security;
alter table feed_cursor force row level security;
create policy read on feed_cursor for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on feed_cursor for all to holdfast_system
    using (true)
    with check (true);
grant select on table feed_cursor to holdfast_app;
grant delete, insert, select, update on table feed_cursor to holdfast_system;

create table feed_mark (
  tenant_id uuid not null,
  consumer text not null,
  from_xid xid8 not null,
  from_seq bigint not null,
  until_xid xid8 not null,
  until_seq bigint not null,
  since timestamp(3) with time zone not null,
  constraint feed_mark_pkey PRIMARY KEY (tenant_id, consumer)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=1000);
alter table feed_mark enable row level security;
alter table feed_mark force row level security;
create policy read on feed_mark for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on feed_mark for all to holdfast_system
    using (true)
    with check (true);
grant select on table feed_mark to holdfast_app;
grant delete, insert, select, update on table feed_mark to holdfast_system;

create table feed_router (
  single boolean not null default true,
  xid xid8 not null default '0'::xid8,
  seq bigint not null default '9223372036854775807'::bigint,
  seq_max bigint not null default 0,
  restored_at timestamp(3) with time zone,
  seq_floor bigint not null default 0,
  constraint feed_router_pkey PRIMARY KEY (single),
  constraint feed_router_single_check CHECK (single)
);
alter table feed_router enable row level security;
alter table feed_router force row level security;
create policy system on feed_router for all to holdfast_system
    using (true)
    with check (true);
grant insert, select, update on table feed_router to holdfast_system;

create table feed_set_aside (
  tenant_id uuid not null,
  consumer text not null,
  seq bigint not null,
  xid xid8 not null,
  at timestamp(3) with time zone not null,
  error text not null,
  set_aside_at timestamp(3) with time zone not null default clock_timestamp(),
  again boolean not null default false,
  constraint feed_set_aside_pkey PRIMARY KEY (tenant_id, consumer, seq)
);
alter table feed_set_aside enable row level security;
alter table feed_set_aside force row level security;
create index feed_set_aside_again ON public.feed_set_aside USING btree (tenant_id, consumer) WHERE again;
create policy read on feed_set_aside for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on feed_set_aside for all to holdfast_system
    using (true)
    with check (true);
grant select on table feed_set_aside to holdfast_app;
grant delete, insert, select, update on table feed_set_aside to holdfast_system;

create table file (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  kind text not null,
  name text not null,
  content_type text not null,
  size_bytes bigint not null,
  sha256 bytea not null,
  storage_key text not null,
  storage_class text not null default 'hot'::text,
  created_by uuid,
  expires_at timestamp(3) with time zone,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint file_kind_check CHECK ((kind = ANY (ARRAY['upload'::text, 'export'::text, 'temp'::text, 'mail'::text]))) NOT VALID,
  constraint file_name_check CHECK (((length(name) >= 1) AND (length(name) <= 255))),
  constraint file_pkey PRIMARY KEY (tenant_id, id),
  constraint file_size_bytes_check CHECK ((size_bytes >= 0)),
  constraint file_storage_class_check CHECK ((storage_class = ANY (ARRAY['hot'::text, 'warm'::text, 'cold'::text]))),
  constraint file_storage_key_key UNIQUE (storage_key),
  constraint file_tenant_id_created_by_fkey FOREIGN KEY (tenant_id, created_by) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (created_by),
  constraint file_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table file enable row level security;
alter table file force row level security;
create index file_created ON public.file USING btree (created_at);
create index file_expires ON public.file USING btree (expires_at) WHERE (expires_at IS NOT NULL);
create policy append on file for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('file'::text, 'create'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('file'::text, 'create'::text) AS scope_owners)::uuid[])))));
create policy change on file for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('file'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('file'::text, 'update'::text) AS scope_owners)::uuid[])) OR ((( SELECT app.full_scope('file'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('file'::text, 'delete'::text) AS scope_owners)::uuid[]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on file for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('file'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('file'::text, 'read'::text) AS scope_owners)::uuid[])))));
create policy remove on file for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('file'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('file'::text, 'delete'::text) AS scope_owners)::uuid[])))));
create policy system on file for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.file REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('file', '{storage_key,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.file REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('file', '{storage_key,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.file REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('file', '{storage_key,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.file
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table file to holdfast_app;
grant delete, insert, select, update on table file to holdfast_system;

create table file_read (
  storage_key text not null,
  read_at timestamp(3) with time zone not null,
  constraint file_read_pkey PRIMARY KEY (storage_key),
  constraint file_read_storage_key_check CHECK (((length(storage_key) >= 1) AND (length(storage_key) <= 200)))
);
alter table file_read enable row level security;
alter table file_read force row level security;
create policy system on file_read for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table file_read to holdfast_system;

create table financial_account (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  external_id text,
  name text collate "und-x-icu" not null,
  household_id uuid not null,
  custodian_id uuid,
  account_number bytea,
  account_number_index bytea generated always as (SUBSTRING(account_number FROM 30 FOR 16)) stored,
  registration text not null default 'individual'::text,
  kind text not null default 'managed'::text,
  currency character(3) not null default 'USD'::bpchar,
  benchmark_id uuid,
  opened_on date,
  closed_on date,
  custom jsonb not null default '{}'::jsonb,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  deleted_at timestamp(3) with time zone,
  search_text text generated always as (app.searchable(name)) stored,
  constraint financial_account_account_number_check CHECK (((octet_length(account_number) >= 62) AND (octet_length(account_number) <= 221))),
  constraint financial_account_check CHECK ((closed_on >= opened_on)),
  constraint financial_account_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint financial_account_custom_check CHECK ((jsonb_typeof(custom) = 'object'::text)),
  constraint financial_account_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
  constraint financial_account_kind_check CHECK ((kind = ANY (ARRAY['managed'::text, 'held_away'::text, 'liability'::text]))),
  constraint financial_account_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint financial_account_pkey PRIMARY KEY (tenant_id, id) INCLUDE (household_id, name),
  constraint financial_account_registration_check CHECK ((registration = ANY (ARRAY['individual'::text, 'joint_survivorship'::text, 'joint_common'::text, 'community_property'::text, 'by_entirety'::text, 'trust'::text, 'entity'::text, 'traditional_ira'::text, 'roth_ira'::text, 'sep_ira'::text, 'inherited_ira'::text, 'employer_plan'::text, 'custodial'::text, 'education'::text, 'estate'::text, 'other'::text]))),
  constraint financial_account_tenant_id_benchmark_id_fkey FOREIGN KEY (tenant_id, benchmark_id) REFERENCES financial_security(tenant_id, id) ON DELETE SET NULL (benchmark_id),
  constraint financial_account_tenant_id_custodian_id_fkey FOREIGN KEY (tenant_id, custodian_id) REFERENCES custodian(tenant_id, id),
  constraint financial_account_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint financial_account_tenant_id_household_id_fkey FOREIGN KEY (tenant_id, household_id) REFERENCES household(tenant_id, id) ON DELETE CASCADE
);
alter table financial_account enable row level security;
alter table financial_account force row level security;
create index financial_account_benchmark ON public.financial_account USING btree (tenant_id, benchmark_id) WHERE (benchmark_id IS NOT NULL);
create index financial_account_changed ON public.financial_account USING btree (tenant_id, updated_at, id);
create index financial_account_custodian ON public.financial_account USING btree (tenant_id, custodian_id) WHERE (custodian_id IS NOT NULL);
create unique index financial_account_external_id ON public.financial_account USING btree (tenant_id, external_id) WHERE (external_id IS NOT NULL);
create index financial_account_folded ON public.financial_account USING btree (tenant_id, "left"(search_text, 40) text_pattern_ops, household_id);
create index financial_account_household ON public.financial_account USING btree (tenant_id, household_id, name, id);
create index financial_account_import ON public.financial_account USING btree (tenant_id, import_id) WHERE (import_id IS NOT NULL);
create index financial_account_name ON public.financial_account USING btree (tenant_id, name, id);
create index financial_account_number ON public.financial_account USING btree (tenant_id, account_number_index) WHERE (account_number_index IS NOT NULL);
create index financial_account_search ON public.financial_account USING gin (((tenant_id)::text), household_id, search_text gin_trgm_ops);
create index financial_account_trash ON public.financial_account USING btree (tenant_id, deleted_at, id) WHERE (deleted_at IS NOT NULL);
create policy append on financial_account for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy change on financial_account for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])) OR ((( SELECT app.full_scope('household'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'delete'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on financial_account for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'read'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy remove on financial_account for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'delete'::text, 'financial_account'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('financial_account'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy system on financial_account for all to holdfast_system
    using (true)
    with check (true);
create constraint trigger account_shares AFTER UPDATE OF registration ON public.financial_account DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION app.check_account_shares();
create trigger audit_delete AFTER DELETE ON public.financial_account REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('financial_account', '{search_text,tenant_id,version,updated_at,account_number_index}', '{}');
create trigger audit_insert AFTER INSERT ON public.financial_account REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('financial_account', '{search_text,tenant_id,version,updated_at,account_number_index}', '{}');
create trigger audit_update AFTER UPDATE ON public.financial_account REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('financial_account', '{search_text,tenant_id,version,updated_at,account_number_index}', '{}');
create trigger custom_values_delete AFTER DELETE ON public.financial_account REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.drop_custom_values('financial_account');
create trigger custom_values_insert AFTER INSERT ON public.financial_account REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('financial_account');
create trigger custom_values_update AFTER UPDATE ON public.financial_account REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('financial_account');
create trigger forget_favourites AFTER DELETE ON public.financial_account REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.forget_favourites();
create trigger forget_subjects AFTER DELETE ON public.financial_account REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.forget_subjects();
create trigger keep_documents AFTER UPDATE OF closed_on ON public.financial_account
    FOR EACH ROW WHEN ((old.closed_on IS DISTINCT FROM new.closed_on))
    EXECUTE FUNCTION app.keep_documents_of_account();
create trigger keep_with_papers BEFORE UPDATE OF deleted_at ON public.financial_account
    FOR EACH ROW WHEN (((old.deleted_at IS NULL) AND (new.deleted_at IS NOT NULL)))
    EXECUTE FUNCTION app.keep_with_papers();
create trigger keep_with_transactions BEFORE UPDATE OF deleted_at ON public.financial_account
    FOR EACH ROW WHEN (((old.deleted_at IS NULL) AND (new.deleted_at IS NOT NULL)))
    EXECUTE FUNCTION app.keep_with_transactions();
create trigger touch BEFORE UPDATE ON public.financial_account
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table financial_account to holdfast_app;
grant delete, insert, select, update on table financial_account to holdfast_system;

create table financial_security (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  external_id text,
  name text collate "und-x-icu" not null,
  asset_class text not null default 'other'::text,
  ticker text,
  isin text,
  cusip text,
  sedol text,
  figi text,
  currency character(3) not null default 'USD'::bpchar,
  price_units integer not null default 1,
  price_days integer not null default 7,
  custom jsonb not null default '{}'::jsonb,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint financial_security_asset_class_check CHECK ((asset_class = ANY (ARRAY['cash'::text, 'equity'::text, 'fixed_income'::text, 'multi_asset'::text, 'real_estate'::text, 'commodity'::text, 'alternative'::text, 'crypto'::text, 'other'::text]))),
  constraint financial_security_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint financial_security_cusip_check CHECK (app.cusip_fits(cusip)),
  constraint financial_security_custom_check CHECK ((jsonb_typeof(custom) = 'object'::text)),
  constraint financial_security_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
  constraint financial_security_figi_check CHECK (app.figi_fits(figi)),
  constraint financial_security_isin_check CHECK (app.isin_fits(isin)),
  constraint financial_security_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint financial_security_pkey PRIMARY KEY (tenant_id, id),
  constraint financial_security_price_days_check CHECK (((price_days >= 1) AND (price_days <= 400))),
  constraint financial_security_price_units_check CHECK (((price_units >= 1) AND (price_units <= 1000000))),
  constraint financial_security_sedol_check CHECK (app.sedol_fits(sedol)),
  constraint financial_security_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint financial_security_ticker_check CHECK ((ticker ~ '^[0-9A-Z][0-9A-Z./:^=-]{0,19}$'::text))
);
alter table financial_security enable row level security;
alter table financial_security force row level security;
create index financial_security_changed ON public.financial_security USING btree (tenant_id, updated_at, id);
create index financial_security_cusip ON public.financial_security USING btree (tenant_id, cusip) WHERE (cusip IS NOT NULL);
create unique index financial_security_external_id ON public.financial_security USING btree (tenant_id, external_id) WHERE (external_id IS NOT NULL);
create unique index financial_security_figi ON public.financial_security USING btree (tenant_id, figi) WHERE (figi IS NOT NULL);
create index financial_security_import ON public.financial_security USING btree (tenant_id, import_id) WHERE (import_id IS NOT NULL);
create unique index financial_security_isin ON public.financial_security USING btree (tenant_id, isin, currency) WHERE (isin IS NOT NULL);
create index financial_security_name ON public.financial_security USING btree (tenant_id, name, id);
create index financial_security_sedol ON public.financial_security USING btree (tenant_id, sedol) WHERE (sedol IS NOT NULL);
create index financial_security_ticker ON public.financial_security USING btree (tenant_id, ticker) WHERE (ticker IS NOT NULL);
create policy append on financial_security for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('financial_security'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on financial_security for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('financial_security'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('financial_security'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on financial_security for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('financial_security'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on financial_security for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('financial_security'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on financial_security for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.financial_security REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('financial_security', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.financial_security REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('financial_security', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.financial_security REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('financial_security', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger custom_values_delete AFTER DELETE ON public.financial_security REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.drop_custom_values('financial_security');
create trigger custom_values_insert AFTER INSERT ON public.financial_security REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('financial_security');
create trigger custom_values_update AFTER UPDATE ON public.financial_security REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('financial_security');
create trigger forget_favourites AFTER DELETE ON public.financial_security REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deleted_favourites();
create trigger return_favourites AFTER INSERT ON public.financial_security REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deleted_favourites();
create trigger touch BEFORE UPDATE ON public.financial_security
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table financial_security to holdfast_app;
grant delete, insert, select, update on table financial_security to holdfast_system;

create table follower (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  record_id uuid not null,
  muted boolean not null default false,
  created_at timestamp(3) with time zone not null default now(),
  constraint follower_pkey PRIMARY KEY (tenant_id, id),
  constraint follower_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint follower_tenant_id_record_id_fkey FOREIGN KEY (tenant_id, record_id) REFERENCES subject(tenant_id, id) ON DELETE CASCADE,
  constraint follower_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
);
alter table follower enable row level security;
alter table follower force row level security;
create unique index follower_record ON public.follower USING btree (tenant_id, record_id, user_id);
create index follower_user ON public.follower USING btree (tenant_id, user_id);
create policy append on follower for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_subject(record_id))));
create policy change on follower for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR ( SELECT app.is_system() AS is_system))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on follower for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_subject(record_id))));
create policy remove on follower for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR ( SELECT app.is_system() AS is_system))));
create policy system on follower for all to holdfast_system
    using (true)
    with check (true);
create trigger ensure_subject BEFORE INSERT OR UPDATE OF record_id ON public.follower
    FOR EACH ROW
    EXECUTE FUNCTION app.ensure_subject();
grant delete, insert, select, update on table follower to holdfast_app;
grant delete, insert, select, update on table follower to holdfast_system;

create table goal (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  name text collate "und-x-icu" not null,
  target_amount bigint not null,
  currency character(3) not null default 'USD'::bpchar,
  target_on date,
  remark text,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint goal_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint goal_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint goal_pkey PRIMARY KEY (tenant_id, id),
  constraint goal_remark_check CHECK ((length(remark) <= 500)),
  constraint goal_target_amount_check CHECK ((target_amount > 0)),
  constraint goal_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint goal_tenant_id_household_id_fkey FOREIGN KEY (tenant_id, household_id) REFERENCES household(tenant_id, id) ON DELETE CASCADE
);
alter table goal enable row level security;
alter table goal force row level security;
create index goal_household ON public.goal USING btree (tenant_id, household_id, target_on, id);
create policy append on goal for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'goal'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('goal'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy change on goal for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'goal'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('goal'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on goal for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'read'::text, 'goal'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('goal'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy remove on goal for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'goal'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('goal'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy system on goal for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.goal REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('goal', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.goal REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('goal', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.goal REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('goal', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.goal
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table goal to holdfast_app;
grant delete, insert, select, update on table goal to holdfast_system;

create table goal_account (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  goal_id uuid not null,
  account_id uuid not null,
  share_numerator integer not null default 1,
  share_denominator integer not null default 1,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint goal_account_pkey PRIMARY KEY (tenant_id, id),
  constraint goal_account_share_denominator_check CHECK (((share_denominator >= 1) AND (share_denominator <= 1000000000))),
  constraint goal_account_share_numerator_check CHECK (((share_numerator >= 1) AND (share_numerator <= 1000000000))),
  constraint goal_account_share_numerator_check1 CHECK ((share_numerator <= share_denominator)),
  constraint goal_account_tenant_id_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES financial_account(tenant_id, id) ON DELETE CASCADE,
  constraint goal_account_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint goal_account_tenant_id_goal_id_fkey FOREIGN KEY (tenant_id, goal_id) REFERENCES goal(tenant_id, id) ON DELETE CASCADE
);
alter table goal_account enable row level security;
alter table goal_account force row level security;
create index goal_account_account ON public.goal_account USING btree (tenant_id, account_id);
create unique index goal_account_goal_id_account_id ON public.goal_account USING btree (tenant_id, goal_id, account_id);
create policy append on goal_account for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM goal g WHERE ((g.tenant_id = goal_account.tenant_id) AND (g.id = goal_account.goal_id) AND (g.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (g.household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'goal'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (g.household_id = ANY (( SELECT app.groups_of('goal'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))));
create policy change on goal_account for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM goal g WHERE ((g.tenant_id = goal_account.tenant_id) AND (g.id = goal_account.goal_id) AND (g.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (g.household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'goal'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (g.household_id = ANY (( SELECT app.groups_of('goal'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on goal_account for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('household'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (EXISTS ( SELECT FROM goal p WHERE ((p.tenant_id = goal_account.tenant_id) AND (p.id = goal_account.goal_id))))));
create policy remove on goal_account for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (EXISTS ( SELECT FROM goal g WHERE ((g.tenant_id = goal_account.tenant_id) AND (g.id = goal_account.goal_id) AND (g.tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (g.household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'goal'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (g.household_id = ANY (( SELECT app.groups_of('goal'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))));
create policy system on goal_account for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.goal_account REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('goal_account', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.goal_account REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('goal_account', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.goal_account REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('goal_account', '{search_text,tenant_id,version,updated_at}', '{}');
create constraint trigger goal_shares AFTER INSERT OR UPDATE ON public.goal_account DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW
    EXECUTE FUNCTION app.check_goal_shares();
create trigger touch BEFORE UPDATE ON public.goal_account
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table goal_account to holdfast_app;
grant delete, insert, select, update on table goal_account to holdfast_system;

create table household (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  external_id text,
  name text collate "und-x-icu" not null,
  status text not null default 'active'::text,
  tier text,
  review_months integer,
  next_review_on date,
  salutation text,
  street text,
  city text,
  region text,
  postal_code text,
  country text,
  owner_id uuid,
  custom jsonb not null default '{}'::jsonb,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  deleted_at timestamp(3) with time zone,
  search_text text generated always as (app.searchable(((((name || ' '::text) || COALESCE(salutation, ''::text)) || ' '::text) || COALESCE(city, ''::text)))) stored,
  last_review_on date,
  constraint household_city_check CHECK ((length(city) <= 200)),
  constraint household_country_check CHECK ((length(country) <= 100)),
  constraint household_custom_check CHECK ((jsonb_typeof(custom) = 'object'::text)),
  constraint household_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
  constraint household_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint household_pkey PRIMARY KEY (tenant_id, id) INCLUDE (owner_id, name),
  constraint household_postal_code_check CHECK ((length(postal_code) <= 20)),
  constraint household_region_check CHECK ((length(region) <= 200)),
  constraint household_review_months_check CHECK (((review_months >= 1) AND (review_months <= 60))),
  constraint household_salutation_check CHECK ((length(salutation) <= 300)),
  constraint household_status_check CHECK ((status = ANY (ARRAY['active'::text, 'prospect'::text, 'inactive'::text, 'former'::text]))),
  constraint household_street_check CHECK ((length(street) <= 300)),
  constraint household_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint household_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (owner_id),
  constraint household_tier_check CHECK ((tier = ANY (ARRAY['platinum'::text, 'gold'::text, 'silver'::text, 'bronze'::text])))
);
alter table household enable row level security;
alter table household force row level security;
create index household_changed ON public.household USING btree (tenant_id, updated_at, id);
create unique index household_external_id ON public.household USING btree (tenant_id, external_id) WHERE (external_id IS NOT NULL);
create index household_folded ON public.household USING btree (tenant_id, "left"(search_text, 40) text_pattern_ops, owner_id);
create index household_import ON public.household USING btree (tenant_id, import_id) WHERE (import_id IS NOT NULL);
create index household_name ON public.household USING btree (tenant_id, name, id);
create index household_owner ON public.household USING btree (tenant_id, owner_id, name, id);
create index household_review ON public.household USING btree (tenant_id, next_review_on, id) WHERE (next_review_on IS NOT NULL);
create index household_search ON public.household USING gin (((tenant_id)::text), owner_id, search_text gin_trgm_ops);
create index household_trash ON public.household USING btree (tenant_id, deleted_at, id) WHERE (deleted_at IS NOT NULL);
create policy append on household for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'create'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('household'::text, 'create'::text) AS scope_owners)::uuid[])) OR (id = ANY (( SELECT app.scope_groups('household'::text, 'create'::text, 'household'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'create'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'create'::text) AS mixed_scope), ARRAY[ CASE WHEN (owner_id = ( SELECT app.user_id() AS user_id)) THEN 'own'::text ELSE NULL::text END, CASE WHEN (owner_id = ANY (( SELECT app.team_mates() AS team_mates)::uuid[])) THEN 'team'::text ELSE NULL::text END, CASE WHEN (id = ANY (( SELECT app.groups_of('household'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy change on household for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('household'::text, 'update'::text) AS scope_owners)::uuid[])) OR (id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'household'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (owner_id = ( SELECT app.user_id() AS user_id)) THEN 'own'::text ELSE NULL::text END, CASE WHEN (owner_id = ANY (( SELECT app.team_mates() AS team_mates)::uuid[])) THEN 'team'::text ELSE NULL::text END, CASE WHEN (id = ANY (( SELECT app.groups_of('household'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])) OR ((( SELECT app.full_scope('household'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('household'::text, 'delete'::text) AS scope_owners)::uuid[])) OR (id = ANY (( SELECT app.scope_groups('household'::text, 'delete'::text, 'household'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope), ARRAY[ CASE WHEN (owner_id = ( SELECT app.user_id() AS user_id)) THEN 'own'::text ELSE NULL::text END, CASE WHEN (owner_id = ANY (( SELECT app.team_mates() AS team_mates)::uuid[])) THEN 'team'::text ELSE NULL::text END, CASE WHEN (id = ANY (( SELECT app.groups_of('household'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on household for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('household'::text, 'read'::text) AS scope_owners)::uuid[])) OR (id = ANY (( SELECT app.scope_groups('household'::text, 'read'::text, 'household'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope), ARRAY[ CASE WHEN (owner_id = ( SELECT app.user_id() AS user_id)) THEN 'own'::text ELSE NULL::text END, CASE WHEN (owner_id = ANY (( SELECT app.team_mates() AS team_mates)::uuid[])) THEN 'team'::text ELSE NULL::text END, CASE WHEN (id = ANY (( SELECT app.groups_of('household'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy remove on household for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (owner_id = ANY (( SELECT app.scope_owners('household'::text, 'delete'::text) AS scope_owners)::uuid[])) OR (id = ANY (( SELECT app.scope_groups('household'::text, 'delete'::text, 'household'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope), ARRAY[ CASE WHEN (owner_id = ( SELECT app.user_id() AS user_id)) THEN 'own'::text ELSE NULL::text END, CASE WHEN (owner_id = ANY (( SELECT app.team_mates() AS team_mates)::uuid[])) THEN 'team'::text ELSE NULL::text END, CASE WHEN (id = ANY (( SELECT app.groups_of('household'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy system on household for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.household REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('household', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.household REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('household', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.household REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('household', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger custom_values_delete AFTER DELETE ON public.household REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.drop_custom_values('household');
create trigger custom_values_insert AFTER INSERT ON public.household REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('household');
create trigger custom_values_update AFTER UPDATE ON public.household REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('household');
create trigger forget_favourites AFTER DELETE ON public.household REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.forget_favourites();
create trigger forget_subjects AFTER DELETE ON public.household REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.forget_subjects();
create trigger keep_primary_adviser_insert AFTER INSERT ON public.household
    FOR EACH ROW
    EXECUTE FUNCTION app.keep_primary_adviser();
create trigger keep_primary_adviser_update AFTER UPDATE OF owner_id ON public.household
    FOR EACH ROW WHEN ((old.owner_id IS DISTINCT FROM new.owner_id))
    EXECUTE FUNCTION app.keep_primary_adviser();
create trigger keep_with_papers BEFORE UPDATE OF deleted_at ON public.household
    FOR EACH ROW WHEN (((old.deleted_at IS NULL) AND (new.deleted_at IS NOT NULL)))
    EXECUTE FUNCTION app.keep_with_papers();
create trigger keep_with_transactions BEFORE UPDATE OF deleted_at ON public.household
    FOR EACH ROW WHEN (((old.deleted_at IS NULL) AND (new.deleted_at IS NOT NULL)))
    EXECUTE FUNCTION app.keep_with_transactions();
create trigger plan_review BEFORE INSERT OR UPDATE OF last_review_on, next_review_on, review_months ON public.household
    FOR EACH ROW
    EXECUTE FUNCTION app.plan_review();
create trigger touch BEFORE UPDATE ON public.household
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table household to holdfast_app;
grant delete, insert, select, update on table household to holdfast_system;

create table household_adviser (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  user_id uuid,
  team_id uuid,
  role text not null default 'secondary'::text,
  from_on date not null default CURRENT_DATE,
  until_on date,
  reason text,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint household_adviser_check CHECK ((num_nonnulls(user_id, team_id) = 1)),
  constraint household_adviser_period CHECK ((until_on >= from_on)),
  constraint household_adviser_pkey PRIMARY KEY (tenant_id, id),
  constraint household_adviser_reason_check CHECK ((length(reason) <= 300)),
  constraint household_adviser_role_check CHECK ((role = ANY (ARRAY['primary'::text, 'secondary'::text, 'grant'::text]))),
  constraint household_adviser_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint household_adviser_tenant_id_household_id_fkey FOREIGN KEY (tenant_id, household_id) REFERENCES household(tenant_id, id) ON DELETE CASCADE,
  constraint household_adviser_tenant_id_team_id_fkey FOREIGN KEY (tenant_id, team_id) REFERENCES team(tenant_id, id) ON DELETE CASCADE,
  constraint household_adviser_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
);
alter table household_adviser enable row level security;
alter table household_adviser force row level security;
create index household_adviser_of ON public.household_adviser USING btree (tenant_id, household_id, role);
create index household_adviser_team ON public.household_adviser USING btree (tenant_id, team_id, household_id) WHERE (team_id IS NOT NULL);
create index household_adviser_user ON public.household_adviser USING btree (tenant_id, user_id, household_id) WHERE (user_id IS NOT NULL);
create policy append on household_adviser for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'household_adviser'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('household_adviser'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy change on household_adviser for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'household_adviser'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('household_adviser'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on household_adviser for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'read'::text, 'household_adviser'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('household_adviser'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy remove on household_adviser for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'household_adviser'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('household_adviser'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy system on household_adviser for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.household_adviser REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('household_adviser', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.household_adviser REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('household_adviser', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.household_adviser REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('household_adviser', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.household_adviser
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table household_adviser to holdfast_app;
grant delete, insert, select, update on table household_adviser to holdfast_system;

create view household_adviser_person with (security_invoker=true) as
 SELECT a.tenant_id,
    a.household_id,
    a.user_id,
    a.from_on,
    a.until_on
   FROM household_adviser a
  WHERE (a.user_id IS NOT NULL)
UNION ALL
 SELECT a.tenant_id,
    a.household_id,
    m.user_id,
    a.from_on,
    a.until_on
   FROM (household_adviser a
     JOIN team_member m ON (((m.tenant_id = a.tenant_id) AND (m.team_id = a.team_id))));
grant select on table household_adviser_person to holdfast_app;
grant select on table household_adviser_person to holdfast_system;

create table household_member (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  contact_id uuid not null,
  role text not null default 'other'::text,
  from_on date not null default CURRENT_DATE,
  until_on date,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint household_member_period CHECK ((until_on >= from_on)),
  constraint household_member_pkey PRIMARY KEY (tenant_id, id),
  constraint household_member_role_check CHECK ((role = ANY (ARRAY['head'::text, 'spouse'::text, 'child'::text, 'parent'::text, 'dependant'::text, 'other'::text]))),
  constraint household_member_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES contact(tenant_id, id) ON DELETE CASCADE,
  constraint household_member_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint household_member_tenant_id_household_id_fkey FOREIGN KEY (tenant_id, household_id) REFERENCES household(tenant_id, id) ON DELETE CASCADE
);
alter table household_member enable row level security;
alter table household_member force row level security;
create index household_member_contact ON public.household_member USING btree (tenant_id, contact_id, household_id);
create unique index household_member_household_id_contact_id ON public.household_member USING btree (tenant_id, household_id, contact_id) WHERE (until_on IS NULL);
create index household_member_of ON public.household_member USING btree (tenant_id, household_id, contact_id);
create policy append on household_member for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'household_member'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('household_member'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy change on household_member for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'household_member'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('household_member'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on household_member for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'read'::text, 'household_member'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('household_member'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy remove on household_member for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'household_member'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('household_member'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy system on household_member for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.household_member REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('household_member', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.household_member REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('household_member', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.household_member REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('household_member', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.household_member
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table household_member to holdfast_app;
grant delete, insert, select, update on table household_member to holdfast_system;

create table idempotency_key (
  tenant_id uuid not null,
  actor_id uuid not null,
  key text not null,
  request_hash bytea not null,
  status integer not null,
  headers jsonb not null,
  body text not null,
  created_at timestamp(3) with time zone not null default now(),
  rights_hash bytea,
  constraint idempotency_key_key_check CHECK ((length(key) <= 255)),
  constraint idempotency_key_pkey PRIMARY KEY (tenant_id, actor_id, key)
);
alter table idempotency_key enable row level security;
alter table idempotency_key force row level security;
create index idempotency_key_created ON public.idempotency_key USING btree (created_at);
create policy append on idempotency_key for insert to holdfast_app
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy change on idempotency_key for update to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on idempotency_key for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy remove on idempotency_key for delete to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on idempotency_key for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table idempotency_key to holdfast_app;
grant delete, insert, select, update on table idempotency_key to holdfast_system;

create table identity_document (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  contact_id uuid not null,
  kind text not null,
  number bytea,
  country text,
  expires_on date,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint identity_document_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
  constraint identity_document_kind_check CHECK ((kind = ANY (ARRAY['passport'::text, 'identity_card'::text, 'driving_licence'::text, 'residence_permit'::text, 'other'::text]))),
  constraint identity_document_number_check CHECK (((octet_length(number) >= 62) AND (octet_length(number) <= 221))),
  constraint identity_document_pkey PRIMARY KEY (tenant_id, id),
  constraint identity_document_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES contact(tenant_id, id) ON DELETE CASCADE,
  constraint identity_document_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
alter table identity_document enable row level security;
alter table identity_document force row level security;
create index identity_document_contact ON public.identity_document USING btree (tenant_id, contact_id);
create index identity_document_created ON public.identity_document USING btree (tenant_id, created_at, id);
create index identity_document_expires ON public.identity_document USING btree (tenant_id, expires_on, id) WHERE (expires_on IS NOT NULL);
create policy append on identity_document for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('client_profile'::text, 'create'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('client_profile'::text, 'update'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM contact p WHERE ((p.tenant_id = identity_document.tenant_id) AND (p.id = identity_document.contact_id))))));
create policy change on identity_document for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('client_profile'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('client_profile'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM contact p WHERE ((p.tenant_id = identity_document.tenant_id) AND (p.id = identity_document.contact_id))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on identity_document for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('client_profile'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (EXISTS ( SELECT FROM contact p WHERE ((p.tenant_id = identity_document.tenant_id) AND (p.id = identity_document.contact_id))))));
create policy remove on identity_document for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('client_profile'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('client_profile'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM contact p WHERE ((p.tenant_id = identity_document.tenant_id) AND (p.id = identity_document.contact_id))))));
create policy system on identity_document for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.identity_document REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('identity_document', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.identity_document REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('identity_document', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.identity_document REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('identity_document', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.identity_document
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table identity_document to holdfast_app;
grant delete, insert, select, update on table identity_document to holdfast_system;

create table import (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  name text not null,
  state text not null default 'ready'::text,
  options jsonb not null default '{}'::jsonb,
  rights jsonb not null default '{}'::jsonb,
  created_by uuid,
  cancel_requested boolean not null default false,
  error text,
  reversal jsonb,
  started_at timestamp(3) with time zone,
  finished_at timestamp(3) with time zone,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint import_name_check CHECK (((length(name) >= 1) AND (length(name) <= 300))),
  constraint import_pkey PRIMARY KEY (tenant_id, id),
  constraint import_state_check CHECK ((state = ANY (ARRAY['ready'::text, 'dry_running'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text, 'reverting'::text, 'reverted'::text]))),
  constraint import_tenant_id_created_by_fkey FOREIGN KEY (tenant_id, created_by) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (created_by),
  constraint import_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table import enable row level security;
alter table import force row level security;
create index import_created ON public.import USING btree (tenant_id, created_at, id);
create policy append on import for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('import'::text, 'create'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('import'::text, 'create'::text) AS scope_owners)::uuid[])))));
create policy change on import for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('import'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('import'::text, 'update'::text) AS scope_owners)::uuid[])) OR ((( SELECT app.full_scope('import'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('import'::text, 'delete'::text) AS scope_owners)::uuid[]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on import for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('import'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('import'::text, 'read'::text) AS scope_owners)::uuid[])))));
create policy remove on import for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('import'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (created_by = ANY (( SELECT app.scope_owners('import'::text, 'delete'::text) AS scope_owners)::uuid[])))));
create policy system on import for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.import REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('import', '{options,rights,reversal,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.import REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('import', '{options,rights,reversal,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.import REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('import', '{options,rights,reversal,tenant_id,version,updated_at}', '{}');
create trigger notice AFTER UPDATE OF state ON public.import
    FOR EACH ROW WHEN (((new.state = ANY (ARRAY['done'::text, 'failed'::text, 'reverted'::text])) AND (old.state = ANY (ARRAY['waiting'::text, 'running'::text, 'reverting'::text]))))
    EXECUTE FUNCTION app.leave_finish_notice();
create trigger touch BEFORE UPDATE ON public.import
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table import to holdfast_app;
grant delete, insert, select, update on table import to holdfast_system;

create table import_file (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  import_id uuid not null,
  "position" integer not null,
  file_id uuid,
  name text not null,
  size_bytes bigint not null,
  found jsonb not null,
  answers jsonb not null default '{}'::jsonb,
  mapping jsonb,
  phase text not null default 'rows'::text,
  rows_done integer not null default 0,
  progressed_at timestamp(3) with time zone,
  counts jsonb not null default '{}'::jsonb,
  matches jsonb not null default '[]'::jsonb,
  names jsonb,
  bytes_done bigint not null default 0,
  filled jsonb not null default '[]'::jsonb,
  unknown_options jsonb not null default '[]'::jsonb,
  found_envelope bytea,
  constraint import_file_phase_check CHECK ((phase = ANY (ARRAY['rows'::text, 'relations'::text, 'done'::text]))),
  constraint import_file_pkey PRIMARY KEY (tenant_id, id),
  constraint import_file_tenant_id_file_id_fkey FOREIGN KEY (tenant_id, file_id) REFERENCES file(tenant_id, id) ON DELETE SET NULL (file_id),
  constraint import_file_tenant_id_import_id_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES import(tenant_id, id) ON DELETE CASCADE
);
alter table import_file enable row level security;
alter table import_file force row level security;
create index import_file_import ON public.import_file USING btree (tenant_id, import_id, "position");
create policy append on import_file for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'create'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import p WHERE ((p.tenant_id = import_file.tenant_id) AND (p.id = import_file.import_id))))));
create policy change on import_file for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import p WHERE ((p.tenant_id = import_file.tenant_id) AND (p.id = import_file.import_id))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on import_file for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('import'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (EXISTS ( SELECT FROM import p WHERE ((p.tenant_id = import_file.tenant_id) AND (p.id = import_file.import_id))))));
create policy remove on import_file for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import p WHERE ((p.tenant_id = import_file.tenant_id) AND (p.id = import_file.import_id))))));
create policy system on import_file for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table import_file to holdfast_app;
grant delete, insert, select, update on table import_file to holdfast_system;

create table import_fix (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  import_file_id uuid not null,
  row_number integer,
  column_name text,
  was text,
  value text,
  created_by uuid,
  created_at timestamp(3) with time zone not null default now(),
  record_id uuid,
  constraint import_fix_check CHECK (((column_name IS NULL) = (value IS NULL))),
  constraint import_fix_check1 CHECK (((row_number IS NULL) = (was IS NOT NULL))),
  constraint import_fix_check2 CHECK (((row_number IS NOT NULL) OR (column_name IS NOT NULL))),
  constraint import_fix_pkey PRIMARY KEY (tenant_id, id),
  constraint import_fix_record CHECK (((record_id IS NULL) OR ((row_number IS NOT NULL) AND (column_name IS NULL)))),
  constraint import_fix_tenant_id_created_by_fkey FOREIGN KEY (tenant_id, created_by) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (created_by),
  constraint import_fix_tenant_id_import_file_id_fkey FOREIGN KEY (tenant_id, import_file_id) REFERENCES import_file(tenant_id, id) ON DELETE CASCADE,
  constraint import_fix_was_check CHECK ((length(was) <= 500))
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table import_fix enable row level security;
alter table import_fix force row level security;
create unique index import_fix_place ON public.import_fix USING btree (tenant_id, import_file_id, row_number, md5(column_name), md5(was)) NULLS NOT DISTINCT;
create policy append on import_fix for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'create'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_fix.tenant_id) AND (p.id = import_fix.import_file_id))))));
create policy change on import_fix for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_fix.tenant_id) AND (p.id = import_fix.import_file_id))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on import_fix for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('import'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_fix.tenant_id) AND (p.id = import_fix.import_file_id))))));
create policy remove on import_fix for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_fix.tenant_id) AND (p.id = import_fix.import_file_id))))));
create policy system on import_fix for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.import_fix REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('import_fix', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_insert AFTER INSERT ON public.import_fix REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('import_fix', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_update AFTER UPDATE ON public.import_fix REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('import_fix', '{tenant_id,version,updated_at}', '{}', '{}');
grant delete, insert, select, update on table import_fix to holdfast_app;
grant delete, insert, select, update on table import_fix to holdfast_system;

create table import_outcome (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  import_file_id uuid not null,
  row_number integer not null,
  action text not null,
  record_id uuid,
  name text not null,
  changes jsonb not null default '{}'::jsonb,
  candidates uuid[] not null default '{}'::uuid[],
  constraint import_outcome_action_check CHECK ((action = ANY (ARRAY['create'::text, 'update'::text, 'skip'::text]))),
  constraint import_outcome_candidates_check CHECK ((cardinality(candidates) <= 5)),
  constraint import_outcome_changes_check CHECK ((jsonb_typeof(changes) = 'object'::text)),
  constraint import_outcome_name_check CHECK ((length(name) <= 500)),
  constraint import_outcome_pkey PRIMARY KEY (tenant_id, id),
  constraint import_outcome_tenant_id_import_file_id_fkey FOREIGN KEY (tenant_id, import_file_id) REFERENCES import_file(tenant_id, id) ON DELETE CASCADE,
  constraint import_outcome_tenant_id_import_file_id_row_number_key UNIQUE (tenant_id, import_file_id, row_number)
);
alter table import_outcome enable row level security;
alter table import_outcome force row level security;
create index import_outcome_action ON public.import_outcome USING btree (tenant_id, import_file_id, action, row_number);
create index import_outcome_candidates ON public.import_outcome USING btree (tenant_id, import_file_id, row_number) WHERE (candidates <> '{}'::uuid[]);
create policy append on import_outcome for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'create'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_outcome.tenant_id) AND (p.id = import_outcome.import_file_id))))));
create policy change on import_outcome for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_outcome.tenant_id) AND (p.id = import_outcome.import_file_id))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on import_outcome for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('import'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_outcome.tenant_id) AND (p.id = import_outcome.import_file_id))))));
create policy remove on import_outcome for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_outcome.tenant_id) AND (p.id = import_outcome.import_file_id))))));
create policy system on import_outcome for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table import_outcome to holdfast_app;
grant delete, insert, select, update on table import_outcome to holdfast_system;

create table import_problem (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  import_file_id uuid not null,
  row_number integer,
  column_name text,
  code text not null,
  severity text not null,
  message text not null,
  value text,
  constraint import_problem_pkey PRIMARY KEY (tenant_id, id),
  constraint import_problem_severity_check CHECK ((severity = ANY (ARRAY['fatal'::text, 'error'::text, 'warning'::text]))),
  constraint import_problem_tenant_id_import_file_id_fkey FOREIGN KEY (tenant_id, import_file_id) REFERENCES import_file(tenant_id, id) ON DELETE CASCADE
);
alter table import_problem enable row level security;
alter table import_problem force row level security;
create index import_problem_row ON public.import_problem USING btree (tenant_id, import_file_id, row_number, id);
create policy append on import_problem for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'create'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_problem.tenant_id) AND (p.id = import_problem.import_file_id))))));
create policy change on import_problem for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_problem.tenant_id) AND (p.id = import_problem.import_file_id))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on import_problem for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('import'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_problem.tenant_id) AND (p.id = import_problem.import_file_id))))));
create policy remove on import_problem for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_problem.tenant_id) AND (p.id = import_problem.import_file_id))))));
create policy system on import_problem for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table import_problem to holdfast_app;
grant delete, insert, select, update on table import_problem to holdfast_system;

create table import_row (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  import_file_id uuid not null,
  row_number integer not null,
  cells text[] not null,
  cells_envelope bytea,
  constraint import_row_pkey PRIMARY KEY (tenant_id, id),
  constraint import_row_tenant_id_import_file_id_fkey FOREIGN KEY (tenant_id, import_file_id) REFERENCES import_file(tenant_id, id) ON DELETE CASCADE,
  constraint import_row_tenant_id_import_file_id_row_number_key UNIQUE (tenant_id, import_file_id, row_number)
);
alter table import_row enable row level security;
alter table import_row force row level security;
create policy append on import_row for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'create'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_row.tenant_id) AND (p.id = import_row.import_file_id))))));
create policy change on import_row for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_row.tenant_id) AND (p.id = import_row.import_file_id))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on import_row for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('import'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_row.tenant_id) AND (p.id = import_row.import_file_id))))));
create policy remove on import_row for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('import'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('import'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (EXISTS ( SELECT FROM import_file p WHERE ((p.tenant_id = import_row.tenant_id) AND (p.id = import_row.import_file_id))))));
create policy system on import_row for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table import_row to holdfast_app;
grant delete, insert, select, update on table import_row to holdfast_system;

create table job (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  kind text not null,
  payload jsonb not null default '{}'::jsonb,
  state text not null default 'ready'::text,
  priority smallint not null default 0,
  run_at timestamp(3) with time zone not null default now(),
  attempts integer not null default 0,
  attempts_max integer not null default 5,
  dedupe_key text,
  actor_id uuid,
  worker text,
  lease_until timestamp(3) with time zone,
  progress jsonb,
  cancel_requested boolean not null default false,
  error text,
  sent_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null default clock_timestamp(),
  started_at timestamp(3) with time zone,
  finished_at timestamp(3) with time zone,
  traceparent text,
  depth smallint not null default 0,
  cause text,
  via text,
  constraint job_attempts_max_check CHECK (((attempts_max >= 1) AND (attempts_max <= 100))),
  constraint job_dedupe_key_check CHECK ((length(dedupe_key) <= 200)),
  constraint job_kind_check CHECK ((length(kind) <= 100)),
  constraint job_pkey PRIMARY KEY (tenant_id, id),
  constraint job_state_check CHECK ((state = ANY (ARRAY['scheduled'::text, 'ready'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text, 'in_doubt'::text]))),
  constraint job_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.05);
alter table job enable row level security;
alter table job force row level security;
create unique index job_dedupe ON public.job USING btree (tenant_id, kind, dedupe_key) WHERE ((dedupe_key IS NOT NULL) AND (state = ANY (ARRAY['scheduled'::text, 'ready'::text])));
create index job_failed ON public.job USING btree (finished_at) WHERE (state = 'failed'::text);
create index job_finished ON public.job USING btree (finished_at) WHERE (state = ANY (ARRAY['done'::text, 'failed'::text, 'cancelled'::text]));
create index job_in_doubt ON public.job USING btree (tenant_id) WHERE (state = 'in_doubt'::text);
create index job_listed ON public.job USING btree (tenant_id, created_at, id);
create index job_ready ON public.job USING btree (tenant_id, kind, priority DESC, run_at, id) WHERE (state = 'ready'::text);
create index job_running ON public.job USING btree (lease_until) WHERE (state = 'running'::text);
create index job_scheduled ON public.job USING btree (run_at) WHERE (state = 'scheduled'::text);
create policy append on job for insert to holdfast_app
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy change on job for update to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on job for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy remove on job for delete to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on job for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table job to holdfast_app;
grant delete, insert, select, update on table job to holdfast_system;

create table legal_entity (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  external_id text,
  name text collate "und-x-icu" not null,
  kind text not null default 'trust'::text,
  household_id uuid not null,
  jurisdiction text,
  formed_on date,
  dissolved_on date,
  purpose text,
  custom jsonb not null default '{}'::jsonb,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  deleted_at timestamp(3) with time zone,
  search_text text generated always as (app.searchable(((name || ' '::text) || COALESCE(jurisdiction, ''::text)))) stored,
  tax_id bytea,
  tax_id_index bytea generated always as (SUBSTRING(tax_id FROM 30 FOR 16)) stored,
  constraint legal_entity_check CHECK ((dissolved_on >= formed_on)),
  constraint legal_entity_custom_check CHECK ((jsonb_typeof(custom) = 'object'::text)),
  constraint legal_entity_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
  constraint legal_entity_jurisdiction_check CHECK ((length(jurisdiction) <= 200)),
  constraint legal_entity_kind_check CHECK ((kind = ANY (ARRAY['trust'::text, 'llc'::text, 'partnership'::text, 'foundation'::text, 'estate'::text, 'company'::text]))),
  constraint legal_entity_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint legal_entity_pkey PRIMARY KEY (tenant_id, id) INCLUDE (household_id, name),
  constraint legal_entity_purpose_check CHECK ((length(purpose) <= 5000)),
  constraint legal_entity_tax_id_check CHECK (((octet_length(tax_id) >= 62) AND (octet_length(tax_id) <= 221))) NOT VALID,
  constraint legal_entity_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint legal_entity_tenant_id_household_id_fkey FOREIGN KEY (tenant_id, household_id) REFERENCES household(tenant_id, id) ON DELETE CASCADE
);
alter table legal_entity enable row level security;
alter table legal_entity force row level security;
create index legal_entity_changed ON public.legal_entity USING btree (tenant_id, updated_at, id);
create unique index legal_entity_external_id ON public.legal_entity USING btree (tenant_id, external_id) WHERE (external_id IS NOT NULL);
create index legal_entity_folded ON public.legal_entity USING btree (tenant_id, "left"(search_text, 40) text_pattern_ops, household_id);
create index legal_entity_household ON public.legal_entity USING btree (tenant_id, household_id, name, id);
create index legal_entity_import ON public.legal_entity USING btree (tenant_id, import_id) WHERE (import_id IS NOT NULL);
create index legal_entity_name ON public.legal_entity USING btree (tenant_id, name, id);
create index legal_entity_search ON public.legal_entity USING gin (((tenant_id)::text), household_id, search_text gin_trgm_ops);
create index legal_entity_tax_id ON public.legal_entity USING btree (tenant_id, tax_id_index) WHERE (tax_id_index IS NOT NULL);
create index legal_entity_trash ON public.legal_entity USING btree (tenant_id, deleted_at, id) WHERE (deleted_at IS NOT NULL);
create policy append on legal_entity for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'legal_entity'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('legal_entity'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy change on legal_entity for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'legal_entity'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('legal_entity'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])) OR ((( SELECT app.full_scope('household'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'delete'::text, 'legal_entity'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('legal_entity'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on legal_entity for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'read'::text, 'legal_entity'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('legal_entity'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy remove on legal_entity for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'delete'::text, 'legal_entity'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'delete'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('legal_entity'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy system on legal_entity for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.legal_entity REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('legal_entity', '{search_text,tenant_id,version,updated_at,tax_id_index}', '{}');
create trigger audit_insert AFTER INSERT ON public.legal_entity REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('legal_entity', '{search_text,tenant_id,version,updated_at,tax_id_index}', '{}');
create trigger audit_update AFTER UPDATE ON public.legal_entity REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('legal_entity', '{search_text,tenant_id,version,updated_at,tax_id_index}', '{}');
create trigger custom_values_delete AFTER DELETE ON public.legal_entity REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.drop_custom_values('legal_entity');
create trigger custom_values_insert AFTER INSERT ON public.legal_entity REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('legal_entity');
create trigger custom_values_update AFTER UPDATE ON public.legal_entity REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('legal_entity');
create trigger forget_favourites AFTER DELETE ON public.legal_entity REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.forget_favourites();
create trigger forget_subjects AFTER DELETE ON public.legal_entity REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.forget_subjects();
create trigger keep_with_papers BEFORE UPDATE OF deleted_at ON public.legal_entity
    FOR EACH ROW WHEN (((old.deleted_at IS NULL) AND (new.deleted_at IS NOT NULL)))
    EXECUTE FUNCTION app.keep_with_papers();
create trigger touch BEFORE UPDATE ON public.legal_entity
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table legal_entity to holdfast_app;
grant delete, insert, select, update on table legal_entity to holdfast_system;

create table lifecycle_archive (
  id uuid not null default app.uuid_v7(),
  source text not null,
  of_tenant uuid,
  first_at timestamp(3) with time zone not null,
  end_at timestamp(3) with time zone not null,
  state text not null default 'writing'::text,
  storage_key text not null,
  row_count bigint,
  content_sha256 bytea,
  stored_sha256 bytea,
  stored_bytes bigint,
  created_at timestamp(3) with time zone not null default now(),
  verified_at timestamp(3) with time zone,
  archived_at timestamp(3) with time zone,
  returned_until timestamp(3) with time zone,
  deleted_at timestamp(3) with time zone,
  expired boolean not null default false,
  error text,
  constraint lifecycle_archive_check CHECK ((end_at > first_at)),
  constraint lifecycle_archive_check1 CHECK (((source = 'audit_event'::text) = (of_tenant IS NULL))),
  constraint lifecycle_archive_check2 CHECK (((state = 'writing'::text) OR ((row_count IS NOT NULL) AND (content_sha256 IS NOT NULL) AND (stored_sha256 IS NOT NULL) AND (stored_bytes IS NOT NULL) AND (verified_at IS NOT NULL)))),
  constraint lifecycle_archive_check3 CHECK (((state = 'returned'::text) = (returned_until IS NOT NULL))),
  constraint lifecycle_archive_check4 CHECK (((state = 'deleted'::text) = (deleted_at IS NOT NULL))),
  constraint lifecycle_archive_content_sha256_check CHECK ((length(content_sha256) = 32)),
  constraint lifecycle_archive_error_check CHECK ((length(error) <= 2000)),
  constraint lifecycle_archive_pkey PRIMARY KEY (id),
  constraint lifecycle_archive_row_count_check CHECK ((row_count >= 0)),
  constraint lifecycle_archive_source_check CHECK ((source = ANY (ARRAY['audit_event'::text, 'record_history'::text]))),
  constraint lifecycle_archive_state_check CHECK ((state = ANY (ARRAY['writing'::text, 'verified'::text, 'detached'::text, 'archived'::text, 'returned'::text, 'deleted'::text]))),
  constraint lifecycle_archive_storage_key_check CHECK (((length(storage_key) >= 1) AND (length(storage_key) <= 200))),
  constraint lifecycle_archive_storage_key_key UNIQUE (storage_key),
  constraint lifecycle_archive_stored_bytes_check CHECK ((stored_bytes >= 0)),
  constraint lifecycle_archive_stored_sha256_check CHECK ((length(stored_sha256) = 32))
);
alter table lifecycle_archive enable row level security;
alter table lifecycle_archive force row level security;
create index lifecycle_archive_period ON public.lifecycle_archive USING btree (first_at, source);
create index lifecycle_archive_tenant ON public.lifecycle_archive USING btree (of_tenant) WHERE (of_tenant IS NOT NULL);
create policy operators on lifecycle_archive for select to holdfast_app
    using (( SELECT app.may_alert() AS may_alert));
create policy system on lifecycle_archive for all to holdfast_system
    using (true)
    with check (true);
grant select on table lifecycle_archive to holdfast_app;
grant delete, insert, select, update on table lifecycle_archive to holdfast_system;

create table lifecycle_rule (
  name text not null,
  last_at timestamp(3) with time zone not null,
  last_rows bigint not null,
  last_bytes bigint not null default 0,
  rows_total bigint not null,
  longest_ms integer not null,
  error text,
  constraint lifecycle_rule_error_check CHECK ((length(error) <= 2000)),
  constraint lifecycle_rule_last_bytes_check CHECK ((last_bytes >= 0)),
  constraint lifecycle_rule_last_rows_check CHECK ((last_rows >= 0)),
  constraint lifecycle_rule_longest_ms_check CHECK ((longest_ms >= 0)),
  constraint lifecycle_rule_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60))),
  constraint lifecycle_rule_pkey PRIMARY KEY (name),
  constraint lifecycle_rule_rows_total_check CHECK ((rows_total >= 0))
);
alter table lifecycle_rule enable row level security;
alter table lifecycle_rule force row level security;
create policy operators on lifecycle_rule for select to holdfast_app
    using (( SELECT app.may_alert() AS may_alert));
create policy system on lifecycle_rule for all to holdfast_system
    using (true)
    with check (true);
grant select on table lifecycle_rule to holdfast_app;
grant delete, insert, select, update on table lifecycle_rule to holdfast_system;

create table log_count (
  at timestamp(0) with time zone not null,
  tenant_id uuid,
  level smallint not null,
  lines bigint not null,
  constraint log_count_tenant_id_at_level_key UNIQUE NULLS NOT DISTINCT (tenant_id, at, level)
) with (fillfactor=50);
alter table log_count enable row level security;
alter table log_count force row level security;
create index log_count_at ON public.log_count USING btree (at);
create policy read on log_count for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('log'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy system on log_count for all to holdfast_system
    using (true)
    with check (true);
grant select on table log_count to holdfast_app;
grant delete, insert, select, update on table log_count to holdfast_system;

create table log_line (
  at timestamp(3) with time zone not null,
  id uuid not null,
  level smallint not null,
  tenant_id uuid,
  user_id uuid,
  route text collate "C",
  request_id text collate "C",
  trace_id text collate "C",
  process text collate "C" not null,
  message text collate "C" not null,
  data text collate "C" not null,
  constraint log_line_data_check CHECK ((length(data) <= 100000)),
  constraint log_line_message_check CHECK ((length(message) <= 20000)),
  constraint log_line_pkey PRIMARY KEY (at, id),
  constraint log_line_process_check CHECK ((length(process) <= 100)),
  constraint log_line_request_id_check CHECK ((length(request_id) <= 200)),
  constraint log_line_route_check CHECK ((length(route) <= 300)),
  constraint log_line_trace_id_check CHECK ((length(trace_id) = 32))
) partition by RANGE (at);
alter table log_line enable row level security;
alter table log_line force row level security;
create index log_line_error ON ONLY public.log_line USING btree (at, id) WHERE (level >= 50);
create index log_line_request ON ONLY public.log_line USING btree (request_id, at, id) WHERE (request_id IS NOT NULL);
create index log_line_route ON ONLY public.log_line USING btree (route, at, id) WHERE (route IS NOT NULL);
create index log_line_tenant ON ONLY public.log_line USING btree (tenant_id, at, id) WHERE (tenant_id IS NOT NULL);
create index log_line_trace ON ONLY public.log_line USING btree (trace_id, at, id) WHERE (trace_id IS NOT NULL);
create index log_line_user ON ONLY public.log_line USING btree (user_id, at, id) WHERE (user_id IS NOT NULL);
create index log_line_warn ON ONLY public.log_line USING btree (at, id) WHERE (level >= 40);
create policy read on log_line for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('log'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy system on log_line for all to holdfast_system
    using (true)
    with check (true);
grant select on table log_line to holdfast_app;
grant delete, insert, select on table log_line to holdfast_system;

create table mail_connection (
  tenant_id uuid not null,
  mailbox_id uuid not null,
  imap_host text not null,
  imap_port integer not null,
  imap_security text not null,
  smtp_host text not null,
  smtp_port integer not null,
  smtp_security text not null,
  username text not null,
  sealed_password bytea not null,
  state text not null default 'syncing'::text,
  problem text,
  lease text,
  leased_until timestamp(3) with time zone,
  compared_at timestamp(3) with time zone,
  deletions_confirmed_at timestamp(3) with time zone,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  watcher text,
  watched_until timestamp(3) with time zone,
  constraint mail_connection_imap_host_check CHECK (((length(imap_host) >= 1) AND (length(imap_host) <= 253))),
  constraint mail_connection_imap_port_check CHECK (((imap_port >= 1) AND (imap_port <= 65535))),
  constraint mail_connection_imap_security_check CHECK ((imap_security = ANY (ARRAY['tls'::text, 'starttls'::text, 'none'::text]))),
  constraint mail_connection_pkey PRIMARY KEY (tenant_id, mailbox_id),
  constraint mail_connection_smtp_host_check CHECK (((length(smtp_host) >= 1) AND (length(smtp_host) <= 253))),
  constraint mail_connection_smtp_port_check CHECK (((smtp_port >= 1) AND (smtp_port <= 65535))),
  constraint mail_connection_smtp_security_check CHECK ((smtp_security = ANY (ARRAY['tls'::text, 'starttls'::text, 'none'::text]))),
  constraint mail_connection_state_check CHECK ((state = ANY (ARRAY['syncing'::text, 'in_sync'::text, 'failed'::text, 'asks'::text]))),
  constraint mail_connection_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint mail_connection_tenant_id_mailbox_id_fkey FOREIGN KEY (tenant_id, mailbox_id) REFERENCES mailbox(tenant_id, id) ON DELETE CASCADE,
  constraint mail_connection_username_check CHECK (((length(username) >= 1) AND (length(username) <= 254)))
);
alter table mail_connection enable row level security;
alter table mail_connection force row level security;
create policy own on mail_connection for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.is_system() AS is_system) OR ((( SELECT app.some_scope('mailbox'::text, 'update'::text) AS some_scope) <> 'none'::text) AND (EXISTS ( SELECT FROM mailbox m WHERE ((m.tenant_id = mail_connection.tenant_id) AND (m.id = mail_connection.mailbox_id) AND (m.owner_id = ( SELECT app.user_id() AS user_id)))))))));
create policy system on mail_connection for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table mail_connection to holdfast_app;
grant delete, insert, select, update on table mail_connection to holdfast_system;

create table mail_folder (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  mailbox_id uuid not null,
  path text not null,
  name text not null,
  role text,
  is_chosen boolean not null default true,
  uid_validity bigint,
  provider_count integer,
  missing integer not null default 0,
  compared_at timestamp(3) with time zone,
  gone_at timestamp(3) with time zone,
  constraint mail_folder_name_check CHECK (((length(name) >= 1) AND (length(name) <= 1000))),
  constraint mail_folder_path_check CHECK (((length(path) >= 1) AND (length(path) <= 1000))),
  constraint mail_folder_pkey PRIMARY KEY (tenant_id, id),
  constraint mail_folder_role_check CHECK ((role = ANY (ARRAY['inbox'::text, 'sent'::text, 'drafts'::text, 'junk'::text, 'trash'::text, 'archive'::text, 'all'::text]))),
  constraint mail_folder_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint mail_folder_tenant_id_mailbox_id_fkey FOREIGN KEY (tenant_id, mailbox_id) REFERENCES mailbox(tenant_id, id) ON DELETE CASCADE
);
alter table mail_folder enable row level security;
alter table mail_folder force row level security;
create unique index mail_folder_path ON public.mail_folder USING btree (tenant_id, mailbox_id, path);
create policy append on mail_folder for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (mailbox_id = ANY (( SELECT app.mailboxes_read('own'::text) AS mailboxes_read)::uuid[])))));
create policy change on mail_folder for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (mailbox_id = ANY (( SELECT app.mailboxes_read('own'::text) AS mailboxes_read)::uuid[])))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on mail_folder for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (mailbox_id = ANY (( SELECT app.mailboxes_read('exists'::text) AS mailboxes_read)::uuid[])))));
create policy remove on mail_folder for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy system on mail_folder for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table mail_folder to holdfast_app;
grant delete, insert, select, update on table mail_folder to holdfast_system;

create table mail_ledger (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  mailbox_id uuid not null,
  folder_id uuid not null,
  uid_validity bigint not null,
  uid bigint not null,
  header_id text,
  subject text not null default ''::text,
  from_address text not null default ''::text,
  sent_at timestamp(3) with time zone,
  size_bytes bigint not null default 0,
  is_seen boolean not null default false,
  outcome text not null default 'listed'::text,
  rule text,
  problem text,
  attempts integer not null default 0,
  retry_at timestamp(3) with time zone,
  raw_key text,
  parser_version integer,
  message_id uuid,
  at timestamp(3) with time zone not null default now(),
  created_at timestamp(3) with time zone not null default now(),
  seen_wanted boolean,
  folder_wanted uuid,
  constraint mail_ledger_folder_wanted_fkey FOREIGN KEY (tenant_id, folder_wanted) REFERENCES mail_folder(tenant_id, id) ON DELETE SET NULL (folder_wanted) NOT VALID,
  constraint mail_ledger_from_address_check CHECK ((length(from_address) <= 320)),
  constraint mail_ledger_header_id_check CHECK ((length(header_id) <= 1000)),
  constraint mail_ledger_outcome_check CHECK ((outcome = ANY (ARRAY['listed'::text, 'received'::text, 'imported'::text, 'duplicate'::text, 'excluded'::text, 'too_large'::text, 'failed'::text, 'gone'::text]))),
  constraint mail_ledger_pkey PRIMARY KEY (tenant_id, id),
  constraint mail_ledger_subject_check CHECK ((length(subject) <= 1000)),
  constraint mail_ledger_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint mail_ledger_tenant_id_folder_id_fkey FOREIGN KEY (tenant_id, folder_id) REFERENCES mail_folder(tenant_id, id) ON DELETE CASCADE,
  constraint mail_ledger_tenant_id_mailbox_id_fkey FOREIGN KEY (tenant_id, mailbox_id) REFERENCES mailbox(tenant_id, id) ON DELETE CASCADE,
  constraint mail_ledger_tenant_id_message_id_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES mail_message(tenant_id, id) ON DELETE SET NULL (message_id)
);
alter table mail_ledger enable row level security;
alter table mail_ledger force row level security;
create index mail_ledger_due ON public.mail_ledger USING btree (tenant_id, mailbox_id, outcome, sent_at DESC) WHERE (outcome = ANY (ARRAY['listed'::text, 'received'::text, 'failed'::text]));
create index mail_ledger_folder_wanted ON public.mail_ledger USING btree (tenant_id, folder_wanted) WHERE (folder_wanted IS NOT NULL);
create unique index mail_ledger_item ON public.mail_ledger USING btree (tenant_id, folder_id, uid_validity, uid);
create index mail_ledger_mailbox ON public.mail_ledger USING btree (tenant_id, mailbox_id, sent_at DESC, id);
create index mail_ledger_message ON public.mail_ledger USING btree (tenant_id, message_id) WHERE (message_id IS NOT NULL);
create index mail_ledger_wanted ON public.mail_ledger USING btree (tenant_id, mailbox_id, id) WHERE ((seen_wanted IS NOT NULL) OR (folder_wanted IS NOT NULL));
create policy append on mail_ledger for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy change on mail_ledger for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (mailbox_id = ANY (( SELECT app.mailboxes_read('own'::text) AS mailboxes_read)::uuid[])))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on mail_ledger for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (mailbox_id = ANY (( SELECT app.mailboxes_read('own'::text) AS mailboxes_read)::uuid[])))));
create policy remove on mail_ledger for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy system on mail_ledger for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table mail_ledger to holdfast_app;
grant delete, insert, select, update on table mail_ledger to holdfast_system;

create table mail_message (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  header_id text,
  digest bytea not null,
  conversation_id uuid not null,
  subject text not null default ''::text,
  snippet text not null default ''::text,
  body text not null default ''::text,
  html text,
  from_name text not null default ''::text,
  from_address text not null default ''::text,
  to_text text not null default ''::text,
  recipients jsonb not null default '[]'::jsonb,
  attachments jsonb not null default '[]'::jsonb,
  has_files boolean not null default false,
  authentication text,
  direction text not null default 'in'::text,
  occurred_at timestamp(3) with time zone not null,
  author_id uuid,
  records uuid[] not null default '{}'::uuid[],
  records_set boolean not null default false,
  mailbox_ids uuid[] not null default '{}'::uuid[],
  raw_key text,
  parser_version integer not null default 1,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  deleted_at timestamp(3) with time zone,
  constraint mail_message_attachments_check CHECK ((jsonb_typeof(attachments) = 'array'::text)),
  constraint mail_message_authentication_check CHECK ((authentication = ANY (ARRAY['passed'::text, 'failed'::text]))),
  constraint mail_message_body_check CHECK ((length(body) <= 200000)),
  constraint mail_message_digest_check CHECK ((octet_length(digest) = 32)),
  constraint mail_message_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text]))),
  constraint mail_message_from_address_check CHECK ((length(from_address) <= 320)),
  constraint mail_message_from_name_check CHECK ((length(from_name) <= 300)),
  constraint mail_message_header_id_check CHECK ((length(header_id) <= 1000)),
  constraint mail_message_html_check CHECK ((length(html) <= 2000000)),
  constraint mail_message_mailbox_ids_check CHECK ((cardinality(mailbox_ids) <= 1000)),
  constraint mail_message_pkey PRIMARY KEY (tenant_id, id),
  constraint mail_message_recipients_check CHECK ((jsonb_typeof(recipients) = 'array'::text)),
  constraint mail_message_records_check CHECK ((cardinality(records) <= 20)),
  constraint mail_message_snippet_check CHECK ((length(snippet) <= 300)),
  constraint mail_message_subject_check CHECK ((length(subject) <= 1000)),
  constraint mail_message_tenant_id_author_id_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (author_id),
  constraint mail_message_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint mail_message_to_text_check CHECK ((length(to_text) <= 2000))
);
alter table mail_message enable row level security;
alter table mail_message force row level security;
create index mail_message_author ON public.mail_message USING btree (tenant_id, author_id) WHERE (author_id IS NOT NULL);
create index mail_message_conversation ON public.mail_message USING btree (tenant_id, conversation_id, occurred_at, id);
create index mail_message_created ON public.mail_message USING btree (tenant_id, created_at, id);
create unique index mail_message_digest ON public.mail_message USING btree (tenant_id, digest);
create index mail_message_header ON public.mail_message USING btree (tenant_id, header_id) WHERE (header_id IS NOT NULL);
create index mail_message_occurred ON public.mail_message USING btree (tenant_id, occurred_at, id);
create index mail_message_trash ON public.mail_message USING btree (tenant_id, deleted_at, id) WHERE (deleted_at IS NOT NULL);
create index mail_message_words ON public.mail_message USING gin (tenant_id, app.to_search_vector(subject, body)) WHERE (deleted_at IS NULL);
create policy append on mail_message for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy change on mail_message for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (mailbox_ids && ( SELECT app.mailboxes_read('own'::text) AS mailboxes_read)))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on mail_message for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (mailbox_ids && ( SELECT app.mailboxes_read('everything'::text) AS mailboxes_read)))));
create policy remove on mail_message for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (mailbox_ids && ( SELECT app.mailboxes_read('own'::text) AS mailboxes_read)))));
create policy system on mail_message for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.mail_message REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('mail_message', '{search_text,tenant_id,version,updated_at,header_id,digest,conversation_id,subject,snippet,body,html,from_name,from_address,to_text,recipients,attachments,has_files,authentication,direction,occurred_at,author_id,records_set,mailbox_ids,raw_key,parser_version}', '{}');
create trigger audit_insert AFTER INSERT ON public.mail_message REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('mail_message', '{search_text,tenant_id,version,updated_at,header_id,digest,conversation_id,subject,snippet,body,html,from_name,from_address,to_text,recipients,attachments,has_files,authentication,direction,occurred_at,author_id,records_set,mailbox_ids,raw_key,parser_version}', '{}');
create trigger audit_update AFTER UPDATE ON public.mail_message REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('mail_message', '{search_text,tenant_id,version,updated_at,header_id,digest,conversation_id,subject,snippet,body,html,from_name,from_address,to_text,recipients,attachments,has_files,authentication,direction,occurred_at,author_id,records_set,mailbox_ids,raw_key,parser_version}', '{}');
create trigger link_entries AFTER INSERT ON public.mail_message REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.link_entries('occurred_at');
create trigger note_records_set BEFORE UPDATE OF records ON public.mail_message
    FOR EACH ROW WHEN ((old.records IS DISTINCT FROM new.records))
    EXECUTE FUNCTION app.note_records_set();
create trigger relink_entry AFTER UPDATE OF records, occurred_at ON public.mail_message
    FOR EACH ROW WHEN (((old.records <> new.records) OR (old.occurred_at <> new.occurred_at)))
    EXECUTE FUNCTION app.relink_entry('occurred_at');
create trigger touch BEFORE UPDATE ON public.mail_message
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
create trigger unlink_entries AFTER DELETE ON public.mail_message REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.unlink_entries();
grant delete, insert, select, update on table mail_message to holdfast_app;
grant delete, insert, select, update on table mail_message to holdfast_system;

create table mail_template (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null,
  subject text,
  body text,
  owner_id uuid,
  shared boolean not null default false,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint mail_template_body_check CHECK ((length(body) <= 50000)),
  constraint mail_template_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint mail_template_pkey PRIMARY KEY (tenant_id, id),
  constraint mail_template_subject_check CHECK ((length(subject) <= 1000)),
  constraint mail_template_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint mail_template_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (owner_id)
);
alter table mail_template enable row level security;
alter table mail_template force row level security;
create index mail_template_name ON public.mail_template USING btree (tenant_id, name, id);
create index mail_template_owner ON public.mail_template USING btree (tenant_id, owner_id, id);
create policy append on mail_template for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'create'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)))));
create policy change on mail_template for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'update'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)) OR (shared AND (owner_id IS NULL)))))
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)) OR (shared AND (owner_id IS NULL)))));
create policy read on mail_template for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)) OR shared)));
create policy remove on mail_template for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'delete'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)) OR (shared AND (owner_id IS NULL)))));
create policy system on mail_template for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.mail_template REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('mail_template', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.mail_template REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('mail_template', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.mail_template REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('mail_template', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.mail_template
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table mail_template to holdfast_app;
grant delete, insert, select, update on table mail_template to holdfast_system;

create table mail_thread (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  mailbox_id uuid not null,
  conversation_id uuid not null,
  subject text not null default ''::text,
  snippet text not null default ''::text,
  participants text not null default ''::text,
  last_at timestamp(3) with time zone not null,
  messages integer not null,
  unread integer not null,
  has_files boolean not null default false,
  folder_ids uuid[] not null default '{}'::uuid[],
  snoozed_until timestamp(3) with time zone,
  shown_at timestamp(3) with time zone generated always as (GREATEST(last_at, snoozed_until)) stored,
  constraint mail_thread_pkey PRIMARY KEY (tenant_id, id),
  constraint mail_thread_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint mail_thread_tenant_id_mailbox_id_fkey FOREIGN KEY (tenant_id, mailbox_id) REFERENCES mailbox(tenant_id, id) ON DELETE CASCADE
);
alter table mail_thread enable row level security;
alter table mail_thread force row level security;
create unique index mail_thread_conversation ON public.mail_thread USING btree (tenant_id, mailbox_id, conversation_id);
create index mail_thread_shown ON public.mail_thread USING btree (tenant_id, mailbox_id, shown_at DESC, id);
create index mail_thread_snoozed ON public.mail_thread USING btree (tenant_id, mailbox_id, snoozed_until) WHERE (snoozed_until IS NOT NULL);
create policy append on mail_thread for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy change on mail_thread for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (mailbox_id = ANY (( SELECT app.mailboxes_read('own'::text) AS mailboxes_read)::uuid[])))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on mail_thread for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (mailbox_id = ANY (( SELECT app.mailboxes_read('everything'::text) AS mailboxes_read)::uuid[])))));
create policy remove on mail_thread for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy system on mail_thread for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table mail_thread to holdfast_app;
grant delete, insert, select, update on table mail_thread to holdfast_system;

create table mailbox (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null,
  address text not null,
  owner_id uuid,
  sharing text not null default 'private'::text,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint mailbox_address_check CHECK (((length(address) >= 3) AND (length(address) <= 254))),
  constraint mailbox_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint mailbox_pkey PRIMARY KEY (tenant_id, id),
  constraint mailbox_sharing_check CHECK ((sharing = ANY (ARRAY['private'::text, 'participants'::text, 'subjects'::text, 'all'::text]))),
  constraint mailbox_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint mailbox_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (owner_id)
);
alter table mailbox enable row level security;
alter table mailbox force row level security;
create index mailbox_address ON public.mailbox USING btree (tenant_id, lower(address));
create index mailbox_name ON public.mailbox USING btree (tenant_id, name, id);
create index mailbox_owner ON public.mailbox USING btree (tenant_id, owner_id, id);
create policy append on mailbox for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'create'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)))));
create policy change on mailbox for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'update'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)))))
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)))));
create policy read on mailbox for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)) OR (sharing <> 'private'::text))));
create policy remove on mailbox for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'delete'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)))));
create policy system on mailbox for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.mailbox REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('mailbox', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.mailbox REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('mailbox', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.mailbox REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('mailbox', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.mailbox
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table mailbox to holdfast_app;
grant delete, insert, select, update on table mailbox to holdfast_system;

create table meaning_model (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  state text not null default 'training'::text,
  documents integer not null,
  average_length real not null,
  dimensions integer not null,
  cells bytea,
  started_at timestamp(3) with time zone not null default now(),
  created_at timestamp(3) with time zone not null default now(),
  constraint meaning_model_average_length_check CHECK ((average_length >= (0)::double precision)),
  constraint meaning_model_dimensions_check CHECK (((dimensions >= 1) AND (dimensions <= 1000))),
  constraint meaning_model_documents_check CHECK ((documents >= 0)),
  constraint meaning_model_pkey PRIMARY KEY (tenant_id, id),
  constraint meaning_model_state_check CHECK ((state = ANY (ARRAY['training'::text, 'serving'::text, 'retired'::text]))),
  constraint meaning_model_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
alter table meaning_model enable row level security;
alter table meaning_model force row level security;
create unique index meaning_model_serving ON public.meaning_model USING btree (tenant_id) WHERE (state = 'serving'::text);
create policy append on meaning_model for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy change on meaning_model for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on meaning_model for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy remove on meaning_model for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy system on meaning_model for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table meaning_model to holdfast_app;
grant delete, insert, select, update on table meaning_model to holdfast_system;

create table meaning_passage (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  model_id uuid not null,
  resource text not null,
  record_id uuid not null,
  starts_at integer not null,
  ends_at integer not null,
  size integer not null,
  cell integer not null default 0,
  signature bit(256) not null,
  vector bytea not null,
  words integer[] not null,
  counts bytea not null,
  constraint meaning_passage_check CHECK ((ends_at >= starts_at)),
  constraint meaning_passage_pkey PRIMARY KEY (tenant_id, id),
  constraint meaning_passage_resource_check CHECK ((resource = ANY (ARRAY['note'::text, 'activity'::text, 'mail_message'::text]))),
  constraint meaning_passage_size_check CHECK ((size > 0)),
  constraint meaning_passage_starts_at_check CHECK ((starts_at >= 0)),
  constraint meaning_passage_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint meaning_passage_tenant_id_model_id_fkey FOREIGN KEY (tenant_id, model_id) REFERENCES meaning_model(tenant_id, id) ON DELETE CASCADE,
  constraint meaning_passage_words_check CHECK ((cardinality(words) <= 1000))
);
alter table meaning_passage enable row level security;
alter table meaning_passage force row level security;
create index meaning_passage_cell ON public.meaning_passage USING btree (tenant_id, model_id, cell, resource);
create index meaning_passage_record ON public.meaning_passage USING btree (tenant_id, record_id);
create index meaning_passage_words ON public.meaning_passage USING gin (tenant_id, model_id, words);
create policy append on meaning_passage for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy change on meaning_passage for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on meaning_passage for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.is_system() AS is_system) OR CASE resource WHEN 'note'::text THEN (EXISTS ( SELECT FROM note s WHERE ((s.tenant_id = meaning_passage.tenant_id) AND (s.id = meaning_passage.record_id) AND (s.deleted_at IS NULL)))) WHEN 'activity'::text THEN (EXISTS ( SELECT FROM activity s WHERE ((s.tenant_id = meaning_passage.tenant_id) AND (s.id = meaning_passage.record_id) AND (s.deleted_at IS NULL)))) WHEN 'mail_message'::text THEN (EXISTS ( SELECT FROM mail_message s WHERE ((s.tenant_id = meaning_passage.tenant_id) AND (s.id = meaning_passage.record_id) AND (s.deleted_at IS NULL)))) ELSE false END)));
create policy remove on meaning_passage for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy system on meaning_passage for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table meaning_passage to holdfast_app;
grant delete, insert, select, update on table meaning_passage to holdfast_system;

create table meaning_term (
  tenant_id uuid not null,
  model_id uuid not null,
  word integer not null,
  documents integer not null,
  vector bytea,
  constraint meaning_term_documents_check CHECK ((documents > 0)),
  constraint meaning_term_pkey PRIMARY KEY (tenant_id, model_id, word),
  constraint meaning_term_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint meaning_term_tenant_id_model_id_fkey FOREIGN KEY (tenant_id, model_id) REFERENCES meaning_model(tenant_id, id) ON DELETE CASCADE
);
alter table meaning_term enable row level security;
alter table meaning_term force row level security;
create policy append on meaning_term for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy change on meaning_term for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on meaning_term for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy remove on meaning_term for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy system on meaning_term for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table meaning_term to holdfast_app;
grant delete, insert, select, update on table meaning_term to holdfast_system;

create table meeting (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  calendar_id uuid not null,
  object_id uuid,
  occurrence text not null default ''::text,
  title text not null default ''::text,
  description text not null default ''::text,
  location text not null default ''::text,
  people_text text not null default ''::text,
  people jsonb not null default '[]'::jsonb,
  occurred_at timestamp(3) with time zone not null,
  ends_at timestamp(3) with time zone not null,
  starts_on date,
  ends_on date,
  is_all_day boolean not null default false,
  repeats boolean not null default false,
  is_moved boolean not null default false,
  time_zone text,
  unknown_time_zone text,
  status text not null default 'confirmed'::text,
  is_private boolean not null default false,
  owner_id uuid,
  records uuid[] not null default '{}'::uuid[],
  records_set boolean not null default false,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  deleted_at timestamp(3) with time zone,
  constraint meeting_description_check CHECK ((length(description) <= 20000)),
  constraint meeting_location_check CHECK ((length(location) <= 1000)),
  constraint meeting_occurrence_check CHECK ((length(occurrence) <= 40)),
  constraint meeting_people_check CHECK ((jsonb_typeof(people) = 'array'::text)),
  constraint meeting_people_text_check CHECK ((length(people_text) <= 2000)),
  constraint meeting_pkey PRIMARY KEY (tenant_id, id),
  constraint meeting_records_check CHECK ((cardinality(records) <= 20)),
  constraint meeting_status_check CHECK ((status = ANY (ARRAY['confirmed'::text, 'tentative'::text, 'cancelled'::text]))),
  constraint meeting_tenant_id_calendar_id_fkey FOREIGN KEY (tenant_id, calendar_id) REFERENCES meeting_calendar(tenant_id, id) ON DELETE CASCADE,
  constraint meeting_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint meeting_tenant_id_object_id_fkey FOREIGN KEY (tenant_id, object_id) REFERENCES calendar_object(tenant_id, id) ON DELETE CASCADE,
  constraint meeting_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (owner_id),
  constraint meeting_time_zone_check CHECK ((length(time_zone) <= 200)),
  constraint meeting_title_check CHECK ((length(title) <= 1000)),
  constraint meeting_unknown_time_zone_check CHECK ((length(unknown_time_zone) <= 200))
);
alter table meeting enable row level security;
alter table meeting force row level security;
create index meeting_created ON public.meeting USING btree (tenant_id, created_at, id);
create index meeting_occurred ON public.meeting USING btree (tenant_id, occurred_at, id);
create unique index meeting_occurrence ON public.meeting USING btree (tenant_id, object_id, occurrence) WHERE (object_id IS NOT NULL);
create index meeting_of_calendar ON public.meeting USING btree (tenant_id, calendar_id, occurred_at, id);
create index meeting_owner ON public.meeting USING btree (tenant_id, owner_id) WHERE (owner_id IS NOT NULL);
create index meeting_trash ON public.meeting USING btree (tenant_id, deleted_at, id) WHERE (deleted_at IS NOT NULL);
create index meeting_words ON public.meeting USING gin (tenant_id, app.to_search_vector(title, description)) WHERE (deleted_at IS NULL);
create policy append on meeting for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy change on meeting for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (calendar_id = ANY (( SELECT app.calendars_read('own'::text) AS calendars_read)::uuid[])))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on meeting for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (calendar_id = ANY (( SELECT app.calendars_read('own'::text) AS calendars_read)::uuid[])) OR ((NOT is_private) AND (calendar_id = ANY (( SELECT app.calendars_read('everything'::text) AS calendars_read)::uuid[]))))));
create policy remove on meeting for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (calendar_id = ANY (( SELECT app.calendars_read('own'::text) AS calendars_read)::uuid[])))));
create policy system on meeting for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.meeting REFERENCING OLD TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('meeting');
create trigger audit_insert AFTER INSERT ON public.meeting REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('meeting');
create trigger audit_update AFTER UPDATE ON public.meeting REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('meeting');
create trigger link_entries AFTER INSERT ON public.meeting REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.link_entries('occurred_at');
create trigger note_records_set BEFORE UPDATE OF records ON public.meeting
    FOR EACH ROW WHEN ((old.records IS DISTINCT FROM new.records))
    EXECUTE FUNCTION app.note_records_set();
create trigger relink_entry AFTER UPDATE OF records, occurred_at ON public.meeting
    FOR EACH ROW WHEN (((old.records <> new.records) OR (old.occurred_at <> new.occurred_at)))
    EXECUTE FUNCTION app.relink_entry('occurred_at');
create trigger touch BEFORE UPDATE ON public.meeting
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
create trigger unlink_entries AFTER DELETE ON public.meeting REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.unlink_entries();
grant delete, insert, select, update on table meeting to holdfast_app;
grant delete, insert, select, update on table meeting to holdfast_system;

create table meeting_calendar (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null,
  color text not null default 'blue'::text,
  owner_id uuid,
  sharing text not null default 'private'::text,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint meeting_calendar_color_check CHECK (((length(color) >= 1) AND (length(color) <= 20))),
  constraint meeting_calendar_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint meeting_calendar_pkey PRIMARY KEY (tenant_id, id),
  constraint meeting_calendar_sharing_check CHECK ((sharing = ANY (ARRAY['private'::text, 'participants'::text, 'all'::text]))),
  constraint meeting_calendar_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint meeting_calendar_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (owner_id)
);
alter table meeting_calendar enable row level security;
alter table meeting_calendar force row level security;
create index meeting_calendar_name ON public.meeting_calendar USING btree (tenant_id, name, id);
create index meeting_calendar_owner ON public.meeting_calendar USING btree (tenant_id, owner_id, id);
create policy append on meeting_calendar for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'create'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)))));
create policy change on meeting_calendar for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'update'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)))))
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)))));
create policy read on meeting_calendar for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)) OR (sharing <> 'private'::text))));
create policy remove on meeting_calendar for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'delete'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)))));
create policy system on meeting_calendar for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.meeting_calendar REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('meeting_calendar', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.meeting_calendar REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('meeting_calendar', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.meeting_calendar REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('meeting_calendar', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.meeting_calendar
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table meeting_calendar to holdfast_app;
grant delete, insert, select, update on table meeting_calendar to holdfast_system;

create table message_address (
  tenant_id uuid not null,
  address text not null,
  message_id uuid not null,
  constraint message_address_address_check CHECK ((length(address) <= 320)),
  constraint message_address_pkey PRIMARY KEY (tenant_id, address, message_id),
  constraint message_address_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint message_address_tenant_id_message_id_fkey FOREIGN KEY (tenant_id, message_id) REFERENCES mail_message(tenant_id, id) ON DELETE CASCADE
);
alter table message_address enable row level security;
alter table message_address force row level security;
create index message_address_domain ON public.message_address USING btree (tenant_id, split_part(address, '@'::text, 2), message_id);
create index message_address_message ON public.message_address USING btree (tenant_id, message_id);
create policy append on message_address for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy change on message_address for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on message_address for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy remove on message_address for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy system on message_address for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table message_address to holdfast_app;
grant delete, insert, select, update on table message_address to holdfast_system;

create table message_reference (
  tenant_id uuid not null,
  header_id text not null,
  conversation_id uuid not null,
  constraint message_reference_header_id_check CHECK ((length(header_id) <= 1000)),
  constraint message_reference_pkey PRIMARY KEY (tenant_id, header_id),
  constraint message_reference_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
alter table message_reference enable row level security;
alter table message_reference force row level security;
create index message_reference_conversation ON public.message_reference USING btree (tenant_id, conversation_id);
create policy append on message_reference for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy change on message_reference for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on message_reference for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy remove on message_reference for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ( SELECT app.is_system() AS is_system)));
create policy system on message_reference for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table message_reference to holdfast_app;
grant delete, insert, select, update on table message_reference to holdfast_system;

create table note (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  body text not null,
  pinned boolean not null default false,
  author_id uuid,
  import_id uuid,
  custom jsonb not null default '{}'::jsonb,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  deleted_at timestamp(3) with time zone,
  mentions uuid[] not null default '{}'::uuid[],
  records uuid[] not null default '{}'::uuid[],
  constraint note_body_check CHECK (((length(body) >= 1) AND (length(body) <= 100000))),
  constraint note_custom_check CHECK ((jsonb_typeof(custom) = 'object'::text)),
  constraint note_mentions_check CHECK ((cardinality(mentions) <= 50)),
  constraint note_pkey PRIMARY KEY (tenant_id, id),
  constraint note_records_check CHECK ((((cardinality(records) >= 1) AND (cardinality(records) <= 20)) AND (array_position(records, NULL::uuid) IS NULL))),
  constraint note_tenant_id_author_id_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (author_id),
  constraint note_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table note enable row level security;
alter table note force row level security;
create index note_author ON public.note USING btree (tenant_id, author_id);
create index note_created ON public.note USING btree (tenant_id, created_at, id);
create index note_trash ON public.note USING btree (tenant_id, deleted_at, id) WHERE (deleted_at IS NOT NULL);
create index note_words ON public.note USING gin (tenant_id, app.to_search_vector(NULL::text, body)) WHERE (deleted_at IS NULL);
create policy append on note for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('note'::text, 'create'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('note'::text, 'create'::text) AS scope_owners)::uuid[]))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_every_subject(records))));
create policy change on note for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('note'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('note'::text, 'update'::text) AS scope_owners)::uuid[])) OR ((( SELECT app.full_scope('note'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('note'::text, 'delete'::text) AS scope_owners)::uuid[])))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_some_subject(records))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on note for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('note'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('note'::text, 'read'::text) AS scope_owners)::uuid[]))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_some_subject(records))));
create policy remove on note for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('note'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (author_id = ANY (( SELECT app.scope_owners('note'::text, 'delete'::text) AS scope_owners)::uuid[]))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_some_subject(records))));
create policy system on note for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.note REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('note', '{tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.note REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('note', '{tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.note REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('note', '{tenant_id,version,updated_at}', '{}');
create trigger check_mentions BEFORE INSERT OR UPDATE OF mentions ON public.note
    FOR EACH ROW WHEN ((new.mentions <> '{}'::uuid[]))
    EXECUTE FUNCTION app.check_mentions();
create trigger custom_values_delete AFTER DELETE ON public.note REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.drop_custom_values('note');
create trigger custom_values_insert AFTER INSERT ON public.note REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('note');
create trigger custom_values_update AFTER UPDATE ON public.note REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('note');
create trigger link_entries AFTER INSERT ON public.note REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.link_entries('created_at');
create trigger relink_entry AFTER UPDATE OF records, created_at ON public.note
    FOR EACH ROW WHEN (((old.records <> new.records) OR (old.created_at <> new.created_at)))
    EXECUTE FUNCTION app.relink_entry('created_at');
create trigger touch BEFORE UPDATE ON public.note
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
create trigger unlink_entries AFTER DELETE ON public.note REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.unlink_entries();
grant delete, insert, select, update on table note to holdfast_app;
grant delete, insert, select, update on table note to holdfast_system;

create table notification (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  kind text not null,
  resource text not null,
  record_id uuid,
  source text,
  source_id uuid,
  actor_id uuid,
  change_id uuid,
  cause text not null,
  in_app boolean not null,
  email text not null,
  mailed_at timestamp(3) with time zone,
  read_at timestamp(3) with time zone,
  snoozed_until timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null default now(),
  via text,
  constraint notification_cause_check CHECK (((length(cause) >= 1) AND (length(cause) <= 200))),
  constraint notification_email_check CHECK ((email = ANY (ARRAY['off'::text, 'at_once'::text, 'digest'::text]))),
  constraint notification_kind_check CHECK ((kind = ANY (ARRAY['mentioned'::text, 'commented'::text, 'assigned'::text, 'changed'::text, 'task_due'::text, 'finished'::text, 'duplicates_found'::text, 'webhook_disabled'::text, 'handed_over'::text]))) NOT VALID,
  constraint notification_pkey PRIMARY KEY (tenant_id, id),
  constraint notification_resource_check CHECK ((length(resource) <= 60)),
  constraint notification_source_check CHECK ((source = ANY (ARRAY['comment'::text, 'note'::text]))),
  constraint notification_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint notification_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE,
  constraint notification_tenant_id_user_id_kind_cause_key UNIQUE (tenant_id, user_id, kind, cause)
);
alter table notification enable row level security;
alter table notification force row level security;
create index notification_created ON public.notification USING btree (created_at);
create index notification_digest ON public.notification USING btree (tenant_id, user_id, created_at) WHERE ((email = 'digest'::text) AND (mailed_at IS NULL) AND (read_at IS NULL));
create index notification_inbox ON public.notification USING btree (tenant_id, user_id, created_at DESC, id DESC) WHERE in_app;
create index notification_unread ON public.notification USING btree (tenant_id, user_id, created_at DESC, id DESC) WHERE (in_app AND (read_at IS NULL));
create policy own on notification for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR ( SELECT app.is_system() AS is_system))));
create policy system on notification for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table notification to holdfast_app;
grant delete, insert, select, update on table notification to holdfast_system;

create table notification_setting (
  tenant_id uuid not null,
  user_id uuid not null,
  id uuid generated always as (user_id) stored,
  kinds jsonb not null default '{}'::jsonb,
  digest text not null default 'daily'::text,
  digest_hour integer not null default 8,
  digest_weekday integer not null default 1,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint notification_setting_digest_check CHECK ((digest = ANY (ARRAY['daily'::text, 'weekly'::text]))),
  constraint notification_setting_digest_hour_check CHECK (((digest_hour >= 0) AND (digest_hour <= 23))),
  constraint notification_setting_digest_weekday_check CHECK (((digest_weekday >= 1) AND (digest_weekday <= 7))),
  constraint notification_setting_kinds_check CHECK (((jsonb_typeof(kinds) = 'object'::text) AND (pg_column_size(kinds) <= 4000))),
  constraint notification_setting_pkey PRIMARY KEY (tenant_id, user_id),
  constraint notification_setting_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint notification_setting_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table notification_setting enable row level security;
alter table notification_setting force row level security;
create policy own on notification_setting for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR ( SELECT app.is_system() AS is_system))));
create policy system on notification_setting for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.notification_setting REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('notification_setting', '{user_id,tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_insert AFTER INSERT ON public.notification_setting REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('notification_setting', '{user_id,tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_update AFTER UPDATE ON public.notification_setting REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('notification_setting', '{user_id,tenant_id,version,updated_at}', '{}', '{}');
create trigger touch BEFORE UPDATE ON public.notification_setting
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table notification_setting to holdfast_app;
grant delete, insert, select, update on table notification_setting to holdfast_system;

create table one_time_token (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  kind text not null,
  hash bytea not null,
  user_id uuid,
  expires_at timestamp(3) with time zone not null,
  created_at timestamp(3) with time zone not null default now(),
  sent_to text,
  payload jsonb,
  constraint one_time_token_hash_check CHECK ((length(hash) = 32)),
  constraint one_time_token_kind_check CHECK ((kind = ANY (ARRAY['sign_in_link'::text, 'invitation'::text, 'password_reset'::text, 'second_factor'::text, 'passkey_challenge'::text, 'email_confirmation'::text, 'identity_link'::text, 'account_link'::text]))) NOT VALID,
  constraint one_time_token_payload_check CHECK ((pg_column_size(payload) <= 2000)),
  constraint one_time_token_pkey PRIMARY KEY (tenant_id, id),
  constraint one_time_token_sent_to_check CHECK ((length(sent_to) <= 300)),
  constraint one_time_token_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint one_time_token_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
);
alter table one_time_token enable row level security;
alter table one_time_token force row level security;
create index one_time_token_expires ON public.one_time_token USING btree (expires_at);
create index one_time_token_hash ON public.one_time_token USING btree (hash);
create index one_time_token_user ON public.one_time_token USING btree (tenant_id, user_id);
create policy personal on one_time_token for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR (( SELECT app.some_scope('user'::text, 'update'::text) AS some_scope) <> 'none'::text) OR ((kind = 'invitation'::text) AND (( SELECT app.some_scope('user'::text, 'create'::text) AS some_scope) <> 'none'::text)))));
create policy system on one_time_token for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table one_time_token to holdfast_app;
grant delete, insert, select, update on table one_time_token to holdfast_system;

create table operator (
  tenant_id uuid not null,
  user_id uuid not null,
  granted_at timestamp(3) with time zone not null default now(),
  granted_by text not null,
  constraint operator_granted_by_check CHECK (((length(granted_by) >= 1) AND (length(granted_by) <= 200))),
  constraint operator_pkey PRIMARY KEY (tenant_id, user_id),
  constraint operator_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
);
alter table operator enable row level security;
alter table operator force row level security;
create policy read on operator for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on operator for all to holdfast_system
    using (true)
    with check (true);
grant select on table operator to holdfast_app;
grant delete, insert, select on table operator to holdfast_system;

create table operator_action (
  id uuid not null default app.uuid_v7(),
  at timestamp(3) with time zone not null default now(),
  who text not null,
  action text not null,
  target text,
  reason text not null,
  constraint operator_action_action_check CHECK (((length(action) >= 1) AND (length(action) <= 100))),
  constraint operator_action_pkey PRIMARY KEY (id),
  constraint operator_action_reason_check CHECK (((length(reason) >= 3) AND (length(reason) <= 1000))),
  constraint operator_action_target_check CHECK ((length(target) <= 500)),
  constraint operator_action_who_check CHECK (((length(who) >= 1) AND (length(who) <= 500)))
);
alter table operator_action enable row level security;
alter table operator_action force row level security;
create policy system on operator_action for all to holdfast_system
    using (true)
    with check (true);
grant insert, select on table operator_action to holdfast_system;

create table orphan_file (
  storage_key text not null,
  size_bytes bigint not null,
  modified_at timestamp(3) with time zone not null,
  found_at timestamp(3) with time zone not null,
  seen_at timestamp(3) with time zone not null,
  confirmed_at timestamp(3) with time zone,
  constraint orphan_file_pkey PRIMARY KEY (storage_key),
  constraint orphan_file_size_bytes_check CHECK ((size_bytes >= 0)),
  constraint orphan_file_storage_key_check CHECK (((length(storage_key) >= 1) AND (length(storage_key) <= 200)))
);
alter table orphan_file enable row level security;
alter table orphan_file force row level security;
create index orphan_file_found ON public.orphan_file USING btree (found_at);
create policy operators on orphan_file for select to holdfast_app
    using (( SELECT app.may_alert() AS may_alert));
create policy system on orphan_file for all to holdfast_system
    using (true)
    with check (true);
grant select on table orphan_file to holdfast_app;
grant delete, insert, select, update on table orphan_file to holdfast_system;

create table outgoing_mail (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  mailbox_id uuid not null,
  author_id uuid,
  header_id text not null,
  reply_to_id uuid,
  recipients jsonb not null,
  subject text not null default ''::text,
  body text not null default ''::text,
  state text not null default 'waiting'::text,
  problem text,
  send_at timestamp(3) with time zone not null,
  sent_at timestamp(3) with time zone,
  copied_at timestamp(3) with time zone,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  file_ids uuid[] not null default '{}'::uuid[],
  forward_id uuid,
  bounces jsonb not null default '[]'::jsonb,
  constraint outgoing_mail_body_check CHECK ((length(body) <= 200000)),
  constraint outgoing_mail_bounces_check CHECK ((jsonb_typeof(bounces) = 'array'::text)) NOT VALID,
  constraint outgoing_mail_file_ids_check CHECK ((cardinality(file_ids) <= 20)) NOT VALID,
  constraint outgoing_mail_forward_id_fkey FOREIGN KEY (tenant_id, forward_id) REFERENCES mail_message(tenant_id, id) ON DELETE SET NULL (forward_id) NOT VALID,
  constraint outgoing_mail_header_id_check CHECK ((length(header_id) <= 1000)),
  constraint outgoing_mail_pkey PRIMARY KEY (tenant_id, id),
  constraint outgoing_mail_recipients_check CHECK ((jsonb_typeof(recipients) = 'array'::text)),
  constraint outgoing_mail_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sending'::text, 'in_doubt'::text, 'sent'::text, 'failed'::text, 'cancelled'::text]))),
  constraint outgoing_mail_subject_check CHECK ((length(subject) <= 1000)),
  constraint outgoing_mail_tenant_id_author_id_fkey FOREIGN KEY (tenant_id, author_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (author_id),
  constraint outgoing_mail_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint outgoing_mail_tenant_id_mailbox_id_fkey FOREIGN KEY (tenant_id, mailbox_id) REFERENCES mailbox(tenant_id, id) ON DELETE CASCADE,
  constraint outgoing_mail_tenant_id_reply_to_id_fkey FOREIGN KEY (tenant_id, reply_to_id) REFERENCES mail_message(tenant_id, id) ON DELETE SET NULL (reply_to_id)
);
alter table outgoing_mail enable row level security;
alter table outgoing_mail force row level security;
create index outgoing_mail_author ON public.outgoing_mail USING btree (tenant_id, author_id) WHERE (author_id IS NOT NULL);
create index outgoing_mail_bounces ON public.outgoing_mail USING gin (bounces jsonb_path_ops) WHERE (bounces <> '[]'::jsonb);
create index outgoing_mail_files ON public.outgoing_mail USING gin (file_ids) WHERE (file_ids <> '{}'::uuid[]);
create index outgoing_mail_forward ON public.outgoing_mail USING btree (tenant_id, forward_id) WHERE (forward_id IS NOT NULL);
create unique index outgoing_mail_header ON public.outgoing_mail USING btree (tenant_id, header_id);
create index outgoing_mail_mailbox ON public.outgoing_mail USING btree (tenant_id, mailbox_id, created_at, id);
create index outgoing_mail_reply ON public.outgoing_mail USING btree (tenant_id, reply_to_id) WHERE (reply_to_id IS NOT NULL);
create policy append on outgoing_mail for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (mailbox_id = ANY (( SELECT app.mailboxes_read('own'::text) AS mailboxes_read)::uuid[])))));
create policy change on outgoing_mail for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (mailbox_id = ANY (( SELECT app.mailboxes_read('own'::text) AS mailboxes_read)::uuid[])))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on outgoing_mail for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('mailbox'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.is_system() AS is_system) OR (mailbox_id = ANY (( SELECT app.mailboxes_read('own'::text) AS mailboxes_read)::uuid[])))));
create policy system on outgoing_mail for all to holdfast_system
    using (true)
    with check (true);
grant insert, select, update on table outgoing_mail to holdfast_app;
grant delete, insert, select, update on table outgoing_mail to holdfast_system;

create table passkey (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  name text not null,
  credential_id bytea not null,
  public_key bytea not null,
  sign_count bigint not null default 0,
  transports text[] not null default '{}'::text[],
  backed_up boolean not null default false,
  last_used_at timestamp(3) with time zone,
  created_at timestamp(3) with time zone not null default now(),
  constraint passkey_credential_id_check CHECK ((length(credential_id) <= 1023)),
  constraint passkey_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint passkey_pkey PRIMARY KEY (tenant_id, id),
  constraint passkey_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table passkey enable row level security;
alter table passkey force row level security;
create index passkey_credential ON public.passkey USING btree (credential_id);
create index passkey_user ON public.passkey USING btree (tenant_id, user_id);
create policy personal on passkey for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR (( SELECT app.some_scope('user'::text, 'update'::text) AS some_scope) <> 'none'::text))));
create policy system on passkey for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.passkey REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('passkey', '{public_key,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.passkey REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('passkey', '{public_key,tenant_id,version,updated_at}', '{}');
create trigger end_account_links AFTER INSERT ON public.passkey
    FOR EACH ROW
    EXECUTE FUNCTION app.end_account_links('user_id');
grant delete, insert, select, update on table passkey to holdfast_app;
grant delete, insert, select, update on table passkey to holdfast_system;

create table pipeline (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  name text not null,
  "position" integer not null default 0,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint pipeline_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint pipeline_pkey PRIMARY KEY (tenant_id, id),
  constraint pipeline_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint pipeline_tenant_id_name_key UNIQUE (tenant_id, name)
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table pipeline enable row level security;
alter table pipeline force row level security;
create unique index pipeline_folded_name ON public.pipeline USING btree (app.folded_name(name), tenant_id);
create policy append on pipeline for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('pipeline'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on pipeline for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('pipeline'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('pipeline'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on pipeline for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('pipeline'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on pipeline for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('pipeline'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on pipeline for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.pipeline REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('pipeline', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.pipeline REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('pipeline', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.pipeline REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('pipeline', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.pipeline
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table pipeline to holdfast_app;
grant delete, insert, select, update on table pipeline to holdfast_system;

create view pipeline_stage_item with (security_invoker=true) as
 SELECT tenant_id,
    pipeline_id,
    id,
    "position",
    jsonb_build_object('id', id, 'name', name, 'kind', kind, 'probability_percent', probability_percent, 'rotting_days', rotting_days, 'position', "position", 'required_fields', app.shown_fields('deal'::text, required_fields), 'version', version) AS item
   FROM stage;
grant select on table pipeline_stage_item to holdfast_app;
grant select on table pipeline_stage_item to holdfast_system;

create table price (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  security_id uuid not null,
  day date not null,
  price numeric(18,8) not null,
  source text,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint price_pkey PRIMARY KEY (tenant_id, id),
  constraint price_price_check CHECK ((price >= (0)::numeric)),
  constraint price_source_check CHECK (((length(source) >= 1) AND (length(source) <= 100))),
  constraint price_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint price_tenant_id_security_id_fkey FOREIGN KEY (tenant_id, security_id) REFERENCES financial_security(tenant_id, id) ON DELETE CASCADE
);
alter table price enable row level security;
alter table price force row level security;
create unique index price_day ON public.price USING btree (tenant_id, security_id, day) INCLUDE (price);
create policy append on price for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('financial_security'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on price for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('financial_security'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('financial_security'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on price for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('financial_security'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on price for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('financial_security'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on price for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.price REFERENCING OLD TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('price');
create trigger audit_insert AFTER INSERT ON public.price REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('price');
create trigger audit_update AFTER UPDATE ON public.price REFERENCING NEW TABLE AS changed_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_statement('price');
create trigger touch BEFORE UPDATE ON public.price
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table price to holdfast_app;
grant delete, insert, select, update on table price to holdfast_system;

create table process (
  id uuid not null,
  host text not null,
  pid integer not null,
  role text not null,
  version text not null,
  commit text,
  node_version text not null,
  address text,
  started_at timestamp(3) with time zone not null,
  seen_at timestamp(3) with time zone not null,
  memory_bytes bigint not null,
  settings jsonb not null,
  unread jsonb not null,
  constraint process_address_check CHECK ((length(address) <= 500)),
  constraint process_commit_check CHECK ((length(commit) <= 64)),
  constraint process_host_check CHECK (((length(host) >= 1) AND (length(host) <= 200))),
  constraint process_node_version_check CHECK ((length(node_version) <= 100)),
  constraint process_pkey PRIMARY KEY (id),
  constraint process_role_check CHECK ((length(role) <= 20)),
  constraint process_settings_check CHECK ((length((settings)::text) <= 100000)),
  constraint process_unread_check CHECK ((length((unread)::text) <= 20000)),
  constraint process_version_check CHECK ((length(version) <= 100))
);
alter table process enable row level security;
alter table process force row level security;
create policy system on process for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table process to holdfast_system;

create table product (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  external_id text,
  name text collate "und-x-icu" not null,
  family text,
  unit_price bigint,
  currency character(3) not null default 'USD'::bpchar,
  active boolean not null default true,
  import_id uuid,
  custom jsonb not null default '{}'::jsonb,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint product_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint product_custom_check CHECK ((jsonb_typeof(custom) = 'object'::text)),
  constraint product_external_id_check CHECK (((length(external_id) >= 1) AND (length(external_id) <= 200))),
  constraint product_family_check CHECK ((length(family) <= 200)),
  constraint product_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint product_pkey PRIMARY KEY (tenant_id, id),
  constraint product_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint product_tenant_id_name_key UNIQUE (tenant_id, name),
  constraint product_unit_price_check CHECK ((unit_price >= 0))
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table product enable row level security;
alter table product force row level security;
create unique index product_external_id ON public.product USING btree (tenant_id, external_id) WHERE (external_id IS NOT NULL);
create policy append on product for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('product'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on product for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('product'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('product'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on product for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('product'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on product for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('product'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on product for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.product REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('product', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.product REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('product', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.product REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('product', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger custom_values_delete AFTER DELETE ON public.product REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.drop_custom_values('product');
create trigger custom_values_insert AFTER INSERT ON public.product REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('product');
create trigger custom_values_update AFTER UPDATE ON public.product REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('product');
create trigger forget_favourites AFTER DELETE ON public.product REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deleted_favourites();
create trigger return_favourites AFTER INSERT ON public.product REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deleted_favourites();
create trigger touch BEFORE UPDATE ON public.product
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table product to holdfast_app;
grant delete, insert, select, update on table product to holdfast_system;

create table pseudonymised_copy (
  single boolean not null default true,
  source text not null,
  replaced_at timestamp(3) with time zone,
  sends boolean not null default false,
  sends_changed_at timestamp(3) with time zone,
  constraint pseudonymised_copy_pkey PRIMARY KEY (single),
  constraint pseudonymised_copy_single_check CHECK (single),
  constraint pseudonymised_copy_source_check CHECK (((length(source) >= 1) AND (length(source) <= 300)))
);
alter table pseudonymised_copy enable row level security;
alter table pseudonymised_copy force row level security;
create policy processes on pseudonymised_copy for select to holdfast_app
    using (true);
create policy system on pseudonymised_copy for all to holdfast_system
    using (true)
    with check (true);
grant select on table pseudonymised_copy to holdfast_app;
grant insert, select, update on table pseudonymised_copy to holdfast_system;

create table record_history (
  tenant_id uuid not null,
  seq bigint not null,
  at timestamp(3) with time zone not null default now(),
  resource text not null,
  record_id uuid,
  salt uuid not null,
  before jsonb,
  after jsonb,
  constraint record_history_pkey PRIMARY KEY (tenant_id, seq)
);
alter table record_history enable row level security;
alter table record_history force row level security;
create index record_history_at ON public.record_history USING brin (at);
create policy append on record_history for insert to public
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on record_history for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.is_system() AS is_system) OR app.reads_history(resource, record_id, before, after))));
create policy system on record_history for all to holdfast_system
    using (true)
    with check (true);
grant insert, select on table record_history to holdfast_app;
grant delete, insert, select on table record_history to holdfast_system;

create table record_link (
  tenant_id uuid not null,
  record_id uuid not null,
  item_type text not null,
  item_id uuid not null,
  at timestamp(3) with time zone not null,
  constraint record_link_item_type_check CHECK (((length(item_type) >= 1) AND (length(item_type) <= 60))),
  constraint record_link_pkey PRIMARY KEY (tenant_id, item_id, record_id),
  constraint record_link_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint record_link_tenant_id_record_id_fkey FOREIGN KEY (tenant_id, record_id) REFERENCES subject(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table record_link enable row level security;
alter table record_link force row level security;
create index record_link_record ON public.record_link USING btree (tenant_id, record_id, item_type, at DESC, item_id DESC);
create policy read on record_link for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_subject(record_id))));
create policy system on record_link for all to holdfast_system
    using (true)
    with check (true);
grant select on table record_link to holdfast_app;
grant delete, insert, select, update on table record_link to holdfast_system;

create table record_tag (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  tag_id uuid not null,
  record_id uuid not null,
  constraint record_tag_pkey PRIMARY KEY (tenant_id, id),
  constraint record_tag_tenant_id_record_id_fkey FOREIGN KEY (tenant_id, record_id) REFERENCES subject(tenant_id, id) ON DELETE CASCADE,
  constraint record_tag_tenant_id_tag_id_fkey FOREIGN KEY (tenant_id, tag_id) REFERENCES tag(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table record_tag enable row level security;
alter table record_tag force row level security;
create unique index record_tag_record ON public.record_tag USING btree (tenant_id, record_id, tag_id);
create index record_tag_tag ON public.record_tag USING btree (tenant_id, tag_id);
create policy append on record_tag for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.tags_all_subjects() AS tags_all_subjects) OR app.tags_subject(record_id))));
create policy change on record_tag for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('tag'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('tag'::text, 'delete'::text) AS some_scope) <> 'none'::text)) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_subject(record_id))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on record_tag for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('tag'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_subject(record_id))));
create policy remove on record_tag for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.tags_all_subjects() AS tags_all_subjects) OR app.tags_subject(record_id))));
create policy system on record_tag for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.record_tag REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('record_tag', '{tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.record_tag REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('record_tag', '{tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.record_tag REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('record_tag', '{tenant_id,version,updated_at}', '{}');
create trigger ensure_subject BEFORE INSERT OR UPDATE OF record_id ON public.record_tag
    FOR EACH ROW
    EXECUTE FUNCTION app.ensure_subject();
grant delete, insert, select, update on table record_tag to holdfast_app;
grant delete, insert, select, update on table record_tag to holdfast_system;

create view recorded_change with (security_invoker=true) as
 SELECT e.tenant_id,
    e.seq,
    e.xid,
    e.at,
    e.actor_kind,
    e.actor_id,
    e.credential_id,
    e.action,
    e.resource,
    e.record_id,
    e.fields,
    e.commitment,
    e.ip,
    e.request_id,
    e.import_id,
    e.cause,
    e.depth,
        CASE
            WHEN (e.resource = ANY (ARRAY['comment'::text, 'record_tag'::text])) THEN app.current_values(e.resource, h.before)
            ELSE h.before
        END AS before,
        CASE
            WHEN (e.resource = ANY (ARRAY['comment'::text, 'record_tag'::text])) THEN app.current_values(e.resource, h.after)
            ELSE h.after
        END AS after,
    e.via
   FROM (audit_event e
     LEFT JOIN LATERAL ( SELECT c.before,
            c.after
           FROM record_history c
          WHERE ((c.tenant_id = e.tenant_id) AND (c.seq = e.seq))
         OFFSET 0) h ON (true))
  WHERE (e.action <> 'signal'::text);
grant select on table recorded_change to holdfast_app;
grant select on table recorded_change to holdfast_system;

create table recovery_code (
  tenant_id uuid not null,
  user_id uuid not null,
  id uuid not null default app.uuid_v7(),
  hash bytea not null,
  constraint recovery_code_pkey PRIMARY KEY (tenant_id, id),
  constraint recovery_code_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_totp(tenant_id, user_id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table recovery_code enable row level security;
alter table recovery_code force row level security;
create index recovery_code_user ON public.recovery_code USING btree (tenant_id, user_id);
create policy personal on recovery_code for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR (( SELECT app.some_scope('user'::text, 'update'::text) AS some_scope) <> 'none'::text))));
create policy system on recovery_code for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.recovery_code REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('recovery_code', '{tenant_id,version,updated_at}', '{hash}');
create trigger audit_insert AFTER INSERT ON public.recovery_code REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('recovery_code', '{tenant_id,version,updated_at}', '{hash}');
create trigger audit_update AFTER UPDATE ON public.recovery_code REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('recovery_code', '{tenant_id,version,updated_at}', '{hash}');
grant delete, insert, select, update on table recovery_code to holdfast_app;
grant delete, insert, select, update on table recovery_code to holdfast_system;

create table relationship (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  contact_id uuid,
  legal_entity_id uuid,
  kind text not null default 'other'::text,
  of_contact_id uuid,
  of_entity_id uuid,
  reciprocal text generated always as ( CASE kind WHEN 'parent'::text THEN 'child'::text WHEN 'spouse'::text THEN 'spouse'::text WHEN 'sibling'::text THEN 'sibling'::text WHEN 'trustee'::text THEN 'trust'::text WHEN 'grantor'::text THEN 'trust'::text WHEN 'owner'::text THEN 'owned'::text WHEN 'primary_beneficiary'::text THEN 'benefits'::text WHEN 'contingent_beneficiary'::text THEN 'benefits'::text WHEN 'other'::text THEN 'other'::text ELSE 'client'::text END) stored,
  share_numerator integer,
  share_denominator integer,
  from_on date not null default CURRENT_DATE,
  until_on date,
  remark text,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint relationship_check CHECK ((num_nonnulls(contact_id, legal_entity_id) = 1)),
  constraint relationship_check1 CHECK ((num_nonnulls(of_contact_id, of_entity_id) = 1)),
  constraint relationship_check2 CHECK ((contact_id <> of_contact_id)),
  constraint relationship_check3 CHECK ((legal_entity_id <> of_entity_id)),
  constraint relationship_check4 CHECK ((num_nonnulls(share_numerator, share_denominator) <> 1)),
  constraint relationship_kind_check CHECK ((kind = ANY (ARRAY['parent'::text, 'spouse'::text, 'sibling'::text, 'trustee'::text, 'grantor'::text, 'owner'::text, 'primary_beneficiary'::text, 'contingent_beneficiary'::text, 'lawyer'::text, 'accountant'::text, 'trusted_contact'::text, 'other'::text]))),
  constraint relationship_period CHECK ((until_on >= from_on)),
  constraint relationship_pkey PRIMARY KEY (tenant_id, id),
  constraint relationship_remark_check CHECK ((length(remark) <= 500)),
  constraint relationship_share_numerator_check CHECK ((share_numerator > 0)),
  constraint relationship_share_numerator_check1 CHECK ((share_numerator <= share_denominator)),
  constraint relationship_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES contact(tenant_id, id) ON DELETE CASCADE,
  constraint relationship_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint relationship_tenant_id_household_id_fkey FOREIGN KEY (tenant_id, household_id) REFERENCES household(tenant_id, id) ON DELETE CASCADE,
  constraint relationship_tenant_id_legal_entity_id_fkey FOREIGN KEY (tenant_id, legal_entity_id) REFERENCES legal_entity(tenant_id, id) ON DELETE CASCADE,
  constraint relationship_tenant_id_of_contact_id_fkey FOREIGN KEY (tenant_id, of_contact_id) REFERENCES contact(tenant_id, id) ON DELETE CASCADE,
  constraint relationship_tenant_id_of_entity_id_fkey FOREIGN KEY (tenant_id, of_entity_id) REFERENCES legal_entity(tenant_id, id) ON DELETE CASCADE
);
alter table relationship enable row level security;
alter table relationship force row level security;
create index relationship_contact ON public.relationship USING btree (tenant_id, contact_id) WHERE (contact_id IS NOT NULL);
create index relationship_entity ON public.relationship USING btree (tenant_id, legal_entity_id) WHERE (legal_entity_id IS NOT NULL);
create index relationship_household ON public.relationship USING btree (tenant_id, household_id, created_at, id);
create index relationship_of_contact ON public.relationship USING btree (tenant_id, of_contact_id) WHERE (of_contact_id IS NOT NULL);
create index relationship_of_entity ON public.relationship USING btree (tenant_id, of_entity_id) WHERE (of_entity_id IS NOT NULL);
create policy append on relationship for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'relationship'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('relationship'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy change on relationship for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'relationship'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('relationship'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on relationship for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'read'::text, 'relationship'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('relationship'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy remove on relationship for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'relationship'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('relationship'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy system on relationship for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.relationship REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('relationship', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.relationship REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('relationship', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.relationship REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('relationship', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.relationship
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table relationship to holdfast_app;
grant delete, insert, select, update on table relationship to holdfast_system;

create table role (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  key text not null default ('custom_'::text || substr(md5((gen_random_uuid())::text), 1, 16)),
  name text not null,
  preset boolean not null default false,
  kind text not null default 'member'::text,
  rights jsonb not null default '{}'::jsonb,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  home text,
  constraint role_home_check CHECK ((home ~ '^/(?!/)[a-z0-9/_-]{0,199}$'::text)),
  constraint role_key_check CHECK ((key ~ '^[a-z][a-z0-9_]{0,40}$'::text)),
  constraint role_kind_check CHECK ((kind = ANY (ARRAY['member'::text, 'customer'::text, 'contractor'::text, 'device'::text]))),
  constraint role_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint role_pkey PRIMARY KEY (tenant_id, id),
  constraint role_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint role_tenant_id_id_kind_key UNIQUE (tenant_id, id, kind),
  constraint role_tenant_id_key_key UNIQUE (tenant_id, key)
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table role enable row level security;
alter table role force row level security;
create unique index role_folded_name ON public.role USING btree (app.folded_name(name), tenant_id);
create policy append on role for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('role'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on role for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('role'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('role'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on role for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('role'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on role for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('role'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on role for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.role REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('role', '{tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.role REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('role', '{tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.role REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('role', '{tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.role
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table role to holdfast_app;
grant delete, insert, select, update on table role to holdfast_system;

create table sales_target (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  owner_id uuid,
  team_id uuid,
  figure text not null,
  period text not null,
  amount bigint,
  currency character(3) not null default 'USD'::bpchar,
  deals integer,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint sales_target_amount_check CHECK ((amount > 0)),
  constraint sales_target_check CHECK ((num_nonnulls(owner_id, team_id) <= 1)),
  constraint sales_target_check1 CHECK ( CASE figure WHEN 'won_value'::text THEN ((amount IS NOT NULL) AND (deals IS NULL)) ELSE ((amount IS NULL) AND (deals IS NOT NULL)) END),
  constraint sales_target_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint sales_target_deals_check CHECK ((deals > 0)),
  constraint sales_target_figure_check CHECK ((figure = ANY (ARRAY['won_value'::text, 'won_count'::text]))),
  constraint sales_target_once UNIQUE NULLS NOT DISTINCT (tenant_id, owner_id, team_id, figure, period, currency),
  constraint sales_target_period_check CHECK ((period = ANY (ARRAY['month'::text, 'quarter'::text, 'year'::text]))),
  constraint sales_target_pkey PRIMARY KEY (tenant_id, id),
  constraint sales_target_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint sales_target_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE,
  constraint sales_target_tenant_id_team_id_fkey FOREIGN KEY (tenant_id, team_id) REFERENCES team(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table sales_target enable row level security;
alter table sales_target force row level security;
create policy append on sales_target for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('sales_target'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on sales_target for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('sales_target'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('sales_target'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on sales_target for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('sales_target'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on sales_target for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('sales_target'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on sales_target for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.sales_target REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('sales_target', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.sales_target REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('sales_target', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.sales_target REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('sales_target', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.sales_target
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table sales_target to holdfast_app;
grant delete, insert, select, update on table sales_target to holdfast_system;

create table saved_mapping (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null,
  resource text not null,
  columns jsonb not null,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint saved_mapping_columns_check CHECK ((jsonb_typeof(columns) = 'object'::text)),
  constraint saved_mapping_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint saved_mapping_pkey PRIMARY KEY (tenant_id, id),
  constraint saved_mapping_resource_check CHECK ((length(resource) <= 60)),
  constraint saved_mapping_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint saved_mapping_tenant_id_name_key UNIQUE (tenant_id, name)
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table saved_mapping enable row level security;
alter table saved_mapping force row level security;
create unique index saved_mapping_folded_name ON public.saved_mapping USING btree (app.folded_name(name), tenant_id);
create policy append on saved_mapping for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('saved_mapping'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on saved_mapping for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('saved_mapping'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('saved_mapping'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on saved_mapping for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('saved_mapping'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (NOT app.names_hidden((columns)::text))));
create policy remove on saved_mapping for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('saved_mapping'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on saved_mapping for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.saved_mapping REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('saved_mapping', '{tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.saved_mapping REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('saved_mapping', '{tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.saved_mapping REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('saved_mapping', '{tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.saved_mapping
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table saved_mapping to holdfast_app;
grant delete, insert, select, update on table saved_mapping to holdfast_system;

create table saved_view (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  owner_id uuid not null,
  resource text not null,
  name text collate "und-x-icu" not null,
  shared boolean not null default false,
  layout text not null default 'table'::text,
  filter jsonb,
  sort text,
  columns jsonb not null default '{"order": [], "hidden": [], "widths": {}}'::jsonb,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  arrangement jsonb not null default '{}'::jsonb,
  constraint saved_view_arrangement_check CHECK ((jsonb_typeof(arrangement) = 'object'::text)),
  constraint saved_view_columns_check CHECK ((jsonb_typeof(columns) = 'object'::text)),
  constraint saved_view_filter_check CHECK (((jsonb_typeof(filter) = 'object'::text) AND (pg_column_size(filter) <= 20000))),
  constraint saved_view_layout_check CHECK ((layout = ANY (ARRAY['table'::text, 'board'::text, 'calendar'::text]))),
  constraint saved_view_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60))),
  constraint saved_view_pkey PRIMARY KEY (tenant_id, id),
  constraint saved_view_resource_check CHECK ((length(resource) <= 63)),
  constraint saved_view_sort_check CHECK ((length(sort) <= 200)),
  constraint saved_view_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint saved_view_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE,
  constraint saved_view_tenant_id_owner_id_resource_name_key UNIQUE (tenant_id, owner_id, resource, name)
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table saved_view enable row level security;
alter table saved_view force row level security;
create unique index saved_view_folded_name ON public.saved_view USING btree (app.folded_name(name), tenant_id, owner_id, resource);
create policy append on saved_view for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('saved_view'::text, 'create'::text) AS full_scope) = 'all'::text) OR (owner_id = ANY (( SELECT app.scope_owners('saved_view'::text, 'create'::text) AS scope_owners)::uuid[])))));
create policy change on saved_view for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('saved_view'::text, 'update'::text) AS full_scope) = 'all'::text) OR (owner_id = ANY (( SELECT app.scope_owners('saved_view'::text, 'update'::text) AS scope_owners)::uuid[])) OR ((( SELECT app.full_scope('saved_view'::text, 'delete'::text) AS full_scope) = 'all'::text) OR (owner_id = ANY (( SELECT app.scope_owners('saved_view'::text, 'delete'::text) AS scope_owners)::uuid[]))))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on saved_view for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.is_system() AS is_system) OR (owner_id = ( SELECT app.user_id() AS user_id)) OR (shared AND (( SELECT app.scope('saved_view'::text, 'read'::text) AS scope) <> 'none'::text) AND (NOT app.names_hidden(concat((filter)::text, ' ', sort, ' ', (arrangement)::text)))))));
create policy remove on saved_view for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('saved_view'::text, 'delete'::text) AS full_scope) = 'all'::text) OR (owner_id = ANY (( SELECT app.scope_owners('saved_view'::text, 'delete'::text) AS scope_owners)::uuid[])))));
create policy system on saved_view for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.saved_view REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('saved_view', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_insert AFTER INSERT ON public.saved_view REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('saved_view', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger audit_update AFTER UPDATE ON public.saved_view REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('saved_view', '{tenant_id,version,updated_at}', '{}', '{}');
create trigger forget_favourites AFTER DELETE ON public.saved_view REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deleted_favourites();
create trigger return_favourites AFTER INSERT ON public.saved_view REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deleted_favourites();
create trigger touch BEFORE UPDATE ON public.saved_view
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table saved_view to holdfast_app;
grant delete, insert, select, update on table saved_view to holdfast_system;

create table schedule (
  tenant_id uuid not null,
  name text not null,
  cron text not null,
  time_zone text not null,
  next_at timestamp(3) with time zone not null,
  last_at timestamp(3) with time zone,
  job_id uuid,
  constraint schedule_name_check CHECK ((length(name) <= 100)),
  constraint schedule_pkey PRIMARY KEY (tenant_id, name),
  constraint schedule_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
alter table schedule enable row level security;
alter table schedule force row level security;
create policy read on schedule for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on schedule for all to holdfast_system
    using (true)
    with check (true);
grant select on table schedule to holdfast_app;
grant delete, insert, select, update on table schedule to holdfast_system;

create table schedule_pause (
  name text not null,
  paused_at timestamp(3) with time zone not null default now(),
  paused_by text not null,
  reason text not null,
  constraint schedule_pause_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint schedule_pause_paused_by_check CHECK (((length(paused_by) >= 1) AND (length(paused_by) <= 500))),
  constraint schedule_pause_pkey PRIMARY KEY (name),
  constraint schedule_pause_reason_check CHECK (((length(reason) >= 3) AND (length(reason) <= 1000)))
);
alter table schedule_pause enable row level security;
alter table schedule_pause force row level security;
create policy system on schedule_pause for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select on table schedule_pause to holdfast_system;

create table score_model (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  verdict text not null,
  won integer not null,
  lost integer not null,
  judgement jsonb,
  spec jsonb,
  created_at timestamp(3) with time zone not null default now(),
  constraint score_model_check CHECK (((verdict = 'in_use'::text) = (spec IS NOT NULL))),
  constraint score_model_check1 CHECK (((verdict = 'not_enough_history'::text) = (judgement IS NULL))),
  constraint score_model_judgement_check CHECK ((jsonb_typeof(judgement) = 'object'::text)),
  constraint score_model_lost_check CHECK ((lost >= 0)),
  constraint score_model_pkey PRIMARY KEY (tenant_id, id),
  constraint score_model_spec_check CHECK ((jsonb_typeof(spec) = 'object'::text)),
  constraint score_model_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint score_model_verdict_check CHECK ((verdict = ANY (ARRAY['not_enough_history'::text, 'no_better_than_chance'::text, 'in_use'::text]))),
  constraint score_model_won_check CHECK ((won >= 0))
);
alter table score_model enable row level security;
alter table score_model force row level security;
create index score_model_created ON public.score_model USING btree (tenant_id, created_at DESC);
create policy append on score_model for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('scoring'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on score_model for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('scoring'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('scoring'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on score_model for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('scoring'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on score_model for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('scoring'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on score_model for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table score_model to holdfast_app;
grant delete, insert, select, update on table score_model to holdfast_system;

create table scoring_rule (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null,
  resource text not null,
  filter jsonb not null,
  points integer not null,
  active boolean not null default true,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint scoring_rule_filter_check CHECK (((jsonb_typeof(filter) = 'object'::text) AND (pg_column_size(filter) <= 20000))),
  constraint scoring_rule_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint scoring_rule_pkey PRIMARY KEY (tenant_id, id),
  constraint scoring_rule_points_check CHECK (((points >= '-100'::integer) AND (points <= 100) AND (points <> 0))),
  constraint scoring_rule_resource_check CHECK ((resource = ANY (ARRAY['deal'::text, 'contact'::text]))),
  constraint scoring_rule_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint scoring_rule_tenant_id_name_key UNIQUE (tenant_id, name)
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table scoring_rule enable row level security;
alter table scoring_rule force row level security;
create unique index scoring_rule_folded_name ON public.scoring_rule USING btree (app.folded_name(name), tenant_id);
create policy append on scoring_rule for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('scoring'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on scoring_rule for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('scoring'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('scoring'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on scoring_rule for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('scoring'::text, 'read'::text) AS some_scope) <> 'none'::text) AND (NOT app.names_hidden((filter)::text))));
create policy remove on scoring_rule for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('scoring'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on scoring_rule for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.scoring_rule REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('scoring_rule', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.scoring_rule REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('scoring_rule', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.scoring_rule REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('scoring_rule', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.scoring_rule
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table scoring_rule to holdfast_app;
grant delete, insert, select, update on table scoring_rule to holdfast_system;

create table session (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  hash bytea not null,
  method text not null,
  ip inet,
  user_agent text,
  last_seen_at timestamp(3) with time zone not null default now(),
  expires_at timestamp(3) with time zone not null,
  created_at timestamp(3) with time zone not null default now(),
  second_factor boolean not null default false,
  confirmed_at timestamp(3) with time zone,
  constraint session_hash_check CHECK ((length(hash) = 32)),
  constraint session_method_check CHECK ((method = ANY (ARRAY['password'::text, 'second_factor'::text, 'passkey'::text, 'provider'::text, 'link'::text, 'invitation'::text, 'workspace'::text]))) NOT VALID,
  constraint session_pkey PRIMARY KEY (tenant_id, id),
  constraint session_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE,
  constraint session_user_agent_check CHECK ((length(user_agent) <= 500))
);
alter table session enable row level security;
alter table session force row level security;
create index session_expires ON public.session USING btree (expires_at);
create index session_hash ON public.session USING btree (hash);
create index session_person ON public.session USING btree (tenant_id, user_id);
create policy personal on session for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR (( SELECT app.some_scope('user'::text, 'update'::text) AS some_scope) <> 'none'::text))));
create policy system on session for all to holdfast_system
    using (true)
    with check (true);
create trigger count_sign_in AFTER INSERT ON public.session
    FOR EACH ROW
    EXECUTE FUNCTION app.count_sign_in();
grant delete, insert, select, update on table session to holdfast_app;
grant delete, insert, select, update on table session to holdfast_system;

create table sign_in_provider (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null,
  kind text not null,
  issuer text not null,
  client_id text not null,
  sealed_client_secret bytea,
  has_client_secret boolean not null generated always as ((sealed_client_secret IS NOT NULL)) stored,
  allowed_domains text[] not null default '{}'::text[],
  enabled boolean not null default true,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  enforces_second_factor boolean not null default false,
  by_operator boolean not null default false,
  constraint sign_in_provider_client_id_check CHECK (((length(client_id) >= 1) AND (length(client_id) <= 500))),
  constraint sign_in_provider_issuer_check CHECK ((length(issuer) <= 2000)),
  constraint sign_in_provider_kind_check CHECK ((kind = ANY (ARRAY['google'::text, 'oidc'::text]))),
  constraint sign_in_provider_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint sign_in_provider_pkey PRIMARY KEY (tenant_id, id),
  constraint sign_in_provider_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint sign_in_provider_tenant_id_name_key UNIQUE (tenant_id, name)
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table sign_in_provider enable row level security;
alter table sign_in_provider force row level security;
create unique index sign_in_provider_folded_name ON public.sign_in_provider USING btree (app.folded_name(name), tenant_id);
create policy append on sign_in_provider for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('sign_in_provider'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on sign_in_provider for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('sign_in_provider'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('sign_in_provider'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on sign_in_provider for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('sign_in_provider'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on sign_in_provider for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('sign_in_provider'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on sign_in_provider for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.sign_in_provider REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('sign_in_provider', '{tenant_id,version,updated_at}', '{sealed_client_secret}');
create trigger audit_insert AFTER INSERT ON public.sign_in_provider REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('sign_in_provider', '{tenant_id,version,updated_at}', '{sealed_client_secret}');
create trigger audit_update AFTER UPDATE ON public.sign_in_provider REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('sign_in_provider', '{tenant_id,version,updated_at}', '{sealed_client_secret}');
create trigger by_operator BEFORE INSERT OR DELETE OR UPDATE ON public.sign_in_provider
    FOR EACH ROW
    EXECUTE FUNCTION app.protect_operator_provider();
create trigger touch BEFORE UPDATE ON public.sign_in_provider
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table sign_in_provider to holdfast_app;
grant delete, insert, select, update on table sign_in_provider to holdfast_system;

create table stage (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  pipeline_id uuid not null,
  name text not null,
  kind text not null default 'open'::text,
  probability_percent integer not null default 50,
  rotting_days integer,
  "position" integer not null default 0,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  required_fields text[] not null default '{}'::text[],
  constraint stage_kind_check CHECK ((kind = ANY (ARRAY['open'::text, 'won'::text, 'lost'::text]))),
  constraint stage_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint stage_pkey PRIMARY KEY (tenant_id, id),
  constraint stage_probability_percent_check CHECK (((probability_percent >= 0) AND (probability_percent <= 100))),
  constraint stage_required_fields_check CHECK ((cardinality(required_fields) <= 20)),
  constraint stage_rotting_days_check CHECK (((rotting_days >= 1) AND (rotting_days <= 3650))),
  constraint stage_tenant_id_pipeline_id_fkey FOREIGN KEY (tenant_id, pipeline_id) REFERENCES pipeline(tenant_id, id) ON DELETE CASCADE,
  constraint stage_tenant_id_pipeline_id_id_kind_key UNIQUE (tenant_id, pipeline_id, id, kind),
  constraint stage_tenant_id_pipeline_id_name_key UNIQUE (tenant_id, pipeline_id, name)
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table stage enable row level security;
alter table stage force row level security;
create unique index stage_folded_name ON public.stage USING btree (app.folded_name(name), tenant_id, pipeline_id);
create policy append on stage for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('pipeline'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on stage for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('pipeline'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('pipeline'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on stage for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('pipeline'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on stage for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('pipeline'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on stage for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.stage REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('stage', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.stage REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('stage', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.stage REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('stage', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger forget_deleted AFTER INSERT ON public.stage REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deleted_stages();
create trigger keep_deleted AFTER DELETE ON public.stage REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_deleted_stages();
create trigger touch BEFORE UPDATE ON public.stage
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table stage to holdfast_app;
grant delete, insert, select, update on table stage to holdfast_system;

create table storage_sample (
  place text not null,
  host text not null,
  day date not null,
  at timestamp(3) with time zone not null,
  free_bytes bigint not null,
  size_bytes bigint not null,
  database_bytes bigint not null,
  file_bytes bigint not null,
  log_bytes bigint not null,
  constraint storage_sample_free_bytes_check CHECK ((free_bytes >= 0)),
  constraint storage_sample_host_check CHECK (((length(host) >= 1) AND (length(host) <= 200))),
  constraint storage_sample_pkey PRIMARY KEY (place, host, day),
  constraint storage_sample_place_check CHECK ((place = ANY (ARRAY['data'::text, 'backup'::text]))),
  constraint storage_sample_size_bytes_check CHECK ((size_bytes > 0))
);
alter table storage_sample enable row level security;
alter table storage_sample force row level security;
create policy system on storage_sample for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table storage_sample to holdfast_system;

create table subject (
  tenant_id uuid not null,
  id uuid not null,
  type text not null,
  constraint subject_pkey PRIMARY KEY (tenant_id, id),
  constraint subject_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint subject_type_check CHECK (((length(type) >= 1) AND (length(type) <= 60)))
);
alter table subject enable row level security;
alter table subject force row level security;
create policy read on subject for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on subject for all to holdfast_system
    using (true)
    with check (true);
grant select on table subject to holdfast_app;
grant delete, insert, select, update on table subject to holdfast_system;

create table suitability_profile (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  household_id uuid not null,
  contact_id uuid,
  objective text not null default 'balanced'::text,
  horizon_years integer,
  risk_tolerance text,
  risk_capacity text,
  liquidity_needs text,
  experience text,
  reviewed_on date not null default CURRENT_DATE,
  remark text,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint suitability_profile_experience_check CHECK ((experience = ANY (ARRAY['none'::text, 'limited'::text, 'good'::text, 'extensive'::text]))),
  constraint suitability_profile_horizon_years_check CHECK (((horizon_years >= 0) AND (horizon_years <= 60))),
  constraint suitability_profile_liquidity_needs_check CHECK ((liquidity_needs = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text]))),
  constraint suitability_profile_objective_check CHECK ((objective = ANY (ARRAY['preservation'::text, 'income'::text, 'balanced'::text, 'growth'::text, 'speculation'::text]))),
  constraint suitability_profile_pkey PRIMARY KEY (tenant_id, id),
  constraint suitability_profile_remark_check CHECK ((length(remark) <= 500)),
  constraint suitability_profile_risk_capacity_check CHECK ((risk_capacity = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text]))),
  constraint suitability_profile_risk_tolerance_check CHECK ((risk_tolerance = ANY (ARRAY['low'::text, 'medium'::text, 'high'::text]))),
  constraint suitability_profile_tenant_id_contact_id_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES contact(tenant_id, id) ON DELETE CASCADE,
  constraint suitability_profile_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint suitability_profile_tenant_id_household_id_fkey FOREIGN KEY (tenant_id, household_id) REFERENCES household(tenant_id, id) ON DELETE CASCADE
);
alter table suitability_profile enable row level security;
alter table suitability_profile force row level security;
create index suitability_profile_contact ON public.suitability_profile USING btree (tenant_id, contact_id) WHERE (contact_id IS NOT NULL);
create index suitability_profile_household ON public.suitability_profile USING btree (tenant_id, household_id, reviewed_on, id);
create policy append on suitability_profile for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'suitability_profile'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('suitability_profile'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy change on suitability_profile for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'suitability_profile'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('suitability_profile'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on suitability_profile for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'read'::text, 'suitability_profile'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'read'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('suitability_profile'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy remove on suitability_profile for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('household'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (household_id = ANY (( SELECT app.scope_groups('household'::text, 'update'::text, 'suitability_profile'::text, 'household'::text) AS scope_groups)::uuid[])) OR ((( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope) IS NOT NULL) AND app.scope_met(( SELECT app.mixed_scope('household'::text, 'update'::text) AS mixed_scope), ARRAY[ CASE WHEN (household_id = ANY (( SELECT app.groups_of('suitability_profile'::text, 'household'::text) AS groups_of)::uuid[])) THEN 'household'::text ELSE NULL::text END])))));
create policy system on suitability_profile for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.suitability_profile REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('suitability_profile', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.suitability_profile REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('suitability_profile', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.suitability_profile REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('suitability_profile', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.suitability_profile
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table suitability_profile to holdfast_app;
grant delete, insert, select, update on table suitability_profile to holdfast_system;

create table tag (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null,
  color text not null default 'gray'::text,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint tag_color_check CHECK ((color = ANY (ARRAY['gray'::text, 'red'::text, 'orange'::text, 'yellow'::text, 'green'::text, 'teal'::text, 'blue'::text, 'violet'::text, 'pink'::text]))),
  constraint tag_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60))),
  constraint tag_pkey PRIMARY KEY (tenant_id, id),
  constraint tag_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint tag_tenant_id_name_key UNIQUE (tenant_id, name)
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table tag enable row level security;
alter table tag force row level security;
create unique index tag_folded_name ON public.tag USING btree (app.folded_name(name), tenant_id);
create policy append on tag for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('tag'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on tag for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('tag'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('tag'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on tag for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('tag'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on tag for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('tag'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on tag for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.tag REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('tag', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.tag REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('tag', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.tag REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('tag', '{search_text,tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.tag
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table tag to holdfast_app;
grant delete, insert, select, update on table tag to holdfast_system;

create table task (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  title text not null,
  body text,
  status text not null default 'open'::text,
  priority text not null default 'normal'::text,
  due_at timestamp(3) with time zone,
  remind_at timestamp(3) with time zone,
  recurrence text,
  completed_at timestamp(3) with time zone,
  assignee_id uuid,
  custom jsonb not null default '{}'::jsonb,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  deleted_at timestamp(3) with time zone,
  series_start timestamp(3) with time zone,
  "position" integer,
  remind_before text,
  due_on date,
  records uuid[] not null default '{}'::uuid[],
  constraint task_body_check CHECK ((length(body) <= 20000)),
  constraint task_check CHECK (((status = 'done'::text) = (completed_at IS NOT NULL))),
  constraint task_custom_check CHECK ((jsonb_typeof(custom) = 'object'::text)),
  constraint task_due_on CHECK ((due_on < '9999-12-31'::date)),
  constraint task_pkey PRIMARY KEY (tenant_id, id),
  constraint task_position_check CHECK ((("position" >= 1) AND ("position" <= 1000))),
  constraint task_priority_check CHECK ((priority = ANY (ARRAY['low'::text, 'normal'::text, 'high'::text, 'urgent'::text]))),
  constraint task_records_check CHECK (((cardinality(records) <= 20) AND (array_position(records, NULL::uuid) IS NULL))),
  constraint task_recurrence_check CHECK ((length(recurrence) <= 500)),
  constraint task_remind_before_check CHECK ((remind_before ~ '^P(\d{1,2}[DW]|T\d{1,3}M|T\d{1,2}H)$'::text)),
  constraint task_status_check CHECK ((status = ANY (ARRAY['open'::text, 'done'::text]))),
  constraint task_tenant_id_assignee_id_fkey FOREIGN KEY (tenant_id, assignee_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (assignee_id),
  constraint task_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint task_title_check CHECK (((length(title) >= 1) AND (length(title) <= 300)))
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table task enable row level security;
alter table task force row level security;
create index task_assignee ON public.task USING btree (tenant_id, assignee_id, status, due_at);
create index task_completed ON public.task USING btree (tenant_id, completed_at) WHERE (completed_at IS NOT NULL);
create index task_created ON public.task USING btree (tenant_id, created_at, id);
create index task_due ON public.task USING btree (tenant_id, due_at, id);
create index task_due_open ON public.task USING btree (due_at) WHERE ((status = 'open'::text) AND (assignee_id IS NOT NULL) AND (deleted_at IS NULL));
create index task_remind_open ON public.task USING btree (remind_at) WHERE ((status = 'open'::text) AND (assignee_id IS NOT NULL) AND (deleted_at IS NULL));
create index task_trash ON public.task USING btree (tenant_id, deleted_at, id) WHERE (deleted_at IS NOT NULL);
create index task_words ON public.task USING gin (tenant_id, app.to_search_vector(title, body)) WHERE (deleted_at IS NULL);
create policy append on task for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('task'::text, 'create'::text) AS full_scope) IS NOT NULL) OR (assignee_id = ANY (( SELECT app.scope_owners('task'::text, 'create'::text) AS scope_owners)::uuid[]))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_every_subject(records))));
create policy change on task for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('task'::text, 'update'::text) AS full_scope) IS NOT NULL) OR (assignee_id = ANY (( SELECT app.scope_owners('task'::text, 'update'::text) AS scope_owners)::uuid[])) OR ((( SELECT app.full_scope('task'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (assignee_id = ANY (( SELECT app.scope_owners('task'::text, 'delete'::text) AS scope_owners)::uuid[])))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_some_subject(records))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on task for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('task'::text, 'read'::text) AS full_scope) IS NOT NULL) OR (assignee_id = ANY (( SELECT app.scope_owners('task'::text, 'read'::text) AS scope_owners)::uuid[]))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_some_subject(records))));
create policy remove on task for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.full_scope('task'::text, 'delete'::text) AS full_scope) IS NOT NULL) OR (assignee_id = ANY (( SELECT app.scope_owners('task'::text, 'delete'::text) AS scope_owners)::uuid[]))) AND (( SELECT app.sees_all_subjects() AS sees_all_subjects) OR app.reads_some_subject(records))));
create policy system on task for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.task REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('task', '{tenant_id,version,updated_at}', '{}', '{position}');
create trigger audit_insert AFTER INSERT ON public.task REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('task', '{tenant_id,version,updated_at}', '{}', '{position}');
create trigger audit_update AFTER UPDATE ON public.task REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('task', '{tenant_id,version,updated_at}', '{}', '{position}');
create trigger custom_values_delete AFTER DELETE ON public.task REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.drop_custom_values('task');
create trigger custom_values_insert AFTER INSERT ON public.task REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('task');
create trigger custom_values_update AFTER UPDATE ON public.task REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.keep_custom_values('task');
create trigger derive_completion BEFORE INSERT OR UPDATE OF status, completed_at ON public.task
    FOR EACH ROW WHEN (((new.status = 'done'::text) <> (new.completed_at IS NOT NULL)))
    EXECUTE FUNCTION app.derive_completion();
create trigger derive_due_insert BEFORE INSERT ON public.task
    FOR EACH ROW WHEN ((new.due_on IS NOT NULL))
    EXECUTE FUNCTION app.derive_due();
create trigger derive_due_update BEFORE UPDATE OF due_on, due_at, assignee_id ON public.task
    FOR EACH ROW WHEN (((old.due_on IS NOT NULL) OR (new.due_on IS NOT NULL)))
    EXECUTE FUNCTION app.derive_due();
create trigger derive_reminder BEFORE INSERT OR UPDATE OF due_at, due_on, assignee_id, remind_before, remind_at ON public.task
    FOR EACH ROW WHEN ((new.remind_before IS NOT NULL))
    EXECUTE FUNCTION app.derive_reminder();
create trigger forget_favourites AFTER DELETE ON public.task REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.forget_favourites();
create trigger link_entries AFTER INSERT ON public.task REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.link_entries('created_at');
create trigger relink_entry AFTER UPDATE OF records, created_at ON public.task
    FOR EACH ROW WHEN (((old.records <> new.records) OR (old.created_at <> new.created_at)))
    EXECUTE FUNCTION app.relink_entry('created_at');
create trigger touch BEFORE UPDATE ON public.task
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
create trigger unlink_entries AFTER DELETE ON public.task REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.unlink_entries();
grant delete, insert, select, update on table task to holdfast_app;
grant delete, insert, select, update on table task to holdfast_system;

create table team (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null,
  region text,
  manager_id uuid,
  import_id uuid,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint team_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint team_pkey PRIMARY KEY (tenant_id, id),
  constraint team_region_check CHECK ((length(region) <= 200)),
  constraint team_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint team_tenant_id_manager_id_fkey FOREIGN KEY (tenant_id, manager_id) REFERENCES user_account(tenant_id, id) ON DELETE SET NULL (manager_id),
  constraint team_tenant_id_name_key UNIQUE (tenant_id, name)
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table team enable row level security;
alter table team force row level security;
create unique index team_folded_name ON public.team USING btree (app.folded_name(name), tenant_id);
create policy append on team for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('team'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on team for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('team'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('team'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on team for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('team'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on team for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('team'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on team for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.team REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('team', '{tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.team REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('team', '{tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.team REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('team', '{tenant_id,version,updated_at}', '{}');
create trigger touch BEFORE UPDATE ON public.team
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table team to holdfast_app;
grant delete, insert, select, update on table team to holdfast_system;

create table team_member (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  team_id uuid not null,
  user_id uuid not null,
  constraint team_member_pkey PRIMARY KEY (tenant_id, team_id, user_id),
  constraint team_member_tenant_id_id_key UNIQUE (tenant_id, id),
  constraint team_member_tenant_id_team_id_fkey FOREIGN KEY (tenant_id, team_id) REFERENCES team(tenant_id, id) ON DELETE CASCADE,
  constraint team_member_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table team_member enable row level security;
alter table team_member force row level security;
create index team_member_user ON public.team_member USING btree (tenant_id, user_id);
create policy append on team_member for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('team'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('team'::text, 'create'::text) AS some_scope) <> 'none'::text))));
create policy change on team_member for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('team'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('team'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on team_member for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('team'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on team_member for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('team'::text, 'update'::text) AS some_scope) <> 'none'::text)));
create policy system on team_member for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.team_member REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('team_member', '{tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.team_member REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('team_member', '{tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.team_member REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('team_member', '{tenant_id,version,updated_at}', '{}');
grant delete, insert, select, update on table team_member to holdfast_app;
grant delete, insert, select, update on table team_member to holdfast_system;

create view team_member_item with (security_invoker=true) as
 SELECT m.tenant_id,
    m.team_id,
    m.user_id AS id,
    u.name AS "position",
    jsonb_build_object('id', u.id, 'name', u.name) AS item
   FROM (team_member m
     JOIN user_account u ON (((u.tenant_id = m.tenant_id) AND (u.id = m.user_id))));
grant select on table team_member_item to holdfast_app;
grant select on table team_member_item to holdfast_system;

create table tenant (
  id uuid not null default app.uuid_v7(),
  name text not null,
  title text not null,
  default_currency character(3) not null default 'USD'::bpchar,
  time_zone text not null default 'UTC'::text,
  locale text not null default 'en'::text,
  features jsonb not null default '{}'::jsonb,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  second_factor_required boolean not null default false,
  constraint tenant_default_currency_check CHECK ((default_currency ~ '^[A-Z]{3}$'::text)),
  constraint tenant_name_check CHECK ((name ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
  constraint tenant_name_key UNIQUE (name),
  constraint tenant_pkey PRIMARY KEY (id),
  constraint tenant_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
alter table tenant enable row level security;
alter table tenant force row level security;
create policy own_tenant on tenant for all to holdfast_app
    using ((id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on tenant for all to holdfast_system
    using (true)
    with check (true);
create trigger check_currency_rates BEFORE UPDATE OF default_currency ON public.tenant
    FOR EACH ROW WHEN ((new.default_currency <> old.default_currency))
    EXECUTE FUNCTION app.check_currency_rates();
create trigger forget_queues AFTER DELETE ON public.tenant
    FOR EACH ROW
    EXECUTE FUNCTION app.forget_queues();
create trigger touch BEFORE UPDATE ON public.tenant
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant select, update on table tenant to holdfast_app;
grant delete, insert, select, update on table tenant to holdfast_system;

create table tenant_deletion (
  of_tenant uuid not null,
  name text not null,
  begun_at timestamp(3) with time zone not null default now(),
  constraint tenant_deletion_name_check CHECK (((length(name) >= 1) AND (length(name) <= 63))),
  constraint tenant_deletion_pkey PRIMARY KEY (of_tenant)
);
alter table tenant_deletion enable row level security;
alter table tenant_deletion force row level security;
create policy system on tenant_deletion for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select on table tenant_deletion to holdfast_system;

create table totp_use (
  tenant_id uuid not null,
  user_id uuid not null,
  step bigint not null,
  constraint totp_use_pkey PRIMARY KEY (tenant_id, user_id),
  constraint totp_use_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_totp(tenant_id, user_id) ON DELETE CASCADE
);
alter table totp_use enable row level security;
alter table totp_use force row level security;
create policy personal on totp_use for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR (( SELECT app.some_scope('user'::text, 'update'::text) AS some_scope) <> 'none'::text))));
create policy system on totp_use for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table totp_use to holdfast_app;
grant delete, insert, select, update on table totp_use to holdfast_system;

create table trail_origin (
  tenant_id uuid not null,
  trail_since timestamp(3) with time zone not null,
  constraint trail_origin_pkey PRIMARY KEY (tenant_id),
  constraint trail_origin_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
alter table trail_origin enable row level security;
alter table trail_origin force row level security;
create policy read on trail_origin for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on trail_origin for all to holdfast_system
    using (true)
    with check (true);
grant select on table trail_origin to holdfast_app;
grant delete, insert, select, update on table trail_origin to holdfast_system;

create table usage_activity (
  tenant_id uuid not null,
  day date not null,
  user_id uuid not null,
  feature text not null,
  requests integer not null,
  constraint usage_activity_feature_check CHECK (((length(feature) >= 1) AND (length(feature) <= 100))),
  constraint usage_activity_pkey PRIMARY KEY (tenant_id, day, user_id, feature),
  constraint usage_activity_requests_check CHECK ((requests > 0)),
  constraint usage_activity_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint usage_activity_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
);
alter table usage_activity enable row level security;
alter table usage_activity force row level security;
create index usage_activity_user ON public.usage_activity USING btree (tenant_id, user_id);
create policy append on usage_activity for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('usage'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on usage_activity for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('usage'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('usage'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on usage_activity for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('usage'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on usage_activity for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('usage'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on usage_activity for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table usage_activity to holdfast_app;
grant delete, insert, select, update on table usage_activity to holdfast_system;

create table usage_route (
  tenant_id uuid not null,
  day date not null,
  method text not null,
  path text not null,
  requests integer not null,
  refused integer not null,
  failed integer not null,
  total_ms double precision not null,
  max_ms real not null,
  counts integer[] not null,
  constraint usage_route_counts_check CHECK ((cardinality(counts) <= 100)),
  constraint usage_route_method_check CHECK ((length(method) <= 10)),
  constraint usage_route_path_check CHECK ((length(path) <= 300)),
  constraint usage_route_pkey PRIMARY KEY (tenant_id, day, method, path),
  constraint usage_route_requests_check CHECK ((requests > 0)),
  constraint usage_route_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
alter table usage_route enable row level security;
alter table usage_route force row level security;
create policy append on usage_route for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('usage'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on usage_route for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('usage'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('usage'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on usage_route for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('usage'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on usage_route for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('usage'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on usage_route for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table usage_route to holdfast_app;
grant delete, insert, select, update on table usage_route to holdfast_system;

create table usage_statement (
  tenant_id uuid not null,
  day date not null,
  operation text not null,
  hash bytea not null,
  statement text not null,
  runs integer not null,
  total_ms double precision not null,
  max_ms real not null,
  constraint usage_statement_operation_check CHECK ((length(operation) <= 300)),
  constraint usage_statement_pkey PRIMARY KEY (tenant_id, day, operation, hash),
  constraint usage_statement_runs_check CHECK ((runs > 0)),
  constraint usage_statement_statement_check CHECK ((length(statement) <= 4000)),
  constraint usage_statement_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
alter table usage_statement enable row level security;
alter table usage_statement force row level security;
create policy append on usage_statement for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('usage'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on usage_statement for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('usage'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('usage'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on usage_statement for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('usage'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on usage_statement for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('usage'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on usage_statement for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table usage_statement to holdfast_app;
grant delete, insert, select, update on table usage_statement to holdfast_system;

create table user_account (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  email text,
  email_key text generated always as (lower(email)) stored,
  name text collate "und-x-icu" not null,
  status text not null default 'invited'::text,
  kind text not null default 'member'::text,
  access_until timestamp(3) with time zone,
  locale text not null default 'en'::text,
  time_zone text not null default 'UTC'::text,
  import_id uuid,
  last_sign_in_at timestamp(3) with time zone,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint user_account_check CHECK (((email IS NOT NULL) OR (status <> 'active'::text))),
  constraint user_account_email_check CHECK ((length(email) <= 254)),
  constraint user_account_kind_check CHECK ((kind = ANY (ARRAY['member'::text, 'customer'::text, 'contractor'::text, 'device'::text]))),
  constraint user_account_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint user_account_pkey PRIMARY KEY (tenant_id, id) INCLUDE (name),
  constraint user_account_status_check CHECK ((status = ANY (ARRAY['invited'::text, 'active'::text, 'disabled'::text]))),
  constraint user_account_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint user_account_tenant_id_id_kind_key UNIQUE (tenant_id, id, kind)
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table user_account enable row level security;
alter table user_account force row level security;
create unique index user_account_email ON public.user_account USING btree (tenant_id, email_key);
create index user_account_email_everywhere ON public.user_account USING btree (email_key);
create index user_account_name ON public.user_account USING btree (tenant_id, name, id);
create policy append on user_account for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('user'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on user_account for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('user'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('user'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on user_account for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('user'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on user_account for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('user'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy self on user_account for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (id = ( SELECT app.user_id() AS user_id))));
create policy system on user_account for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.user_account REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('user', '{email_key,tenant_id,version,updated_at}', '{}', '{last_sign_in_at}');
create trigger audit_insert AFTER INSERT ON public.user_account REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('user', '{email_key,tenant_id,version,updated_at}', '{}', '{last_sign_in_at}');
create trigger audit_update AFTER UPDATE ON public.user_account REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('user', '{email_key,tenant_id,version,updated_at}', '{}', '{last_sign_in_at}');
create trigger custom_values_delete AFTER DELETE ON public.user_account REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.drop_custom_values('user');
create trigger end_account_links AFTER UPDATE ON public.user_account
    FOR EACH ROW WHEN (((old.email_key IS DISTINCT FROM new.email_key) OR (old.status IS DISTINCT FROM new.status)))
    EXECUTE FUNCTION app.end_account_links('id');
create trigger hand_on_dashboards BEFORE DELETE ON public.user_account
    FOR EACH ROW
    EXECUTE FUNCTION app.hand_on_dashboards();
create trigger hand_on_views BEFORE DELETE ON public.user_account
    FOR EACH ROW
    EXECUTE FUNCTION app.hand_on_views();
create trigger touch BEFORE UPDATE ON public.user_account
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table user_account to holdfast_app;
grant delete, insert, select, update on table user_account to holdfast_system;

create table user_password (
  tenant_id uuid not null,
  user_id uuid not null,
  id uuid generated always as (user_id) stored,
  hash text not null,
  changed_at timestamp(3) with time zone not null default now(),
  constraint user_password_hash_check CHECK ((hash ~~ '$argon2id$%'::text)),
  constraint user_password_pkey PRIMARY KEY (tenant_id, user_id),
  constraint user_password_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table user_password enable row level security;
alter table user_password force row level security;
create policy personal on user_password for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR (( SELECT app.some_scope('user'::text, 'update'::text) AS some_scope) <> 'none'::text))));
create policy system on user_password for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.user_password REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('password', '{user_id,tenant_id,version,updated_at}', '{hash}');
create trigger audit_insert AFTER INSERT ON public.user_password REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('password', '{user_id,tenant_id,version,updated_at}', '{hash}');
create trigger audit_update AFTER UPDATE ON public.user_password REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('password', '{user_id,tenant_id,version,updated_at}', '{hash}');
create trigger end_account_links AFTER INSERT OR UPDATE ON public.user_password
    FOR EACH ROW
    EXECUTE FUNCTION app.end_account_links('user_id');
grant delete, insert, select, update on table user_password to holdfast_app;
grant delete, insert, select, update on table user_password to holdfast_system;

create table user_role (
  tenant_id uuid not null,
  user_id uuid not null,
  role_id uuid not null,
  kind text not null default 'member'::text,
  id uuid generated always as (user_id) stored,
  constraint user_role_pkey PRIMARY KEY (tenant_id, user_id, role_id),
  constraint user_role_tenant_id_role_id_kind_fkey FOREIGN KEY (tenant_id, role_id, kind) REFERENCES role(tenant_id, id, kind) ON DELETE RESTRICT,
  constraint user_role_tenant_id_user_id_kind_fkey FOREIGN KEY (tenant_id, user_id, kind) REFERENCES user_account(tenant_id, id, kind) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table user_role enable row level security;
alter table user_role force row level security;
create index user_role_role ON public.user_role USING btree (tenant_id, role_id);
create policy append on user_role for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('user'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('user'::text, 'create'::text) AS some_scope) <> 'none'::text))));
create policy change on user_role for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('user'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('user'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on user_role for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('user'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on user_role for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('user'::text, 'update'::text) AS some_scope) <> 'none'::text)));
create policy system on user_role for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.user_role REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('user_role', '{tenant_id,version,updated_at}', '{}');
create trigger audit_insert AFTER INSERT ON public.user_role REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('user_role', '{tenant_id,version,updated_at}', '{}');
create trigger audit_update AFTER UPDATE ON public.user_role REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('user_role', '{tenant_id,version,updated_at}', '{}');
grant delete, insert, select, update on table user_role to holdfast_app;
grant delete, insert, select, update on table user_role to holdfast_system;

create view user_role_item with (security_invoker=true) as
 SELECT m.tenant_id,
    m.user_id,
    m.role_id AS id,
    o.name AS "position",
    jsonb_build_object('id', o.id, 'key', o.key, 'name', o.name) AS item
   FROM (user_role m
     JOIN role o ON (((o.tenant_id = m.tenant_id) AND (o.id = m.role_id))));
grant select on table user_role_item to holdfast_app;
grant select on table user_role_item to holdfast_system;

create view user_team_item with (security_invoker=true) as
 SELECT m.tenant_id,
    m.user_id,
    t.id,
    t.name AS "position",
    jsonb_build_object('id', t.id, 'name', t.name) AS item
   FROM (team_member m
     JOIN team t ON (((t.tenant_id = m.tenant_id) AND (t.id = m.team_id))));
grant select on table user_team_item to holdfast_app;
grant select on table user_team_item to holdfast_system;

create table user_totp (
  tenant_id uuid not null,
  user_id uuid not null,
  id uuid generated always as (user_id) stored,
  sealed_secret bytea not null,
  confirmed_at timestamp(3) with time zone,
  constraint user_totp_pkey PRIMARY KEY (tenant_id, user_id),
  constraint user_totp_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table user_totp enable row level security;
alter table user_totp force row level security;
create policy personal on user_totp for all to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((user_id = ( SELECT app.user_id() AS user_id)) OR (( SELECT app.some_scope('user'::text, 'update'::text) AS some_scope) <> 'none'::text))));
create policy system on user_totp for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.user_totp REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('totp', '{user_id,tenant_id,version,updated_at}', '{sealed_secret}');
create trigger audit_insert AFTER INSERT ON public.user_totp REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('totp', '{user_id,tenant_id,version,updated_at}', '{sealed_secret}');
create trigger audit_update AFTER UPDATE ON public.user_totp REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('totp', '{user_id,tenant_id,version,updated_at}', '{sealed_secret}');
create trigger end_account_links AFTER INSERT OR UPDATE ON public.user_totp
    FOR EACH ROW
    EXECUTE FUNCTION app.end_account_links('user_id');
grant delete, insert, select, update on table user_totp to holdfast_app;
grant delete, insert, select, update on table user_totp to holdfast_system;

create table webhook (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null,
  url text not null,
  events jsonb not null,
  enabled boolean not null default true,
  disabled_reason text,
  owner_id uuid not null,
  api_key_id uuid,
  rights jsonb,
  sealed_secret bytea not null,
  sealed_old_secret bytea,
  old_secret_until timestamp(3) with time zone,
  version integer not null default 1,
  created_at timestamp(3) with time zone not null default now(),
  updated_at timestamp(3) with time zone not null default now(),
  constraint webhook_check CHECK (((disabled_reason IS NULL) OR (NOT enabled))),
  constraint webhook_check1 CHECK (((api_key_id IS NULL) = (rights IS NULL))),
  constraint webhook_check2 CHECK (((sealed_old_secret IS NULL) = (old_secret_until IS NULL))),
  constraint webhook_disabled_reason_check CHECK ((disabled_reason = ANY (ARRAY['failing'::text, 'gone'::text, 'backlog'::text, 'owner_inactive'::text, 'owner_rights'::text, 'key_expired'::text]))),
  constraint webhook_events_check CHECK (((jsonb_typeof(events) = 'object'::text) AND (events <> '{}'::jsonb) AND (pg_column_size(events) <= 100000))),
  constraint webhook_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint webhook_pkey PRIMARY KEY (tenant_id, id),
  constraint webhook_rights_check CHECK ((jsonb_typeof(rights) = 'object'::text)),
  constraint webhook_tenant_id_api_key_id_fkey FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_key(tenant_id, id) ON DELETE CASCADE,
  constraint webhook_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint webhook_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES user_account(tenant_id, id) ON DELETE CASCADE,
  constraint webhook_url_check CHECK (((length(url) >= 8) AND (length(url) <= 2000)))
) with (autovacuum_analyze_scale_factor=0.02, autovacuum_analyze_threshold=200);
alter table webhook enable row level security;
alter table webhook force row level security;
create index webhook_api_key ON public.webhook USING btree (tenant_id, api_key_id) WHERE (api_key_id IS NOT NULL);
create index webhook_owner ON public.webhook USING btree (tenant_id, owner_id);
create policy append on webhook for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('webhook'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on webhook for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('webhook'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('webhook'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on webhook for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('webhook'::text, 'read'::text) AS some_scope) <> 'none'::text) AND ((owner_id = ( SELECT app.user_id() AS user_id)) OR (NOT app.names_hidden((events)::text)))));
create policy remove on webhook for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('webhook'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on webhook for all to holdfast_system
    using (true)
    with check (true);
create trigger audit_delete AFTER DELETE ON public.webhook REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('webhook', '{tenant_id,version,updated_at}', '{sealed_secret,sealed_old_secret}');
create trigger audit_insert AFTER INSERT ON public.webhook REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('webhook', '{tenant_id,version,updated_at}', '{sealed_secret,sealed_old_secret}');
create trigger audit_update AFTER UPDATE ON public.webhook REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT
    EXECUTE FUNCTION app.record_change('webhook', '{tenant_id,version,updated_at}', '{sealed_secret,sealed_old_secret}');
create trigger touch BEFORE UPDATE ON public.webhook
    FOR EACH ROW
    EXECUTE FUNCTION app.touch();
grant delete, insert, select, update on table webhook to holdfast_app;
grant delete, insert, select, update on table webhook to holdfast_system;

create table webhook_delivery (
  tenant_id uuid not null,
  id uuid not null default app.uuid_v7(),
  webhook_id uuid not null,
  "position" bigint not null generated always as identity,
  seq bigint,
  type text not null,
  resource text not null,
  record_id uuid not null,
  occurred_at timestamp(3) with time zone not null default now(),
  actor_id uuid,
  fields text[],
  merged_ids uuid[],
  state text not null default 'waiting'::text,
  reason text,
  next_at timestamp(3) with time zone not null default now(),
  begun_at timestamp(3) with time zone,
  attempt_count integer not null default 0,
  attempts jsonb not null default '[]'::jsonb,
  payload text,
  response text,
  created_at timestamp(3) with time zone not null default now(),
  finished_at timestamp(3) with time zone,
  constraint webhook_delivery_attempt_count_check CHECK ((attempt_count >= 0)),
  constraint webhook_delivery_attempts_check CHECK (((jsonb_typeof(attempts) = 'array'::text) AND (jsonb_array_length(attempts) <= 20))),
  constraint webhook_delivery_check CHECK (((finished_at IS NULL) = (state = 'waiting'::text))),
  constraint webhook_delivery_payload_check CHECK ((octet_length(payload) <= 300000)),
  constraint webhook_delivery_pkey PRIMARY KEY (tenant_id, id),
  constraint webhook_delivery_reason_check CHECK ((length(reason) <= 60)),
  constraint webhook_delivery_resource_check CHECK ((length(resource) <= 60)),
  constraint webhook_delivery_response_check CHECK ((length(response) <= 4000)),
  constraint webhook_delivery_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'failed'::text, 'skipped'::text]))),
  constraint webhook_delivery_tenant_id_webhook_id_fkey FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhook(tenant_id, id) ON DELETE CASCADE,
  constraint webhook_delivery_tenant_id_webhook_id_seq_key UNIQUE (tenant_id, webhook_id, seq),
  constraint webhook_delivery_type_check CHECK ((length(type) <= 100))
);
alter table webhook_delivery enable row level security;
alter table webhook_delivery force row level security;
create index webhook_delivery_finished ON public.webhook_delivery USING btree (finished_at) WHERE (state <> 'waiting'::text);
create index webhook_delivery_listed ON public.webhook_delivery USING btree (tenant_id, webhook_id, "position" DESC);
create index webhook_delivery_waiting ON public.webhook_delivery USING btree (tenant_id, webhook_id, "position") WHERE (state = 'waiting'::text);
create policy append on webhook_delivery for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('webhook'::text, 'update'::text) AS some_scope) <> 'none'::text)));
create policy change on webhook_delivery for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('webhook'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('webhook'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on webhook_delivery for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('webhook'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on webhook_delivery for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('webhook'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on webhook_delivery for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table webhook_delivery to holdfast_app;
grant delete, insert, select, update on table webhook_delivery to holdfast_system;

create table webhook_sending (
  tenant_id uuid not null,
  webhook_id uuid not null,
  sender uuid,
  sender_until timestamp(3) with time zone,
  failures integer not null default 0,
  failing_since timestamp(3) with time zone,
  paused_until timestamp(3) with time zone,
  constraint webhook_sending_failures_check CHECK ((failures >= 0)),
  constraint webhook_sending_pkey PRIMARY KEY (tenant_id, webhook_id),
  constraint webhook_sending_tenant_id_webhook_id_fkey FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhook(tenant_id, id) ON DELETE CASCADE
);
alter table webhook_sending enable row level security;
alter table webhook_sending force row level security;
create policy append on webhook_sending for insert to holdfast_app
    with check (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('webhook'::text, 'create'::text) AS some_scope) <> 'none'::text)));
create policy change on webhook_sending for update to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND ((( SELECT app.some_scope('webhook'::text, 'update'::text) AS some_scope) <> 'none'::text) OR (( SELECT app.some_scope('webhook'::text, 'delete'::text) AS some_scope) <> 'none'::text))))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on webhook_sending for select to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('webhook'::text, 'read'::text) AS some_scope) <> 'none'::text)));
create policy remove on webhook_sending for delete to holdfast_app
    using (((tenant_id = ( SELECT app.tenant_id() AS tenant_id)) AND (( SELECT app.some_scope('webhook'::text, 'delete'::text) AS some_scope) <> 'none'::text)));
create policy system on webhook_sending for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table webhook_sending to holdfast_app;
grant delete, insert, select, update on table webhook_sending to holdfast_system;

create table workspace_key (
  tenant_id uuid not null,
  id uuid not null,
  sealed_key bytea not null,
  created_at timestamp(3) with time zone not null default now(),
  replaced_at timestamp(3) with time zone,
  constraint workspace_key_pkey PRIMARY KEY (tenant_id, id),
  constraint workspace_key_sealed_key_check CHECK ((octet_length(sealed_key) = 65)),
  constraint workspace_key_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
alter table workspace_key enable row level security;
alter table workspace_key force row level security;
create unique index workspace_key_current ON public.workspace_key USING btree (tenant_id) WHERE (replaced_at IS NULL);
create policy append on workspace_key for insert to holdfast_app
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy change on workspace_key for update to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)))
    with check ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy read on workspace_key for select to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy remove on workspace_key for delete to holdfast_app
    using ((tenant_id = ( SELECT app.tenant_id() AS tenant_id)));
create policy system on workspace_key for all to holdfast_system
    using (true)
    with check (true);
grant delete, insert, select, update on table workspace_key to holdfast_app;
grant delete, insert, select, update on table workspace_key to holdfast_system;

create function app.access_lost(noun text, records uuid[], xids text[])
 RETURNS TABLE(record_id uuid, xid text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select distinct e.record_id, e.xid::text from unnest(records) u (id) cross join lateral (select * from recorded_change e
    where e.tenant_id = (select app.tenant_id()) and e.record_id = u.id and e.resource = noun and e.xid::text = any (xids) and e.action = 'update'
      and e.at > now() - interval '2 days' and e.at <= now() + interval '1 day' offset 0) e
  where exists (select from unnest(array['read', 'subject', 'exists']) as degree
    where (e.before ->> app.owner_column(noun))::uuid = any (app.scope_owners(app.right_of(noun), degree))
      or exists (select from app.reach_of(noun) w where w.of_column <> 'id'
        and (e.before ->> w.of_column)::uuid = any (app.scope_groups(app.right_of(noun), degree, noun, w.kind))))
$function$;
alter function app.access_lost(text,uuid[],text[]) owner to holdfast_system;
grant execute on function app.access_lost(text,uuid[],text[]) to holdfast_app;

create function app.add_account_link(tenant uuid, account uuid, to_tenant uuid, to_account uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare person uuid;
begin
  insert into account_link (tenant_id, user_id, person_id) values (tenant, account, app.uuid_v7()) on conflict (tenant_id, user_id) do nothing;
  select l.person_id into person from account_link l where l.tenant_id = tenant and l.user_id = account for update;
  insert into account_link (tenant_id, user_id, person_id) values (to_tenant, to_account, person)
  on conflict (tenant_id, user_id) do update set person_id = excluded.person_id, created_at = now();
end $function$;
alter function app.add_account_link(uuid,uuid,uuid,uuid) owner to holdfast_system;

create function app.add_counts(a integer[], b integer[])
 RETURNS integer[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select coalesce(array_agg(coalesce(c.x, 0) + coalesce(c.y, 0) order by c.place), '{}')
  from unnest(a, b) with ordinality as c (x, y, place)
$function$;
grant execute on function app.add_counts(integer[],integer[]) to public;

create function app.add_document_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.restores_archive() then return null; end if;
  insert into document_version (tenant_id, document_id, number, file_id, name, content_type, size_bytes, sha256, written_at, author_id)
  values (new.tenant_id, new.id, new.number, new.file_id, new.file_name, new.content_type, new.size_bytes, new.sha256, new.written_at, app.user_id());
  return null;
end $function$;
alter function app.add_document_version() owner to holdfast_system;

create function app.add_stage_visits(visits jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if current_setting('app.rights', true) <> '*' then raise insufficient_privilege using message = 'Only the program itself adds visits of stages'; end if;
  insert into deal_stage_visit (tenant_id, deal_id, stage_id, entered_at)
  select app.tenant_id(), v.deal_id, v.stage_id, v.entered_at from jsonb_to_recordset(visits) as v (deal_id uuid, stage_id uuid, entered_at timestamptz);
end $function$;
alter function app.add_stage_visits(jsonb) owner to holdfast_system;
grant execute on function app.add_stage_visits(jsonb) to holdfast_app;

create function app.address_list_fits(list jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when jsonb_typeof(list) <> 'array' or jsonb_array_length(list) > 20 then false else not exists (
    select from jsonb_array_elements(list) e
    where jsonb_typeof(e) <> 'object'
      or exists (
        select from jsonb_each(case when jsonb_typeof(e) = 'object' then e else '{}' end) p where jsonb_typeof(p.value) not in ('string', 'null'))
      or (e - '{label,street,city,region,postal_code,country}'::text[]) <> '{}'
      or length(e ->> 'label') > 60 or length(e ->> 'street') > 300 or length(e ->> 'city') > 200 or length(e ->> 'region') > 200
      or length(e ->> 'postal_code') > 20 or length(e ->> 'country') > 100
      or coalesce(e ->> 'street', e ->> 'city', e ->> 'region', e ->> 'postal_code', e ->> 'country') is null) end
$function$;
grant execute on function app.address_list_fits(jsonb) to public;

create function app.advance_feed(consumer_name text, to_xid text, to_seq bigint, last_at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  me constant uuid := app.tenant_id();
  gather constant interval := '300 milliseconds';
begin
  delete from feed_mark m where m.tenant_id = me and m.consumer = consumer_name and (m.until_xid, m.until_seq) <= (to_xid::xid8, to_seq);
  update feed_cursor p set xid = to_xid::xid8, seq = to_seq, at = coalesce(last_at, p.at), served_at = clock_timestamp(), failures = 0, error = null,
    not_before = case when found then clock_timestamp() + gather end
  where p.tenant_id = me and p.consumer = consumer_name;
end $function$;
alter function app.advance_feed(text,text,bigint,timestamp with time zone) owner to holdfast_system;
grant execute on function app.advance_feed(text,text,bigint,timestamp with time zone) to holdfast_app;

create function app.advance_schedules(steps jsonb)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare jobs int;
begin
  with step as materialized (
    select * from jsonb_to_recordset(steps) as s (tenant_id uuid, name text, cron text, time_zone text, seen timestamptz, next_at timestamptz, kind text,
      payload jsonb, dedupe_key text)
  ),
  made as (
    insert into schedule (tenant_id, name, cron, time_zone, next_at)
    select tenant_id, name, cron, time_zone, next_at from step where seen is null
    on conflict do nothing
  ),
  held as materialized (
    select s.tenant_id, s.name from schedule s join step on step.tenant_id = s.tenant_id and step.name = s.name and step.seen = s.next_at
    for update of s skip locked
  ),
  queued as (
    insert into job (tenant_id, kind, payload, run_at, dedupe_key)
    select step.tenant_id, step.kind, step.payload, step.seen, step.dedupe_key from step join held using (tenant_id, name) where step.kind is not null
    on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing
    returning tenant_id, id, kind, dedupe_key
  ),
  moved as (
    update schedule s set cron = step.cron, time_zone = step.time_zone, next_at = step.next_at,
      last_at = case when step.kind is not null then step.seen when s.last_at > clock_timestamp() then clock_timestamp() else s.last_at end, job_id = coalesce(queued.id, s.job_id)
    from held join step using (tenant_id, name)
    left join queued on queued.tenant_id = step.tenant_id and queued.kind = step.kind and queued.dedupe_key = step.dedupe_key
    where s.tenant_id = held.tenant_id and s.name = held.name
  )
  select count(*) from queued into jobs;
  return jobs;
end $function$;
alter function app.advance_schedules(jsonb) owner to holdfast_system;
grant execute on function app.advance_schedules(jsonb) to holdfast_app;

create function app.alerts_now()
 RETURNS TABLE(rules jsonb, busy boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select coalesce((select jsonb_agg(to_jsonb(r)) from alert_rule r), '[]'),
    exists (select from alert a where a.state <> 'resolved') or exists (select from alert_message m where m.state = 'waiting')
      or exists (select from alert a where a.state = 'resolved' and a.resolved_at > now() - interval '10 minutes')
$function$;
alter function app.alerts_now() owner to holdfast_system;
grant execute on function app.alerts_now() to holdfast_app;

create function app.analyze_import_stage()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  analyze pg_temp.import_stage (match_id, refusal);
end $function$;
alter function app.analyze_import_stage() owner to holdfast_system;
grant execute on function app.analyze_import_stage() to holdfast_app;

create function app.api_key_above(key uuid)
 RETURNS TABLE(expires_at timestamp with time zone, depth integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  with recursive above as (
    select k.id, k.parent_id, k.expires_at, 1 as depth from api_key k where k.tenant_id = app.tenant_id() and k.id = key
    union all select p.id, p.parent_id, a.expires_at, a.depth + 1 from above a join api_key p on p.tenant_id = app.tenant_id() and p.id = a.parent_id
  )
  select a.expires_at, a.depth from above a order by a.depth desc limit 1
$function$;
alter function app.api_key_above(uuid) owner to holdfast_system;
grant execute on function app.api_key_above(uuid) to holdfast_app;

create function app.append_log(lines jsonb)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare day date; stored int;
begin
  -- A clock that is far ahead must not make partitions of years to come.
  for day in select distinct (least((l ->> 'at')::timestamptz, now() + interval '1 day') at time zone 'UTC')::date from jsonb_array_elements(lines) l loop
    if to_regclass('public.log_line_' || to_char(day, 'YYYY_MM_DD')) is null and day > (now() - interval '3650 days')::date then
      perform app.ensure_log_partition(day);
    end if;
  end loop;
  with given as (
    select least(l.at, date_trunc('day', now() + interval '1 day', 'UTC')) as at, l.id, l.level, l.tenant_id, l.user_id, l.route, l.request_id, l.trace_id, l.process, l.message, l.data
    from jsonb_to_recordset(lines) as l (at timestamptz, id uuid, level smallint, tenant_id uuid, user_id uuid, route text, request_id text,
      trace_id text, process text, message text, data text)
    where l.at > now() - interval '3650 days'
  ), added as (
    insert into log_line (at, id, level, tenant_id, user_id, route, request_id, trace_id, process, message, data)
    select * from given on conflict do nothing returning at, tenant_id, level
  ), summed as (
    select date_bin('5 minutes', a.at, 'epoch') as at, a.tenant_id, a.level, count(*) as lines from added a
    group by grouping sets ((1, a.tenant_id, a.level), (1, a.level)) having grouping(a.tenant_id) = 1 or a.tenant_id is not null
  ), counted as (
    -- In one order, so that processes that count at once do not wait for each other in a circle.
    insert into log_count as c (at, tenant_id, level, lines) select * from summed order by tenant_id nulls first, at, level
    on conflict (tenant_id, at, level) do update set lines = c.lines + excluded.lines
  )
  select count(*) into stored from added;
  return stored;
end $function$;
alter function app.append_log(jsonb) owner to holdfast_system;
grant execute on function app.append_log(jsonb) to holdfast_app;

create function app.archive_files(since timestamp with time zone, until timestamp with time zone)
 RETURNS TABLE(id uuid, storage_key text, first_at timestamp with time zone, end_at timestamp with time zone, row_count double precision, content_sha256 text)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.tenant_id() is null or app.some_scope('audit', 'read') = 'none' then
    raise insufficient_privilege using message = 'The archive of the audit trail needs the right to read the trail';
  end if;
  return query select a.id, a.storage_key, a.first_at, a.end_at, a.row_count::float8, encode(a.content_sha256, 'hex') from lifecycle_archive a
    where a.source = 'audit_event' and a.state in ('detached', 'archived') and a.first_at < until and a.end_at > since
    order by a.first_at desc, a.id desc;
end $function$;
alter function app.archive_files(timestamp with time zone,timestamp with time zone) owner to holdfast_system;
grant execute on function app.archive_files(timestamp with time zone,timestamp with time zone) to holdfast_app;

create function app.archived_periods()
 RETURNS TABLE(source text, first_at timestamp with time zone, end_at timestamp with time zone, state text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select distinct a.source, a.first_at, a.end_at, case a.state when 'deleted' then 'deleted' else 'archived' end
  from lifecycle_archive a where a.state in ('detached', 'archived', 'deleted') and (a.of_tenant is null or a.of_tenant = app.tenant_id())
    and exists (select from tenant t left join trail_origin o on o.tenant_id = t.id
      where t.id = app.tenant_id() and coalesce(o.trail_since, t.created_at) < a.end_at)
  union all
  select 'audit_event', least(date_trunc('month', t.created_at, 'UTC'), o.trail_since), o.trail_since, 'elsewhere'
  from trail_origin o join tenant t on t.id = o.tenant_id where o.tenant_id = app.tenant_id()
  order by 2, 1
$function$;
alter function app.archived_periods() owner to holdfast_system;
grant execute on function app.archived_periods() to holdfast_app;

create function app.attached_file(attachment_id uuid)
 RETURNS TABLE(storage_key text, sha256 text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select f.storage_key, encode(f.sha256, 'hex') from attachment a join file f on f.tenant_id = a.tenant_id and f.id = a.file_id
  where a.tenant_id = app.tenant_id() and a.id = attachment_id
$function$;
alter function app.attached_file(uuid) owner to holdfast_system;
grant execute on function app.attached_file(uuid) to holdfast_app;

create function app.attached_version(of_attachment uuid, nth integer)
 RETURNS TABLE(storage_key text, sha256 text, name text, content_type text, size_bytes integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select f.storage_key, encode(f.sha256, 'hex'), v.name, v.content_type, v.size_bytes
  from (select a.tenant_id, a.file_id, a.name, a.content_type, a.size_bytes from attachment a
      where a.tenant_id = app.tenant_id() and a.id = of_attachment and a.number = nth
    union all select o.tenant_id, o.file_id, o.name, o.content_type, o.size_bytes from attachment_version o
      where o.tenant_id = app.tenant_id() and o.attachment_id = of_attachment and o.number = nth) v
  join file f on f.tenant_id = v.tenant_id and f.id = v.file_id
$function$;
alter function app.attached_version(uuid,integer) owner to holdfast_system;
grant execute on function app.attached_version(uuid,integer) to holdfast_app;

create function app.authenticate_api_key(key_hash bytea)
 RETURNS TABLE(tenant_id uuid, id uuid, user_id uuid, role_rights jsonb, scopes jsonb, person_rights jsonb, limits jsonb, kind text, ends_at timestamp with time zone)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
#variable_conflict use_column
declare k api_key;
begin
  select api_key.* into k from api_key
  left join user_account u on u.tenant_id = api_key.tenant_id and u.id = api_key.user_id
  where api_key.hash = key_hash and (api_key.expires_at is null or api_key.expires_at > now())
    and (api_key.user_id is null or app.has_access(u.status, u.access_until));
  if not found then return; end if;
  select u.kind, u.access_until into kind, ends_at from user_account u where u.tenant_id = k.tenant_id and u.id = k.user_id;
  if k.last_used_at is null or k.last_used_at < now() - interval '1 minute' then
    update api_key set last_used_at = now() where (tenant_id, id) in
      (select tenant_id, id from api_key where tenant_id = k.tenant_id and id = k.id for update skip locked);
  end if;
  return query select k.tenant_id, k.id, k.user_id, r.rights || app.limited_fields(r.tenant_id, r.id, r.rights), k.scopes,
    case when k.user_id is not null then app.rights_of_user(k.tenant_id, k.user_id) end,
    case when k.parent_id is not null then (
      with recursive above as (
        select p.* from api_key p where p.tenant_id = k.tenant_id and p.id = k.parent_id
        union all select p.* from above a join api_key p on p.tenant_id = a.tenant_id and p.id = a.parent_id
      )
      select jsonb_agg(jsonb_build_object('scopes', a.scopes, 'kind', ar.kind, 'role_rights', ar.rights || app.limited_fields(ar.tenant_id, ar.id, ar.rights)))
      from above a join role ar on ar.tenant_id = a.tenant_id and ar.id = a.role_id) end,
    case when kind <> 'member' then kind else r.kind end, least(k.expires_at, ends_at)
  from role r where r.tenant_id = k.tenant_id and r.id = k.role_id;
end $function$;
alter function app.authenticate_api_key(bytea) owner to holdfast_system;
grant execute on function app.authenticate_api_key(bytea) to holdfast_app;

create function app.authenticate_session(token_hash bytea, idle interval)
 RETURNS TABLE(tenant_id uuid, id uuid, user_id uuid, rights json, second_factor_missing boolean, kind text, ends_at timestamp with time zone)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
#variable_conflict use_column
declare seen timestamptz;
begin
  select s.tenant_id, s.id, s.user_id, s.last_seen_at,
    (select coalesce(json_agg(case when exists (select from custom_field f where f.tenant_id = s.tenant_id and (f.visible_to is not null or f.editable_by is not null))
        then r.rights || app.limited_fields(s.tenant_id, r.id, r.rights) else r.rights end), '[]')
      from user_role ur join role r on r.tenant_id = ur.tenant_id and r.id = ur.role_id where ur.tenant_id = s.tenant_id and ur.user_id = s.user_id),
    t.second_factor_required and not s.second_factor and not exists (select from user_totp f
      where f.tenant_id = s.tenant_id and f.user_id = s.user_id and f.confirmed_at is not null),
    u.kind, least(s.expires_at, u.access_until)
  into tenant_id, id, user_id, seen, rights, second_factor_missing, kind, ends_at
  from session s join user_account u on u.tenant_id = s.tenant_id and u.id = s.user_id join tenant t on t.id = s.tenant_id
  where s.hash = token_hash and s.expires_at > now() and s.last_seen_at > now() - idle and app.has_access(u.status, u.access_until);
  if not found then return; end if;
  if seen < now() - interval '1 minute' then
    update session s set last_seen_at = now() where (s.tenant_id, s.id) in
      (select l.tenant_id, l.id from session l where l.tenant_id = authenticate_session.tenant_id and l.id = authenticate_session.id for update skip locked);
  end if;
  return next;
end $function$;
alter function app.authenticate_session(bytea,interval) owner to holdfast_system;
grant execute on function app.authenticate_session(bytea,interval) to holdfast_app;

create function app.backend_id(pid integer, backend_start timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$ select format('%s-%s', pid, (extract(epoch from backend_start) * 1000000)::bigint) $function$;

create function app.begin_communication()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.restores_archive() then return new; end if;
  if new.occurred_at > new.created_at + interval '1 day' then
    raise check_violation using table = 'communication', column = 'occurred_at', constraint = 'communication_occurred_at_check1',
      message = 'This lies in the future';
  end if;
  new.author_id := app.user_id();
  new.kept_until := (greatest(new.occurred_at, new.created_at) + interval '6 years')::date;
  return new;
end $function$;
alter function app.begin_communication() owner to holdfast_system;

create function app.birthday_fits(birthday text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select birthday ~ '^(\d{4}|-)-\d\d-\d\d$'
    and pg_input_is_valid(case when birthday like '--%' then '2000' || substr(birthday, 2) else birthday end, 'date')
$function$;
grant execute on function app.birthday_fits(text) to public;

create function app.calendars_read(degree text)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select coalesce(array_agg(c.id), '{}') from meeting_calendar c where c.tenant_id = app.tenant_id() and (c.owner_id = app.user_id()
    or degree = 'exists' and c.sharing <> 'private' or degree = 'everything' and c.sharing = 'all')
$function$;
alter function app.calendars_read(text) owner to holdfast_system;
grant execute on function app.calendars_read(text) to holdfast_app;

create function app.certificates_seen()
 RETURNS TABLE(endpoint text, subject text, issuer text, valid_until timestamp with time zone, distrust text, error text, checked_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select c.endpoint, c.subject, c.issuer, c.valid_until, c.distrust, c.error, c.checked_at from certificate c order by c.valid_until nulls last, c.endpoint limit 200
$function$;
alter function app.certificates_seen() owner to holdfast_system;
grant execute on function app.certificates_seen() to holdfast_app;

create function app.changes_only_hidden(noun text, fields text[], before jsonb, after jsonb, silent text[] DEFAULT '{}'::text[])
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select cardinality(app.hidden_keys(noun)) > 0 and 'custom' = any (fields) and fields <@ (array['custom'] || silent)
    and coalesce(after -> 'custom', '{}') - app.hidden_keys(noun) = coalesce(before -> 'custom', '{}') - app.hidden_keys(noun)
$function$;
grant execute on function app.changes_only_hidden(text,text[],jsonb,jsonb,text[]) to public;

create function app.check_account_shares()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  account financial_account;
  held record;
  part record;
  numerator numeric;
  denominator numeric;
  wanted uuid;
begin
  if app.restores_archive() then return null; end if;
  if tg_table_name = 'financial_account' then wanted := new.id;
  else
    wanted := case when tg_op = 'DELETE' then old.account_id else new.account_id end;
    if tg_op = 'DELETE' and not exists (select from contact c where c.tenant_id = old.tenant_id and c.id = old.contact_id
      union all select from legal_entity e where e.tenant_id = old.tenant_id and e.id = old.legal_entity_id) then return null; end if;
  end if;
  select a.* into account from financial_account a where a.tenant_id = app.tenant_id() and a.id = wanted;
  if account.id is null then return null; end if;
  for held in select o.role, count(*) as owners, count(o.share_numerator) as shares from account_owner o
    where o.tenant_id = account.tenant_id and o.account_id = account.id and o.until_on is null group by o.role
  loop
    if held.role = 'owner' and account.registration in ('joint_survivorship', 'by_entirety') then
      if held.shares = 0 then continue; end if;
      raise check_violation using table = 'account_owner', column = 'share_numerator', constraint = 'account_owner_shares',
        message = 'Owners with right of survivorship have no shares';
    end if;
    numerator := 0;
    denominator := 1;
    for part in select o.share_numerator as n, o.share_denominator as d from account_owner o
      where o.tenant_id = account.tenant_id and o.account_id = account.id and o.role = held.role and o.until_on is null and o.share_numerator is not null
    loop
      numerator := numerator * part.d + part.n * denominator;
      denominator := denominator * part.d;
    end loop;
    if held.shares = held.owners and numerator = denominator then continue; end if;
    raise check_violation using table = 'account_owner', column = 'share_numerator', constraint = 'account_owner_shares',
      message = 'The shares of owners, or of beneficiaries of one rank, must add up to the whole';
  end loop;
  return null;
end $function$;
alter function app.check_account_shares() owner to holdfast_system;

create function app.check_attachments_back()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare there int;
begin
  if new.note_id is not null then
    perform from note where tenant_id = new.tenant_id and id = new.note_id for no key update;
    select count(*) into there from attachment where tenant_id = new.tenant_id and note_id = new.note_id and deleted_at is null;
  else
    perform from comment where tenant_id = new.tenant_id and id = new.comment_id for no key update;
    select count(*) into there from attachment where tenant_id = new.tenant_id and comment_id = new.comment_id and deleted_at is null;
  end if;
  if there > 20 then
    raise exception using errcode = 'check_violation', table = 'attachment', column = 'id',
      message = 'At most 20 files can be attached. Remove another one first';
  end if;
  return null;
end $function$;
alter function app.check_attachments_back() owner to holdfast_system;

create function app.check_audience()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.restores_archive() then return new; end if;
  if new.audience = 'internal' then
    raise exception using errcode = '23514', table = 'comment', constraint = 'comment_audience_check', column = 'audience',
      message = 'A public comment may have been read by people outside and cannot become internal again';
  elsif new.parent_id is not null and not exists (select from public.comment p
      where p.tenant_id = new.tenant_id and p.id = new.parent_id and p.audience = 'public') then
    raise exception using errcode = '23514', table = 'comment', constraint = 'comment_audience_check', column = 'audience',
      message = 'A reply to an internal comment is internal too';
  end if;
  return new;
end $function$;
grant execute on function app.check_audience() to public;

create function app.check_currency_rates()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if exists (select from currency_rate k where k.tenant_id = new.id) then
    raise exception using errcode = '23514', table = 'tenant', constraint = 'tenant_default_currency_check', column = 'default_currency',
      message = 'The currency rates say what others are worth in this currency. Remove them first, then set those for the new one.';
  end if;
  return new;
end $function$;
alter function app.check_currency_rates() owner to holdfast_system;

create function app.check_goal_shares()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  account financial_account;
  part record;
  numerator numeric := 0;
  denominator numeric := 1;
begin
  if app.restores_archive() then return null; end if;
  -- Locked, so that two who give the rest of it away do not both succeed.
  select a.* into account from financial_account a where a.tenant_id = new.tenant_id and a.id = new.account_id for update;
  if account.id is null then return null; end if;
  if exists (select from goal_account s join goal g on g.tenant_id = s.tenant_id and g.id = s.goal_id
    where s.tenant_id = new.tenant_id and s.id = new.id and g.household_id <> account.household_id) then
    raise check_violation using table = 'goal_account', column = 'account_id', constraint = 'goal_account_account_id_check1',
      message = 'This account is of another household than the goal';
  end if;
  for part in select s.share_numerator as n, s.share_denominator as d from goal_account s
    where s.tenant_id = new.tenant_id and s.account_id = new.account_id
  loop
    numerator := numerator * part.d + part.n * denominator;
    denominator := denominator * part.d;
  end loop;
  if numerator > denominator then
    raise check_violation using table = 'goal_account', column = 'share_numerator', constraint = 'goal_account_shares',
      message = 'Together with its shares for other goals this is more than the whole account';
  end if;
  return null;
end $function$;
alter function app.check_goal_shares() owner to holdfast_system;

create function app.check_mentions()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare known uuid[] := '{}';
begin
  if tg_op = 'UPDATE' then known := old.mentions; end if;
  if exists (select from unnest(new.mentions) m where m <> all (known)
      and not exists (select from user_account u where u.tenant_id = new.tenant_id and u.id = m)) then
    raise exception using errcode = '23503', table = tg_table_name, constraint = tg_table_name || '_mentions_fkey', column = 'mentions',
      message = 'Only people of the workspace can be mentioned';
  end if;
  return new;
end $function$;
alter function app.check_mentions() owner to holdfast_system;

create function app.check_reply()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if not exists (select from public.comment p where p.tenant_id = new.tenant_id and p.id = new.parent_id and p.parent_id is null
      and p.record_id = new.record_id) then
    raise exception using errcode = '23514', table = 'comment', constraint = 'comment_parent_id_check', column = 'parent_id',
      message = 'A reply belongs to a comment of the same record that is no reply itself';
  end if;
  return new;
end $function$;
grant execute on function app.check_reply() to public;

create function app.check_reversal()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  reverses constant text := tg_argv[0];
  negated constant text[] := tg_argv[1]::text[];
  own constant text[] := array['id', 'version', 'created_at', 'updated_at', 'import_id', reverses] || negated
    || array(select a.attname::text from pg_attribute a where a.attrelid = tg_relid and a.attgenerated <> '');
  given constant jsonb := to_jsonb(new);
  reversed jsonb;
begin
  if app.restores_archive() then return new; end if;
  execute format('select to_jsonb(r) from public.%I r where r.tenant_id = $1 and r.id = $2', tg_table_name) into reversed
    using new.tenant_id, (given ->> reverses)::uuid;
  if reversed is null then
    raise exception using errcode = '23503', table = tg_table_name, constraint = tg_table_name || '_' || reverses || '_fkey', message = 'There is no such record';
  end if;
  if given - own <> reversed - own or exists (select from unnest(negated) n where (given ->> n)::numeric is distinct from -(reversed ->> n)::numeric) then
    raise exception using errcode = '23514', table = tg_table_name, column = reverses, constraint = tg_table_name || '_' || reverses || '_check',
      message = 'A reversing record says the same as the first, the other way round';
  end if;
  return new;
end $function$;
grant execute on function app.check_reversal() to public;

create function app.check_stage_fields()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare lacking record; unseen boolean;
begin
  if app.frees_of_stage_needs() then return null; end if;
  if tg_op = 'INSERT' then
    select s.name, f.field into lacking from new_rows d
    join stage s on s.tenant_id = d.tenant_id and s.id = d.stage_id and s.required_fields <> '{}'
    cross join unnest(s.required_fields) f (field)
    where app.is_field(f.field, s.required_fields) and app.field_missing(to_jsonb(d), f.field)
      and not app.name_retired(f.field, (select app.retired_keys('deal'))) limit 1;
  else
    select s.name, f.field into lacking from stage s cross join unnest(s.required_fields) f (field)
    where s.tenant_id = new.tenant_id and s.id = new.stage_id and app.is_field(f.field, s.required_fields) and app.field_missing(to_jsonb(new), f.field)
      and not app.name_retired(f.field, (select app.retired_keys('deal'))) limit 1;
  end if;
  if found then
    unseen := app.name_hidden('deal', lacking.field);
    raise exception 'The stage "%" asks for %, which this deal does not have', lacking.name,
      case when unseen then 'a field that you do not see' else lacking.field end
      using errcode = 'check_violation', table = 'deal', column = case when unseen then 'custom' else lacking.field end;
  end if;
  return null;
end $function$;
alter function app.check_stage_fields() owner to holdfast_system;

create function app.check_stage_products()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare lacking record;
begin
  if app.frees_of_stage_needs() then return null; end if;
  select s.name, f.field into lacking
  from deal d join stage s on s.tenant_id = d.tenant_id and s.id = d.stage_id and 'lines' = any (s.required_fields)
  cross join unnest(s.required_fields) f (field)
  where d.tenant_id = new.tenant_id and d.id = new.id and d.stage_id = new.stage_id and case f.field
    when 'lines' then not exists (select from deal_line l where l.tenant_id = d.tenant_id and l.deal_id = d.id)
    when 'amount' then d.amount is null else false end
  order by f.field desc limit 1;
  if found then
    raise exception 'The stage "%" asks for %, which this deal does not have', lacking.name, lacking.field
      using errcode = 'check_violation', table = 'deal', column = lacking.field;
  end if;
  return null;
end $function$;
alter function app.check_stage_products() owner to holdfast_system;

create function app.check_transition()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  field constant text := tg_argv[0];
  row constant jsonb := to_jsonb(new);
  state constant text := row ->> field;
  was text;
  way jsonb;
  missing text;
begin
  if app.restores_archive() then return new; end if;
  if tg_op = 'INSERT' then
    -- What was deleted comes back as it was.
    if state = tg_argv[1] or current_setting('app.takes_back', true) is not distinct from 'on' then return new; end if;
    raise exception using errcode = '23514', table = tg_table_name, column = field, constraint = tg_table_name || '_' || field || '_check',
      message = format('A new record begins as "%s"', tg_argv[1]);
  end if;
  was := to_jsonb(old) ->> field;
  if was = state then return new; end if;
  select t into way from jsonb_array_elements(tg_argv[2]::jsonb) t where t ->> 'to' = state and t -> 'from' ? was;
  if way is null then
    raise exception using errcode = '23514', table = tg_table_name, column = field, constraint = tg_table_name || '_' || field || '_check',
      message = format('There is no way from "%s" to "%s"', was, state);
  end if;
  if way ? 'resource' and app.some_scope(way ->> 'resource', way ->> 'action') = 'none' then
    raise exception using errcode = '42501', message = format('To %s needs a right of its own', way ->> 'name');
  end if;
  select r into missing from jsonb_array_elements_text(way -> 'required') r where coalesce(row -> r, 'null') in ('null', '""', '[]') limit 1;
  if missing is not null then
    raise exception using errcode = '23514', table = tg_table_name, column = missing, constraint = tg_table_name || '_' || missing || '_check',
      message = 'This is required for this step';
  end if;
  return new;
end $function$;
grant execute on function app.check_transition() to public;

create function app.claim_jobs(worker_name text, free_slots jsonb, slots integer, tenant_max integer, busy jsonb, lease_seconds integer)
 RETURNS SETOF job
 LANGUAGE sql
 SECURITY DEFINER
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  with recursive waiting as (
    (select tenant_id, kind from job where state = 'ready' order by tenant_id, kind limit 1)
    union all
    select next.tenant_id, next.kind from waiting w cross join lateral (
      select j.tenant_id, j.kind from job j where j.state = 'ready' and (j.tenant_id, j.kind) > (w.tenant_id, w.kind)
      order by j.tenant_id, j.kind limit 1
    ) next
  ),
  open as materialized (
    select tenant_id, kind, (free_slots ->> kind)::int as kind_slots, tenant_max - coalesce((busy ->> tenant_id::text)::int, 0) as tenant_slots
    from waiting where free_slots ? kind
  ),
  chosen as materialized (
    select tenant_id, random() as turn from (select distinct tenant_id from open where tenant_slots > 0) t order by turn limit slots
  ),
  share as materialized (select greatest(1, ceil(slots::numeric / greatest(1, count(*)))::int) as size from chosen),
  candidates as materialized (
    select j.*, c.turn, o.kind_slots, least(o.tenant_slots, s.size) as tenant_slots
    from chosen c join open o on o.tenant_id = c.tenant_id cross join share s cross join lateral (
      select tenant_id, id, kind, priority, run_at from job
      where tenant_id = o.tenant_id and kind = o.kind and state = 'ready'
      order by priority desc, run_at, id limit least(s.size, o.tenant_slots, o.kind_slots)
      for update skip locked
    ) j
  ),
  ranked as (
    select *, row_number() over (partition by tenant_id order by priority desc, run_at, id) as rank_in_tenant,
      row_number() over (partition by kind order by priority desc, turn, run_at, id) as rank_in_kind
    from candidates
  ),
  picked as materialized (
    select tenant_id, id from ranked where rank_in_tenant <= tenant_slots and rank_in_kind <= kind_slots
    order by rank_in_tenant, turn limit slots
  )
  update job set state = 'running', worker = worker_name, attempts = attempts + 1, started_at = clock_timestamp(),
    lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
  from picked where job.tenant_id = picked.tenant_id and job.id = picked.id
  returning job.*
$function$;
alter function app.claim_jobs(text,jsonb,integer,integer,jsonb,integer) owner to holdfast_system;
grant execute on function app.claim_jobs(text,jsonb,integer,integer,jsonb,integer) to holdfast_app;

create function app.commitment(salt uuid, before jsonb, after jsonb)
 RETURNS bytea
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select sha256(uuid_send(salt) || convert_to(coalesce('b' || before::text, '') || coalesce('a' || after::text, ''), 'UTF8')) $function$;
grant execute on function app.commitment(uuid,jsonb,jsonb) to public;

create function app.company_candidates(q_domain text, q_name text)
 RETURNS TABLE(id uuid)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET plan_cache_mode TO 'force_custom_plan'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  candidates_max constant int := 200;
  everything constant boolean := app.scope('company', 'read') = 'all';
  owners constant uuid[] := app.scope_owners('company', 'read');
  reached constant uuid[] := app.reached_ids('company');
begin
  return query
  (select l.id from (select c.id, c.deleted_at from company c where c.tenant_id = (select app.tenant_id()) and lower(c.domain) = lower(q_domain)
    and c.domain is not null and (everything or c.owner_id = any (owners) or c.id = any (reached)) offset 0) l where l.deleted_at is null limit candidates_max)
  union
  (select l.id from unnest(app.spellings(nullif(trim(q_name), ''))) as s (folded) cross join lateral (select c.id, c.deleted_at from company c
    where c.tenant_id::text = (select app.tenant_id()::text) and c.search_text %> s.folded
    and (everything or c.owner_id = any (owners) or c.id = any (reached)) offset 0) l where l.deleted_at is null limit candidates_max);
end $function$;
alter function app.company_candidates(text,text) owner to holdfast_system;
grant execute on function app.company_candidates(text,text) to holdfast_app;

create function app.company_core(name text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select nullif(trim(regexp_replace(' ' || regexp_replace(replace(app.compared_text(name), '.', ''), '[^[:alnum:]&]+', ' ', 'g') || ' ',
    '( (&|ab|ag|aps|as|asa|bv|co|company|corp|corporation|cv|eg|ek|ev|gbr|gesmbh|gmbh|inc|incorporated|kft|kg|kgaa|kk|lda|limited|llc|llp|lp|ltd|ltda|mbh|nv|'
    || 'og|ohg|oy|oyj|plc|pte|pty|pvt|sa|sal|sarl|sas|sasu|scs|se|sl|slu|snc|spa|spzoo|srl|sro|ug))+ $', ' ')), '')
$function$;
grant execute on function app.company_core(text) to public;

create function app.company_fits(external_id text, name text, domain text, website text, phone text, industry text, employee_count integer, currency character, founded_year integer, description text, street text, city text, region text, postal_code text, country text, custom jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
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
end $function$;
grant execute on function app.company_fits(text,text,text,text,text,text,integer,character,integer,text,text,text,text,text,text,jsonb) to public;

create function app.compared_text(value text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE COST 10
AS $function$
declare
  plain text;
begin
  if octet_length(value) = length(value) then plain := lower(value);
  else plain := replace(translate(app.fold(value), '‘’ʼ‐‒–—−', '''''''-----'), 'ß', 'ss'); end if;
  if strpos(plain, '  ') > 0 then plain := regexp_replace(plain, ' +', ' ', 'g'); end if;
  return plain;
end $function$;
grant execute on function app.compared_text(text) to public;

create function app.contact_candidates(q_email text, q_phone text, q_name text, q_company uuid)
 RETURNS TABLE(id uuid)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET plan_cache_mode TO 'force_custom_plan'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  colleagues_max constant int := 10000;
  candidates_max constant int := 50;
  similar_from constant real := 0.5;
  everything constant boolean := app.scope('contact', 'read') = 'all';
  owners constant uuid[] := app.scope_owners('contact', 'read');
  reached constant uuid[] := app.reached_ids('contact');
  digits constant text := app.phone_key(q_phone);
  compared constant text := app.compared_text(nullif(trim(q_name), ''));
begin
  return query
  (select l.id from (select c.id, c.deleted_at from contact c where c.tenant_id = (select app.tenant_id()) and c.email_key = lower(q_email)
    and (everything or c.owner_id = any (owners) or c.id = any (reached)) offset 0) l where l.deleted_at is null limit candidates_max)
  union
  (select l.id from (select c.id, c.deleted_at from contact c where c.tenant_id = (select app.tenant_id()) and app.label_keys(c.other_emails) && array[lower(q_email)]
    and c.other_emails <> '[]' and (everything or c.owner_id = any (owners) or c.id = any (reached)) offset 0) l where l.deleted_at is null limit candidates_max)
  union
  (select l.id from (select c.id, c.deleted_at from contact c where c.tenant_id::text = (select app.tenant_id()::text) and c.search_text like '%' || digits
    and app.phone_key(c.phone) = digits and (everything or c.owner_id = any (owners) or c.id = any (reached)) offset 0) l where l.deleted_at is null limit candidates_max)
  union
  (select k.id from (select l.id, l.given_name, l.family_name from (select c.id, c.given_name, c.family_name, c.search_text, c.deleted_at from contact c
        where c.tenant_id = (select app.tenant_id()) and c.company_id = q_company and (everything or c.owner_id = any (owners) or c.id = any (reached)) offset 0) l
      where l.deleted_at is null and word_similarity(compared, replace(l.search_text, 'ß', 'ss')) >= similar_from limit colleagues_max) k
    order by similarity(app.compared_text(coalesce(app.person_name(k.given_name, k.family_name), '')), compared) desc limit candidates_max)
  union
  (select l.id from unnest(app.spellings(compared)) as s (folded) cross join lateral (
    select c.id, c.deleted_at from contact c where c.tenant_id = (select app.tenant_id())
    and left(c.search_text, 40) ~>=~ left(s.folded, 40) and left(c.search_text, 40) ~<~ (left(s.folded, 40) || U&'\+10FFFF')
    and app.compared_text(app.person_name(c.given_name, c.family_name)) = compared
    and (everything or c.owner_id = any (owners) or c.id = any (reached)) offset 0) l where l.deleted_at is null limit candidates_max);
end $function$;
alter function app.contact_candidates(text,text,text,uuid) owner to holdfast_system;
grant execute on function app.contact_candidates(text,text,text,uuid) to holdfast_app;

create function app.contact_fits(external_id text, given_name text, family_name text, email text, email_label text, other_emails jsonb, phone text, phone_label text, other_phones jsonb, job_title text, source text, lead_status text, lifecycle_stage text, consent_email text, street text, city text, region text, postal_code text, country text, address_label text, other_addresses jsonb, sites jsonb, social_profiles jsonb, birthday text, time_zone text, custom jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
declare
  misfit constant text := case
    when length(external_id) not between 1 and 200 then 'external_id'
    when length(given_name) > 200 then 'given_name'
    when length(family_name) > 200 then 'family_name'
    when length(email) > 254 then 'email'
    when length(email_label) > 60 then 'email_label'
    when other_emails <> '[]' and not app.labelled_list_fits(other_emails, 254) then 'other_emails'
    when length(phone) > 50 then 'phone'
    when length(phone_label) > 60 then 'phone_label'
    when other_phones <> '[]' and not app.labelled_list_fits(other_phones, 50) then 'other_phones'
    when length(job_title) > 200 then 'job_title'
    when length(source) > 100 then 'source'
    when lead_status not in ('new', 'working', 'qualified', 'unqualified') then 'lead_status'
    when lifecycle_stage not in ('subscriber', 'lead', 'customer', 'former') then 'lifecycle_stage'
    when consent_email not in ('unknown', 'granted', 'denied') then 'consent_email'
    when length(street) > 300 then 'street'
    when length(city) > 200 then 'city'
    when length(region) > 200 then 'region'
    when length(postal_code) > 20 then 'postal_code'
    when length(country) > 100 then 'country'
    when length(address_label) > 60 then 'address_label'
    when other_addresses <> '[]' and not app.address_list_fits(other_addresses) then 'other_addresses'
    when sites <> '[]' and not app.labelled_list_fits(sites, 2000) then 'sites'
    when social_profiles <> '[]' and not app.labelled_list_fits(social_profiles, 500) then 'social_profiles'
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
end $function$;
grant execute on function app.contact_fits(text,text,text,text,text,jsonb,text,text,jsonb,text,text,text,text,text,text,text,text,text,text,text,jsonb,jsonb,jsonb,text,text,jsonb) to public;

create function app.contact_positions(tenant uuid, contact uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
begin
  return (select coalesce(jsonb_agg(n.item order by n.position, n.id), '[]') from contact_position_item n
    where n.tenant_id = tenant and n.contact_id = contact);
end $function$;
grant execute on function app.contact_positions(uuid,uuid) to public;

create function app.contact_search_text(given text, family text, email text, other_emails jsonb, phone text, other_phones jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select app.person_search_text(given, family, email, other_emails, phone, other_phones, null, null) $function$;
grant execute on function app.contact_search_text(text,text,text,jsonb,text,jsonb) to public;

create function app.contacts_with_further_email(keys text[])
 RETURNS SETOF uuid
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER ROWS 1
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  return query select c.id from contact c
    where c.tenant_id = (select app.tenant_id()) and app.label_keys(c.other_emails) && keys and c.other_emails <> '[]';
end $function$;
alter function app.contacts_with_further_email(text[]) owner to holdfast_system;
grant execute on function app.contacts_with_further_email(text[]) to holdfast_app;

create function app.copy_favourites(survivor uuid, others uuid[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  insert into favourite (tenant_id, user_id, resource, record_id, position)
  select distinct on (f.user_id) f.tenant_id, f.user_id, f.resource, survivor, f.position from favourite f
  where f.tenant_id = app.tenant_id() and f.record_id = any (others) order by f.user_id, f.position
  on conflict do nothing
$function$;
alter function app.copy_favourites(uuid,uuid[]) owner to holdfast_system;
grant execute on function app.copy_favourites(uuid,uuid[]) to holdfast_app;

create function app.count_past(of_rule text, moment timestamp with time zone, days integer, rows_max integer)
 RETURNS TABLE(relation text, row_count integer, bytes double precision, held integer)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare s record;
begin
  perform app.refuse_unless_operator();
  if of_rule = 'trash' then
    return query select p.relation, (count(*) filter (where not p.held))::int, coalesce(sum(p.bytes) filter (where not p.held), 0)::float8,
      (count(*) filter (where p.held))::int from app.past_trash(moment, days, rows_max) p group by p.relation;
    return;
  end if;
  if of_rule = 'log_lines' then
    return query select 'log_line'::text, count(*)::int, coalesce(sum(c.relpages), 0)::float8 * current_setting('block_size')::int, 0
      from app.past_log(days, moment) p join pg_class c on c.oid = p;
    return;
  end if;
  if of_rule = 'orphan_files' then
    return query select 'orphan_file'::text, count(*)::int, coalesce(sum(o.size_bytes), 0)::float8, 0
      from orphan_file o where o.found_at < moment - make_interval(days => days);
    return;
  end if;
  if of_rule = 'files' then
    return query select 'file'::text, (count(*) filter (where not p.held))::int, coalesce(sum(p.bytes) filter (where not p.held), 0)::float8,
      (count(*) filter (where p.held))::int from (select f.size_bytes as bytes, app.is_held('files', f.tenant_id, f.created_at, f.created_at) as held
        from app.unused_files(moment) f limit rows_max) p;
    return;
  end if;
  for s in select * from app.deletion_steps() d where d.rule = of_rule order by d.step loop
    return query execute format('select %1$L, (count(*) filter (where not p.held))::int, coalesce(sum(p.bytes) filter (where not p.held), 0)::float8,
      (count(*) filter (where p.held))::int from (select pg_column_size(t) as bytes, app.is_held($2, %3$s, coalesce(%4$s, $1), coalesce(%4$s, $1)) as held
        from public.%1$I t where %2$s limit $3) p', s.relation, s.is_past, s.tenant, s.at)
      using moment - make_interval(days => days), of_rule, rows_max;
  end loop;
end $function$;
alter function app.count_past(text,timestamp with time zone,integer,integer) owner to holdfast_system;
grant execute on function app.count_past(text,timestamp with time zone,integer,integer) to holdfast_app;

create function app.count_sign_in()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  insert into usage_activity (tenant_id, day, user_id, feature, requests)
  values (new.tenant_id, (now() at time zone 'UTC')::date, new.user_id, 'Signing in', 1)
  on conflict (tenant_id, day, user_id, feature) do update set requests = usage_activity.requests + 1;
  return null;
end $function$;
alter function app.count_sign_in() owner to holdfast_system;

create function app.currency_factor(currency text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case
    when currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') then 1
    when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 1000
    else 100
  end
$function$;
grant execute on function app.currency_factor(text) to public;

create function app.current_values(noun text, content jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case
    when content is null or not content ?| '{contact_id,company_id,deal_id,record_id}' then content
    when noun in ('comment', 'record_tag') then content - '{contact_id,company_id,deal_id}'::text[] || jsonb_build_object('record_id',
      coalesce(content ->> 'record_id', content ->> 'contact_id', content ->> 'company_id', content ->> 'deal_id'))
    when noun in ('note', 'task', 'activity') then jsonb_build_object('records', to_jsonb(array_remove(array[content ->> 'deal_id', content ->> 'contact_id',
      content ->> 'company_id', content ->> 'record_id'], null))) || (content - '{contact_id,company_id,deal_id,record_id}'::text[])
    else content
  end
$function$;
grant execute on function app.current_values(text,jsonb) to public;

create function app.cusip_fits(cusip text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select cusip is null or (cusip ~ '^[0-9A-Z*@#]{8}[0-9]$' and (10 - app.doubled_sum(left(cusip, 8)) % 10) % 10 = right(cusip, 1)::int)
$function$;
grant execute on function app.cusip_fits(text) to public;

create function app.custom_defaults(noun text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if not exists (select from custom_field f
    where f.tenant_id = app.tenant_id() and f.resource = noun and f.default_value is not null and f.retired_at is null) then return '{}'; end if;
  perform pg_advisory_xact_lock_shared(app.custom_fields_lock(app.tenant_id(), noun));
  return (select coalesce(jsonb_object_agg(f.key, f.default_value), '{}') from custom_field f
    where f.tenant_id = app.tenant_id() and f.resource = noun and f.default_value is not null and f.retired_at is null);
end $function$;
alter function app.custom_defaults(text) owner to holdfast_system;
grant execute on function app.custom_defaults(text) to holdfast_app;

create function app.custom_fields_lock(tenant uuid, noun text)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select hashtextextended(tenant || ' ' || noun, 18) $function$;
grant execute on function app.custom_fields_lock(uuid,text) to public;

create function app.custom_references_left(noun text, others uuid[])
 RETURNS text[]
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select coalesce(array_agg(distinct f.resource), '{}') from custom_field f
  join custom_value v on v.tenant_id = f.tenant_id and v.field_id = f.id
  where f.tenant_id = app.tenant_id() and f.type = noun and v.value = any (others::text[]) and v.record_id <> all (others)
$function$;
alter function app.custom_references_left(text,uuid[]) owner to holdfast_system;
grant execute on function app.custom_references_left(text,uuid[]) to holdfast_app;

create function app.custom_values_of(tenant uuid, noun text, records jsonb)
 RETURNS TABLE(field_id uuid, record_id uuid, value text, is_unique boolean, owner_id uuid)
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select f.id, r.id, s.value, f.is_unique, r.owner_id
  from jsonb_to_recordset(records) as r (id uuid, custom jsonb, owner_id uuid) cross join lateral jsonb_each(r.custom) e
  join custom_field f on f.tenant_id = tenant and f.resource = noun and f.key = e.key
  cross join lateral app.sortable_values(f.type, e.value) as s (value)
$function$;
grant execute on function app.custom_values_of(uuid,text,jsonb) to public;

create function app.decimal_amount(minor numeric, currency text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select round(minor / app.currency_factor(currency), length(app.currency_factor(currency)::text) - 1)::text
$function$;
grant execute on function app.decimal_amount(numeric,text) to public;

create function app.delete_past_rows(of_rule text, of_step integer, moment timestamp with time zone, days integer, places text[])
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
 SET lock_timeout TO '50ms'
AS $function$
declare s record; gone int;
begin
  select * into strict s from app.deletion_steps() d where d.rule = of_rule and d.step = of_step;
  execute format('delete from public.%I t where t.ctid = any ($3::tid[]) and %s and not app.is_held($2, %s, coalesce(%s, $1), coalesce(%4$s, $1))',
    s.relation, s.is_past, s.tenant, s.at) using moment - make_interval(days => days), of_rule, places;
  get diagnostics gone = row_count;
  return gone;
end $function$;
alter function app.delete_past_rows(text,integer,timestamp with time zone,integer,text[]) owner to holdfast_system;
grant execute on function app.delete_past_rows(text,integer,timestamp with time zone,integer,text[]) to holdfast_app;

create function app.delete_past_trash(trashed text, workspace uuid, moment timestamp with time zone, days integer, ids uuid[])
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
 SET lock_timeout TO '50ms'
AS $function$
declare past uuid[]; gone int;
begin
  if trashed <> all (app.trashable_tables()) then raise exception '% has no trash', trashed; end if;
  -- A cascade writes its audit events as the table's owner, who must be of the tenant.
  perform set_config('app.tenant_id', workspace::text, true);
  execute format('select array(select t.id from public.%I t where t.tenant_id = $1 and t.id = any ($3) and t.deleted_at < $2
    and not app.is_held(''trash'', t.tenant_id, t.deleted_at, t.deleted_at) for update)', trashed)
    using workspace, moment - make_interval(days => days), ids into past;
  perform app.detach(trashed, past);
  execute format('delete from public.%I t where t.tenant_id = $1 and t.id = any ($2)', trashed) using workspace, past;
  get diagnostics gone = row_count;
  return gone;
end $function$;
alter function app.delete_past_trash(text,uuid,timestamp with time zone,integer,uuid[]) owner to holdfast_system;
grant execute on function app.delete_past_trash(text,uuid,timestamp with time zone,integer,uuid[]) to holdfast_app;

create function app.deletion_pause(hours integer)
 RETURNS TABLE(last_at timestamp with time zone, until timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select r.last_at, p.last_at + make_interval(hours => hours) from lifecycle_rule r, lifecycle_rule p
  where r.name = 'trash' and p.name = 'pause' and p.last_at > r.last_at and p.last_at <= now() and now() < p.last_at + make_interval(hours => hours)
$function$;
alter function app.deletion_pause(integer) owner to holdfast_system;
grant execute on function app.deletion_pause(integer) to holdfast_app;

create function app.deletion_steps()
 RETURNS TABLE(rule text, step integer, relation text, is_past text, at text, tenant text)
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  values
    ('idempotency_keys', 1, 'idempotency_key', 't.created_at < $1', 't.created_at', 't.tenant_id'),
    -- The last job of a schedule says how it went, however seldom it runs.
    ('jobs', 1, 'job', $q$t.state in ('done', 'failed', 'cancelled') and t.finished_at < $1
      and not (t.state = 'done' and t.tenant_id = '00000000-0000-0000-0000-000000000000')
      and not exists (select from schedule s where s.tenant_id = t.tenant_id and s.job_id = t.id)$q$, 't.finished_at', 't.tenant_id'),
    ('system_jobs', 1, 'job', $q$t.state = 'done' and t.finished_at < $1 and t.tenant_id = '00000000-0000-0000-0000-000000000000'
      and not exists (select from schedule s where s.tenant_id = t.tenant_id and s.job_id = t.id)$q$, 't.finished_at', 't.tenant_id'),
    ('sessions', 1, 'session', 't.expires_at < $1', 't.expires_at', 't.tenant_id'),
    ('links', 1, 'one_time_token', 't.expires_at < $1', 't.expires_at', 't.tenant_id'),
    ('conversions', 1, 'custom_conversion_value', $q$exists (select from custom_conversion c where c.tenant_id = t.tenant_id and c.id = t.conversion_id
      and c.created_at < $1)$q$, 'null::timestamptz', 't.tenant_id'),
    ('conversions', 2, 'custom_conversion', $q$t.created_at < $1 and not exists (select from custom_conversion_value v
      where v.tenant_id = t.tenant_id and v.conversion_id = t.id)$q$, 't.created_at', 't.tenant_id'),
    ('deleted_favourites', 1, 'deleted_favourite', 't.deleted_at < $1', 't.deleted_at', 't.tenant_id'),
    ('notifications', 1, 'notification', 't.created_at < $1', 't.created_at', 't.tenant_id'),
    ('usage', 1, 'usage_activity', $q$t.day < ($1 at time zone 'UTC')::date$q$, 't.day::timestamptz', 't.tenant_id'),
    ('usage', 2, 'usage_route', $q$t.day < ($1 at time zone 'UTC')::date$q$, 't.day::timestamptz', 't.tenant_id'),
    ('usage', 3, 'usage_statement', $q$t.day < ($1 at time zone 'UTC')::date$q$, 't.day::timestamptz', 't.tenant_id'),
    ('webhook_deliveries', 1, 'webhook_delivery', $q$t.state <> 'waiting' and t.finished_at < $1$q$, 't.finished_at', 't.tenant_id'),
    ('error_reports', 1, 'error_occurrence', $q$exists (select from error_report r where r.id = t.report_id and r.last_seen_at < $1)$q$, 't.at', 'null::uuid'),
    ('error_reports', 2, 'error_report', $q$t.last_seen_at < $1 and not exists (select from error_occurrence o where o.report_id = t.id)$q$,
      't.last_seen_at', 'null::uuid'),
    -- With the last of its alerts: forgotten before, one that goes on would be told again, and its end to nobody.
    ('alerts', 1, 'alert_message', $q$t.state <> 'waiting' and t.created_at < $1 and not exists (select from alert a where a.id = any (t.alert_ids)
      and (a.state <> 'resolved' or a.resolved_at >= $1))$q$, 't.created_at', 'null::uuid'),
    ('alerts', 2, 'alert', $q$t.state = 'resolved' and t.resolved_at < $1$q$, 't.resolved_at', 'null::uuid'),
    ('alerts', 3, 'alert_silence', 't.until < $1', 't.until', 'null::uuid'),
    ('feed_positions', 1, 'feed_mark', '$1 is not null and not exists (select from tenant w where w.id = t.tenant_id)', 'null::timestamptz', 't.tenant_id'),
    ('feed_positions', 2, 'feed_cursor', '$1 is not null and not exists (select from tenant w where w.id = t.tenant_id)', 'null::timestamptz', 't.tenant_id'),
    -- As lines go, by whole days.
    ('log_lines', 1, 'log_count', $q$t.at < date_trunc('day', $1, 'UTC')$q$, 't.at', 't.tenant_id'),
    ('record_history', 1, 'record_history', 't.at < $1', 't.at', 't.tenant_id'),
    ('raw_events', 1, 'feed_set_aside', 't.set_aside_at < $1', 't.at', 't.tenant_id'),
    ('raw_events', 2, 'change_item', $q$exists (select from change c where c.tenant_id = t.tenant_id and c.id = t.change_id and c.finished_at < $1)$q$,
      'null::timestamptz', 't.tenant_id'),
    ('raw_events', 3, 'import_row', $q$exists (select from import_file f join import i on i.tenant_id = f.tenant_id and i.id = f.import_id
      where f.tenant_id = t.tenant_id and f.id = t.import_file_id and i.finished_at < $1)$q$, 'null::timestamptz', 't.tenant_id'),
    ('raw_events', 4, 'import_problem', $q$exists (select from import_file f join import i on i.tenant_id = f.tenant_id and i.id = f.import_id
      where f.tenant_id = t.tenant_id and f.id = t.import_file_id and i.finished_at < $1)$q$, 'null::timestamptz', 't.tenant_id'),
    ('raw_events', 5, 'import_outcome', $q$exists (select from import_file f join import i on i.tenant_id = f.tenant_id and i.id = f.import_id
      where f.tenant_id = t.tenant_id and f.id = t.import_file_id and i.finished_at < $1)$q$, 'null::timestamptz', 't.tenant_id')
$function$;
grant execute on function app.deletion_steps() to holdfast_app;
grant execute on function app.deletion_steps() to holdfast_system;

create function app.derive_completion()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  new.completed_at := case when new.status = 'done' then now() end;
  return new;
end $function$;
grant execute on function app.derive_completion() to public;

create function app.derive_due()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.restores_archive() then return new; end if;
  if tg_op = 'UPDATE' and new.due_on is not distinct from old.due_on and new.due_at is distinct from old.due_at then
    new.due_on := null;
  elsif new.due_on is not null then
    new.due_at := (new.due_on + time '23:59:59') at time zone app.zone_of(new.tenant_id, new.assignee_id);
  elsif tg_op = 'UPDATE' and new.due_at is not distinct from old.due_at and current_setting('app.takes_back', true) is distinct from 'on' then
    new.due_at := null;
  end if;
  if tg_op = 'UPDATE' and (new.due_on is null) <> (old.due_on is null) and new.series_start is not distinct from old.series_start then
    new.series_start := null;
  end if;
  return new;
end $function$;
alter function app.derive_due() owner to holdfast_system;

create function app.derive_reminder()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if not app.restores_archive() then
    new.remind_at := date_subtract(app.told_at(new.due_on, new.due_at), new.remind_before::interval, app.zone_of(new.tenant_id, new.assignee_id));
    if new.remind_at < '0001-01-01 00:00:00+00' then new.remind_at := '0001-01-01 00:00:00+00'; end if;
  end if;
  return new;
end $function$;
alter function app.derive_reminder() owner to holdfast_system;

create function app.detach(relation text, ids uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if relation <> 'comment' then return; end if;
  update comment c set parent_id = null where c.tenant_id = app.tenant_id() and c.parent_id = any (ids) and c.id <> all (ids);
end $function$;
alter function app.detach(text,uuid[]) owner to holdfast_system;
grant execute on function app.detach(text,uuid[]) to holdfast_app;

create function app.differing_keys(one jsonb, other jsonb)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select coalesce(array_agg(k.key order by k.key), '{}')
  from (select jsonb_object_keys(one) as key union select jsonb_object_keys(other)) k
  where one -> k.key is distinct from other -> k.key
$function$;
grant execute on function app.differing_keys(jsonb,jsonb) to public;

create function app.document_file(of_document uuid, nth integer)
 RETURNS TABLE(storage_key text, sha256 text, name text, content_type text, size_bytes integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select f.storage_key, v.sha256, v.name, v.content_type, v.size_bytes
  from document_version v join file f on f.tenant_id = v.tenant_id and f.id = v.file_id
  where v.tenant_id = app.tenant_id() and v.document_id = of_document and (nth is null or v.number = nth) order by v.number desc limit 1
$function$;
alter function app.document_file(uuid,integer) owner to holdfast_system;
grant execute on function app.document_file(uuid,integer) to holdfast_app;

create function app.document_kept_until(of_type text, dated_on date, created_at timestamp with time zone, of_tenant uuid, of_account uuid)
 RETURNS date
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select (greatest(dated_on, created_at::date, a.closed_on) + make_interval(years => app.document_years(of_type)))::date
  from (select) one left join financial_account a on a.tenant_id = of_tenant and a.id = of_account
  where of_account is null or a.closed_on is not null
$function$;
alter function app.document_kept_until(text,date,timestamp with time zone,uuid,uuid) owner to holdfast_system;

create function app.document_years(type text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select case when type = 'tax' then 7 when type in ('trust_deed', 'will', 'power_of_attorney') then 10 else 6 end
$function$;
alter function app.document_years(text) owner to holdfast_system;
grant execute on function app.document_years(text) to holdfast_app;

create function app.doubled_sum(signs text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select sum(d.v / 10 + d.v % 10)::int from (
    select app.letter_value(s.sign) * case when s.place % 2 = 0 then 2 else 1 end as v from regexp_split_to_table(signs, '') with ordinality s (sign, place)) d
$function$;
grant execute on function app.doubled_sum(text) to public;

create function app.drop_attached_file()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform from file where tenant_id = old.tenant_id and id = old.file_id for no key update;
  update file f set expires_at = now() where f.tenant_id = old.tenant_id and f.id = old.file_id
    and not exists (select from attachment a where a.tenant_id = f.tenant_id and a.file_id = f.id)
    and not exists (select from attachment_version v where v.tenant_id = f.tenant_id and v.file_id = f.id)
    and not exists (select from document_version d where d.tenant_id = f.tenant_id and d.file_id = f.id);
  return null;
end $function$;
alter function app.drop_attached_file() owner to holdfast_system;

create function app.drop_custom_values()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  noun constant text := tg_argv[0];
  field record;
begin
  delete from custom_value v using old_rows o where v.tenant_id = o.tenant_id and v.record_id = o.id;
  for field in
    select distinct f.tenant_id, f.id, f.resource, f.key from custom_field f join old_rows o on o.tenant_id = f.tenant_id where f.type = noun
  loop
    execute format('update public.%I r set custom = r.custom - $1 where r.tenant_id = $2 and r.id = any (array(select v.record_id
      from public.custom_value v where v.tenant_id = $2 and v.field_id = $3 and v.value = any ($4)))', field.resource)
      using field.key, field.tenant_id, field.id, array(select o.id::text from old_rows o where o.tenant_id = field.tenant_id);
  end loop;
  return null;
end $function$;
alter function app.drop_custom_values() owner to holdfast_system;

create function app.drop_planted_sign_ins(of_tenant uuid, of_user uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  settings constant text[] := '{app.actor_kind,app.user_id,app.credential_id,app.ip,app.request_id}';
  caller constant text[] := array(select coalesce(current_setting(name, true), '') from unnest(settings) with ordinality s (name, nth) order by nth);
  providers int; sessions int := 0; passkeys int := 0; apps int := 0; passwords int := 0; came_in boolean;
begin
  perform set_config(name, case name when 'app.actor_kind' then 'system' else '' end, true) from unnest(settings) name;
  -- Whoever signs in meanwhile waits here, and then learns that this is an operator.
  perform from user_account u where u.tenant_id = of_tenant and u.id = of_user for update;
  came_in := exists (select from session s where s.tenant_id = of_tenant and s.user_id = of_user and s.method = 'provider');
  delete from external_identity e where e.tenant_id = of_tenant and e.user_id = of_user
    and not exists (select from sign_in_provider p where p.tenant_id = of_tenant and p.id = e.provider_id and p.by_operator);
  get diagnostics providers = row_count;
  delete from one_time_token t where t.tenant_id = of_tenant and t.user_id = of_user and t.kind in ('identity_link', 'second_factor');
  if providers > 0 or came_in then
    delete from one_time_token t where t.tenant_id = of_tenant and t.user_id = of_user;
    delete from session s where s.tenant_id = of_tenant and s.user_id = of_user;
    get diagnostics sessions = row_count;
    delete from passkey p where p.tenant_id = of_tenant and p.user_id = of_user;
    get diagnostics passkeys = row_count;
    delete from user_totp f where f.tenant_id = of_tenant and f.user_id = of_user;
    get diagnostics apps = row_count;
    delete from user_password p where p.tenant_id = of_tenant and p.user_id = of_user;
    get diagnostics passwords = row_count;
  end if;
  perform set_config(name, value, true) from unnest(settings, caller) s (name, value);
  return jsonb_build_object('providers', providers, 'passkeys', passkeys, 'second_factors', apps, 'passwords', passwords, 'sessions', sessions);
end $function$;
alter function app.drop_planted_sign_ins(uuid,uuid) owner to holdfast_system;

create function app.email_key(address text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select lower(address) $function$;
grant execute on function app.email_key(text) to public;

create function app.end_account_links()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare changed jsonb := to_jsonb(new);
begin
  delete from account_link l where l.tenant_id = new.tenant_id and l.user_id = (changed ->> tg_argv[0])::uuid
    and not app.is_own_session(l.tenant_id, l.user_id);
  return null;
end $function$;
alter function app.end_account_links() owner to holdfast_system;
grant execute on function app.end_account_links() to public;

create function app.end_lost_job(tenant uuid, job_id uuid, run_attempts integer)
 RETURNS TABLE(kind text, payload jsonb, state text)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  update job set state = app.final_state(job, case when job.cancel_requested then 'cancelled' else 'failed' end), worker = null, lease_until = null,
    error = case when job.cancel_requested then job.error else 'Its worker was lost ' || job.attempts || ' times' end, finished_at = clock_timestamp()
  where job.tenant_id = tenant and job.id = job_id and job.attempts = run_attempts and job.state = 'running' and job.lease_until < clock_timestamp()
  returning job.kind, job.payload, job.state
$function$;
alter function app.end_lost_job(uuid,uuid,integer) owner to holdfast_system;
grant execute on function app.end_lost_job(uuid,uuid,integer) to holdfast_app;

create function app.ensure_log_partition(day date)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare partition_name text := 'log_line_' || to_char(day, 'YYYY_MM_DD');
begin
  if to_regclass('public.' || partition_name) is not null then return; end if;
  -- Two processes may want it at once.
  perform pg_advisory_xact_lock(hashtextextended('log_line partitions', 0));
  -- By a statement of its own: names that to_regclass did not find before may be remembered as missing.
  if exists (select from pg_class where relname = partition_name and relnamespace = 'public'::regnamespace) then return; end if;
  execute format('create table public.%I partition of public.log_line for values from (%L) to (%L)
    with (autovacuum_vacuum_insert_scale_factor = 0.2, autovacuum_analyze_scale_factor = 0.2)',
    partition_name, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
  -- Accessible only through the parent, whose policies apply.
  execute format('revoke all on public.%I from public', partition_name);
end $function$;
grant execute on function app.ensure_log_partition(date) to holdfast_system;

create function app.ensure_log_partitions(days_ahead integer DEFAULT 3)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  for i in 0..days_ahead loop perform app.ensure_log_partition((now() at time zone 'UTC')::date + i); end loop;
end $function$;
grant execute on function app.ensure_log_partitions(integer) to holdfast_app;

create function app.ensure_partitions(months_ahead integer DEFAULT 12, months_back integer DEFAULT 0)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  month date; first_moment timestamptz; last_moment timestamptz; made int := 0; partition_name text;
begin
  for i in -months_back..months_ahead loop
    month := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i))::date;
    first_moment := month::timestamp at time zone 'UTC';
    last_moment := (month + interval '1 month') at time zone 'UTC';
    partition_name := 'audit_event_' || to_char(month, 'YYYY_MM');
    if to_regclass('public.' || partition_name) is null then
      lock table public.audit_event in share update exclusive mode;
      -- Made by another process meanwhile.
      continue when to_regclass('public.' || partition_name) is not null;
      create temp table stray on commit drop as
        select * from public.audit_event_default where at >= first_moment and at < last_moment;
      delete from public.audit_event_default where at >= first_moment and at < last_moment;
      execute format('create table public.%I partition of public.audit_event for values from (%L) to (%L)
        with (autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 200)', partition_name, first_moment, last_moment);
      -- Accessible only through the parent, whose policies apply.
      execute format('revoke all on public.%I from public', partition_name);
      execute format('insert into public.%I overriding system value select * from pg_temp.stray', partition_name);
      drop table pg_temp.stray;
      made := made + 1;
    end if;
  end loop;
  return made;
end $function$;
grant execute on function app.ensure_partitions(integer,integer) to holdfast_app;

create function app.ensure_subject()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if not exists (select from subject s where s.tenant_id = new.tenant_id and s.id = new.record_id) then
    perform app.ensure_subjects(new.tenant_id, array[new.record_id]);
  end if;
  return new;
end $function$;
alter function app.ensure_subject() owner to holdfast_system;

create function app.ensure_subjects(tenant uuid, ids uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare missing uuid[] := array(select distinct i from unnest(ids) i where not exists (select from subject s where s.tenant_id = tenant and s.id = i));
begin
  if missing = '{}' then return; end if;
  insert into subject (tenant_id, id, type) select r.tenant_id, r.id, 'company' from company r where r.tenant_id = tenant and r.id = any (missing) order by r.id for key share on conflict do nothing;
  insert into subject (tenant_id, id, type) select r.tenant_id, r.id, 'contact' from contact r where r.tenant_id = tenant and r.id = any (missing) order by r.id for key share on conflict do nothing;
  insert into subject (tenant_id, id, type) select r.tenant_id, r.id, 'deal' from deal r where r.tenant_id = tenant and r.id = any (missing) order by r.id for key share on conflict do nothing;
  insert into subject (tenant_id, id, type) select r.tenant_id, r.id, 'financial_account' from financial_account r where r.tenant_id = tenant and r.id = any (missing) order by r.id for key share on conflict do nothing;
  insert into subject (tenant_id, id, type) select r.tenant_id, r.id, 'household' from household r where r.tenant_id = tenant and r.id = any (missing) order by r.id for key share on conflict do nothing;
  insert into subject (tenant_id, id, type) select r.tenant_id, r.id, 'legal_entity' from legal_entity r where r.tenant_id = tenant and r.id = any (missing) order by r.id for key share on conflict do nothing;
end $function$;
alter function app.ensure_subjects(uuid,uuid[]) owner to holdfast_system;

create function app.equality_key(value text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select nullif(regexp_replace(lower(value), '[[:space:]._/-]+', '', 'g'), '')
$function$;
grant execute on function app.equality_key(text) to public;

create function app.fail_lost_exports(hours integer, message text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare lost int;
begin
  update export e set state = 'failed', error = message, finished_at = now()
  where e.state in ('waiting', 'running') and e.created_at < now() - make_interval(hours => hours) and not exists (
    select from job j where j.tenant_id = e.tenant_id and j.kind = 'export.make' and j.state in ('scheduled', 'ready', 'running')
      and j.payload ->> 'export_id' = e.id::text);
  get diagnostics lost = row_count;
  return lost;
end $function$;
alter function app.fail_lost_exports(integer,text) owner to holdfast_system;
grant execute on function app.fail_lost_exports(integer,text) to holdfast_app;

create function app.feed_end()
 RETURNS TABLE(xid text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$ select pg_snapshot_xmin(pg_current_snapshot())::text $function$;
alter function app.feed_end() owner to holdfast_system;
grant execute on function app.feed_end() to holdfast_app;

create function app.feed_failed(consumer_name text, to_xid text, to_seq bigint, events jsonb, reason text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  me constant uuid := app.tenant_id();
  together_max constant int := 2;
  alone_max constant int := 4;
  wait_max constant interval := '1 minute';
  cur feed_cursor;
begin
  -- The transaction that failed may still be rolling back. Or somebody has taken them meanwhile, and done better.
  perform pg_advisory_xact_lock(hashtextextended(format('feed %s %s', consumer_name, me), 0));
  select * into cur from feed_cursor p where p.tenant_id = me and p.consumer = consumer_name;
  if not found or (cur.xid, cur.seq) >= (to_xid::xid8, to_seq) then return 'taken'; end if;
  cur.failures := cur.failures + 1;
  if jsonb_array_length(events) = 1 and cur.failures >= alone_max then
    begin
      perform app.set_aside(consumer_name, events, reason);
      perform app.advance_feed(consumer_name, to_xid, to_seq, (events -> 0 ->> 'at')::timestamptz);
      return 'set aside';
    exception when raise_exception then
      -- There are too many already.
      null;
    end;
  end if;
  if jsonb_array_length(events) > 1 and cur.failures >= together_max then
    update feed_cursor set failures = 0, error = left(reason, 2000), alone_xid = to_xid::xid8, alone_seq = to_seq, served_at = clock_timestamp(),
      not_before = null
    where tenant_id = me and consumer = consumer_name;
    return 'alone';
  end if;
  update feed_cursor set failures = cur.failures, error = left(reason, 2000), served_at = clock_timestamp(),
    not_before = clock_timestamp() + least(wait_max, interval '250 milliseconds' * 2 ^ least(cur.failures, 20))
  where tenant_id = me and consumer = consumer_name;
  return 'later';
end $function$;
alter function app.feed_failed(text,text,bigint,jsonb,text) owner to holdfast_system;
grant execute on function app.feed_failed(text,text,bigint,jsonb,text) to holdfast_app;

create function app.feed_health()
 RETURNS TABLE(consumer text, version integer, behind integer, lag_seconds double precision, failing integer, set_aside integer, error text, restored_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select 'router', null::int, 0, coalesce(extract(epoch from now() - (
      select e.at from audit_event e
      where (e.xid, e.seq) > (p.xid, p.seq) and e.xid < pg_snapshot_xmin(pg_current_snapshot()) and e.at <= now() + interval '1 day'
      order by e.xid, e.seq limit 1)), 0)::double precision, 0, 0, null, p.restored_at
  from feed_router p
  union all
  select c.name, c.version, count(m.consumer)::int,
    -- Of a consumer that is new, the mark is from the beginning of time: it is as late as the workspace is old. A last event in the future was written
    -- before the clock was set back, and says nothing about those that wait.
    coalesce(extract(epoch from max(now() - greatest(
      coalesce(nullif(m.since, '-infinity'), least(t.created_at, now())), case when p.at <= now() then p.at end))), 0)::double precision,
    count(*) filter (where p.failures > 0)::int,
    (select count(*)::int from feed_set_aside s where s.consumer = c.name),
    coalesce(max(p.error), (select s.error from feed_set_aside s where s.consumer = c.name order by s.set_aside_at desc limit 1)), null
  from feed_consumer c left join feed_mark m on m.consumer = c.name
  left join feed_cursor p on p.consumer = m.consumer and p.tenant_id = m.tenant_id
  left join tenant t on t.id = m.tenant_id
  group by c.name, c.version
$function$;
alter function app.feed_health() owner to holdfast_system;
grant execute on function app.feed_health() to holdfast_app;

create function app.feed_history()
 RETURNS text
 LANGUAGE sql
AS $function$ select left(pg_walfile_name(pg_current_wal_lsn()), 8) $function$;
alter function app.feed_history() owner to holdfast_system;
grant execute on function app.feed_history() to holdfast_app;

create function app.feed_since(after_xid text, after_seq bigint, rows_max integer)
 RETURNS TABLE(xid text, seq bigint, tenant_id uuid, resource text, record_id uuid, action text, at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
  with read as materialized (
    select e.xid, e.seq, e.tenant_id, e.resource, e.record_id, case e.action when 'signal' then 'update' else e.action end as action, e.at
    from audit_event e
    -- The last condition excludes partitions of future months. A day of tolerance, because clocks are set back.
    where (e.xid, e.seq) > (after_xid::xid8, after_seq) and e.xid < pg_snapshot_xmin(pg_current_snapshot()) and e.at <= now() + interval '1 day'
    order by e.xid, e.seq limit rows_max
  ), counted as (
    select r.*, count(*) over alike as alike, row_number() over (alike order by r.seq) as place, lead(r.xid) over (order by r.xid, r.seq) is null as is_last
    from read r window alike as (partition by r.xid, r.tenant_id, r.resource, r.action)
  )
  select c.xid::text, c.seq, c.tenant_id, c.resource, case when c.alike <= 100 or (c.is_last and c.place > 1) then c.record_id end, c.action, c.at
  from counted c where c.alike <= 100 or c.place = 1 or c.is_last order by c.xid, c.seq
$function$;
alter function app.feed_since(text,bigint,integer) owner to holdfast_system;
grant execute on function app.feed_since(text,bigint,integer) to holdfast_app;

create function app.feed_wait_ms(not_before timestamp with time zone)
 RETURNS integer
 LANGUAGE sql
AS $function$
  select case when not_before < clock_timestamp() + interval '2 minutes'
    then greatest(0, ceil(1000 * extract(epoch from not_before - clock_timestamp())))::int else 0 end
$function$;
alter function app.feed_wait_ms(timestamp with time zone) owner to holdfast_system;
grant execute on function app.feed_wait_ms(timestamp with time zone) to public;

create function app.feed_waiting(consumers jsonb, pairs_max integer)
 RETURNS TABLE(tenant_id uuid, consumer text, in_ms integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select w.tenant_id, w.consumer, w.in_ms from (
    select m.tenant_id, m.consumer, p.served_at, d.in_ms,
      row_number() over (partition by m.consumer, d.in_ms > 0 order by p.served_at nulls first) as turn
    from (
      select k.tenant_id, k.consumer from feed_mark k union select s.tenant_id, s.consumer from feed_set_aside s where s.again
    ) m
    join feed_consumer f on f.name = m.consumer
    join jsonb_to_recordset(consumers) as c (name text, version int) on c.name = f.name and c.version = f.version
    left join feed_cursor p on p.tenant_id = m.tenant_id and p.consumer = m.consumer
    cross join lateral (select app.feed_wait_ms(p.not_before) as in_ms) d
  ) w
  order by w.in_ms > 0, w.turn, w.served_at nulls first limit pairs_max
$function$;
alter function app.feed_waiting(jsonb,integer) owner to holdfast_system;
grant execute on function app.feed_waiting(jsonb,integer) to holdfast_app;

create function app.field_hidden(resource text, key text)
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select position(';field.' || resource || '.' || key || '=none;' in coalesce(current_setting('app.rights', true), '')) > 0 $function$;
grant execute on function app.field_hidden(text,text) to public;

create function app.field_missing(deal_row jsonb, field text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select coalesce(case when field like 'custom.%' then deal_row -> 'custom' -> substr(field, 8) else deal_row -> field end, 'null')
    in ('null', '""', '[]')
$function$;
grant execute on function app.field_missing(jsonb,text) to public;

create function app.figi_fits(figi text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select figi is null or (figi ~ '^(?!BS|BM|GG|GB|GH|KY|VG)[B-DF-HJ-NP-TV-Z]{2}G[0-9B-DF-HJ-NP-TV-Z]{8}[0-9]$'
    and (10 - app.doubled_sum(left(figi, 11)) % 10) % 10 = right(figi, 1)::int)
$function$;
grant execute on function app.figi_fits(text) to public;

create function app.file_tiers(moment timestamp with time zone, warm_days integer, cold_days integer)
 RETURNS TABLE(tier text, files integer, bytes double precision, moving integer, moving_bytes double precision)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  return query select f.storage_class, count(*)::int, sum(f.size_bytes)::float8, (count(*) filter (where f.storage_class <> w.wanted))::int,
      coalesce(sum(f.size_bytes) filter (where f.storage_class <> w.wanted), 0)::float8
    from file f left join file_read r on r.storage_key = f.storage_key
    cross join lateral (select app.tier_of(greatest(f.created_at, r.read_at), moment, warm_days, cold_days) as wanted) w
    where f.kind = 'upload' and f.expires_at is null group by f.storage_class;
end $function$;
alter function app.file_tiers(timestamp with time zone,integer,integer) owner to holdfast_system;
grant execute on function app.file_tiers(timestamp with time zone,integer,integer) to holdfast_app;

create function app.final_state(job, state text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$ select case when $1.sent_at is null then $2 else 'in_doubt' end $function$;
alter function app.final_state(job,text) owner to holdfast_system;

create function app.find_accounts(address text, accounts_max integer)
 RETURNS TABLE(tenant_id uuid, user_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select u.tenant_id, u.id from user_account u
  left join confirmed_email c on c.tenant_id = u.tenant_id and c.user_id = u.id and c.email_key = u.email_key
  where u.email_key = app.email_key(address) and app.has_access(u.status, u.access_until)
  order by c.user_id is null, u.last_sign_in_at desc nulls last, u.id limit accounts_max
$function$;
alter function app.find_accounts(text,integer) owner to holdfast_system;
grant execute on function app.find_accounts(text,integer) to holdfast_app;

create function app.find_calendar_feed(token_hash bytea)
 RETURNS TABLE(tenant_id uuid, id uuid, user_id uuid, kind text, rights jsonb)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select f.tenant_id, f.id, f.user_id, u.kind, app.rights_of_user(f.tenant_id, f.user_id) from calendar_feed f
  join user_account u on u.tenant_id = f.tenant_id and u.id = f.user_id
  where f.hash = token_hash and app.has_access(u.status, u.access_until)
$function$;
alter function app.find_calendar_feed(bytea) owner to holdfast_system;
grant execute on function app.find_calendar_feed(bytea) to holdfast_app;

create function app.find_mail(of_mailbox uuid, q text)
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  found_max constant int := 2000;
  query constant tsquery := app.words_query(array(select word from regexp_split_to_table(app.fold(q), '[^[:alnum:]]+') word where word <> ''));
begin
  if query is null or of_mailbox <> all (app.mailboxes_read('everything')) then return '{}'; end if;
  return array(select m.conversation_id from mail_message m where m.tenant_id = app.tenant_id() and app.to_search_vector(m.subject, m.body) @@ query
    and m.deleted_at is null and of_mailbox = any (m.mailbox_ids) order by m.occurred_at desc limit found_max);
end $function$;
alter function app.find_mail(uuid,text) owner to holdfast_system;
grant execute on function app.find_mail(uuid,text) to holdfast_app;

create function app.find_one_time_token(token_kind text, token_hash bytea)
 RETURNS TABLE(tenant_id uuid, id uuid, user_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select t.tenant_id, t.id, t.user_id from one_time_token t
  where t.hash = token_hash and t.kind = token_kind and t.expires_at > now()
    and (t.sent_to is null or exists (select from user_account u where u.tenant_id = t.tenant_id and u.id = t.user_id and u.email_key = t.sent_to))
$function$;
alter function app.find_one_time_token(text,bytea) owner to holdfast_system;
grant execute on function app.find_one_time_token(text,bytea) to holdfast_app;

create function app.find_passkey(credential bytea)
 RETURNS TABLE(tenant_id uuid, user_id uuid, id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select p.tenant_id, p.user_id, p.id from passkey p
  join user_account u on u.tenant_id = p.tenant_id and u.id = p.user_id
  where p.credential_id = credential and app.has_access(u.status, u.access_until) limit 1
$function$;
alter function app.find_passkey(bytea) owner to holdfast_system;
grant execute on function app.find_passkey(bytea) to holdfast_app;

create function app.find_sign_in_accounts(address text, workspace text, accounts_max integer)
 RETURNS TABLE(tenant_id uuid, user_id uuid, hash text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  with matching as (
    select u.tenant_id, u.id, u.last_sign_in_at, p.hash, c.user_id is not null as confirmed from user_account u
    join tenant t on t.id = u.tenant_id
    join user_password p on p.tenant_id = u.tenant_id and p.user_id = u.id
    left join confirmed_email c on c.tenant_id = u.tenant_id and c.user_id = u.id and c.email_key = u.email_key
    where u.email_key = app.email_key(address) and app.has_access(u.status, u.access_until) and (workspace is null or t.name = workspace)
  )
  select m.tenant_id, m.id, m.hash from matching m
  where workspace is not null or m.confirmed or not exists (select from matching other where other.confirmed)
  order by m.last_sign_in_at desc nulls last, m.id limit accounts_max
$function$;
alter function app.find_sign_in_accounts(text,text,integer) owner to holdfast_system;
grant execute on function app.find_sign_in_accounts(text,text,integer) to holdfast_app;

create function app.find_sign_in_provider(provider uuid)
 RETURNS TABLE(tenant_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select p.tenant_id from sign_in_provider p where p.id = provider and p.enabled
$function$;
alter function app.find_sign_in_provider(uuid) owner to holdfast_system;
grant execute on function app.find_sign_in_provider(uuid) to holdfast_app;

create function app.finds_some_subject(ids uuid[])
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE COST 10000
AS $function$
declare one uuid;
begin
  if ids = '{}' then return true; end if;
  foreach one in array ids loop
    if app.finds_subject(one) then return true; end if;
  end loop;
  return false;
end $function$;
alter function app.finds_some_subject(uuid[]) owner to holdfast_system;

create function app.finds_subject(of_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE COST 10000
AS $function$
#variable_conflict use_column
begin
  case app.type_of_subject(of_id)
    when 'company' then return exists (select from public.company p where p.tenant_id = app.tenant_id() and p.id = of_id and p.deleted_at is null and (((select app.full_scope('company', 'read')) is not null or owner_id = any ((select app.scope_owners('company', 'read'))::uuid[]))));
    when 'contact' then return exists (select from public.contact p where p.tenant_id = app.tenant_id() and p.id = of_id and p.deleted_at is null and (((select app.full_scope('contact', 'read')) is not null or owner_id = any ((select app.scope_owners('contact', 'read'))::uuid[]) or id = any ((select app.scope_groups('contact', 'read', 'contact', 'household'))::uuid[]) or ((select app.mixed_scope('contact', 'read')) is not null and app.scope_met((select app.mixed_scope('contact', 'read')), array[case when owner_id = (select app.user_id()) then 'own' end, case when owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when id = any ((select app.groups_of('contact', 'household'))::uuid[]) then 'household' end])))));
    when 'deal' then return exists (select from public.deal p where p.tenant_id = app.tenant_id() and p.id = of_id and p.deleted_at is null and (((select app.full_scope('deal', 'read')) is not null or owner_id = any ((select app.scope_owners('deal', 'read'))::uuid[]))));
    when 'financial_account' then return exists (select from public.financial_account p where p.tenant_id = app.tenant_id() and p.id = of_id and p.deleted_at is null and (((select app.full_scope('household', 'read')) is not null or household_id = any ((select app.scope_groups('household', 'read', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))));
    when 'household' then return exists (select from public.household p where p.tenant_id = app.tenant_id() and p.id = of_id and p.deleted_at is null and (((select app.full_scope('household', 'read')) is not null or owner_id = any ((select app.scope_owners('household', 'read'))::uuid[]) or id = any ((select app.scope_groups('household', 'read', 'household', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when owner_id = (select app.user_id()) then 'own' end, case when owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when id = any ((select app.groups_of('household', 'household'))::uuid[]) then 'household' end])))));
    when 'legal_entity' then return exists (select from public.legal_entity p where p.tenant_id = app.tenant_id() and p.id = of_id and p.deleted_at is null and (((select app.full_scope('household', 'read')) is not null or household_id = any ((select app.scope_groups('household', 'read', 'legal_entity', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when household_id = any ((select app.groups_of('legal_entity', 'household'))::uuid[]) then 'household' end])))));
    else return false;
  end case;
end $function$;
alter function app.finds_subject(uuid) owner to holdfast_system;

create function app.finish_jobs(worker_name text, outcomes jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare o record;
begin
  update job set state = case when e.state in ('failed', 'cancelled') then app.final_state(job, e.state) else e.state end, error = left(e.error, 4000), worker = null, lease_until = null, finished_at = clock_timestamp()
  from jsonb_to_recordset(outcomes) as e (tenant_id uuid, id uuid, attempts int, state text, error text)
  where job.tenant_id = e.tenant_id and job.id = e.id and job.attempts = e.attempts and job.state = 'running' and job.worker = worker_name
    and e.state in ('done', 'failed', 'cancelled', 'in_doubt');
  update job set error = left(e.error, 4000), lease_until = clock_timestamp()
  from jsonb_to_recordset(outcomes) as e (tenant_id uuid, id uuid, attempts int, state text, error text)
  where job.tenant_id = e.tenant_id and job.id = e.id and job.attempts = e.attempts and job.state = 'running' and job.worker = worker_name and e.state = 'lost';
  for o in
    select e.* from jsonb_to_recordset(outcomes) as e (tenant_id uuid, id uuid, attempts int, state text, error text, retry_seconds double precision)
    join job on job.tenant_id = e.tenant_id and job.id = e.id and job.attempts = e.attempts and job.state = 'running' and job.worker = worker_name
    where e.state in ('scheduled', 'ready') for update of job
  loop
    if o.state = 'ready' then
      update job set attempts = attempts - 1 where tenant_id = o.tenant_id and id = o.id;
    end if;
    perform app.requeue_job(o.tenant_id, o.id, o.state, clock_timestamp() + make_interval(secs => o.retry_seconds), left(o.error, 4000));
  end loop;
end $function$;
alter function app.finish_jobs(text,jsonb) owner to holdfast_system;
grant execute on function app.finish_jobs(text,jsonb) to holdfast_app;

create function app.first_found_record(ids uuid[])
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
declare one uuid;
begin
  foreach one in array ids loop
    if app.finds_subject(one) then return app.subject_of(app.tenant_id(), one); end if;
  end loop;
  return null;
end $function$;
alter function app.first_found_record(uuid[]) owner to holdfast_system;

create function app.first_name_key(name text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select regexp_replace(rtrim(split_part(trim(app.fold(name)), ' ', 1), '.'), '([aou])e', '\1', 'g')
$function$;
grant execute on function app.first_name_key(text) to public;

create function app.first_record(of_tenant uuid, ids uuid[])
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
declare one uuid; subject jsonb;
begin
  foreach one in array ids loop
    subject := app.subject_of(of_tenant, one);
    if subject is not null then return subject; end if;
  end loop;
  return null;
end $function$;
grant execute on function app.first_record(uuid,uuid[]) to public;

create function app.flat_row(value jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select (value - 'custom') || coalesce((select jsonb_object_agg('custom.' || c.key, c.value) from jsonb_each(nullif(value -> 'custom', 'null')) c), '{}')
$function$;
grant execute on function app.flat_row(jsonb) to public;

create function app.fold(value text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
begin
  if octet_length(value) = length(value) then return lower(value); end if;
  return lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g'));
end $function$;
grant execute on function app.fold(text) to public;

create function app.folded_name(name text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
declare
  unseen constant text := '[\u0001-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e'
    '\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]';
begin
  return lower(trim(regexp_replace(normalize(regexp_replace(name, unseen, '', 'g'), NFKC), '[\t-\r \u1680\u2028\u2029]+', ' ', 'g'))
    collate "und-x-icu");
end $function$;
grant execute on function app.folded_name(text) to public;

create function app.forget_consumer(consumer_name text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if not exists (select from feed_consumer c where c.name = consumer_name) then return; end if;
  perform pg_advisory_xact_lock(hashtextextended('feed router', 0));
  delete from feed_consumer c where c.name = consumer_name;
  delete from feed_mark m where m.consumer = consumer_name;
  delete from feed_cursor p where p.consumer = consumer_name;
  delete from feed_set_aside s where s.consumer = consumer_name;
end $function$;
alter function app.forget_consumer(text) owner to holdfast_system;
grant execute on function app.forget_consumer(text) to holdfast_app;

create function app.forget_favourites()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  delete from favourite f using gone g where f.tenant_id = g.tenant_id and f.record_id = g.id;
  return null;
end $function$;
alter function app.forget_favourites() owner to holdfast_system;

create function app.forget_merge()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  new.merged_into_id := null;
  return new;
end $function$;
grant execute on function app.forget_merge() to public;

create function app.forget_queues()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  delete from idempotency_key where tenant_id = old.id;
  delete from record_history where tenant_id = old.id;
  delete from feed_mark where tenant_id = old.id;
  delete from feed_cursor where tenant_id = old.id;
  delete from feed_set_aside where tenant_id = old.id;
  delete from log_line where tenant_id = old.id;
  delete from log_count where tenant_id = old.id;
  -- The files of its history are deleted by the next run of the lifecycle.
  update lifecycle_archive set expired = true where of_tenant = old.id and state <> 'deleted';
  return null;
end $function$;
alter function app.forget_queues() owner to holdfast_system;

create function app.forget_subjects()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare of_tenant uuid; ids uuid[];
begin
  for of_tenant, ids in select g.tenant_id, array_agg(s.id) from gone g join subject s on s.tenant_id = g.tenant_id and s.id = g.id group by g.tenant_id loop
    perform from subject s where s.tenant_id = of_tenant and s.id = any (ids) order by s.id for update;

    delete from activity e where e.tenant_id = of_tenant and e.records <@ ids
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'activity'));
    update activity e set records = array(select u.id from unnest(e.records) with ordinality u (id, place) where u.id <> all (ids) order by u.place)
      where e.tenant_id = of_tenant
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'activity'));

    update mail_message e set records = array(select u.id from unnest(e.records) with ordinality u (id, place) where u.id <> all (ids) order by u.place)
      where e.tenant_id = of_tenant
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'mail_message'));

    update meeting e set records = array(select u.id from unnest(e.records) with ordinality u (id, place) where u.id <> all (ids) order by u.place)
      where e.tenant_id = of_tenant
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'meeting'));

    delete from note e where e.tenant_id = of_tenant and e.records <@ ids
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'note'));
    update note e set records = array(select u.id from unnest(e.records) with ordinality u (id, place) where u.id <> all (ids) order by u.place)
      where e.tenant_id = of_tenant
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'note'));

    delete from task e where e.tenant_id = of_tenant and e.records <@ ids
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'task'));
    update task e set records = array(select u.id from unnest(e.records) with ordinality u (id, place) where u.id <> all (ids) order by u.place)
      where e.tenant_id = of_tenant
      and e.id = any (array(select l.item_id from record_link l where l.tenant_id = of_tenant and l.record_id = any (ids) and l.item_type = 'task'));
    delete from subject s where s.tenant_id = of_tenant and s.id = any (ids);
  end loop;
  return null;
end $function$;
alter function app.forget_subjects() owner to holdfast_system;

create function app.frees_of_stage_needs()
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select app.restores_archive() or current_setting('app.takes_back', true) is not distinct from 'on'
$function$;
grant execute on function app.frees_of_stage_needs() to public;

create function app.full_scope(resource text, action text)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select case when position(';' || resource || '.' || action || '=all;' in current_setting('app.rights', true)) > 0
    or current_setting('app.rights', true) = '*' then 'all' end
$function$;
grant execute on function app.full_scope(text,text) to public;

create function app.generic_plan(statement text)
 RETURNS SETOF text
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  return query execute 'explain (generic_plan, costs) ' || statement;
end $function$;
grant execute on function app.generic_plan(text) to holdfast_app;

create function app.give_tasks(tasks uuid[], from_user uuid, to_user uuid)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  update task t set assignee_id = to_user where t.tenant_id = app.tenant_id() and t.id = any (tasks) and t.assignee_id = from_user
    and (from_user = app.user_id() or app.full_scope('task', 'update') is not null)
$function$;
alter function app.give_tasks(uuid[],uuid,uuid) owner to holdfast_system;
grant execute on function app.give_tasks(uuid[],uuid,uuid) to holdfast_app;

create function app.grant_operator(workspace text, email text, reason text)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare who record; dropped jsonb;
begin
  perform app.refuse_unless_operator();
  select u.tenant_id, u.id, format('%s <%s>, %s', u.name, u.email, t.name) as label into who from user_account u join tenant t on t.id = u.tenant_id
    where t.name = workspace and u.email_key = lower(grant_operator.email) and u.kind = 'member'
      and app.has_access(u.status, u.access_until);
  if who.id is null then return null; end if;
  insert into operator (tenant_id, user_id, granted_by)
    select who.tenant_id, who.id, left(format('%s, %s', u.name, t.name), 200) from user_account u join tenant t on t.id = u.tenant_id
    where u.tenant_id = app.tenant_id() and u.id = app.user_id() on conflict do nothing;
  dropped := case when found then app.drop_planted_sign_ins(who.tenant_id, who.id) else '{}' end;
  perform app.signal_operator(who.tenant_id, who.id);
  perform app.note_operation('operator.grant', left(who.label, 500), reason);
  return dropped;
end $function$;
alter function app.grant_operator(text,text,text) owner to holdfast_system;
grant execute on function app.grant_operator(text,text,text) to holdfast_app;

create function app.groups_beyond(noun text, kind text, people uuid[])
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select exists (select from unnest(people) as person cross join unnest(app.groups_of_person(noun, kind, person)) as one
    where one <> all (app.groups_of(noun, kind)))
$function$;
alter function app.groups_beyond(text,text,uuid[]) owner to holdfast_system;
grant execute on function app.groups_beyond(text,text,uuid[]) to holdfast_app;

create function app.groups_of(noun text, kind text)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE PARALLEL SAFE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$ select app.groups_of_person(noun, kind, app.user_id()) $function$;
alter function app.groups_of(text,text) owner to holdfast_system;
grant execute on function app.groups_of(text,text) to holdfast_app;

create function app.groups_of_person(noun text, of_kind text, person uuid)
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare way record; groups uuid[];
begin
  select * into way from app.reach_of(noun) w where w.kind = of_kind;
  if not found then return '{}'; end if;
  execute format('select array(select m.%I from %s m where m.tenant_id = app.tenant_id() and m.%I = $1)', way.of_group, way.members, way.member)
    into groups using person;
  return groups;
end $function$;
alter function app.groups_of_person(text,text,uuid) owner to holdfast_system;

create function app.hand_on_dashboards()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare heir constant uuid := (select u.id from user_account u where u.tenant_id = old.tenant_id and u.id = app.user_id() and u.id <> old.id);
begin
  -- A workspace that is deleted leaves nothing to anybody.
  if heir is null or not exists (select from tenant t where t.id = old.tenant_id) then return old; end if;
  update dashboard v set owner_id = heir, name = case when exists (select from dashboard o where o.tenant_id = v.tenant_id and o.owner_id = heir
      and o.name = v.name) then format('%s (%s, %s)', left(v.name, 30), left(old.name, 18), right(v.id::text, 4)) else v.name end
    where v.tenant_id = old.tenant_id and v.owner_id = old.id and v.shared;
  return old;
end $function$;
alter function app.hand_on_dashboards() owner to holdfast_system;

create function app.hand_on_views()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare heir constant uuid := (select u.id from user_account u where u.tenant_id = old.tenant_id and u.id = app.user_id() and u.id <> old.id);
begin
  -- A workspace that is deleted leaves nothing to anybody.
  if heir is null or not exists (select from tenant t where t.id = old.tenant_id) then return old; end if;
  update saved_view v set owner_id = heir, name = case when exists (select from saved_view o where o.tenant_id = v.tenant_id and o.owner_id = heir and o.resource = v.resource
      and o.name = v.name) then format('%s (%s, %s)', left(v.name, 30), left(old.name, 18), right(v.id::text, 4)) else v.name end
    where v.tenant_id = old.tenant_id and v.owner_id = old.id and v.shared;
  return old;
end $function$;
alter function app.hand_on_views() owner to holdfast_system;

create function app.handled_again(consumer_name text, event_seq bigint)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  delete from feed_set_aside where tenant_id = app.tenant_id() and consumer = consumer_name and seq = event_seq
$function$;
alter function app.handled_again(text,bigint) owner to holdfast_system;
grant execute on function app.handled_again(text,bigint) to holdfast_app;

create function app.hangs_on_records(resource text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select resource in ('contact_position', 'record_tag', 'attachment', 'deal_line', 'note', 'comment', 'task', 'activity') $function$;
grant execute on function app.hangs_on_records(text) to public;

create function app.has_access(status text, access_until timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select status = 'active' and (access_until is null or access_until > now()) $function$;
grant execute on function app.has_access(text,timestamp with time zone) to public;

create function app.has_answer(head uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
begin
  return exists (select from public.comment a where a.tenant_id = app.tenant_id() and a.parent_id = head and a.deleted_at is null);
end $function$;
grant execute on function app.has_answer(uuid) to public;

create function app.hidden_keys(resource text)
 RETURNS text[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select case when position(';field.' in current_setting('app.rights', true)) > 0 then app.hidden_keys_among_limited(resource) else '{}' end
$function$;
grant execute on function app.hidden_keys(text) to public;

create function app.hidden_keys_among_limited(resource text)
 RETURNS text[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select case when position(';field.' in current_setting('app.rights', true)) > 0 then
    array(select m[1] from regexp_matches(current_setting('app.rights', true), ';field\.' || resource || '\.([a-z0-9_]+)=none(?=;)', 'g') m)
  else '{}' end
$function$;
grant execute on function app.hidden_keys_among_limited(text) to public;

create function app.hold_favourite()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  -- An archive may have the record further on.
  if app.restores_archive() then return new; end if;
  case new.resource
    when 'contact' then perform from contact r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'company' then perform from company r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'task' then perform from task r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'deal' then perform from deal r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'product' then perform from product r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'household' then perform from household r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'legal_entity' then perform from legal_entity r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'financial_security' then perform from financial_security r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'custodian' then perform from custodian r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'financial_account' then perform from financial_account r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'dashboard' then perform from dashboard r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
    when 'saved_view' then perform from saved_view r where r.tenant_id = new.tenant_id and r.id = new.record_id for key share;
  end case;
  if not found then raise foreign_key_violation using message = format('there is no %s %s', new.resource, new.record_id); end if;
  return new;
end $function$;
alter function app.hold_favourite() owner to holdfast_system;

create function app.holders_of_role(role uuid)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select array(select ur.user_id from user_role ur where ur.tenant_id = app.tenant_id() and ur.role_id = role)
$function$;
alter function app.holders_of_role(uuid) owner to holdfast_system;
grant execute on function app.holders_of_role(uuid) to holdfast_app;

create function app.home_of(person uuid)
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select r.home from user_role u join role r on r.tenant_id = u.tenant_id and r.id = u.role_id
  where u.tenant_id = app.tenant_id() and u.user_id = person and person = app.user_id() and r.home is not null order by r.preset, r.name, r.id limit 1
$function$;
alter function app.home_of(uuid) owner to holdfast_system;
grant execute on function app.home_of(uuid) to holdfast_app;

create function app.index_log()
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare partition_name text;
begin
  select c.relname into partition_name from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'public.log_line'::regclass and to_regclass('public.' || c.relname || '_text') is null
    and to_date(substr(c.relname, 10), 'YYYY_MM_DD') < ((now() - interval '10 minutes') at time zone 'UTC')::date
  order by c.relname desc limit 1;
  if not found then return false; end if;
  execute format('create index %I on public.%I using gin ((message || '' '' || data) gin_trgm_ops) with (fastupdate = off)', partition_name || '_text', partition_name);
  execute format('analyze public.%I', partition_name);
  return true;
end $function$;
grant execute on function app.index_log() to holdfast_app;

create function app.inherit_custom(target text, survivor uuid, others uuid[], chosen text[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare given jsonb;
begin
  execute format('select jsonb_object_agg(v.key, v.value) from (
      select distinct on (e.key) e.key, e.value from public.%1$I s
      cross join unnest($3) with ordinality o (id, place) join public.%1$I r on r.tenant_id = s.tenant_id and r.id = o.id
      cross join lateral jsonb_each(r.custom) e
      where s.tenant_id = $1 and s.id = $2 and e.key <> all ($4) and not jsonb_exists(s.custom, e.key) order by e.key, o.place) v', target)
    using app.tenant_id(), survivor, others, chosen into given;
  if given is null then return; end if;
  execute format('update public.%I r set custom = r.custom - u.keys from (select array_agg(f.key) as keys from custom_field f
      where f.tenant_id = $1 and f.resource = $2 and f.is_unique and jsonb_exists($4, f.key)) u
    where r.tenant_id = $1 and r.id = any ($3) and jsonb_exists_any(r.custom, u.keys)', target) using app.tenant_id(), target, others, given;
  execute format('update public.%I set custom = $3 || custom where tenant_id = $1 and id = $2', target) using app.tenant_id(), survivor, given;
end $function$;
alter function app.inherit_custom(text,uuid,uuid[],text[]) owner to holdfast_system;
grant execute on function app.inherit_custom(text,uuid,uuid[],text[]) to holdfast_app;

create function app.insert_next_task(task_id uuid, changes jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  insert into task as present (tenant_id, id, title, body, priority, due_at, due_on, remind_at, remind_before, recurrence, series_start, assignee_id,
    records, custom)
  select t.tenant_id, overlay(overlay(md5(t.id || n.recurrence) placing '8' from 13) placing '8' from 17)::uuid,
    n.title, n.body, n.priority, n.due_at, n.due_on, n.remind_at, n.remind_before, n.recurrence, n.series_start,
    (select u.id from user_account u where u.tenant_id = t.tenant_id and u.id = n.assignee_id),
    array(select a.id from unnest(n.records) with ordinality u (id, place) join attachable_record a on a.tenant_id = t.tenant_id and a.id = u.id order by u.place),
    jsonb_strip_nulls(app.custom_defaults('task') || ((t.custom || coalesce(changes -> 'custom', '{}')) - array(select f.key from custom_field f
      where f.tenant_id = t.tenant_id and f.resource = 'task' and (f.retired_at is not null or f.is_unique))))
  from task t cross join lateral jsonb_populate_record(t, changes - 'custom') n
  where t.tenant_id = app.tenant_id() and t.id = task_id
    and (app.full_scope('task', 'update') is not null or t.assignee_id = any (app.scope_owners('task', 'update')))
  on conflict (tenant_id, id) do update set status = 'open', deleted_at = null,
    (title, body, priority, due_at, due_on, remind_at, remind_before, recurrence, series_start, assignee_id, records, custom) =
    (excluded.title, excluded.body, excluded.priority, excluded.due_at, excluded.due_on, excluded.remind_at, excluded.remind_before, excluded.recurrence,
      excluded.series_start, excluded.assignee_id, excluded.records, excluded.custom)
    where present.deleted_at is not null;
end $function$;
alter function app.insert_next_task(uuid,jsonb) owner to holdfast_system;
grant execute on function app.insert_next_task(uuid,jsonb) to holdfast_app;

create function app.invitations_with_role(role uuid)
 RETURNS TABLE(user_id uuid, invited_by uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select u.id, (i.payload ->> 'invited_by')::uuid
  from user_role r join user_account u on u.tenant_id = r.tenant_id and u.id = r.user_id and u.status = 'invited'
  cross join lateral (
    select t.payload from one_time_token t where t.tenant_id = u.tenant_id and t.user_id = u.id and t.kind = 'invitation'
    union all
    select j.payload from job j where j.tenant_id = u.tenant_id and j.kind = 'invitation' and j.dedupe_key = u.id::text
      and j.state in ('scheduled', 'ready', 'running')
  ) i
  where r.tenant_id = app.tenant_id() and r.role_id = invitations_with_role.role
$function$;
alter function app.invitations_with_role(uuid) owner to holdfast_system;
grant execute on function app.invitations_with_role(uuid) to holdfast_app;

create function app.is_attached(of_file uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select exists (select from document_version d where d.tenant_id = app.tenant_id() and d.file_id = of_file)
    or exists (select from attachment a where a.tenant_id = app.tenant_id() and a.file_id = of_file)
    or exists (select from attachment_version v where v.tenant_id = app.tenant_id() and v.file_id = of_file)
    or exists (select from outgoing_mail o where o.tenant_id = app.tenant_id() and o.file_ids @> array[of_file] and o.file_ids <> '{}')
$function$;
alter function app.is_attached(uuid) owner to holdfast_system;
grant execute on function app.is_attached(uuid) to holdfast_app;

create function app.is_conversion(change_id uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select exists (select from custom_conversion c where c.tenant_id = app.tenant_id()
    and (c.request_id = change_id::text or c.taken_back_by = change_id::text))
$function$;
alter function app.is_conversion(uuid) owner to holdfast_system;
grant execute on function app.is_conversion(uuid) to holdfast_app;

create function app.is_field(field text, asked text[])
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select field <> 'lines' and (field <> 'amount' or 'lines' <> all (asked))
$function$;
grant execute on function app.is_field(text,text[]) to public;

create function app.is_held(kind text, of_tenant uuid, first_at timestamp with time zone, end_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$ select false $function$;
alter function app.is_held(text,uuid,timestamp with time zone,timestamp with time zone) owner to holdfast_system;
grant execute on function app.is_held(text,uuid,timestamp with time zone,timestamp with time zone) to holdfast_app;

create function app.is_last_administrator(person uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  with administrators as (
    select ur.user_id from role r join user_role ur on ur.tenant_id = r.tenant_id and ur.role_id = r.id
    join user_account u on u.tenant_id = ur.tenant_id and u.id = ur.user_id
    where r.tenant_id = app.tenant_id() and r.key = 'admin' and r.preset and u.status = 'active' and u.access_until is null
  )
  select exists (select from administrators where user_id = person) and not exists (select from administrators where user_id <> person)
$function$;
alter function app.is_last_administrator(uuid) owner to holdfast_system;
grant execute on function app.is_last_administrator(uuid) to holdfast_app;

create function app.is_member()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select case when position(';outside;' in coalesce(current_setting('app.rights', true), '')) = 0 then 'member' end $function$;
grant execute on function app.is_member() to public;

create function app.is_misspelt(word text, wanted text)
 RETURNS boolean
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  -- Longer ones are no words, and the distance takes at most 255 bytes.
  if abs(length(word) - length(wanted)) > 2 or greatest(length(word), length(wanted)) > 60 then return false; end if;
  return case levenshtein_less_equal(word, wanted, 2)
    when 1 then true
    when 2 then greatest(length(word), length(wanted)) >= 8 or (left(word, 1) = left(wanted, 1)
      and (select string_agg(c, '' order by c) from string_to_table(word, null) c) = (select string_agg(c, '' order by c) from string_to_table(wanted, null) c))
    else false end;
end $function$;
grant execute on function app.is_misspelt(text,text) to public;

create function app.is_operator()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select current_setting('app.actor_kind', true) = 'user'
    and exists (select from operator o
      join session s on s.tenant_id = o.tenant_id and s.user_id = o.user_id and s.id = nullif(current_setting('app.credential_id', true), '')::uuid
      where o.tenant_id = app.tenant_id() and o.user_id = app.user_id()
        and (s.second_factor or s.method in ('link', 'provider')
          or exists (select from user_totp f where f.tenant_id = o.tenant_id and f.user_id = o.user_id and f.confirmed_at is not null)))
$function$;
alter function app.is_operator() owner to holdfast_system;
grant execute on function app.is_operator() to holdfast_app;

create function app.is_own_session(tenant uuid, person uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select current_setting('app.actor_kind', true) = 'user' and app.tenant_id() = tenant and app.user_id() = person
    and exists (select from session s where s.tenant_id = tenant and s.user_id = person and s.method <> 'provider'
      and s.id = nullif(current_setting('app.credential_id', true), '')::uuid)
$function$;
alter function app.is_own_session(uuid,uuid) owner to holdfast_system;

create function app.is_resealed(of_tenant uuid, before bytea, after bytea)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select coalesce(bool_or(k.replaced_at is not null and uuid_send(k.id) = substring(before from 2 for 16)), false)
    and coalesce(bool_or(k.replaced_at is null and uuid_send(k.id) = substring(after from 2 for 16)), false)
  from data_key k where k.tenant_id = of_tenant and k.kind = 'data'
$function$;
alter function app.is_resealed(uuid,bytea,bytea) owner to holdfast_system;

create function app.is_system()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select current_setting('app.rights', true) = '*' $function$;
grant execute on function app.is_system() to public;

create function app.is_time_zone(name text)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  perform now() at time zone name;
  return true;
exception when invalid_parameter_value then
  return false;
end $function$;
grant execute on function app.is_time_zone(text) to public;

create function app.isin_fits(isin text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select isin is null or (isin ~ '^[A-Z]{2}[0-9A-Z]{9}[0-9]$' and (
    select sum(d.v / 10 + d.v % 10) % 10 = 0 from (
      select c.digit::int * case when row_number() over (order by c.place desc, c.at desc) % 2 = 0 then 2 else 1 end as v from (
        select s.place, t.at, t.digit from regexp_split_to_table(isin, '') with ordinality s (sign, place)
        cross join lateral regexp_split_to_table(app.letter_value(s.sign)::text, '') with ordinality t (digit, at)) c) d))
$function$;
grant execute on function app.isin_fits(text) to public;

create function app.job_figures(rows_max integer)
 RETURNS TABLE(kind text, state text, jobs integer, oldest_seconds double precision)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  with looked_at as (
    (select j.kind, 'waiting' as state, j.run_at as since from job j where j.state = 'ready' limit rows_max)
    union all
    (select j.kind, 'running', j.started_at from job j where j.state = 'running' limit rows_max)
    union all
    (select j.kind, 'in_doubt', j.finished_at from job j where j.state = 'in_doubt' limit rows_max)
    union all
    (select j.kind, 'failed', j.finished_at from job j where j.state = 'failed' and j.finished_at > now() - interval '1 day'
      order by j.finished_at desc limit rows_max)
  )
  select l.kind, l.state, count(*)::int, extract(epoch from greatest(clock_timestamp() - min(l.since), interval '0'))::double precision
  from looked_at l group by l.kind, l.state
$function$;
alter function app.job_figures(integer) owner to holdfast_system;
grant execute on function app.job_figures(integer) to holdfast_app;

create function app.jobs_failed_lately()
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$ select count(*)::int from (select from job where state = 'failed' and finished_at > now() - interval '1 day' limit 10000) as failed $function$;
alter function app.jobs_failed_lately() owner to holdfast_system;
grant execute on function app.jobs_failed_lately() to holdfast_app;

create function app.jobs_in_doubt()
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$ select count(*)::int from (select from job where state = 'in_doubt' limit 10000) as doubtful $function$;
alter function app.jobs_in_doubt() owner to holdfast_system;
grant execute on function app.jobs_in_doubt() to holdfast_app;

create function app.joined_list(list jsonb, more jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when more is null or more = '[]' then list else (
    select jsonb_agg(e order by place) from (
      select e, place from jsonb_array_elements(list) with ordinality o (e, place)
      union all
      select e, 1000 + place from jsonb_array_elements(more) with ordinality o (e, place)
      where not exists (select from jsonb_array_elements(list) old where app.list_key(old) = app.list_key(e))
      order by place limit 20) joined) end
$function$;
grant execute on function app.joined_list(jsonb,jsonb) to public;

create function app.keep_attachment_version()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  insert into attachment_version (tenant_id, attachment_id, number, file_id, name, content_type, size_bytes, written_at, author_id)
  values (old.tenant_id, old.id, old.number, old.file_id, old.name, old.content_type, old.size_bytes, old.written_at, old.author_id);
  new.number := old.number + 1;
  new.written_at := now();
  new.author_id := app.user_id();
  return new;
end $function$;
alter function app.keep_attachment_version() owner to holdfast_system;

create function app.keep_communication()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  -- The workspace is a matter of the policies.
  filed constant text[] := '{tenant_id,household_id,contact_id,legal_entity_id,account_id,document_id,version,updated_at}';
begin
  if tg_op = 'TRUNCATE' then null;
  elsif tg_op = 'DELETE' then
    if app.may_go(old.tenant_id, old.kept_until) then return old; end if;
    raise check_violation using table = 'communication', column = 'kept_until', constraint = 'communication_kept_until_check1',
      message = format('It is kept until %s', old.kept_until);
  elsif app.restores_archive() then return new;
  else
    if to_jsonb(new) - (filed || '{body,author_id}'::text[]) = to_jsonb(old) - (filed || '{body,author_id}'::text[])
      and (new.author_id is not distinct from old.author_id or new.author_id is null)
      and (new.body is not distinct from old.body or app.is_resealed(old.tenant_id, old.body, new.body)) then return new; end if;
  end if;
  raise check_violation using table = 'communication', column = 'id', constraint = 'communication_id_check1',
    message = 'Communications are written once and never changed';
end $function$;
alter function app.keep_communication() owner to holdfast_system;

create function app.keep_custom_field()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform pg_advisory_xact_lock(app.custom_fields_lock(new.tenant_id, new.resource));
  if new.type <> old.type then
    delete from custom_value where tenant_id = new.tenant_id and field_id = new.id;
    execute format('insert into custom_value (tenant_id, field_id, record_id, value, is_unique, owner_id)
      select r.tenant_id, $1, r.id, s.value, $2, %s from public.%I r cross join lateral app.sortable_values($3, r.custom -> $4) as s (value)
      where r.tenant_id = $5 and jsonb_exists(r.custom, $4)', coalesce(quote_ident(app.owner_column(new.resource)), 'null::uuid'), new.resource)
      using new.id, new.is_unique, new.type, new.key, new.tenant_id;
  elsif new.is_unique <> old.is_unique then
    update custom_value set is_unique = new.is_unique where tenant_id = new.tenant_id and field_id = new.id;
  end if;
  return null;
end $function$;
alter function app.keep_custom_field() owner to holdfast_system;

create function app.keep_custom_values()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  noun constant text := tg_argv[0];
  -- A record type may have no owner.
  owner constant text := coalesce(quote_ident(app.owner_column(noun)), 'null::uuid');
  tenant uuid;
  changed jsonb;
  taken text;
  -- Of other types values are ids of records.
  plain constant text[] := '{text,integer,decimal,money,date,select,multi_select,url,boolean}';
  named record;
begin
  if tg_op = 'INSERT' then
    if not exists (select from new_rows where custom <> '{}') then return null; end if;
  elsif not exists (select from new_rows where custom <> '{}') and not exists (select from old_rows where custom <> '{}') then
    return null;
  end if;
  for tenant in select distinct tenant_id from new_rows loop
    if tg_op = 'INSERT' then
      execute format($sql$ select jsonb_agg(jsonb_build_object('id', n.id, 'custom', n.custom, 'owner_id', %s)) from new_rows n
        where n.tenant_id = $1 and n.custom <> '{}' $sql$, owner) into changed using tenant;
    else
      -- By sets, because a join of the two could be planned for one row and run for many.
      execute format($sql$ select jsonb_agg(to_jsonb(d)) from (select n.id, n.custom, %1$s as owner_id from new_rows n where n.tenant_id = $1
        except select o.id, o.custom, %1$s from old_rows o where o.tenant_id = $1) d $sql$, owner) into changed using tenant;
    end if;
    if changed is null then continue; end if;
    perform pg_advisory_xact_lock_shared(app.custom_fields_lock(tenant, noun));
    if tg_op = 'UPDATE' then
      delete from custom_value v where v.tenant_id = tenant
        and v.record_id = any (array(select (c ->> 'id')::uuid from jsonb_array_elements(changed) c))
        and not exists (select from app.custom_values_of(tenant, noun, changed) w
          where w.field_id = v.field_id and w.record_id = v.record_id and w.value = v.value);
      update custom_value v set owner_id = c.owner_id from jsonb_to_recordset(changed) as c (id uuid, owner_id uuid)
        where v.tenant_id = tenant and v.record_id = c.id and v.owner_id is distinct from c.owner_id;
    end if;
    -- As foreign keys do, this waits for whoever merges or deletes what is named anew, and they wait for this. The writer looks afterwards what became of it.
    for named in
      with made as (
        insert into custom_value (tenant_id, field_id, record_id, value, is_unique, owner_id)
        select tenant, w.field_id, w.record_id, w.value, w.is_unique, w.owner_id from app.custom_values_of(tenant, noun, changed) w
        on conflict do nothing returning field_id, value
      )
      select case f.type when 'user' then 'user_account' else f.type end as relation, array_agg(distinct m.value::uuid) as ids
      from made m join custom_field f on f.tenant_id = tenant and f.id = m.field_id where f.type <> all (plain) group by 1 order by 1
    loop
      execute format('select from public.%I where tenant_id = $1 and id = any ($2) order by id for key share', named.relation) using tenant, named.ids;
    end loop;
    if not exists (select from custom_field f where f.tenant_id = tenant and f.resource = noun and f.is_unique) then continue; end if;
    select f.key into taken from app.custom_values_of(tenant, noun, changed) w join custom_field f on f.tenant_id = tenant and f.id = w.field_id
      where w.is_unique and not exists (select from custom_value v where v.tenant_id = tenant and v.record_id = w.record_id
        and v.field_id = w.field_id and v.value = w.value) limit 1;
    if found then
      raise exception using errcode = '23505', table = tg_table_name, constraint = 'custom_value_taken', column = 'custom.' || taken,
        message = 'Another record has this value of a custom field';
    end if;
  end loop;
  return null;
end $function$;
alter function app.keep_custom_values() owner to holdfast_system;

create function app.keep_deal_shares()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare workspace uuid; deals uuid[];
begin
  if app.restores_archive() then return null; end if;
  if tg_table_name = 'deal' then
    perform app.share_amounts(new.tenant_id, array[new.id])
    where exists (select from deal_share s where s.tenant_id = new.tenant_id and s.deal_id = new.id);
    return null;
  end if;
  for workspace, deals in select tenant_id, array_agg(distinct deal_id) from changed_lines group by tenant_id loop
    perform app.share_amounts(workspace, deals);
  end loop;
  return null;
end $function$;
alter function app.keep_deal_shares() owner to holdfast_system;

create function app.keep_deleted_favourites()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  people uuid[];
begin
  if app.restores_archive() then return null; end if;
  if tg_op = 'INSERT' then
    with back as (delete from deleted_favourite d using new_rows n where d.tenant_id = n.tenant_id and d.record_id = n.id returning d.*),
    put as (insert into favourite (tenant_id, id, user_id, resource, record_id, position, created_at)
      select b.tenant_id, b.id, b.user_id, b.resource, b.record_id, b.position, b.created_at from back b on conflict do nothing returning user_id)
    select array_agg(distinct user_id) into people from put;
    perform app.signal('favourite', people);
    return null;
  end if;
  -- Records go with their workspace or their person too.
  with forgotten as (delete from favourite f using gone g where f.tenant_id = g.tenant_id and f.record_id = g.id returning f.*)
  insert into deleted_favourite (tenant_id, id, user_id, resource, record_id, position, created_at)
  select f.tenant_id, f.id, f.user_id, f.resource, f.record_id, f.position, f.created_at from forgotten f
  join user_account u on u.tenant_id = f.tenant_id and u.id = f.user_id;
  return null;
end $function$;
alter function app.keep_deleted_favourites() owner to holdfast_system;

create function app.keep_deleted_stages()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.restores_archive() then return null; end if;
  if tg_op = 'INSERT' then
    delete from deleted_stage d using new_rows n where d.tenant_id = n.tenant_id and d.id = n.id;
    return null;
  end if;
  -- Stages go with their workspace too.
  insert into deleted_stage (tenant_id, id, pipeline_id, kind, position)
  select o.tenant_id, o.id, o.pipeline_id, o.kind, o.position from old_rows o join tenant t on t.id = o.tenant_id
  where exists (select from deal_stage_visit v where v.tenant_id = o.tenant_id and v.stage_id = o.id)
  on conflict do nothing;
  return null;
end $function$;
alter function app.keep_deleted_stages() owner to holdfast_system;

create function app.keep_document()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.may_go(old.tenant_id, old.kept_until) then return case tg_op when 'DELETE' then old else new end; end if;
  if old.kept_until is null then
    raise check_violation using table = 'document', column = 'kept_until', constraint = 'document_kept_until_check1',
      message = 'It is about an account that is open, and is kept for years after that closes';
  end if;
  raise check_violation using table = 'document', column = 'kept_until', constraint = 'document_kept_until_check1',
    message = format('It is kept until %s', old.kept_until);
end $function$;
alter function app.keep_document() owner to holdfast_system;

create function app.keep_document_file()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare given file;
begin
  if app.restores_archive() then return new; end if;
  new.dated_on := coalesce(new.dated_on, app.today());
  if tg_op = 'UPDATE' then
    new.file_name := old.file_name; new.content_type := old.content_type; new.size_bytes := old.size_bytes; new.sha256 := old.sha256;
    new.number := old.number; new.written_at := old.written_at; new.created_at := old.created_at;
    new.file_id := coalesce(new.file_id, old.file_id);
  else
    new.number := 0;
  end if;
  if new.file_id is not null and (tg_op = 'INSERT' or new.file_id is distinct from old.file_id) then
    select f.* into given from file f where f.tenant_id = new.tenant_id and f.id = new.file_id and f.kind = 'upload' and f.expires_at is null for key share;
    if given.id is null then
      raise check_violation using table = 'document', column = 'file_id', constraint = 'document_file_id_check1',
        message = 'There is no such file, or it is not yours';
    end if;
    new.file_name := given.name; new.content_type := given.content_type; new.size_bytes := given.size_bytes;
    new.sha256 := encode(given.sha256, 'hex'); new.number := new.number + 1; new.written_at := now();
  end if;
  new.kept_until := app.document_kept_until(new.type, new.dated_on, new.created_at, new.tenant_id, new.account_id);
  return new;
end $function$;
alter function app.keep_document_file() owner to holdfast_system;

create function app.keep_documents_of_account()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.restores_archive() then return null; end if;
  update document d set updated_at = now() where d.tenant_id = new.tenant_id and d.account_id = new.id;
  return null;
end $function$;
alter function app.keep_documents_of_account() owner to holdfast_system;

create function app.keep_primary_adviser()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare today constant date := app.today();
begin
  delete from household_adviser a where a.tenant_id = new.tenant_id and a.household_id = new.id and a.role = 'primary'
    and a.until_on is null and a.from_on >= today and a.user_id is distinct from new.owner_id;
  update household_adviser a set until_on = today - 1 where a.tenant_id = new.tenant_id and a.household_id = new.id and a.role = 'primary'
    and a.until_on is null and a.user_id is distinct from new.owner_id;
  if new.owner_id is null then return null; end if;
  update household_adviser a set until_on = null where a.tenant_id = new.tenant_id and a.household_id = new.id and a.role = 'primary'
    and a.user_id = new.owner_id and a.until_on = today - 1;
  insert into household_adviser (tenant_id, household_id, user_id, role, from_on)
  select new.tenant_id, new.id, new.owner_id, 'primary', today where not exists (
    select from household_adviser a where a.tenant_id = new.tenant_id and a.household_id = new.id and a.role = 'primary' and a.until_on is null);
  return null;
end $function$;
alter function app.keep_primary_adviser() owner to holdfast_system;

create function app.keep_stage_visits()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.restores_archive() then return null; end if;
  if tg_op = 'INSERT' then
    insert into deal_stage_visit (tenant_id, deal_id, stage_id, entered_at)
    select tenant_id, id, stage_id, stage_entered_at from new_rows;
  elsif exists (select from deal_stage_visit v where v.tenant_id = new.tenant_id and v.deal_id = new.id and v.stage_id = new.stage_id
      and v.entered_at = new.stage_entered_at) then
    -- It is there as since it first came, because a move was undone: the stages that it came to by that were no part of its way.
    delete from deal_stage_visit v where v.tenant_id = new.tenant_id and v.deal_id = new.id and v.entered_at > new.stage_entered_at;
  else
    insert into deal_stage_visit (tenant_id, deal_id, stage_id, entered_at) values (new.tenant_id, new.id, new.stage_id, new.stage_entered_at);
  end if;
  return null;
end $function$;
alter function app.keep_stage_visits() owner to holdfast_system;

create function app.keep_with_papers()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.restores_archive() then return new; end if;
  if exists (select from document d where d.tenant_id = new.tenant_id and d.deleted_at is null
      and case tg_table_name when 'household' then d.household_id when 'financial_account' then d.account_id else d.legal_entity_id end = new.id)
    or exists (select from communication c where c.tenant_id = new.tenant_id
      and case tg_table_name when 'household' then c.household_id when 'financial_account' then c.account_id else c.legal_entity_id end = new.id) then
    raise restrict_violation using table = tg_table_name, message = 'What has documents or communications is kept with them';
  end if;
  return new;
end $function$;
alter function app.keep_with_papers() owner to holdfast_system;

create function app.keep_with_transactions()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.restores_archive() then return new; end if;
  if exists (select from financial_account a where a.tenant_id = new.tenant_id
    and case tg_table_name when 'household' then a.household_id = new.id else a.id = new.id end
    and exists (select from account_transaction t where t.tenant_id = a.tenant_id and t.account_id = a.id)) then
    raise restrict_violation using table = tg_table_name, message = 'Accounts with transactions are kept';
  end if;
  return new;
end $function$;
alter function app.keep_with_transactions() owner to holdfast_system;

create function app.kinds_held(noun text, person text)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  -- Of what has no owner only groups count; format refuses a name that is null.
  select 'array[null' || case when app.owner_column(noun) is null then '' else format(
      ', case when r.%1$I = %2$s then ''own'' end, case when r.%1$I = %2$s or app.shares_team(%2$s, r.%1$I) then ''team'' end',
      app.owner_column(noun), person) end
    || coalesce((select string_agg(format(', case when exists (select from %1$s m where m.tenant_id = app.tenant_id() and m.%2$I = %3$s
      and m.%4$I = r.%5$I) then %6$L end', w.members, w.member, person, w.of_group, w.of_column, w.kind), '') from app.reach_of(noun) w), '') || ']::text[]'
$function$;
alter function app.kinds_held(text,text) owner to holdfast_system;

create function app.kinds_with(letters text, query tsquery)
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'on'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  few constant int := 30;
  workspace constant uuid := app.tenant_id();
  kinds text[]; setting text;
begin
  -- CASE, because PostgreSQL may try the two sides of AND and OR in any order.
  kinds := array(select 'note' where case when app.scope('note', 'read') = 'all' then exists (
      select from (select r.body from note r where r.tenant_id = workspace order by r.created_at desc limit few) r
      where strpos(lower(concat_ws(' ', null::text, r.body)), letters) > 0) else true end
    union all select 'comment' where case when app.scope('comment', 'read') = 'all' then exists (
      select from (select r.body from comment r where r.tenant_id = workspace order by r.created_at desc limit few) r
      where strpos(lower(concat_ws(' ', null::text, r.body)), letters) > 0) else true end
    union all select 'task' where case when app.scope('task', 'read') = 'all' then exists (
      select from (select r.title, r.body from task r where r.tenant_id = workspace order by r.created_at desc limit few) r
      where strpos(lower(concat_ws(' ', r.title, r.body)), letters) > 0) else true end
    union all select 'activity' where case when app.scope('activity', 'read') = 'all' then exists (
      select from (select r.subject, r.body from activity r where r.tenant_id = workspace order by r.created_at desc limit few) r
      where strpos(lower(concat_ws(' ', r.subject, r.body)), letters) > 0) else true end
    union all select 'mail_message' where case when app.scope('mailbox', 'read') = 'all' then exists (
      select from (select r.subject, r.body from mail_message r where r.tenant_id = workspace order by r.created_at desc limit few) r
      where strpos(lower(concat_ws(' ', r.subject, r.body)), letters) > 0) else true end
    union all select 'meeting' where case when app.scope('mailbox', 'read') = 'all' then exists (
      select from (select r.title, r.description from meeting r where r.tenant_id = workspace order by r.created_at desc limit few) r
      where strpos(lower(concat_ws(' ', r.title, r.description)), letters) > 0) else true end);
  setting := set_config('enable_indexscan', 'off', true);
  kinds := kinds || array(select 'note' where case when 'note' <> all (kinds) then exists (
      select from note r where r.tenant_id = workspace and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null) end
    union all select 'comment' where case when 'comment' <> all (kinds) then exists (
      select from comment r where r.tenant_id = workspace and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null) end
    union all select 'task' where case when 'task' <> all (kinds) then exists (
      select from task r where r.tenant_id = workspace and app.to_search_vector(r.title, r.body) @@ query and r.deleted_at is null) end
    union all select 'activity' where case when 'activity' <> all (kinds) then exists (
      select from activity r where r.tenant_id = workspace and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null) end
    union all select 'mail_message' where case when 'mail_message' <> all (kinds) then exists (
      select from mail_message r where r.tenant_id = workspace and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null) end
    union all select 'meeting' where case when 'meeting' <> all (kinds) then exists (
      select from meeting r where r.tenant_id = workspace and app.to_search_vector(r.title, r.description) @@ query and r.deleted_at is null) end);
  setting := set_config('enable_indexscan', 'on', true);
  return kinds;
end $function$;
alter function app.kinds_with(text,tsquery) owner to holdfast_system;

create function app.label_keys(list jsonb)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select array(select lower(e ->> 'value') from jsonb_array_elements(list) e)
$function$;
grant execute on function app.label_keys(jsonb) to public;

create function app.labelled_list_fits(list jsonb, characters_max integer)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when jsonb_typeof(list) <> 'array' or jsonb_array_length(list) > 20 then false else not exists (
    select from jsonb_array_elements(list) e
    where jsonb_typeof(e) <> 'object' or jsonb_typeof(e -> 'value') is distinct from 'string' or length(e ->> 'value') not between 1 and characters_max
      or coalesce(jsonb_typeof(e -> 'label'), 'null') not in ('string', 'null') or length(e ->> 'label') > 60 or (e - 'label' - 'value') <> '{}') end
$function$;
grant execute on function app.labelled_list_fits(jsonb,integer) to public;

create function app.leave_duplicates_notice()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if not app.restores_archive() then
    insert into job (tenant_id, kind, payload, dedupe_key)
    select distinct n.tenant_id, 'notification.duplicates', '{}'::jsonb, 'all' from new_rows n
    on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready')
      do update set dedupe_key = excluded.dedupe_key where false;
  end if;
  return null;
end $function$;
alter function app.leave_duplicates_notice() owner to holdfast_system;

create function app.leave_finish_notice()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  -- Work that finished within the request that asked for it needs no notification.
  if app.restores_archive() or new.created_by is null or new.created_at = now()::timestamptz(3) then return null; end if;
  insert into job (tenant_id, kind, payload)
  values (new.tenant_id, 'notification.finished', jsonb_build_object('resource', tg_table_name, 'id', new.id, 'state', new.state));
  return null;
end $function$;
alter function app.leave_finish_notice() owner to holdfast_system;

create function app.leave_mailboxes(watcher_name text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  update mail_connection set watcher = null, watched_until = null where watcher = watcher_name
$function$;
alter function app.leave_mailboxes(text) owner to holdfast_system;
grant execute on function app.leave_mailboxes(text) to holdfast_app;

create function app.letter_pairs(folded text)
 RETURNS SETOF text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select distinct substr(run[1], place, 2) from regexp_matches(folded, '(' || app.unspaced_letters() || '+)', 'g') run
  cross join generate_series(1, length(run[1])) place
$function$;
grant execute on function app.letter_pairs(text) to public;

create function app.letter_value(sign text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when sign between '0' and '9' then sign::int when sign = '*' then 36 when sign = '@' then 37 when sign = '#' then 38 else ascii(sign) - 55 end
$function$;
grant execute on function app.letter_value(text) to public;

create function app.lifecycle_partitions()
 RETURNS TABLE(name text, first_at timestamp with time zone, end_at timestamp with time zone, rows_about double precision, bytes_about double precision)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select c.relname::text, m.month at time zone 'UTC', (m.month + interval '1 month') at time zone 'UTC', greatest(c.reltuples, 0)::float8,
    (c.relpages + coalesce((select sum(x.relpages) from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid), 0)::float8)
      * current_setting('block_size')::int
  from pg_inherits i join pg_class c on c.oid = i.inhrelid cross join lateral (select to_timestamp(substr(c.relname, 13), 'YYYY_MM')::timestamp as month) m
  where i.inhparent = 'public.audit_event'::regclass and c.relname ~ '^audit_event_\d{4}_\d\d$' order by 2
$function$;
grant execute on function app.lifecycle_partitions() to holdfast_app;
grant execute on function app.lifecycle_partitions() to holdfast_system;

create function app.limited_fields(tenant uuid, role_id uuid, rights jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select case when rights #>> '{custom_field,update}' = 'all' or rights ->> '*' = 'all' then '{}' else coalesce(
    (select jsonb_build_object('fields', jsonb_object_agg(f.resource || '.' || f.key,
       case when f.visible_to is null or role_id = any (f.visible_to) then 'read' else 'none' end))
     from custom_field f where f.tenant_id = tenant and (f.visible_to is not null or f.editable_by is not null)
       and (role_id = any (f.visible_to) is false or role_id = any (f.editable_by) is false)
     having count(*) > 0), '{}') end
$function$;
alter function app.limited_fields(uuid,uuid,jsonb) owner to holdfast_system;

create function app.limited_fields_of(role_id uuid, rights jsonb)
 RETURNS jsonb
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$ select app.limited_fields(app.tenant_id(), role_id, rights) $function$;
alter function app.limited_fields_of(uuid,jsonb) owner to holdfast_system;
grant execute on function app.limited_fields_of(uuid,jsonb) to holdfast_app;

create function app.line_total(quantity numeric, unit_price bigint, discount_percent numeric)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select round(quantity * unit_price * (100 - discount_percent) / 100) $function$;
grant execute on function app.line_total(numeric,bigint,numeric) to public;

create function app.link_account(proof bytea)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare proved one_time_token;
begin
  if not app.is_own_session(app.tenant_id(), app.user_id()) then return null; end if;
  delete from one_time_token t where t.hash = proof and t.kind = 'account_link' and t.expires_at > now() returning t.* into proved;
  if not found or (proved.tenant_id, proved.user_id) = (app.tenant_id(), app.user_id()) then return null; end if;
  perform app.add_account_link(app.tenant_id(), app.user_id(), proved.tenant_id, proved.user_id);
  return proved.tenant_id;
end $function$;
alter function app.link_account(bytea) owner to holdfast_system;
grant execute on function app.link_account(bytea) to holdfast_app;

create function app.link_entries()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare of_tenant uuid; ids uuid[];
begin
  for of_tenant, ids in select n.tenant_id, array_agg(distinct r) from new_rows n cross join unnest(n.records) r group by n.tenant_id loop
    perform app.ensure_subjects(of_tenant, ids);
  end loop;
  insert into record_link (tenant_id, record_id, item_type, item_id, at)
  select distinct n.tenant_id, r, tg_table_name, n.id, (to_jsonb(n) ->> tg_argv[0])::timestamptz from new_rows n cross join unnest(n.records) r;
  return null;
end $function$;
alter function app.link_entries() owner to holdfast_system;

create function app.linked_accounts()
 RETURNS TABLE(tenant_id uuid, user_id uuid, title text, name text, email text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select t.id, u.id, t.title, u.name, u.email from account_link own
  join account_link l on l.person_id = own.person_id and (l.tenant_id, l.user_id) <> (own.tenant_id, own.user_id)
  join user_account u on u.tenant_id = l.tenant_id and u.id = l.user_id and app.has_access(u.status, u.access_until)
  join tenant t on t.id = l.tenant_id
  where own.tenant_id = app.tenant_id() and own.user_id = app.user_id() and app.is_own_session(own.tenant_id, own.user_id)
    and not exists (select from tenant_deletion d where d.of_tenant = l.tenant_id)
  order by t.title, t.id, u.id
$function$;
alter function app.linked_accounts() owner to holdfast_system;
grant execute on function app.linked_accounts() to holdfast_app;

create function app.list_key(item jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select regexp_replace(lower(coalesce(item ->> 'value', (item - 'label')::text)), '[[:space:]()/-]+', '', 'g')
$function$;
grant execute on function app.list_key(jsonb) to public;

create function app.local_midnight(day date)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  zone constant text := app.user_zone();
  midnight constant timestamptz := day::timestamp at time zone zone;
  earlier constant timestamptz := midnight - interval '1 hour';
begin
  return case when earlier at time zone zone = day::timestamp then earlier else midnight end;
end $function$;
grant execute on function app.local_midnight(date) to public;

create function app.lock_subjects(ids uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform from subject s where s.tenant_id = app.tenant_id() and s.id = any (ids) order by s.id for update;
end $function$;
alter function app.lock_subjects(uuid[]) owner to holdfast_system;
grant execute on function app.lock_subjects(uuid[]) to holdfast_app;

create function app.log_bars(lines integer[], warnings integer[], errors integer[], counted_to timestamp with time zone)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select jsonb_build_object('bars', jsonb_agg(jsonb_build_array(b.lines, b.warnings, b.errors) order by b.place), 'counted_to', counted_to)
  from unnest(log_bars.lines, log_bars.warnings, log_bars.errors) with ordinality as b (lines, warnings, errors, place)
$function$;
alter function app.log_bars(integer[],integer[],integer[],timestamp with time zone) owner to holdfast_system;

create function app.log_conditions(filter jsonb)
 RETURNS TABLE(part text, condition text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select c.part, c.condition from (values
    (1, 'request_id', format('l.request_id = %L', filter ->> 'request_id')),
    (2, 'trace_id', format('l.trace_id = %L', filter ->> 'trace_id')),
    (3, 'user_id', format('l.user_id = %L', filter ->> 'user_id')),
    (4, 'level', case when (filter ->> 'level')::int > 30 then format('l.level >= %s', (filter ->> 'level')::int) end),
    (5, 'route', format('l.route = %L', filter ->> 'route')),
    (6, 'tenant_id', format('l.tenant_id = %L', filter ->> 'tenant_id')),
    (7, 'text', format('(l.message || '' '' || l.data) ilike %L',
      '%' || replace(replace(replace(filter ->> 'text', '\', '\\'), '%', '\%'), '_', '\_') || '%'))
  ) as c (place, part, condition)
  where c.condition is not null and filter ->> c.part is not null order by c.place
$function$;
alter function app.log_conditions(jsonb) owner to holdfast_system;

create function app.log_driver(filter jsonb)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
declare few constant int := 5000; candidate record; found_rows int;
begin
  for candidate in select * from app.log_conditions(filter) c where c.part <> 'text' loop
    execute format('select count(*) from (select from log_line l where l.at >= %L and l.at < %L and %s limit %s) as counted',
      filter ->> 'from', filter ->> 'to', candidate.condition, few + 1) into found_rows;
    if found_rows <= few then return candidate.condition; end if;
  end loop;
  return null;
end $function$;
alter function app.log_driver(jsonb) owner to holdfast_system;

create function app.log_histogram(everything boolean, filter jsonb, bars_max integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
declare
  budget constant interval := '400 milliseconds';
  slice_lines constant int := 200000;
  began timestamptz := clock_timestamp();
  slice_began timestamptz;
  longest interval := '0';
  given jsonb := app.log_scope(everything, filter);
  first_at timestamptz := (given ->> 'from')::timestamptz;
  last_at timestamptz := (given ->> 'to')::timestamptz;
  width interval := (last_at - first_at) / bars_max;
  -- An index is used for equality and for null, not for "is not distinct from".
  counts_of text := case when given ->> 'tenant_id' is null then 'c.tenant_id is null' else format('c.tenant_id = %L', given ->> 'tenant_id') end;
  every text; driver text; part record; bar record;
  lines int[] := array_fill(0, array[bars_max]); warnings int[] := lines; errors int[] := lines;
begin
  select coalesce(string_agg(c.condition, ' and '), 'true') into every from app.log_conditions(given) c;
  if not exists (select from app.log_conditions(given) c where c.part not in ('tenant_id', 'level')) and width >= interval '5 minutes' then
    for bar in execute format('
      select least(%s, 1 + floor(extract(epoch from c.at - %L) / %s)::int) as place, sum(c.lines)::int as lines,
        coalesce(sum(c.lines) filter (where c.level between 40 and 49), 0)::int as warnings, coalesce(sum(c.lines) filter (where c.level >= 50), 0)::int as errors
      from log_count c where c.at >= %L and c.at < %L and %s and c.level >= %s group by 1',
      bars_max, first_at, extract(epoch from width), first_at, last_at, counts_of, coalesce((given ->> 'level')::int, 0))
    loop
      lines[bar.place] := bar.lines;
      warnings[bar.place] := bar.warnings;
      errors[bar.place] := bar.errors;
    end loop;
    return app.log_bars(lines, warnings, errors, null);
  end if;
  driver := app.log_driver(given);
  -- Newest first, each with about as many lines as are counted in a tenth of a second, where processors are as usual.
  for part in execute format('
    select max(h.closes) as closes, min(h.opens) as opens from (
      select greatest(d.at, %1$L) as opens, least(d.at + interval ''1 hour'', %2$L) as closes,
        case when %3$L then 0 else sum(coalesce(c.lines, 0)) over (order by d.at desc) / %4$s end as slice
      from generate_series(date_trunc(''hour'', %1$L::timestamptz), %2$L::timestamptz, ''1 hour'') as d (at)
      left join (select date_trunc(''hour'', c.at) as at, sum(c.lines) as lines from log_count c
        where c.at >= %1$L::timestamptz - interval ''1 hour'' and c.at < %2$L and %5$s group by 1) c on c.at = d.at
    ) h where h.opens < h.closes group by floor(h.slice) order by 1 desc', first_at, last_at, driver is not null, slice_lines, counts_of)
  loop
    if clock_timestamp() - began + longest > budget then return app.log_bars(lines, warnings, errors, part.closes); end if;
    slice_began := clock_timestamp();
    for bar in
      execute format('with %s select least(%s, 1 + floor(extract(epoch from l.at - %L) / %s)::int) as place, count(*)::int as lines,
          count(*) filter (where l.level between 40 and 49)::int as warnings, count(*) filter (where l.level >= 50)::int as errors
        from few l where %s group by 1',
        case when driver is null then format('few as not materialized (select * from log_line l where l.at >= %L and l.at < %L)', part.opens, part.closes)
          else format('few as materialized (select * from log_line l where l.at >= %L and l.at < %L and %s)', part.opens, part.closes, driver) end,
        bars_max, first_at, extract(epoch from width), every)
    loop
      lines[bar.place] := lines[bar.place] + bar.lines;
      warnings[bar.place] := warnings[bar.place] + bar.warnings;
      errors[bar.place] := errors[bar.place] + bar.errors;
    end loop;
    longest := greatest(longest, clock_timestamp() - slice_began);
  end loop;
  return app.log_bars(lines, warnings, errors, null);
end $function$;
alter function app.log_histogram(boolean,jsonb,integer) owner to holdfast_system;
grant execute on function app.log_histogram(boolean,jsonb,integer) to holdfast_app;

create function app.log_scope(everything boolean, filter jsonb)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if everything then
    perform app.refuse_unless_operator();
    return filter;
  end if;
  if app.tenant_id() is null or app.some_scope('log', 'read') = 'none' then
    raise insufficient_privilege using message = 'The log needs the right to read it';
  end if;
  return filter || jsonb_build_object('tenant_id', app.tenant_id());
end $function$;
alter function app.log_scope(boolean,jsonb) owner to holdfast_system;
grant execute on function app.log_scope(boolean,jsonb) to holdfast_app;

create function app.log_workspaces()
 RETURNS TABLE(id uuid, name text, title text)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  return query select t.id, t.name, t.title from tenant t order by t.name limit 1000;
end $function$;
alter function app.log_workspaces() owner to holdfast_system;
grant execute on function app.log_workspaces() to holdfast_app;

create function app.lost_jobs()
 RETURNS TABLE(tenant_id uuid, id uuid, attempts integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select j.tenant_id, j.id, j.attempts from job j
  where j.state = 'running' and j.lease_until < clock_timestamp() and (j.cancel_requested or j.attempts >= j.attempts_max)
  order by j.lease_until limit 100
$function$;
alter function app.lost_jobs() owner to holdfast_system;
grant execute on function app.lost_jobs() to holdfast_app;

create function app.mailboxes_read(degree text)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select coalesce(array_agg(m.id), '{}') from mailbox m where m.tenant_id = app.tenant_id() and (m.owner_id = app.user_id()
    or degree = 'exists' and m.sharing <> 'private' or degree = 'subject' and m.sharing in ('subjects', 'all')
    or degree = 'everything' and m.sharing = 'all')
$function$;
alter function app.mailboxes_read(text) owner to holdfast_system;
grant execute on function app.mailboxes_read(text) to holdfast_app;

create function app.mark_positions()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  update contact c set had_positions = true from (select distinct tenant_id, contact_id from new_rows) n
    where c.tenant_id = n.tenant_id and c.id = n.contact_id and not c.had_positions;
  return null;
end $function$;
alter function app.mark_positions() owner to holdfast_system;

create function app.may_alert()
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select app.is_operator()
    or (current_setting('app.actor_kind', true) = 'system' and app.tenant_id() = '00000000-0000-0000-0000-000000000000' and app.user_id() is null)
$function$;
alter function app.may_alert() owner to holdfast_system;
grant execute on function app.may_alert() to holdfast_app;

create function app.may_be_private(resource text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select resource in ('saved_view', 'dashboard_tile', 'mailbox', 'mail_message', 'mail_template', 'meeting_calendar', 'meeting', 'dashboard') $function$;
grant execute on function app.may_be_private(text) to public;

create function app.may_be_same_person(given text, family text, other_given text, other_family text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select given is null or other_given is null
    or starts_with(app.first_name_key(given), app.first_name_key(other_given))
    or starts_with(app.first_name_key(other_given), app.first_name_key(given))
    or app.first_name_key(given) = app.first_name_key(other_family) or app.first_name_key(family) = app.first_name_key(other_given)
$function$;
grant execute on function app.may_be_same_person(text,text,text,text) to public;

create function app.may_go(of_tenant uuid, kept_until date)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select coalesce(kept_until < app.today(), false) or app.restores_archive() or not exists (select from tenant t where t.id = of_tenant)
$function$;
alter function app.may_go(uuid,date) owner to holdfast_system;
grant execute on function app.may_go(uuid,date) to holdfast_app;

create function app.meaning_candidates(model uuid, asked integer[], signed bit, near integer[], wide text[], listed uuid[], rows_max integer)
 RETURNS TABLE(id uuid, size integer, vector bytea, counts integer[])
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
declare
  workspace constant uuid := app.tenant_id();
  found uuid[] := '{}';
  more uuid[]; wanted int[]; missing int;
begin
  if signed is not null then
    if listed <> '{}' then
      found := array(select p.id from meaning_passage p where p.tenant_id = workspace and p.model_id = model and p.record_id = any (listed)
        order by bit_count(p.signature # signed) limit rows_max);
    end if;
    if wide <> '{}' then
      found := found || array(select p.id from meaning_passage p where p.tenant_id = workspace and p.model_id = model and p.resource = any (wide)
        and (near is null or p.cell = any (near)) order by bit_count(p.signature # signed) limit rows_max);
    end if;
  end if;
  -- All words at once, the two rarest, then one by one.
  missing := rows_max;
  for at in -1 .. cardinality(asked) loop
    exit when missing <= 0;
    wanted := case at when -1 then asked when 0 then asked[1:2] else asked[at:at] end;
    continue when at = 0 and cardinality(asked) < 3 or cardinality(asked) = 0 or at = -1 and cardinality(asked) < 2;
    more := array(select p.id from meaning_passage p where p.tenant_id = workspace and p.model_id = model
      and p.words @> wanted and (p.resource = any (wide) or p.record_id = any (listed)) limit missing);
    found := found || more;
    missing := missing - cardinality(more);
  end loop;
  return query select p.id, p.size, p.vector,
      array(select case when w.at is null then 0 else get_byte(p.counts, w.at - 1) end
        from (select array_position(p.words, a) as at, place from unnest(asked) with ordinality as u (a, place)) w order by w.place)
    from meaning_passage p where p.tenant_id = workspace and p.id = any (found);
end $function$;
alter function app.meaning_candidates(uuid,integer[],bit,integer[],text[],uuid[],integer) owner to holdfast_system;
grant execute on function app.meaning_candidates(uuid,integer[],bit,integer[],text[],uuid[],integer) to holdfast_app;

create function app.meaning_reach(OUT wide text[], OUT listed uuid[])
 RETURNS record
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  listed_max constant int := 5000;
  workspace constant uuid := app.tenant_id();
  mailboxes constant uuid[] := app.mailboxes_read('everything');
  few uuid[];
begin
  wide := '{}';
  listed := '{}';
  if app.is_member() is null or app.scope('note', 'read') = 'all' then wide := wide || 'note'::text;
  else
    few := array(select r.id from note r where r.tenant_id = workspace and r.author_id = any (app.scope_owners('note', 'read')) limit listed_max + 1);
    if cardinality(few) > listed_max then wide := wide || 'note'::text; else listed := listed || few; end if;
  end if;
  if app.is_member() is null or app.scope('activity', 'read') = 'all' then wide := wide || 'activity'::text;
  else
    few := array(select r.id from activity r where r.tenant_id = workspace and r.author_id = any (app.scope_owners('activity', 'read')) limit listed_max + 1);
    if cardinality(few) > listed_max then wide := wide || 'activity'::text; else listed := listed || few; end if;
  end if;
  few := array(select m.id from mail_message m where m.tenant_id = workspace and m.conversation_id in (
      select t.conversation_id from mail_thread t where t.tenant_id = workspace and t.mailbox_id = any (mailboxes) limit listed_max + 1)
    and m.mailbox_ids && mailboxes limit listed_max + 1);
  if cardinality(few) > listed_max then wide := wide || 'mail_message'::text; else listed := listed || few; end if;
end $function$;
alter function app.meaning_reach() owner to holdfast_system;
grant execute on function app.meaning_reach() to holdfast_app;

create function app.meaning_subjects(of_records jsonb)
 RETURNS TABLE(id uuid, subject jsonb)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select (r ->> 'id')::uuid, app.first_found_record(array(select s::uuid from jsonb_array_elements_text(r -> 'records') s)) from jsonb_array_elements(of_records) r
$function$;
alter function app.meaning_subjects(jsonb) owner to holdfast_system;
grant execute on function app.meaning_subjects(jsonb) to holdfast_app;

create function app.meaning_words(model uuid, asked integer[], wide text[], listed uuid[])
 RETURNS TABLE(word integer, documents integer, vector bytea, passages uuid[])
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
 SET jit TO 'off'
AS $function$
declare
  passages_max constant int := 100;
  workspace constant uuid := app.tenant_id();
begin
  return query select t.word, t.documents, t.vector, array(
      select p.id from meaning_passage p where p.tenant_id = workspace and p.model_id = model and p.words @> array[t.word]
        and (p.resource = any (wide) or p.record_id = any (listed)) limit passages_max)
    from meaning_term t where t.tenant_id = workspace and t.model_id = model and t.word = any (asked);
end $function$;
alter function app.meaning_words(uuid,integer[],text[],uuid[]) owner to holdfast_system;
grant execute on function app.meaning_words(uuid,integer[],text[],uuid[]) to holdfast_app;

create function app.midnight(day date)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select day::timestamp at time zone coalesce((select t.time_zone from tenant t where t.id = app.tenant_id()), 'UTC')
$function$;
alter function app.midnight(date) owner to holdfast_system;
grant execute on function app.midnight(date) to holdfast_app;

create function app.mixed_scope(resource text, action text)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select case when position('&' in app.scope(resource, action)) > 0 then app.scope(resource, action) end
$function$;
grant execute on function app.mixed_scope(text,text) to public;

create function app.name_hidden(noun text, name text)
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select name like 'custom.%' and app.field_hidden(noun, substr(name, 8)) $function$;
grant execute on function app.name_hidden(text,text) to public;

create function app.name_of(noun text, of_tenant uuid, of_id uuid)
 RETURNS text
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
begin
  if of_id is null then return null; end if;
  case noun
    when 'close_reason' then return (select name from public.close_reason where tenant_id = of_tenant and id = of_id);
    when 'company' then return (select name from public.company where tenant_id = of_tenant and id = of_id);
    when 'contact' then return (select name from public.contact where tenant_id = of_tenant and id = of_id);
    when 'custodian' then return (select name from public.custodian where tenant_id = of_tenant and id = of_id);
    when 'financial_security' then return (select name from public.financial_security where tenant_id = of_tenant and id = of_id);
    when 'household' then return (select name from public.household where tenant_id = of_tenant and id = of_id);
    when 'pipeline' then return (select name from public.pipeline where tenant_id = of_tenant and id = of_id);
    when 'stage' then return (select name from public.stage where tenant_id = of_tenant and id = of_id);
    when 'user_account' then return (select name from public.user_account where tenant_id = of_tenant and id = of_id);
  end case;
end $function$;
grant execute on function app.name_of(text,uuid,uuid) to public;

create function app.name_retired(name text, retired_keys text[])
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select name like 'custom.%' and substr(name, 8) = any (retired_keys) $function$;
grant execute on function app.name_retired(text,text[]) to public;

create function app.named_records(of_tenant uuid, ids uuid[])
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
declare one uuid; noun text; found_id uuid; called text; named jsonb := '[]';
begin
  foreach one in array ids loop
    noun := (select s.type from public.subject s where s.tenant_id = of_tenant and s.id = one);
    found_id := null; called := null;
    case noun
      when 'company' then select p.id, p.name into found_id, called from public.company p where p.tenant_id = of_tenant and p.id = one;
      when 'contact' then select p.id, p.name into found_id, called from public.contact p where p.tenant_id = of_tenant and p.id = one;
      when 'deal' then select p.id, p.name into found_id, called from public.deal p where p.tenant_id = of_tenant and p.id = one;
      when 'financial_account' then select p.id, p.name into found_id, called from public.financial_account p where p.tenant_id = of_tenant and p.id = one;
      when 'household' then select p.id, p.name into found_id, called from public.household p where p.tenant_id = of_tenant and p.id = one;
      when 'legal_entity' then select p.id, p.name into found_id, called from public.legal_entity p where p.tenant_id = of_tenant and p.id = one;
      else null;
    end case;
    named := named || jsonb_build_object('type', noun, 'id', found_id, 'name', called);
  end loop;
  return named;
end $function$;
grant execute on function app.named_records(uuid,uuid[]) to public;

create function app.names_hidden(query text)
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select position(';field.' in current_setting('app.rights', true)) > 0 and exists (
    select from regexp_matches(current_setting('app.rights', true), ';field\.[a-z_]+\.([a-z0-9_]+)=none(?=;)', 'g') m
    where query ~ ('custom\.' || m[1] || '(?![a-z0-9_])'))
$function$;
grant execute on function app.names_hidden(text) to public;

create function app.neutralise_formula(value text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when value ~ '^''*[-=+@\t\r\n＝＋－＠]' and value !~ '^-[0-9]+(\.[0-9]+)?$' then '''' else '' end
    || case when value ~ '[,;\t\r\n]["'']*[-=+@＝＋－＠]' then regexp_replace(value, '([,;\t\r\n])(?=["'']*[-=+@＝＋－＠])', '\1''', 'g') else value end
$function$;
grant execute on function app.neutralise_formula(text) to public;

create function app.new_errors()
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select count(*)::int from error_report e
  where e.state = 'open' and greatest(e.first_seen_at, e.regressed_at) > clock_timestamp() - interval '10 minutes'
$function$;
alter function app.new_errors() owner to holdfast_system;
grant execute on function app.new_errors() to holdfast_app;

create function app.next_reach_change(nouns text[], kinds text[])
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare way record; at timestamptz; soonest timestamptz;
begin
  for way in select w.members from unnest(nouns, kinds) as n (noun, kind) join lateral app.reach_of(n.noun) w on w.kind = n.kind where w.members like 'app.%' loop
    execute format('select min(c.at) from %s_changes c where c.tenant_id = app.tenant_id() and c.member = app.user_id()', way.members) into at;
    soonest := least(soonest, at);
  end loop;
  return soonest;
end $function$;
alter function app.next_reach_change(text[],text[]) owner to holdfast_system;
grant execute on function app.next_reach_change(text[],text[]) to holdfast_app;

create function app.next_schedule_ms(names text[])
 RETURNS double precision
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$ select 1000 * extract(epoch from min(s.next_at) - clock_timestamp()) from schedule s where s.name = any (names)
    and not exists (select from schedule_pause p where p.name = s.name) $function$;
alter function app.next_schedule_ms(text[]) owner to holdfast_system;
grant execute on function app.next_schedule_ms(text[]) to holdfast_app;

create function app.note_errors(reports jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  open_max constant int := 2000;
  open_of_pages_max constant int := 500;
  settled_max constant int := 2000;
  page_route constant text := 'POST /api/v1/page-errors';
  latest_max constant int := 20;
  given record; found_id uuid; digest text; room int; lines uuid[]; known int;
begin
  for given in
    select * from jsonb_to_recordset(reports) as r (fingerprint text, kind text, message text, location text, route text, version text,
      occurrences bigint, first_at timestamptz, last_at timestamptz, line_ids uuid[], latest jsonb) order by fingerprint
  loop
    digest := given.fingerprint;
    room := case when given.route = page_route then open_of_pages_max else open_max end;
    if not exists (select from error_report where fingerprint = digest) and (select count(*) from error_report r
      where r.state = 'open' and (r.route is not distinct from page_route) = (given.route is not distinct from page_route)) >= room then
      digest := repeat('0', 64);
      given.kind := 'More kinds of errors than are listed';
      given.message := 'Resolve or ignore others to see new ones apart. Each stands in the log.';
      given.location := null;
    end if;
    -- A process of an earlier version names the latest alone.
    lines := coalesce(given.line_ids, array(select (l ->> 'line_id')::uuid from jsonb_array_elements(given.latest) as l));
    select max(l.nth) into known from unnest(lines) with ordinality as l (id, nth)
      join error_occurrence o on o.line_id = l.id join error_report e on e.id = o.report_id where e.fingerprint = digest;
    continue when known = cardinality(lines);
    if known is not null then given.occurrences := cardinality(lines) - known; end if;
    insert into error_report as e (fingerprint, kind, message, location, route, occurrences, first_seen_at, last_seen_at, first_version, last_version)
      values (digest, given.kind, given.message, given.location, given.route, given.occurrences, given.first_at, given.last_at, given.version, given.version)
      on conflict (fingerprint) do update set
        occurrences = e.occurrences + excluded.occurrences,
        message = excluded.message,
        route = coalesce(excluded.route, e.route),
        first_seen_at = least(e.first_seen_at, excluded.first_seen_at),
        last_seen_at = greatest(e.last_seen_at, excluded.last_seen_at),
        last_version = excluded.last_version,
        -- What waited on disk may be from before it was resolved.
        state = case when e.state = 'resolved' and excluded.last_seen_at > e.changed_at then 'open' else e.state end,
        regressed_at = case when e.state = 'resolved' and excluded.last_seen_at > e.changed_at then excluded.last_seen_at else e.regressed_at end
      returning id into found_id;
    insert into error_occurrence (report_id, line_id, at, workspace_id, person_id, route, request_id, trace_id, process, version, message, stack)
      select found_id, l.line_id, l.at, l.workspace_id, l.person_id, l.route, l.request_id, l.trace_id, l.process, given.version, l.message, l.stack
      from jsonb_to_recordset(given.latest) as l (line_id uuid, at timestamptz, workspace_id uuid, person_id uuid, route text, request_id text,
        trace_id text, process text, message text, stack text)
      on conflict do nothing;
    delete from error_occurrence where report_id = found_id and line_id in (select o.line_id from error_occurrence o
      where o.report_id = found_id order by o.at desc, o.line_id desc offset latest_max);
  end loop;
  delete from error_report where id in (select r.id from error_report r where r.state <> 'open' order by r.last_seen_at desc, r.id offset settled_max);
end $function$;
alter function app.note_errors(jsonb) owner to holdfast_system;
grant execute on function app.note_errors(jsonb) to holdfast_app;

create function app.note_file_reads(keys text[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  insert into file_read (storage_key, read_at) select f.storage_key, now() from file f where f.storage_key = any (keys) order by 1
  on conflict (storage_key) do update set read_at = excluded.read_at where file_read.read_at < excluded.read_at - interval '1 day'
$function$;
alter function app.note_file_reads(text[]) owner to holdfast_system;
grant execute on function app.note_file_reads(text[]) to holdfast_app;

create function app.note_operation(action text, target text, reason text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  insert into operator_action (who, action, target, reason)
  select format('%s <%s>, %s', u.name, u.email, t.name), note_operation.action, note_operation.target, note_operation.reason
  from user_account u join tenant t on t.id = u.tenant_id where u.tenant_id = app.tenant_id() and u.id = app.user_id();
end $function$;
alter function app.note_operation(text,text,text) owner to holdfast_system;
grant execute on function app.note_operation(text,text,text) to holdfast_app;

create function app.note_records_set()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if not app.is_system() then new.records_set := true; end if;
  return new;
end $function$;
grant execute on function app.note_records_set() to public;

create function app.note_rule_run(of_rule text, moment timestamp with time zone, gone bigint, gone_bytes bigint, longest integer, failed text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  insert into lifecycle_rule (name, last_at, last_rows, last_bytes, rows_total, longest_ms, error)
  values (of_rule, moment, gone, gone_bytes, gone, longest, left(failed, 2000))
  on conflict (name) do update set last_at = excluded.last_at, last_rows = excluded.last_rows, last_bytes = excluded.last_bytes,
    rows_total = lifecycle_rule.rows_total + excluded.last_rows, longest_ms = excluded.longest_ms, error = excluded.error
$function$;
alter function app.note_rule_run(text,timestamp with time zone,bigint,bigint,integer,text) owner to holdfast_system;
grant execute on function app.note_rule_run(text,timestamp with time zone,bigint,bigint,integer,text) to holdfast_app;

create function app.note_stage_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if new.stage_entered_at = old.stage_entered_at then
    new.stage_entered_at := clock_timestamp();
  end if;
  if old.status = 'open' then
    new.last_open_stage_id := old.stage_id;
  end if;
  return new;
end $function$;
grant execute on function app.note_stage_change() to public;

create function app.open_import_stage(target text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  execute format('create temporary table import_stage on commit drop as
    select null::int as row_number, null::uuid as match_id, null::text as refusal, null::text[] as unmapped, null::uuid[] as candidates, t.* from public.%I t with no data', target);
  grant select, insert, update, delete on pg_temp.import_stage to holdfast_app;
end $function$;
alter function app.open_import_stage(text) owner to holdfast_system;
grant execute on function app.open_import_stage(text) to holdfast_app;

create function app.open_schedules(declared jsonb, rows_max integer)
 RETURNS TABLE(tenant_id uuid, name text, time_zone text, next_at timestamp with time zone, last_at timestamp with time zone, is_due boolean, asked_at timestamp with time zone)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select t.id, d.name, coalesce(d.time_zone, t.time_zone), s.next_at, s.last_at, coalesce(as_declared.yes and s.next_at <= clock_timestamp(), false), clock_timestamp()
  from jsonb_to_recordset(declared) as d (name text, cron text, time_zone text, each_workspace boolean)
  join tenant t on (t.id <> '00000000-0000-0000-0000-000000000000') = d.each_workspace
  left join schedule s on s.tenant_id = t.id and s.name = d.name
  cross join lateral (select s.cron = d.cron and s.time_zone = coalesce(d.time_zone, t.time_zone) as yes) as_declared
  where (as_declared.yes is not true or s.next_at <= clock_timestamp() or s.last_at > clock_timestamp() + interval '1 minute')
    and not exists (select from schedule_pause p where p.name = d.name)
    and not exists (select from tenant_deletion g where g.of_tenant = t.id)
  order by s.next_at nulls last limit rows_max
$function$;
alter function app.open_schedules(jsonb,integer) owner to holdfast_system;
grant execute on function app.open_schedules(jsonb,integer) to holdfast_app;

create function app.operation_by()
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select format('%s <%s>, %s', u.name, u.email, t.name)
  from user_account u join tenant t on t.id = u.tenant_id where u.tenant_id = app.tenant_id() and u.id = app.user_id()
$function$;
alter function app.operation_by() owner to holdfast_system;
grant execute on function app.operation_by() to holdfast_app;

create function app.operator_actions(rows_max integer)
 RETURNS TABLE(id uuid, at timestamp with time zone, who text, action text, target text, reason text)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  return query select a.id, a.at, a.who, a.action, a.target, a.reason from operator_action a order by a.id desc limit rows_max;
end $function$;
alter function app.operator_actions(integer) owner to holdfast_system;
grant execute on function app.operator_actions(integer) to holdfast_app;

create function app.operator_confirm_orphans(reason text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare confirmed int;
begin
  perform app.refuse_unless_operator();
  update orphan_file set confirmed_at = now() where confirmed_at is null and found_at <= now() - interval '2 days';
  get diagnostics confirmed = row_count;
  if confirmed > 0 then perform app.note_operation('lifecycle.orphans', format('%s files', confirmed), reason); end if;
  return confirmed;
end $function$;
alter function app.operator_confirm_orphans(text) owner to holdfast_system;
grant execute on function app.operator_confirm_orphans(text) to holdfast_app;

create function app.operator_connections(rows_max integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare place name = app.statements_schema(); known jsonb = '{}'; answer jsonb;
begin
  perform app.refuse_unless_operator();
  begin
    if place is not null then
      execute format($q$ select coalesce(jsonb_object_agg(s.queryid::text, app.without_literals(s.query)), '{}') from (
        select queryid, min(query) as query from %I.pg_stat_statements where queryid in (
          select query_id from pg_stat_activity where datname = current_database() and state <> 'idle') group by queryid limit 200) s $q$, place) into known;
    end if;
  exception when object_not_in_prerequisite_state then known = '{}';
  end;
  select coalesce(jsonb_agg(to_jsonb(t) - 'waits' order by t.waits desc, t.transaction_seconds desc nulls last, t.pid), '[]') into answer from (
    select app.backend_id(a.pid, a.backend_start) as id, a.pid, a.application_name as application, a.usename::text as role, a.state,
      coalesce(a.wait_event_type = 'Lock', false) as waits, concat_ws(': ', a.wait_event_type, a.wait_event) as wait_event, a.pid = pg_backend_pid() as own,
      extract(epoch from clock_timestamp() - a.backend_start)::float8 as connected_seconds,
      extract(epoch from clock_timestamp() - a.xact_start)::float8 as transaction_seconds,
      extract(epoch from clock_timestamp() - a.state_change)::float8 as state_seconds,
      coalesce(left(known ->> a.query_id::text, 2000), upper(substring(a.query from '^\s*([A-Za-z]{1,20})\M'))) as statement,
      case when a.wait_event_type = 'Lock' then to_jsonb(pg_blocking_pids(a.pid)) else '[]' end as blocked_by,
      (select concat_ws(' ', l.relation::regclass::text, l.mode) from pg_locks l where l.pid = a.pid and not l.granted limit 1) as wanted
    from pg_stat_activity a where a.datname = current_database() and a.backend_type = 'client backend'
    order by (a.wait_event_type = 'Lock') is true desc, a.xact_start nulls last limit rows_max) t;
  return answer;
end $function$;
grant execute on function app.operator_connections(integer) to holdfast_app;

create function app.operator_database()
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  return (select jsonb_build_object(
    'version', current_setting('server_version'), 'started_at', pg_postmaster_start_time(), 'stats_since', d.stats_reset,
    'bytes', pg_database_size(d.datname), 'hit_ratio', round(d.blks_hit / nullif(d.blks_hit + d.blks_read, 0)::numeric, 4),
    'connections', (select sum(numbackends) from pg_stat_database), 'connections_max', current_setting('max_connections')::int,
    'transaction_age', (select age(datfrozenxid) from pg_database where oid = d.datid),
    'transaction_age_max', current_setting('autovacuum_freeze_max_age')::bigint,
    'deadlocks', d.deadlocks, 'role', current_user,
    'may_read_all', pg_has_role(current_user, 'pg_read_all_stats', 'usage'),
    'may_end', pg_has_role(current_user, 'pg_signal_backend', 'usage'))
  from pg_stat_database d where d.datname = current_database());
end $function$;
grant execute on function app.operator_database() to holdfast_app;

create function app.operator_end(id text, close boolean, reason text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare found_pid int; what text;
begin
  perform app.refuse_unless_operator();
  select a.pid, format('%s %s', a.pid, a.application_name) into found_pid, what from pg_stat_activity a
    where a.datname = current_database() and a.backend_type = 'client backend' and a.pid <> pg_backend_pid() and app.backend_id(a.pid, a.backend_start) = id;
  if found_pid is null then return false; end if;
  perform app.note_operation(case when close then 'connection.close' else 'connection.cancel' end, left(what, 500), reason);
  return case when close then pg_terminate_backend(found_pid) else pg_cancel_backend(found_pid) end;
end $function$;
grant execute on function app.operator_end(text,boolean,text) to holdfast_app;

create function app.operator_enqueue(job_kind text, reason text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.note_operation('job.enqueue', job_kind, reason);
  insert into job (tenant_id, kind, payload, state, attempts_max, dedupe_key)
  values ('00000000-0000-0000-0000-000000000000', job_kind, '{}', 'ready', 1, job_kind)
  on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing;
end $function$;
alter function app.operator_enqueue(text,text) owner to holdfast_system;
grant execute on function app.operator_enqueue(text,text) to holdfast_app;

create function app.operator_grant(workspace text, email text, reason text)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select app.grant_operator(workspace, email, reason) is not null
$function$;
alter function app.operator_grant(text,text,text) owner to holdfast_system;
grant execute on function app.operator_grant(text,text,text) to holdfast_app;

create function app.operator_indexes(rows_max integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  return (with leaf as (
    select coalesce(pg_partition_root(i.indexrelid), i.indexrelid) as root, coalesce(pg_partition_root(i.indrelid), i.indrelid) as root_table,
      i.indrelid, i.indexrelid, i.indisvalid, i.indisunique or i.indisprimary or i.indisexclusion as enforces, pg_relation_size(i.indexrelid) as bytes, s.idx_scan,
      first_value(i.indexrelid) over (partition by i.indrelid, i.indkey::text, i.indclass::text, i.indcollation::text, i.indoption::text, am.amname,
        coalesce(pg_get_expr(i.indexprs, i.indrelid), ''), coalesce(pg_get_expr(i.indpred, i.indrelid), '')
        order by i.indisunique or i.indisprimary or i.indisexclusion desc, i.indexrelid) as first
    from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am am on am.oid = c.relam left join pg_stat_all_indexes s on s.indexrelid = i.indexrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'i'
      and not exists (select from pg_locks l where l.relation in (i.indrelid, i.indexrelid) and l.mode = 'AccessExclusiveLock')
  ), of_root as (
    select root::regclass::text as name, root_table::regclass::text as table, sum(bytes) as bytes,
      case when not bool_and(indisvalid) then 'invalid' when bool_or(first <> indexrelid) then 'duplicate' else 'unused' end as problem,
      min(case when first <> indexrelid then coalesce(pg_partition_root(first), first)::regclass::text end) as same_as,
      coalesce(sum(idx_scan), 0) as scans
    from leaf group by root, root_table
    having not bool_and(indisvalid) or bool_or(first <> indexrelid) or (not bool_or(enforces) and coalesce(sum(idx_scan), 0) = 0))
  select coalesce(jsonb_agg(to_jsonb(t) order by t.place, t.bytes desc), '[]')
  from (select *, array_position('{invalid,duplicate,unused}', problem) as place from of_root order by place, bytes desc limit rows_max) t);
end $function$;
grant execute on function app.operator_indexes(integer) to holdfast_app;

create function app.operator_job_counts()
 RETURNS TABLE(ready integer, running integer, failed integer, in_doubt integer)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  return query select
    (select count(*)::int from (select from job j where j.state = 'ready' limit 10000) as counted),
    (select count(*)::int from (select from job j where j.state = 'running' limit 10000) as counted),
    (select count(*)::int from (select from job j where j.state = 'failed' limit 10000) as counted),
    (select count(*)::int from (select from job j where j.state = 'in_doubt' limit 10000) as counted);
end $function$;
alter function app.operator_job_counts() owner to holdfast_system;
grant execute on function app.operator_job_counts() to holdfast_app;

create function app.operator_jobs(rows_max integer)
 RETURNS TABLE(workspace text, id uuid, kind text, state text, attempts integer, attempts_max integer, error text, run_at timestamp with time zone, started_at timestamp with time zone, finished_at timestamp with time zone)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  return query select t.name, j.id, j.kind, j.state, j.attempts, j.attempts_max, j.error, j.run_at, j.started_at, j.finished_at
    from (
      (select * from job f where f.state = 'in_doubt' limit rows_max)
      union all (select * from job f where f.state = 'failed' order by f.finished_at desc limit rows_max)
      union all (select * from job f where f.state = 'running' limit rows_max)
    ) j join tenant t on t.id = j.tenant_id;
end $function$;
alter function app.operator_jobs(integer) owner to holdfast_system;
grant execute on function app.operator_jobs(integer) to holdfast_app;

create function app.operator_pause_schedule(schedule_name text, reason text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  insert into schedule_pause (name, paused_by, reason) values (schedule_name, left(app.operation_by(), 500), operator_pause_schedule.reason) on conflict do nothing;
  if not found then return false; end if;
  perform app.note_operation('schedule.pause', schedule_name, reason);
  return true;
end $function$;
alter function app.operator_pause_schedule(text,text) owner to holdfast_system;
grant execute on function app.operator_pause_schedule(text,text) to holdfast_app;

create function app.operator_processes()
 RETURNS TABLE(id uuid, host text, pid integer, role text, version text, commit text, node_version text, address text, started_at timestamp with time zone, seen_at timestamp with time zone, silent_seconds double precision, memory_bytes double precision, settings jsonb, unread jsonb)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  return query select * from app.processes_seen();
end $function$;
alter function app.operator_processes() owner to holdfast_system;
grant execute on function app.operator_processes() to holdfast_app;

create function app.operator_replication(rows_max integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  return jsonb_build_object(
    'slots', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
      select s.slot_name as name, s.slot_type as type, s.active, s.wal_status, to_jsonb(s) ->> 'inactive_since' as inactive_since,
        case when not pg_is_in_recovery() then pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn)::bigint end as kept_bytes
      from pg_replication_slots s order by s.slot_name limit rows_max) t),
    'replicas', (select coalesce(jsonb_agg(to_jsonb(t)), '[]') from (
      select r.application_name as name, r.state, r.sync_state, extract(epoch from r.replay_lag)::float8 as lag_seconds
      from pg_stat_replication r order by r.application_name limit rows_max) t));
end $function$;
grant execute on function app.operator_replication(integer) to holdfast_app;

create function app.operator_resume_schedule(schedule_name text, reason text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  delete from schedule_pause where name = schedule_name;
  if not found then return false; end if;
  perform app.note_operation('schedule.resume', schedule_name, reason);
  return true;
end $function$;
alter function app.operator_resume_schedule(text,text) owner to holdfast_system;
grant execute on function app.operator_resume_schedule(text,text) to holdfast_app;

create function app.operator_retry(job_id uuid, reason text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare found_kind text; workspace text;
begin
  perform app.refuse_unless_operator();
  update job j set state = 'ready', attempts = 0, run_at = now(), error = null, progress = null, cancel_requested = false, finished_at = null
    from tenant t where t.id = j.tenant_id and j.id = job_id and j.state in ('failed', 'in_doubt') returning j.kind, t.name into found_kind, workspace;
  if found then perform app.note_operation('job.retry', format('%s %s, %s', found_kind, job_id, workspace), reason); end if;
  return found_kind;
end $function$;
alter function app.operator_retry(uuid,text) owner to holdfast_system;
grant execute on function app.operator_retry(uuid,text) to holdfast_app;

create function app.operator_return(of_source text, since timestamp with time zone, days integer, reason text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  if not exists (select from lifecycle_archive a where a.source = of_source and a.first_at = since and a.state = 'archived') then return false; end if;
  perform app.note_operation('lifecycle.return', format('%s %s', of_source, to_char(since at time zone 'UTC', 'YYYY-MM')), reason);
  insert into job (tenant_id, kind, payload, state, attempts_max, dedupe_key)
  values ('00000000-0000-0000-0000-000000000000', 'lifecycle.return', jsonb_build_object('source', of_source, 'first_at', since, 'days', days),
    'ready', 3, format('%s %s', of_source, since))
  on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing;
  return true;
end $function$;
alter function app.operator_return(text,timestamp with time zone,integer,text) owner to holdfast_system;
grant execute on function app.operator_return(text,timestamp with time zone,integer,text) to holdfast_app;

create function app.operator_revoke(of_tenant uuid, of_user uuid, reason text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare label text;
begin
  perform app.refuse_unless_operator();
  -- Two who remove each other at once wait for each other here.
  lock table operator in share row exclusive mode;
  perform app.refuse_unless_operator();
  select format('%s <%s>, %s', u.name, u.email, t.name) into label from operator o
    join user_account u on u.tenant_id = o.tenant_id and u.id = o.user_id join tenant t on t.id = o.tenant_id where o.tenant_id = of_tenant and o.user_id = of_user;
  if label is null then return 'none'; end if;
  if not exists (select from operator o join user_account u on u.tenant_id = o.tenant_id and u.id = o.user_id
      where (o.tenant_id, o.user_id) <> (of_tenant, of_user) and app.has_access(u.status, u.access_until)) then return 'last'; end if;
  perform app.note_operation('operator.revoke', left(label, 500), reason);
  delete from operator o where o.tenant_id = of_tenant and o.user_id = of_user;
  perform app.signal_operator(of_tenant, of_user);
  return 'done';
end $function$;
alter function app.operator_revoke(uuid,uuid,text) owner to holdfast_system;
grant execute on function app.operator_revoke(uuid,uuid,text) to holdfast_app;

create function app.operator_run_schedule(schedule_name text, job_kind text, job_payload jsonb, job_key text, reason text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare planned int;
begin
  perform app.refuse_unless_operator();
  with held as materialized (select s.tenant_id, s.last_at from schedule s where s.name = schedule_name order by s.tenant_id for update),
  queued as (
    insert into job (tenant_id, kind, payload, dedupe_key)
    select h.tenant_id, job_kind, job_payload || jsonb_build_object('previous_at', h.last_at), job_key from held h
    on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing
    returning job.tenant_id, job.id
  ),
  noted as (
    update schedule s set last_at = clock_timestamp(), job_id = q.id from queued q where s.tenant_id = q.tenant_id and s.name = schedule_name
  )
  select count(*) from held into planned;
  if planned > 0 then perform app.note_operation('schedule.run', schedule_name, reason); end if;
  return planned;
end $function$;
alter function app.operator_run_schedule(text,text,jsonb,text,text) owner to holdfast_system;
grant execute on function app.operator_run_schedule(text,text,jsonb,text,text) to holdfast_app;

create function app.operator_schedules(names text[])
 RETURNS TABLE(name text, cron text, time_zone text, rows_planned integer, next_at timestamp with time zone, last_at timestamp with time zone, failed integer, state text, started_at timestamp with time zone, finished_at timestamp with time zone, error text, paused_at timestamp with time zone, paused_by text, pause_reason text)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  return query select n.name, a.cron, a.time_zone, a.rows_planned, a.next_at, a.last_at, a.failed, l.state, l.started_at, l.finished_at, l.error,
      p.paused_at, p.paused_by, p.reason
    from unnest(names) as n (name)
    cross join lateral (select min(s.cron) as cron, case when min(s.time_zone) = max(s.time_zone) then min(s.time_zone) end as time_zone,
        count(*)::int as rows_planned, min(s.next_at) as next_at, max(s.last_at) as last_at, (count(*) filter (where j.state in ('failed', 'in_doubt')))::int as failed
      from schedule s left join job j on j.tenant_id = s.tenant_id and j.id = s.job_id where s.name = n.name) a
    left join lateral (select j.state, j.started_at, j.finished_at, j.error from schedule s join job j on j.tenant_id = s.tenant_id and j.id = s.job_id
      where s.name = n.name order by j.created_at desc limit 1) l on true
    left join schedule_pause p on p.name = n.name;
end $function$;
alter function app.operator_schedules(text[]) owner to holdfast_system;
grant execute on function app.operator_schedules(text[]) to holdfast_app;

create function app.operator_statement(id bigint)
 RETURNS text
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare place name = app.statements_schema(); answer text;
begin
  perform app.refuse_unless_operator();
  if place is null then return null; end if;
  execute format($q$ select query from %I.pg_stat_statements where queryid = $1
    and dbid = (select oid from pg_database where datname = current_database())
    and query ~* '^\s*(select|insert|update|delete|merge|with)\M' and query !~ '''|;' limit 1 $q$, place) into answer using id;
  return answer;
end $function$;
grant execute on function app.operator_statement(bigint) to holdfast_app;

create function app.operator_statements(rows_max integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare place name = app.statements_schema(); answer jsonb;
begin
  perform app.refuse_unless_operator();
  if place is null then return '{"state": "missing", "data": []}'; end if;
  execute format($q$
    with counted as (
      select queryid, app.without_literals(min(query)) as statement, sum(calls) as calls, sum(total_exec_time) as total_ms, max(max_exec_time) as max_ms,
        sum(rows) as rows, sqrt(sum(calls * stddev_exec_time ^ 2) / sum(calls)) as deviation_ms
      from %I.pg_stat_statements where dbid = (select oid from pg_database where datname = current_database()) and calls > 0 and queryid is not null group by queryid),
    top as (
      select queryid::text as id, left(statement, 2000) as statement, calls, total_ms, total_ms / calls as mean_ms,
        least(max_ms, total_ms / calls + 1.645 * deviation_ms) as slow_ms, max_ms, rows,
        total_ms / nullif(sum(total_ms) over (), 0) as share from counted order by total_ms desc limit $1)
    select jsonb_build_object('state', 'read', 'data', coalesce(jsonb_agg(to_jsonb(t) order by t.total_ms desc), '[]')) from top t $q$, place)
  into answer using rows_max;
  return answer;
exception when object_not_in_prerequisite_state then return '{"state": "not_loaded", "data": []}';
end $function$;
grant execute on function app.operator_statements(integer) to holdfast_app;

create function app.operator_tables(rows_max integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  return (with leaf as (
    select coalesce(pg_partition_root(c.oid), c.oid) as root, c.oid, c.relispartition, c.reltuples, pg_table_size(c.oid) as table_bytes,
      pg_indexes_size(c.oid) as index_bytes, pg_relation_size(c.oid) as heap_bytes,
      (select sum(w.avg_width * (1 - w.null_frac)) from pg_stats w where w.schemaname = 'public' and w.tablename = c.relname and not w.inherited) as row_bytes,
      s.n_live_tup, s.n_dead_tup, s.n_mod_since_analyze, greatest(s.last_vacuum, s.last_autovacuum) as vacuumed_at,
      greatest(s.last_analyze, s.last_autoanalyze) as analyzed_at
    from pg_class c left join pg_stat_all_tables s on s.relid = c.oid
    where c.relkind in ('r', 'm') and c.relnamespace = 'public'::regnamespace
      -- To ask for the size of a table is to wait for whoever has it for themselves.
      and not exists (select from pg_locks l where l.relation = c.oid and l.mode = 'AccessExclusiveLock')
  ), of_root as (
    select root::regclass::text as name, sum(table_bytes + index_bytes) as bytes, sum(index_bytes) as index_bytes, count(*) filter (where relispartition) as partitions,
      sum(greatest(n_live_tup, reltuples, 0)) as rows, sum(n_dead_tup) as dead_rows, sum(n_mod_since_analyze) as changed_rows,
      max(vacuumed_at) as vacuumed_at, max(analyzed_at) as analyzed_at,
      sum(case when row_bytes is not null and reltuples > 0
        then greatest(0, heap_bytes - ceil(reltuples * (28 + row_bytes) / 8168) * 8192) end)::bigint as unused_bytes
    from leaf group by root order by 2 desc limit rows_max)
  select coalesce(jsonb_agg(to_jsonb(t) order by t.bytes desc), '[]') from of_root t);
end $function$;
grant execute on function app.operator_tables(integer) to holdfast_app;

create function app.operator_vacuum(table_name text, reason text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  if not exists (select from pg_class c where c.relname = table_name and c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm')) then return false; end if;
  perform app.note_operation('database.vacuum', table_name, reason);
  insert into job (tenant_id, kind, payload, state, attempts_max, dedupe_key)
  values ('00000000-0000-0000-0000-000000000000', 'database.vacuum', jsonb_build_object('table', table_name), 'ready', 1, table_name)
  on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing;
  return true;
end $function$;
alter function app.operator_vacuum(text,text) owner to holdfast_system;
grant execute on function app.operator_vacuum(text,text) to holdfast_app;

create function app.operators()
 RETURNS TABLE(tenant_id uuid, user_id uuid, name text, email text, workspace text, granted_at timestamp with time zone, granted_by text)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  perform app.refuse_unless_operator();
  return query select o.tenant_id, o.user_id, u.name, u.email, t.name, o.granted_at, o.granted_by
    from operator o join user_account u on u.tenant_id = o.tenant_id and u.id = o.user_id join tenant t on t.id = o.tenant_id
    order by o.granted_at limit 200;
end $function$;
alter function app.operators() owner to holdfast_system;
grant execute on function app.operators() to holdfast_app;

create function app.owner_column(resource text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case
    when resource in ('file', 'import', 'export', 'examiner_export') then 'created_by'
    when resource in ('api_key') then 'user_id'
    when resource in ('saved_view', 'dashboard_mailing', 'contact', 'company', 'deal', 'dashboard', 'household') then 'owner_id'
    when resource in ('note', 'comment', 'activity') then 'author_id'
    when resource in ('task') then 'assignee_id'
  end
$function$;
grant execute on function app.owner_column(text) to public;

create function app.past_files(moment timestamp with time zone, after text, rows_max integer)
 RETURNS TABLE(tenant_id uuid, id uuid, bytes double precision, place text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select u.tenant_id, u.id, u.size_bytes::float8, u.storage_key from app.unused_files(moment) u
  where u.storage_key > after and not app.is_held('files', u.tenant_id, u.created_at, u.created_at)
  order by u.storage_key limit rows_max
$function$;
alter function app.past_files(timestamp with time zone,text,integer) owner to holdfast_system;
grant execute on function app.past_files(timestamp with time zone,text,integer) to holdfast_app;

create function app.past_log(days integer, moment timestamp with time zone DEFAULT now())
 RETURNS SETOF regclass
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select i.inhrelid::regclass from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'public.log_line'::regclass and to_date(substr(c.relname, 10), 'YYYY_MM_DD') < (moment at time zone 'UTC')::date - days
  order by c.relname
$function$;
grant execute on function app.past_log(integer,timestamp with time zone) to holdfast_system;

create function app.past_rows(of_rule text, of_step integer, moment timestamp with time zone, days integer, rows_max integer)
 RETURNS SETOF text
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare s record;
begin
  select * into strict s from app.deletion_steps() d where d.rule = of_rule and d.step = of_step;
  return query execute format('select t.ctid::text from public.%I t where %s and not app.is_held($2, %s, coalesce(%s, $1), coalesce(%4$s, $1)) limit $3',
    s.relation, s.is_past, s.tenant, s.at) using moment - make_interval(days => days), of_rule, rows_max;
end $function$;
alter function app.past_rows(text,integer,timestamp with time zone,integer,integer) owner to holdfast_system;
grant execute on function app.past_rows(text,integer,timestamp with time zone,integer,integer) to holdfast_app;

create function app.past_trash(moment timestamp with time zone, days integer, rows_max integer)
 RETURNS TABLE(relation text, tenant_id uuid, id uuid, bytes integer, held boolean)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare trashed text; workspace uuid;
begin
  for workspace in select w.id from tenant w loop
    foreach trashed in array app.trashable_tables() loop
      return query execute format('select %1$L, t.tenant_id, t.id, pg_column_size(t), app.is_held(''trash'', t.tenant_id, t.deleted_at, t.deleted_at)
        from public.%1$I t where t.tenant_id = $1 and t.deleted_at < $2 order by t.deleted_at, t.id limit $3', trashed)
        using workspace, moment - make_interval(days => days), rows_max;
    end loop;
  end loop;
end $function$;
alter function app.past_trash(timestamp with time zone,integer,integer) owner to holdfast_system;
grant execute on function app.past_trash(timestamp with time zone,integer,integer) to holdfast_app;

create function app.pause_deletion(moment timestamp with time zone, leap_days integer, hours integer)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  last constant timestamptz := (select r.last_at from lifecycle_rule r where r.name = 'trash');
  begun timestamptz := (select r.last_at from lifecycle_rule r where r.name = 'pause');
begin
  if last is null or moment <= last + make_interval(days => leap_days) then
    update lifecycle_rule r set last_at = moment where r.name = 'pause' and r.last_at > moment;
    return null;
  end if;
  if begun is null or begun <= last or begun > moment then
    perform app.note_rule_run('pause', moment, 0, 0, 0, null);
    begun := moment;
  end if;
  return case when moment < begun + make_interval(hours => hours) then begun + make_interval(hours => hours) end;
end $function$;
alter function app.pause_deletion(timestamp with time zone,integer,integer) owner to holdfast_system;
grant execute on function app.pause_deletion(timestamp with time zone,integer,integer) to holdfast_app;

create function app.paused_schedules()
 RETURNS TABLE(name text, paused_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$ select p.name, p.paused_at from schedule_pause p order by p.paused_at limit 100 $function$;
alter function app.paused_schedules() owner to holdfast_system;
grant execute on function app.paused_schedules() to holdfast_app;

create function app.period(name text)
 RETURNS daterange
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  today constant date := (now() at time zone app.user_zone())::date;
  word constant text := split_part(name, '_', 1);
  rest constant text := split_part(name, '_', 2);
  unit interval;
  first_day date;
begin
  if name = 'today' then return daterange(today, today + 1); end if;
  if name = 'yesterday' then return daterange(today - 1, today); end if;
  if name = 'tomorrow' then return daterange(today + 1, today + 2); end if;
  if rest ~ '^[0-9]+$' then
    return case word when 'last' then daterange(today - rest::int + 1, today + 1) else daterange(today, today + rest::int) end;
  end if;
  unit := case rest when 'quarter' then interval '3 months' else ('1 ' || rest)::interval end;
  first_day := (date_trunc(rest, today::timestamp) + case word when 'last' then -unit when 'next' then unit else interval '0' end)::date;
  return daterange(first_day, (first_day + unit)::date);
end $function$;
grant execute on function app.period(text) to public;

create function app.person_name(given text, family text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
declare letters constant text := coalesce(family, '') || coalesce(given, '');
begin
  return nullif(case when octet_length(letters) > length(letters) and letters ~ '^[\u2e80-\u9fff\uac00-\ud7af]+$' then letters
    else trim(coalesce(given, '') || ' ' || coalesce(family, '')) end, '');
end $function$;
grant execute on function app.person_name(text,text) to public;

create function app.person_search_text(given text, family text, email text, other_emails jsonb, phone text, other_phones jsonb, middle text, suffix text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
declare
  names constant text := coalesce(app.person_name(given, family) || ' ', '') || coalesce(middle || ' ', '') || coalesce(suffix || ' ', '');
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
  return app.searchable(names) || app.fold(keys) || coalesce(regexp_replace(phone, '[^0-9]', '', 'g'), '');
end $function$;
grant execute on function app.person_search_text(text,text,text,jsonb,text,jsonb,text,text) to public;

create function app.phone_key(phone text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when length(d) >= 6 then right(d, 9) end from regexp_replace(phone, '[^0-9]', '', 'g') d
$function$;
grant execute on function app.phone_key(text) to public;

create function app.plan_identity_check()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.restores_archive() then return new; end if;
  new.kyc_due_on := new.kyc_checked_on + make_interval(years => case new.risk_class when 'low' then 5 when 'medium' then 3 else 1 end);
  return new;
end $function$;
alter function app.plan_identity_check() owner to holdfast_system;

create function app.plan_review()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.restores_archive() or new.review_months is null then return new; end if;
  if tg_op = 'INSERT' then
    if new.next_review_on is not null then return new; end if;
  elsif new.next_review_on is distinct from old.next_review_on or (new.last_review_on is not distinct from old.last_review_on
    and new.review_months is not distinct from old.review_months) then return new;
  end if;
  new.next_review_on := coalesce(new.last_review_on, new.created_at::date) + make_interval(months => new.review_months);
  return new;
end $function$;
alter function app.plan_review() owner to holdfast_system;

create function app.postpone_feed(consumer_name text, seconds double precision)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  update feed_cursor set not_before = clock_timestamp() + make_interval(secs => seconds), served_at = clock_timestamp()
  where tenant_id = app.tenant_id() and consumer = consumer_name
$function$;
alter function app.postpone_feed(text,double precision) owner to holdfast_system;
grant execute on function app.postpone_feed(text,double precision) to holdfast_app;

create function app.processes_seen()
 RETURNS TABLE(id uuid, host text, pid integer, role text, version text, commit text, node_version text, address text, started_at timestamp with time zone, seen_at timestamp with time zone, silent_seconds double precision, memory_bytes double precision, settings jsonb, unread jsonb)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select p.id, p.host, p.pid, p.role, p.version, p.commit, p.node_version, p.address, p.started_at, p.seen_at,
    extract(epoch from clock_timestamp() - p.seen_at)::double precision, p.memory_bytes::double precision, p.settings, p.unread
  from process p where p.seen_at > clock_timestamp() - interval '10 minutes' order by p.role, p.host, p.started_at limit 200
$function$;
alter function app.processes_seen() owner to holdfast_system;
grant execute on function app.processes_seen() to holdfast_app;

create function app.protect_operator_provider()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if current_setting('app.actor_kind', true) not in ('user', 'api_key') then return coalesce(new, old); end if;
  if tg_op = 'INSERT' then
    new.by_operator := app.is_operator();
    return new;
  end if;
  if old.by_operator and not app.is_operator() then
    raise insufficient_privilege using message = 'Only operators of the installation change a provider that one of them made';
  end if;
  if tg_op = 'DELETE' then return old; end if;
  new.by_operator := old.by_operator;
  return new;
end $function$;
grant execute on function app.protect_operator_provider() to public;

create function app.provider_refuses(provider uuid, person uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select exists (select from operator o where o.tenant_id = app.tenant_id() and o.user_id = person)
    and not exists (select from sign_in_provider p where p.tenant_id = app.tenant_id() and p.id = provider and p.by_operator)
$function$;
alter function app.provider_refuses(uuid,uuid) owner to holdfast_system;
grant execute on function app.provider_refuses(uuid,uuid) to holdfast_app;

create function app.purge_errors(days integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare gone int;
begin
  delete from error_report where id = any (array(select id from error_report
    where last_seen_at < now() - make_interval(days => purge_errors.days) limit 500));
  get diagnostics gone = row_count;
  return gone;
end $function$;
alter function app.purge_errors(integer) owner to holdfast_system;
grant execute on function app.purge_errors(integer) to holdfast_app;

create function app.purge_history(days integer, rows_max integer DEFAULT 10000)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare gone int;
begin
  delete from record_history where ctid = any (array(
    select ctid from record_history where at < now() - make_interval(days => purge_history.days) limit rows_max));
  get diagnostics gone = row_count;
  return gone;
end $function$;
alter function app.purge_history(integer,integer) owner to holdfast_system;
grant execute on function app.purge_history(integer,integer) to holdfast_app;

create function app.purge_log(days integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
 SET lock_timeout TO '100ms'
AS $function$
declare past regclass;
begin
  if days < 1 then raise exception 'The log is kept for a day at least'; end if;
  select p into past from app.past_log(days) p limit 1;
  if past is null then return 0; end if;
  execute format('drop table %s', past);
  return 1;
end $function$;
grant execute on function app.purge_log(integer) to holdfast_app;

create function app.purge_notifications(days integer, rows_max integer DEFAULT 10000)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare gone int;
begin
  delete from notification where ctid = any (array(select ctid from notification
    where created_at < now() - make_interval(days => purge_notifications.days) limit rows_max));
  get diagnostics gone = row_count;
  return gone;
end $function$;
alter function app.purge_notifications(integer,integer) owner to holdfast_system;
grant execute on function app.purge_notifications(integer,integer) to holdfast_app;

create function app.put_values(value jsonb, flat jsonb)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select value
    || coalesce((select jsonb_object_agg(f.key, f.value) from jsonb_each(flat) f where f.key not like 'custom.%'), '{}')
    || coalesce((select jsonb_build_object('custom', jsonb_strip_nulls((value -> 'custom') || c.given))
      from (select jsonb_object_agg(substr(f.key, 8), f.value) as given from jsonb_each(flat) f where f.key like 'custom.%') c
      where c.given is not null), '{}')
$function$;
grant execute on function app.put_values(jsonb,jsonb) to public;

create function app.reach_gained(team uuid, people uuid[])
 RETURNS TABLE(rights jsonb, reached uuid[])
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  with everybody as (
    select m.user_id from team_member m where m.tenant_id = app.tenant_id() and m.team_id = team
    union select unnest(people)
  ), gain as (
    select gainer.user_id as gainer, array_agg(other.user_id) as reached from everybody gainer join everybody other
      on other.user_id <> gainer.user_id and (other.user_id = any (people) or gainer.user_id = any (people))
    where exists (select from user_role ur join role r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
        where ur.tenant_id = app.tenant_id() and ur.user_id = gainer.user_id and r.rights::text like '%team%')
      and not exists (select from team_member a join team_member b on b.tenant_id = a.tenant_id and b.team_id = a.team_id
        where a.tenant_id = app.tenant_id() and a.user_id = gainer.user_id and b.user_id = other.user_id)
    group by gainer.user_id
  )
  select app.rights_of_user(app.tenant_id(), g.gainer), g.reached from gain g
$function$;
alter function app.reach_gained(uuid,uuid[]) owner to holdfast_system;
grant execute on function app.reach_gained(uuid,uuid[]) to holdfast_app;

create function app.reach_of(of_resource text)
 RETURNS TABLE(kind text, of_column text, members text, member text, of_group text)
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select v.kind, v.of_column, v.members, v.member, v.of_group from (values
    ('contact', 'household', 'id', 'app.contact_by_household', 'member', 'of_group'),
    ('household', 'household', 'id', 'app.household_by_household', 'member', 'of_group'),
    ('household_adviser', 'household', 'household_id', 'app.household_adviser_by_household', 'member', 'of_group'),
    ('household_member', 'household', 'household_id', 'app.household_member_by_household', 'member', 'of_group'),
    ('legal_entity', 'household', 'household_id', 'app.legal_entity_by_household', 'member', 'of_group'),
    ('relationship', 'household', 'household_id', 'app.relationship_by_household', 'member', 'of_group'),
    ('financial_account', 'household', 'household_id', 'app.financial_account_by_household', 'member', 'of_group'),
    ('document', 'household', 'household_id', 'app.document_by_household', 'member', 'of_group'),
    ('communication', 'household', 'household_id', 'app.communication_by_household', 'member', 'of_group'),
    ('goal', 'household', 'household_id', 'app.goal_by_household', 'member', 'of_group'),
    ('suitability_profile', 'household', 'household_id', 'app.suitability_profile_by_household', 'member', 'of_group'),
    ('client_review', 'household', 'household_id', 'app.client_review_by_household', 'member', 'of_group')
  ) v (resource, kind, of_column, members, member, of_group) where v.resource = of_resource
$function$;
grant execute on function app.reach_of(text) to public;

create function app.reached_condition(noun text, alias text)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select '(' || concat_ws(' or ', 'false',
    case when app.owner_column(noun) is not null then
      format('%s.%I = any ((select app.scope_owners(%L, ''read''))::uuid[])', alias, app.owner_column(noun), app.right_of(noun)) end,
    (select string_agg(format('%s.%I = any ((select app.scope_groups(%L, ''read'', %L, %L))::uuid[])', alias, w.of_column, app.right_of(noun), noun, w.kind), ' or ')
      from app.reach_of(noun) w),
    case when app.mixed_scope(app.right_of(noun), 'read') is not null then
      format('app.scope_met(%L, %s)', app.mixed_scope(app.right_of(noun), 'read'), replace(app.kinds_held(noun, 'app.user_id()'), 'r.', alias || '.')) end) || ')'
$function$;
alter function app.reached_condition(text,text) owner to holdfast_system;

create function app.reached_ids(noun text)
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare found uuid[];
begin
  if app.scope(app.right_of(noun), 'read') in ('all', 'none') or not exists (select from app.reach_of(noun)) then return '{}'; end if;
  execute format('select array(select r.id from public.%I r where r.tenant_id = app.tenant_id() and %s)', noun, app.reached_condition(noun, 'r')) into found;
  return found;
end $function$;
alter function app.reached_ids(text) owner to holdfast_system;

create function app.read_elsewhere(file_id uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select exists (select from file f where f.tenant_id = app.tenant_id() and f.id = read_elsewhere.file_id and (f.kind in ('export', 'mail')
    or f.created_by is distinct from app.user_id()
      and exists (select from import_file i where i.tenant_id = f.tenant_id and i.file_id = f.id)))
$function$;
alter function app.read_elsewhere(uuid) owner to holdfast_system;
grant execute on function app.read_elsewhere(uuid) to holdfast_app;

create function app.readers_of(noun text, records uuid[], people uuid[])
 RETURNS TABLE(record_id uuid, user_id uuid)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.right_of(noun) is null or app.hangs_on_records(noun) then raise exception 'Nothing says who reads a %', noun; end if;
  return query execute format('
    with pair as materialized (select distinct p.record_id, p.user_id from unnest($1, $2) as p (record_id, user_id)),
    person as materialized (
      select u.id, bool_or(g.rights ? ''*'') as everything, array_agg(g.rights #>> ''{%1$s,read}'') as scopes
      from user_account u join user_role h on h.tenant_id = u.tenant_id and h.user_id = u.id
      join role g on g.tenant_id = h.tenant_id and g.id = h.role_id
      where u.tenant_id = app.tenant_id() and app.has_access(u.status, u.access_until) and u.id in (select p.user_id from pair p)
      group by u.id
    )
    select r.id, p.id from pair join person p on p.id = pair.user_id
    join public.%2$I r on r.tenant_id = app.tenant_id() and r.id = pair.record_id and r.deleted_at is null
    where p.everything or ''all'' = any (p.scopes) or exists (select from unnest(p.scopes) as k (scope) where app.scope_met(k.scope, %3$s))',
    app.right_of(noun), noun, app.kinds_held(noun, 'p.id')) using records, people;
end $function$;
alter function app.readers_of(text,uuid[],uuid[]) owner to holdfast_system;
grant execute on function app.readers_of(text,uuid[],uuid[]) to holdfast_app;

create function app.reads_every_subject(ids uuid[])
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
declare one uuid;
begin
  foreach one in array ids loop
    if not app.reads_subject(one) then return false; end if;
  end loop;
  return true;
end $function$;
grant execute on function app.reads_every_subject(uuid[]) to public;

create function app.reads_history(noun text, record uuid, before jsonb, after jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  tab constant text := case noun when 'user' then 'user_account' else noun end;
  named constant jsonb := coalesce(before, '{}') || coalesce(after, '{}');
  found boolean; parents uuid[];
begin
  if app.hangs_on_records(noun) then
    if app.sees_all_subjects() and app.full_scope(app.right_of(noun), 'read') is not null then return true; end if;
  elsif app.full_scope(app.right_of(noun), 'read') is not null and (not app.may_be_private(noun) or app.is_system()) then
    return true;
  end if;
  if record is null or (select count(*) from pg_attribute where attrelid = to_regclass('public.' || quote_ident(tab)) and attname in ('id', 'tenant_id')) < 2 then
    return app.some_scope('audit', 'read') <> 'none';
  end if;
  execute format('select exists (select from public.%I r where r.tenant_id = app.tenant_id() and r.id = $1)', tab) into found using record;
  if not found and app.may_be_private(noun) then
    if named ? 'dashboard_id' then
      return exists (select from public.dashboard d where d.tenant_id = app.tenant_id() and d.id = (named ->> 'dashboard_id')::uuid)
        or app.saw_dashboard((named ->> 'dashboard_id')::uuid);
    end if;
    return coalesce((named ->> app.owner_column(noun))::uuid = app.user_id() or (named ->> 'shared')::boolean, false);
  end if;
  if found or app.owner_column(noun) is not null or not app.hangs_on_records(noun) then return found; end if;
  if named ? 'records' then return app.reads_some_subject(array(select r::uuid from jsonb_array_elements_text(named -> 'records') r)); end if;
  -- What is part of a record, and what was attached to records before they were named together, has a column for each.
  parents := array_remove(array[named ->> 'contact_id', named ->> 'company_id', named ->> 'deal_id', named ->> 'record_id'], null)::uuid[];
  return parents <> '{}' and app.reads_every_subject(parents);
end $function$;
grant execute on function app.reads_history(text,uuid,jsonb,jsonb) to public;

create function app.reads_note_and_comment(of_note uuid, of_comment uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
begin
  return (of_note is null or exists (select from public.note p where p.tenant_id = app.tenant_id() and p.id = of_note))
    and (of_comment is null or exists (select from public.comment p where p.tenant_id = app.tenant_id() and p.id = of_comment));
end $function$;
grant execute on function app.reads_note_and_comment(uuid,uuid) to public;

create function app.reads_some_subject(ids uuid[])
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
declare one uuid;
begin
  if ids = '{}' then return true; end if;
  foreach one in array ids loop
    if app.reads_subject(one) then return true; end if;
  end loop;
  return false;
end $function$;
grant execute on function app.reads_some_subject(uuid[]) to public;

create function app.reads_subject(of_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
begin
  case app.type_of_subject(of_id)
    when 'company' then return exists (select from public.company p where p.tenant_id = app.tenant_id() and p.id = of_id);
    when 'contact' then return exists (select from public.contact p where p.tenant_id = app.tenant_id() and p.id = of_id);
    when 'deal' then return exists (select from public.deal p where p.tenant_id = app.tenant_id() and p.id = of_id);
    when 'financial_account' then return exists (select from public.financial_account p where p.tenant_id = app.tenant_id() and p.id = of_id);
    when 'household' then return exists (select from public.household p where p.tenant_id = app.tenant_id() and p.id = of_id);
    when 'legal_entity' then return exists (select from public.legal_entity p where p.tenant_id = app.tenant_id() and p.id = of_id);
    else return false;
  end case;
end $function$;
grant execute on function app.reads_subject(uuid) to public;

create function app.reap_jobs(OUT moved integer, OUT due_ms double precision)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  lease_max constant interval := '1 minute';
  lease constant interval := '20 seconds';
  lost record;
begin
  with due as (
    select j.tenant_id, j.id from job j where j.state = 'scheduled' and j.run_at <= clock_timestamp()
    order by j.run_at limit 1000 for update skip locked
  )
  update job set state = 'ready' from due where job.tenant_id = due.tenant_id and job.id = due.id;
  get diagnostics moved = row_count;
  update job set lease_until = clock_timestamp() + lease
  from (select j.tenant_id, j.id from job j where j.state = 'running' and j.lease_until > clock_timestamp() + lease_max for update skip locked) late
  where job.tenant_id = late.tenant_id and job.id = late.id;
  for lost in
    select j.tenant_id, j.id, j.attempts, j.attempts_max, j.cancel_requested, j.run_at, j.error, j.lease_until from job j
    where j.state = 'running' and j.lease_until < clock_timestamp() order by j.lease_until limit 1000 for update skip locked
  loop
    if lost.cancel_requested or lost.attempts >= lost.attempts_max then
      continue when lost.lease_until > clock_timestamp() - interval '1 minute';
      perform app.end_lost_job(lost.tenant_id, lost.id, lost.attempts);
    else
      perform app.requeue_job(lost.tenant_id, lost.id, 'ready', lost.run_at, lost.error);
      moved := moved + 1;
    end if;
  end loop;
  due_ms := 1000 * extract(epoch from least(
    (select j.run_at from job j where j.state = 'scheduled' order by j.run_at limit 1),
    (select j.lease_until from job j where j.state = 'running' and j.lease_until > clock_timestamp() order by j.lease_until limit 1)) - clock_timestamp());
end $function$;
alter function app.reap_jobs() owner to holdfast_system;
grant execute on function app.reap_jobs() to holdfast_app;

create function app.record_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_nestloop TO 'off'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  resource_name constant text := tg_argv[0];
  omitted constant text[] := tg_argv[1]::text[];
  redacted constant text[] := tg_argv[2]::text[];
  quiet constant text[] := coalesce(tg_argv[3], '{}')::text[];
  signals_max constant int := 100;
  hides constant boolean := redacted <> '{}';
begin
  if app.restores_archive() then return null; end if;
  if tg_op = 'INSERT' then
    with c as materialized (
      select n.tenant_id, n.id, nextval('public.audit_event_seq_seq') as seq, gen_random_uuid() as salt,
        jsonb_strip_nulls(to_jsonb(n) - omitted - quiet) as after
      from new_rows n
    ), shown as materialized (
      select c.tenant_id, c.id, c.seq, c.salt, case when hides then app.redact(c.after, redacted) else c.after end as after from c
    ), h as (
      insert into public.record_history (tenant_id, seq, resource, record_id, salt, after)
      select s.tenant_id, s.seq, resource_name, s.id, s.salt, s.after from shown s
    )
    insert into public.audit_event (tenant_id, seq, action, resource, record_id, commitment)
    select s.tenant_id, s.seq, 'create', resource_name, s.id, app.commitment(s.salt, null, s.after) from shown s;
  elsif tg_op = 'UPDATE' then
    with c as materialized (
      select n.tenant_id, n.id, to_jsonb(o) - omitted as old, to_jsonb(n) - omitted as new
      from new_rows n join old_rows o on o.tenant_id = n.tenant_id and o.id = n.id
    ), d as materialized (
      select c.tenant_id, c.id, nextval('public.audit_event_seq_seq') as seq, gen_random_uuid() as salt, v.fields, v.before, v.after
      from c left join lateral (
        select array_agg(f.key) as fields, jsonb_object_agg(f.key, app.redact_value(f.key, f.value, redacted)) as before,
          jsonb_object_agg(f.key, app.redact_value(f.key, c.new -> f.key, redacted)) as after
        from jsonb_each(c.old) f where f.value <> c.new -> f.key
        having bool_or(f.key <> all (quiet))) v on true
    ), h as (
      insert into public.record_history (tenant_id, seq, resource, record_id, salt, before, after)
      select d.tenant_id, d.seq, resource_name, d.id, d.salt, d.before, d.after from d where d.before is not null
    ), e as (
      insert into public.audit_event (tenant_id, seq, action, resource, record_id, fields, commitment)
      select d.tenant_id, d.seq, 'update', resource_name, d.id, d.fields, app.commitment(d.salt, d.before, d.after) from d where d.before is not null
    )
    insert into public.audit_event (tenant_id, action, resource, record_id)
    select distinct d.tenant_id, 'signal', resource_name,
      case when (select count(*) from d where d.before is null) <= signals_max then d.id end
    from d where d.before is null;
  else
    with c as materialized (
      select o.tenant_id, o.id, nextval('public.audit_event_seq_seq') as seq, gen_random_uuid() as salt,
        jsonb_strip_nulls(to_jsonb(o) - omitted - quiet) as before
      from old_rows o
    ), shown as materialized (
      select c.tenant_id, c.id, c.seq, c.salt, case when hides then app.redact(c.before, redacted) else c.before end as before from c
    ), h as (
      insert into public.record_history (tenant_id, seq, resource, record_id, salt, before)
      select s.tenant_id, s.seq, resource_name, s.id, s.salt, s.before from shown s
    )
    insert into public.audit_event (tenant_id, seq, action, resource, record_id, commitment)
    select s.tenant_id, s.seq, 'delete', resource_name, s.id, app.commitment(s.salt, s.before, null) from shown s;
  end if;
  return null;
end $function$;
grant execute on function app.record_change() to public;

create function app.record_event(action text, resource text, record uuid, before jsonb DEFAULT NULL::jsonb, after jsonb DEFAULT NULL::jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  seq constant bigint := nextval('public.audit_event_seq_seq');
  salt constant uuid := case when coalesce(before, after) is not null then gen_random_uuid() end;
begin
  insert into public.audit_event (tenant_id, seq, action, resource, record_id, commitment)
  values (app.tenant_id(), seq, action, resource, record, case when salt is not null then app.commitment(salt, before, after) end);
  if salt is null then return; end if;
  insert into public.record_history (tenant_id, seq, resource, record_id, salt, before, after)
  values (app.tenant_id(), seq, resource, record, salt, before, after);
end $function$;
grant execute on function app.record_event(text,text,uuid,jsonb,jsonb) to public;

create function app.record_readers(noun text, record uuid, attached text, author uuid)
 RETURNS TABLE(id uuid, name text, may_read boolean)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.right_of(noun) is null then raise exception 'Nothing says who reads a %', noun; end if;
  -- What a role says is read once, and not for each of its people: that took a second of a workspace of 3,000, with each letter of a name.
  return query execute format('
    with g as materialized (
      select id, coalesce(rights ->> ''*'', rights #>> ''{%3$s,read}'') as of_record, coalesce(rights ->> ''*'', rights -> $3 ->> ''read'') as of_attached
      from role where tenant_id = app.tenant_id()
    )
    select u.id, u.name::text, (r.id is not null
      and (''all'' = any (s.of_record) or exists (select from unnest(s.of_record) as k (scope) where app.scope_met(k.scope, %2$s)))
      and (''all'' = any (s.of_attached) or (s.of_attached && ''{own,team}'' and u.id = $2)
        or (''team'' = any (s.of_attached) and app.shares_team(u.id, $2)))) is true
    from user_account u left join public.%1$I r on r.tenant_id = u.tenant_id and r.id = $1
    cross join lateral (select array_agg(g.of_record) as of_record, array_agg(g.of_attached) as of_attached
      from user_role h join g on g.id = h.role_id where h.tenant_id = u.tenant_id and h.user_id = u.id) s
    where u.tenant_id = app.tenant_id() and app.has_access(u.status, u.access_until)', noun, app.kinds_held(noun, 'u.id'), app.right_of(noun))
    using record, author, attached;
end $function$;
alter function app.record_readers(text,uuid,text,uuid) owner to holdfast_system;
grant execute on function app.record_readers(text,uuid,text,uuid) to holdfast_app;

create function app.record_statement()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if app.restores_archive() then return null; end if;
  with c as materialized (
    select r.tenant_id, nextval('public.audit_event_seq_seq') as seq, gen_random_uuid() as salt, jsonb_build_object('rows', count(*)) as after
    from changed_rows r group by r.tenant_id
  ), h as (
    insert into public.record_history (tenant_id, seq, resource, salt, after) select c.tenant_id, c.seq, tg_argv[0], c.salt, c.after from c
  )
  insert into public.audit_event (tenant_id, seq, action, resource, commitment)
  select c.tenant_id, c.seq, case tg_op when 'INSERT' then 'create' else lower(tg_op) end, tg_argv[0], app.commitment(c.salt, null, c.after) from c;
  return null;
end $function$;
grant execute on function app.record_statement() to public;

create function app.record_transition()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  field constant text := tg_argv[0];
begin
  if app.restores_archive() then return null; end if;
  insert into public.audit_event (tenant_id, action, resource, record_id, fields)
  select new.tenant_id, t ->> 'name', tg_argv[1], new.id, array[field] from jsonb_array_elements(tg_argv[2]::jsonb) t
  where t ->> 'to' = to_jsonb(new) ->> field and t -> 'from' ? (to_jsonb(old) ->> field);
  return null;
end $function$;
grant execute on function app.record_transition() to public;

create function app.redact(value jsonb, secrets text[])
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
begin
  return (select coalesce(jsonb_object_agg(f.key, app.redact_value(f.key, f.value, secrets)), '{}') from jsonb_each(value) f);
end $function$;
grant execute on function app.redact(jsonb,text[]) to public;

create function app.redact_value(key text, value jsonb, secrets text[])
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select case when key = any (secrets) and value <> 'null' then '"[redacted]"' else value end $function$;
grant execute on function app.redact_value(text,jsonb,text[]) to public;

create function app.references_left(target text, columns jsonb, ids uuid[])
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  place record; found boolean; tables text[] := '{}';
begin
  for place in select c.value ->> 0 as relation, c.value ->> 1 as name from jsonb_array_elements(columns) c loop
    if place.name = 'records' then
      found := exists (select from record_link l where l.tenant_id = app.tenant_id() and l.record_id = any (ids) and l.item_type = place.relation);
    else
      execute format('select exists (select from public.%I where tenant_id = app.tenant_id() and id <> all ($1) and %I = any ($1))',
        place.relation, place.name) using ids into found;
    end if;
    if found and place.relation <> all (tables) then tables := tables || place.relation; end if;
  end loop;
  return tables;
end $function$;
alter function app.references_left(text,jsonb,uuid[]) owner to holdfast_system;
grant execute on function app.references_left(text,jsonb,uuid[]) to holdfast_app;

create function app.refresh_statistics()
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  pages_min constant int := 8;
  growth_min constant real := 1.5;
  changed_rows_min constant int := 500;
  changed_share_min constant real := 0.1;
  grown regclass;
  refreshed int := 0;
begin
  for grown in
    select c.oid from pg_class c
    cross join lateral (
      select pg_relation_size(c.oid) / current_setting('block_size')::int as pages,
        pg_stat_get_mod_since_analyze(c.oid) as changes) now
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and (not c.relispartition or c.oid in (select i.inhrelid from pg_inherits i where i.inhparent = 'public.audit_event'::regclass))
      and c.relowner = (select oid from pg_roles where rolname = current_user)
      and now.pages >= pages_min and (now.pages > greatest(c.relpages, 0) * growth_min
        or now.changes > changed_rows_min + changed_share_min * greatest(c.reltuples, 0))
  loop
    execute format('analyze (skip_locked) %s', grown);
    refreshed := refreshed + 1;
  end loop;
  return refreshed;
end $function$;
grant execute on function app.refresh_statistics() to holdfast_app;

create function app.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if tg_op = 'DELETE' then
    -- The deletion of a workspace takes its rows first, in batches, as the system that also brings archives in.
    if app.restores_archive() or not exists (select from public.tenant t where t.id = old.tenant_id) then return old; end if;
  end if;
  raise exception using errcode = '42501', table = tg_table_name, message = format('Rows of %s are never changed or deleted', tg_table_name);
end $function$;
grant execute on function app.refuse_change() to public;

create function app.refuse_company_cycle()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if tg_op = 'UPDATE' then
    perform pg_advisory_xact_lock(hashtextextended('company parents ' || new.tenant_id, 0));
  end if;
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
end $function$;
grant execute on function app.refuse_company_cycle() to public;

create function app.refuse_own_rate()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if not app.restores_archive() and exists (select from tenant t where t.id = new.tenant_id and t.default_currency = new.currency for share) then
    raise exception using errcode = '23514', table = 'currency_rate', constraint = 'currency_rate_currency_check', column = 'currency',
      message = 'This is the currency of the workspace, which needs no rate';
  end if;
  return new;
end $function$;
alter function app.refuse_own_rate() owner to holdfast_system;

create function app.refuse_unless_operator()
 RETURNS void
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if not app.is_operator() then raise insufficient_privilege using message = 'Only operators of the installation may do this'; end if;
end $function$;
alter function app.refuse_unless_operator() owner to holdfast_system;

create function app.refuse_version_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  if tg_op = 'DELETE' then
    if app.restores_archive() or not exists (select from document d where d.tenant_id = old.tenant_id and d.id = old.document_id) then return old; end if;
  elsif tg_op = 'UPDATE' then
    if new.author_id is null and to_jsonb(new) - 'author_id' = to_jsonb(old) - 'author_id' then return new; end if;
  end if;
  raise check_violation using table = 'document_version', column = 'id', message = 'Versions of documents are never changed or deleted';
end $function$;
alter function app.refuse_version_change() owner to holdfast_system;

create function app.register_consumers(consumers jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare c record;
begin
  perform pg_advisory_xact_lock(hashtextextended('feed router', 0));
  for c in select * from jsonb_to_recordset(consumers) as c (name text, version int, events text[], imports boolean, from_beginning boolean) loop
    if exists (select from feed_consumer f where f.name = c.name) then
      update feed_consumer f set version = c.version, events = c.events, imports = c.imports
      where f.name = c.name and f.version <= c.version and (f.version, f.events, f.imports) is distinct from (c.version, c.events, c.imports);
    else
      insert into feed_consumer (name, version, events, imports) values (c.name, c.version, c.events, c.imports);
      if c.from_beginning then
        insert into feed_mark (tenant_id, consumer, from_xid, from_seq, until_xid, until_seq, since)
        select t.id, c.name, '0', 9223372036854775807, p.xid, p.seq, '-infinity' from tenant t cross join feed_router p;
        insert into feed_cursor (tenant_id, consumer) select t.id, c.name from tenant t;
      end if;
    end if;
  end loop;
end $function$;
alter function app.register_consumers(jsonb) owner to holdfast_system;
grant execute on function app.register_consumers(jsonb) to holdfast_app;

create function app.relink_entry()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare moment constant timestamptz := (to_jsonb(new) ->> tg_argv[0])::timestamptz;
begin
  delete from record_link l where l.tenant_id = new.tenant_id and l.item_id = new.id and l.record_id <> all (new.records);
  perform app.ensure_subjects(new.tenant_id, new.records);
  insert into record_link as l (tenant_id, record_id, item_type, item_id, at)
  select distinct new.tenant_id, r, tg_table_name, new.id, moment from unnest(new.records) r
  on conflict (tenant_id, item_id, record_id) do update set at = excluded.at where l.at <> excluded.at;
  return null;
end $function$;
alter function app.relink_entry() owner to holdfast_system;

create function app.remove_process(process_id uuid)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$ delete from process p where p.id = process_id $function$;
alter function app.remove_process(uuid) owner to holdfast_system;
grant execute on function app.remove_process(uuid) to holdfast_app;

create function app.rename_option(of_noun text, field text, old_option text, new_option text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  stored record;
begin
  if (select app.scope('custom_field', 'update')) is distinct from 'all' then return; end if;
  for stored in
    select c.relname as name, a.attname as filter,
      case when exists (select from pg_attribute n where n.attrelid = c.oid and n.attname = 'resource' and not n.attisdropped) then 'resource' else 'null' end as noun
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.oid = any ('{saved_view,scoring_rule,webhook}'::regclass[]) and a.attname in ('filter', 'events') and not a.attisdropped
  loop
    execute format('update %1$I set %2$I = app.with_option(%2$I, %3$s, $1, $2, $3, $4)
      where tenant_id = app.tenant_id() and strpos(%2$I::text, $2) > 0 and %2$I <> app.with_option(%2$I, %3$s, $1, $2, $3, $4)',
      stored.name, stored.filter, stored.noun) using of_noun, field, old_option, new_option;
  end loop;
end $function$;
alter function app.rename_option(text,text,text,text) owner to holdfast_system;
grant execute on function app.rename_option(text,text,text,text) to holdfast_app;

create function app.renew_jobs(worker_name text, runs jsonb, lease_seconds integer)
 RETURNS TABLE(id uuid, attempts integer, cancel_requested boolean)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  update job set lease_until = clock_timestamp() + make_interval(secs => lease_seconds)
  from jsonb_to_recordset(runs) as r (tenant_id uuid, id uuid, attempts int)
  where job.tenant_id = r.tenant_id and job.id = r.id and job.attempts = r.attempts and job.state = 'running' and job.worker = worker_name
  returning job.id, job.attempts, job.cancel_requested
$function$;
alter function app.renew_jobs(text,jsonb,integer) owner to holdfast_system;
grant execute on function app.renew_jobs(text,jsonb,integer) to holdfast_app;

create function app.replaced_records(present uuid[], others uuid[], survivor uuid)
 RETURNS uuid[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select array(select u.id from (select case when i = any (others) then survivor else i end as id, min(place) as place
    from unnest(present) with ordinality n (i, place) group by 1) u order by u.place)
$function$;
grant execute on function app.replaced_records(uuid[],uuid[],uuid) to public;

create function app.requeue_job(tenant uuid, job_id uuid, new_state text, at timestamp with time zone, reason text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  looks_back constant text[] := '{since,previous_at}';
  lost job;
begin
  loop
    begin
      update job set state = new_state, run_at = at, error = reason, worker = null, lease_until = null where tenant_id = tenant and id = job_id;
      return;
    exception when unique_violation then
      select * into lost from job where tenant_id = tenant and id = job_id;
    end;
    exit when not lost.payload ?| looks_back;
    update job waiting set payload = waiting.payload || (
      select coalesce(jsonb_object_agg(b.key, lost.payload -> b.key), '{}') from unnest(looks_back) b (key)
      where lost.payload ? b.key
        and coalesce((lost.payload ->> b.key)::timestamptz, '-infinity') < coalesce((waiting.payload ->> b.key)::timestamptz, '-infinity'))
    where waiting.tenant_id = tenant and waiting.kind = lost.kind and waiting.dedupe_key = lost.dedupe_key and waiting.state in ('scheduled', 'ready');
    -- Otherwise it has just begun, and this one can wait in its place.
    exit when found;
  end loop;
  update job set state = app.final_state(job, 'cancelled'), error = 'Another job like it waits and does its work', worker = null, lease_until = null,
    finished_at = clock_timestamp()
  where tenant_id = tenant and id = job_id;
end $function$;
alter function app.requeue_job(uuid,uuid,text,timestamp with time zone,text) owner to holdfast_system;

create function app.restores_archive()
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select current_setting('app.restoring', true) = 'on' and pg_has_role(session_user, 'holdfast_system', 'member')
$function$;
grant execute on function app.restores_archive() to public;

create function app.resume_webhooks(attempts_max integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare left_behind int;
begin
  insert into job (tenant_id, kind, payload, dedupe_key, attempts_max)
  select w.tenant_id, 'webhook.send', jsonb_build_object('id', w.id), w.id::text, resume_webhooks.attempts_max from webhook w
  where w.enabled and exists (
      select from webhook_delivery d where d.tenant_id = w.tenant_id and d.webhook_id = w.id and d.state = 'waiting' and d.next_at <= now())
    and not exists (
      select from job j where j.tenant_id = w.tenant_id and j.kind = 'webhook.send' and j.state in ('scheduled', 'ready', 'running')
        and j.payload ->> 'id' = w.id::text)
  on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready') do nothing;
  get diagnostics left_behind = row_count;
  return left_behind;
end $function$;
alter function app.resume_webhooks(integer) owner to holdfast_system;
grant execute on function app.resume_webhooks(integer) to holdfast_app;

create function app.retired_keys(noun text)
 RETURNS text[]
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  return array(select f.key from custom_field f where f.tenant_id = app.tenant_id() and f.resource = noun and f.retired_at is not null);
end $function$;
alter function app.retired_keys(text) owner to holdfast_system;
grant execute on function app.retired_keys(text) to holdfast_app;

create function app.revoke_invitation_of_others(person uuid)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  delete from one_time_token t where t.tenant_id = app.tenant_id() and t.user_id = person and t.kind = 'invitation'
    and ((t.payload ->> 'invited_by')::uuid = app.user_id()) is not true
$function$;
alter function app.revoke_invitation_of_others(uuid) owner to holdfast_system;
grant execute on function app.revoke_invitation_of_others(uuid) to holdfast_app;

create function app.revoke_own_credentials()
 RETURNS SETOF bytea
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  delete from calendar_feed where tenant_id = app.tenant_id() and user_id = app.user_id();
  return query delete from api_key where tenant_id = app.tenant_id() and user_id = app.user_id() returning hash;
end $function$;
alter function app.revoke_own_credentials() owner to holdfast_system;
grant execute on function app.revoke_own_credentials() to holdfast_app;

create function app.right_of(resource text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case
    when resource in ('tenant', 'duplicate_rules') then 'tenant'
    when resource in ('audit_event', 'record_history') then 'audit'
    when resource in ('log_line', 'log_count') then 'log'
    when resource in ('job') then 'job'
    when resource in ('file') then 'file'
    when resource in ('usage_activity', 'usage_route', 'usage_statement') then 'usage'
    when resource in ('user', 'user_role', 'password', 'totp', 'totp_use', 'recovery_code', 'passkey', 'session', 'one_time_token', 'external_identity', 'confirmed_email', 'calendar_feed') then 'user'
    when resource in ('team', 'team_member') then 'team'
    when resource in ('role') then 'role'
    when resource in ('api_key') then 'api_key'
    when resource in ('sign_in_provider') then 'sign_in_provider'
    when resource in ('contact_position', 'contact') then 'contact'
    when resource in ('record_tag', 'tag') then 'tag'
    when resource in ('attachment', 'attachment_version', 'note') then 'note'
    when resource in ('saved_view') then 'saved_view'
    when resource in ('custom_field', 'custom_conversion', 'custom_conversion_value') then 'custom_field'
    when resource in ('import', 'import_file', 'import_row', 'import_fix', 'import_outcome', 'import_problem') then 'import'
    when resource in ('saved_mapping') then 'saved_mapping'
    when resource in ('export') then 'export'
    when resource in ('webhook', 'webhook_sending', 'webhook_delivery') then 'webhook'
    when resource in ('mail_connection', 'mail_folder', 'mail_thread', 'mail_ledger', 'outgoing_mail', 'calendar_account', 'calendar_source', 'calendar_object', 'calendar_address', 'message_address', 'message_reference', 'mailbox', 'mail_message', 'mail_template', 'meeting_calendar', 'meeting') then 'mailbox'
    when resource in ('deal_line', 'deal_stage_visit', 'deal_share', 'deal_score', 'deal') then 'deal'
    when resource in ('deleted_stage', 'pipeline', 'stage', 'close_reason') then 'pipeline'
    when resource in ('score_model', 'scoring_rule') then 'scoring'
    when resource in ('dashboard_tile', 'dashboard_mailing', 'dashboard') then 'dashboard'
    when resource in ('document_version', 'household', 'household_adviser', 'household_member', 'legal_entity', 'relationship', 'financial_account', 'account_owner', 'accepted_break', 'account_position', 'account_transaction', 'document', 'communication', 'goal', 'goal_account', 'suitability_profile', 'client_review') then 'household'
    when resource in ('company') then 'company'
    when resource in ('comment') then 'comment'
    when resource in ('task') then 'task'
    when resource in ('activity') then 'activity'
    when resource in ('product', 'currency_rate') then 'product'
    when resource in ('sales_target') then 'sales_target'
    when resource in ('client_profile', 'identity_document') then 'client_profile'
    when resource in ('financial_security', 'custodian', 'price', 'exchange_rate') then 'financial_security'
    when resource in ('examiner_export') then 'examiner_export'
  end
$function$;
grant execute on function app.right_of(text) to public;

create function app.rights_of(person uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$ select app.rights_of_user(app.tenant_id(), person) $function$;
alter function app.rights_of(uuid) owner to holdfast_system;
grant execute on function app.rights_of(uuid) to holdfast_app;

create function app.rights_of_user(tenant uuid, person uuid)
 RETURNS jsonb
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select coalesce(jsonb_agg(r.rights || app.limited_fields(tenant, r.id, r.rights)), '[]') from user_role ur
  join role r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
  where ur.tenant_id = tenant and ur.user_id = person
$function$;
alter function app.rights_of_user(uuid,uuid) owner to holdfast_system;

create function app.route_feed(events_max integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  router feed_router;
  events int;
begin
  -- Not a row lock: those take a transaction's number each time, and nobody's number may be needed when nothing happens.
  if not pg_try_advisory_xact_lock(hashtextextended('feed router', 0)) then return 0; end if;
  select * into strict router from feed_router;
  if router.xid >= pg_snapshot_xmax(pg_current_snapshot()) then
    -- The database was restored into a cluster that has not counted that far. What is new is known by its number from now on: numbers are restored.
    router.seq_floor := greatest(router.seq_floor, router.seq_max,
      (select max(e.seq) from audit_event e where (e.xid, e.seq) > (router.xid, router.seq)));
    router.xid := '0';
    router.seq := 9223372036854775807;
    update feed_router set xid = router.xid, seq = router.seq, seq_floor = router.seq_floor, restored_at = now();
    delete from feed_mark;
    delete from feed_cursor;
  end if;
  with read as materialized (
    select e.xid, e.seq, e.tenant_id, e.resource || '.' || e.action as what, e.import_id is not null as imported, e.at
    from audit_event e
    -- The last condition excludes partitions of future months. A day of tolerance, because clocks are set back.
    where (e.xid, e.seq) > (router.xid, router.seq) and e.xid < pg_snapshot_xmin(pg_current_snapshot()) and e.at <= now() + interval '1 day'
    order by e.xid, e.seq limit events_max
  ), ending as (
    select r.xid, r.seq from read r order by r.xid desc, r.seq desc limit 1
  ), wanted as materialized (
    select r.tenant_id, c.name as consumer, min(r.at) as since
    from read r join feed_consumer c on (r.what = any (c.events) or '*' = any (c.events)) and (c.imports or not r.imported) join tenant t on t.id = r.tenant_id
    where r.seq > router.seq_floor group by r.tenant_id, c.name
  ), cursors as (
    insert into feed_cursor (tenant_id, consumer) select w.tenant_id, w.consumer from wanted w on conflict do nothing
  ), marks as (
    insert into feed_mark (tenant_id, consumer, from_xid, from_seq, until_xid, until_seq, since)
    select w.tenant_id, w.consumer, router.xid, router.seq, e.xid, e.seq, w.since from wanted w cross join ending e
    on conflict (tenant_id, consumer) do update
      set until_xid = excluded.until_xid, until_seq = excluded.until_seq, since = least(feed_mark.since, excluded.since)
  ), moved as (
    update feed_router p set xid = e.xid, seq = e.seq, seq_max = greatest(p.seq_max, (select max(r.seq) from read r)) from ending e
  )
  select count(*) into events from read;
  return events;
end $function$;
alter function app.route_feed(integer) owner to holdfast_system;
grant execute on function app.route_feed(integer) to holdfast_app;

create function app.saw_dashboard(dashboard uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select coalesce((select (e.before ->> 'owner_id')::uuid = app.user_id() or (e.before ->> 'shared')::boolean from recorded_change e
    where e.tenant_id = app.tenant_id() and e.record_id = dashboard and e.resource = 'dashboard' and e.action = 'delete' and e.at <= now()
    order by e.at desc, e.seq desc limit 1), false)
$function$;
alter function app.saw_dashboard(uuid) owner to holdfast_system;
grant execute on function app.saw_dashboard(uuid) to holdfast_app;

create function app.schedule_task_notices(since timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  insert into job (tenant_id, kind, payload, dedupe_key)
  select distinct t.tenant_id, 'notification.tasks', jsonb_build_object('since', since), 'all' from task t
  where t.status = 'open' and t.assignee_id is not null and t.deleted_at is null
    and (t.due_at between since and now() + interval '15 hours' and app.told_at(t.due_on, t.due_at) between since and now()
      or t.remind_at between since and now())
  order by t.tenant_id
  on conflict (tenant_id, kind, dedupe_key) where dedupe_key is not null and state in ('scheduled', 'ready')
    do update set payload = excluded.payload where (job.payload ->> 'since')::timestamptz > (excluded.payload ->> 'since')::timestamptz
$function$;
alter function app.schedule_task_notices(timestamp with time zone) owner to holdfast_system;
grant execute on function app.schedule_task_notices(timestamp with time zone) to holdfast_app;

create function app.scope(resource text, action text)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select coalesce(
    nullif(split_part(split_part(current_setting('app.rights', true), ';' || resource || '.' || action || '=', 2), ';', 1), ''),
    case current_setting('app.rights', true) when '*' then 'all' else 'none' end)
$function$;
grant execute on function app.scope(text,text) to public;

create function app.scope_groups(resource text, action text, noun text, kind text)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select case when app.scope_names(resource, action, kind) then app.groups_of(noun, kind) else '{}'::uuid[] end
$function$;
grant execute on function app.scope_groups(text,text,text,text) to public;

create function app.scope_met(scope text, held text[])
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select exists (select from unnest(string_to_array(scope, '+')) as term where string_to_array(term, '&') <@ array_remove(held, null))
$function$;
grant execute on function app.scope_met(text,text[]) to public;

create function app.scope_names(resource text, action text, kind text)
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select position('+' || kind || '+' in '+' || app.scope(resource, action) || '+') > 0
$function$;
grant execute on function app.scope_names(text,text,text) to public;

create function app.scope_owners(resource text, action text)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select case
    when app.scope(resource, action) = 'all' then '{}'::uuid[]
    when app.scope_names(resource, action, 'team') then app.team_mates()
    when app.scope_names(resource, action, 'own') then array[app.user_id()]
    else '{}'::uuid[]
  end
$function$;
grant execute on function app.scope_owners(text,text) to public;

create function app.search(q text, rows_max integer)
 RETURNS TABLE(resource text, id uuid, name text, detail text, misspelt boolean)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  misspelt_letters_min constant int := 4;
  spelling text := q; others text[]; words record; terms record; misspelt_words text[];
begin
  loop
    words := app.search_words(spelling);
    -- What looks like a telephone number is one only where there are any: elsewhere it may be a name, such as 24/7 or 2026-0142.
    terms := case when spelling ~ '[[:alpha:]]' then words else app.search_terms(spelling) end;
    return query select h.resource, h.id, h.name, h.detail, false from (
        select f.*, row_number() over (partition by f.resource, f.tier order by f.place) as turn from (
          select 'contact' as resource, h.* from app.search_contact(spelling, terms.folded, terms.patterns, terms.looked_up, rows_max) with ordinality as h (id, name, detail, tier, place)
        union all select 'company' as resource, h.* from app.search_company(spelling, words.folded, words.patterns, words.looked_up, rows_max) with ordinality as h (id, name, detail, tier, place)
        union all select 'deal' as resource, h.* from app.search_deal(spelling, words.folded, words.patterns, words.looked_up, rows_max) with ordinality as h (id, name, detail, tier, place)
        union all select 'household' as resource, h.* from app.search_household(spelling, words.folded, words.patterns, words.looked_up, rows_max) with ordinality as h (id, name, detail, tier, place)
        union all select 'legal_entity' as resource, h.* from app.search_legal_entity(spelling, words.folded, words.patterns, words.looked_up, rows_max) with ordinality as h (id, name, detail, tier, place)
        union all select 'financial_account' as resource, h.* from app.search_financial_account(spelling, words.folded, words.patterns, words.looked_up, rows_max) with ordinality as h (id, name, detail, tier, place)
        ) f
      ) h order by h.tier, h.turn, h.resource limit rows_max;
    if found then return; end if;
    -- German writes Weiß or Weiss, and in capitals WEISS. A text is kept as it is written. Lists have people as "Last name, First name".
    others := coalesce(others, array_remove(app.spellings(q), app.fold(q)) || case when q like '%,%' then array[trim(translate(q, ',', ' '))] end, '{}');
    exit when others = '{}';
    spelling := others[1];
    others := others[2:];
  end loop;
  misspelt_words := array(select w from string_to_table((app.search_words(translate(q, ',', ' '))).folded, ' ') w order by length(w) desc);
  if misspelt_words[1] !~ '^[[:alpha:]]+$' or length(misspelt_words[1]) < misspelt_letters_min then return; end if;
  return query select h.resource, h.id, h.name, h.detail, true from (
        select 'contact' as resource, r.id, r.name::text as name, r.email as detail, m.place from unnest(app.search_misspelt('contact', misspelt_words, rows_max)) with ordinality as m (id, place)
        join contact r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
        union all select 'company' as resource, r.id, r.name::text as name, r.domain as detail, m.place from unnest(app.search_misspelt('company', misspelt_words, rows_max)) with ordinality as m (id, place)
        join company r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
        union all select 'deal' as resource, r.id, r.name::text as name, null::text as detail, m.place from unnest(app.search_misspelt('deal', misspelt_words, rows_max)) with ordinality as m (id, place)
        join deal r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
        union all select 'household' as resource, r.id, r.name::text as name, r.city as detail, m.place from unnest(app.search_misspelt('household', misspelt_words, rows_max)) with ordinality as m (id, place)
        join household r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
        union all select 'legal_entity' as resource, r.id, r.name::text as name, r.jurisdiction as detail, m.place from unnest(app.search_misspelt('legal_entity', misspelt_words, rows_max)) with ordinality as m (id, place)
        join legal_entity r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
        union all select 'financial_account' as resource, r.id, r.name::text as name, null::text as detail, m.place from unnest(app.search_misspelt('financial_account', misspelt_words, rows_max)) with ordinality as m (id, place)
        join financial_account r on r.tenant_id = (select app.tenant_id()) and r.id = m.id
    ) h order by h.place, h.resource limit rows_max;
end $function$;
alter function app.search(text,integer) owner to holdfast_system;
grant execute on function app.search(text,integer) to holdfast_app;

create function app.search_activity(letters text, begins text, query tsquery, rows_max integer)
 RETURNS TABLE(id uuid, title text, body text, at timestamp with time zone, records uuid[])
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'on'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  few constant int := 100;
  newest_max constant int := 1000;
  reached_max constant int := 5000;
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('activity', 'read') = 'all';
  owners constant uuid[] := app.scope_owners('activity', 'read');
  found uuid[]; probed int; looked_through int;
begin
  if everything then
    -- First a few of the newest, and more of them when some match: a common word fills the list from these, and its lists in the index would be long
    -- to read. Accents are left to the index: folding a text costs much more than looking into it.
    foreach looked_through in array array[few, newest_max] loop
      found := array(
        select r.id from (
          select * from activity n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.subject, r.body)), letters) > 0 and lower(concat_ws(' ', r.subject, r.body)) ~ begins
        and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)
        limit rows_max);
      exit when found = '{}' or cardinality(found) >= rows_max;
    end loop;
  else
    select coalesce(array_agg(r.id order by r.created_at desc) filter (
        where strpos(app.fold(concat_ws(' ', r.subject, r.body)), letters) > 0 and app.fold(concat_ws(' ', r.subject, r.body)) ~ begins
        and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)), '{}'), count(*)
    from (select * from activity r where r.tenant_id = app.tenant_id() and r.author_id = any (owners) limit reached_max) r into found, probed;
  end if;
  if cardinality(found) < rows_max and (everything or probed = reached_max) then
    perform set_config('enable_indexscan', 'off', true);
    found := found || array(
      select r.id from activity r where r.tenant_id = app.tenant_id() and app.to_search_vector(r.subject, r.body) @@ query
      and (everything or r.author_id = any (owners)) and r.deleted_at is null and app.finds_some_subject(r.records)
      limit candidates_max);
    perform set_config('enable_indexscan', 'on', true);
    -- More texts than these have the word, so others may be the newest.
    if everything and looked_through = few and cardinality(found) = candidates_max then
      looked_through := newest_max;
      found := found || array(
        select r.id from (
          select * from activity n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.subject, r.body)), letters) > 0 and lower(concat_ws(' ', r.subject, r.body)) ~ begins
        and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)
        limit rows_max);
    end if;
  end if;
  if found = '{}' then return; end if;
  return query
  select r.id, r.subject, left(r.body, 20000), r.created_at::timestamptz, r.records from activity r
  where r.tenant_id = app.tenant_id() and r.id = any (found) order by r.created_at desc, r.id desc limit rows_max;
end $function$;
alter function app.search_activity(text,text,tsquery,integer) owner to holdfast_system;

create function app.search_comment(letters text, begins text, query tsquery, rows_max integer)
 RETURNS TABLE(id uuid, title text, body text, at timestamp with time zone, records uuid[])
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'on'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  few constant int := 100;
  newest_max constant int := 1000;
  reached_max constant int := 5000;
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('comment', 'read') = 'all' or (app.is_member() is null and app.some_scope('comment', 'read') <> 'none');
  owners constant uuid[] := app.scope_owners('comment', 'read');
  found uuid[]; probed int; looked_through int;
begin
  if everything then
    -- First a few of the newest, and more of them when some match: a common word fills the list from these, and its lists in the index would be long
    -- to read. Accents are left to the index: folding a text costs much more than looking into it.
    foreach looked_through in array array[few, newest_max] loop
      found := array(
        select r.id from (
          select * from comment n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', null::text, r.body)), letters) > 0 and lower(concat_ws(' ', null::text, r.body)) ~ begins
        and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null and app.finds_subject(r.record_id) and (app.is_member() is not null or r.audience = 'public' or r.author_id = app.user_id())
        limit rows_max);
      exit when found = '{}' or cardinality(found) >= rows_max;
    end loop;
  else
    select coalesce(array_agg(r.id order by r.created_at desc) filter (
        where strpos(app.fold(concat_ws(' ', null::text, r.body)), letters) > 0 and app.fold(concat_ws(' ', null::text, r.body)) ~ begins
        and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null and app.finds_subject(r.record_id) and (app.is_member() is not null or r.audience = 'public' or r.author_id = app.user_id())), '{}'), count(*)
    from (select * from comment r where r.tenant_id = app.tenant_id() and r.author_id = any (owners) limit reached_max) r into found, probed;
  end if;
  if cardinality(found) < rows_max and (everything or probed = reached_max) then
    perform set_config('enable_indexscan', 'off', true);
    found := found || array(
      select r.id from comment r where r.tenant_id = app.tenant_id() and app.to_search_vector(null::text, r.body) @@ query
      and (everything or r.author_id = any (owners)) and r.deleted_at is null and app.finds_subject(r.record_id) and (app.is_member() is not null or r.audience = 'public' or r.author_id = app.user_id())
      limit candidates_max);
    perform set_config('enable_indexscan', 'on', true);
    -- More texts than these have the word, so others may be the newest.
    if everything and looked_through = few and cardinality(found) = candidates_max then
      looked_through := newest_max;
      found := found || array(
        select r.id from (
          select * from comment n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', null::text, r.body)), letters) > 0 and lower(concat_ws(' ', null::text, r.body)) ~ begins
        and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null and app.finds_subject(r.record_id) and (app.is_member() is not null or r.audience = 'public' or r.author_id = app.user_id())
        limit rows_max);
    end if;
  end if;
  if found = '{}' then return; end if;
  return query
  select r.id, null::text, left(r.body, 20000), r.created_at::timestamptz, array[r.record_id] from comment r
  where r.tenant_id = app.tenant_id() and r.id = any (found) order by r.created_at desc, r.id desc limit rows_max;
end $function$;
alter function app.search_comment(text,text,tsquery,integer) owner to holdfast_system;

create function app.search_company(q text, folded text, patterns text[], looked_up integer, rows_max integer)
 RETURNS TABLE(id uuid, name text, detail text, tier integer)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'on'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('company', 'read') = 'all';
  owners constant uuid[] := app.scope_owners('company', 'read');
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int; setting text;
begin
  if folded = '' or (not everything and (select app.some_scope('company', 'read')) = 'none') then return; end if;
  exactly := array(
    select l.id from (
      select r.owner_id, r.id, r.deleted_at from company r where r.tenant_id = workspace and (r.external_id = q) offset 0) l
    where l.deleted_at is null and (everything or l.owner_id = any (owners)) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if everything then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from company r where r.tenant_id = workspace
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 2000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from company r where r.tenant_id = workspace order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from company r where r.tenant_id::text = workspace::text
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from company r where r.tenant_id = workspace and r.owner_id = any (owners)
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 5000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from company r where r.tenant_id = workspace and r.owner_id = any (owners) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from company r where r.tenant_id::text = workspace::text and r.owner_id = any (owners)
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, r.domain,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from company r where r.tenant_id = workspace and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $function$;
alter function app.search_company(text,text,text[],integer,integer) owner to holdfast_system;

create function app.search_contact(q text, folded text, patterns text[], looked_up integer, rows_max integer)
 RETURNS TABLE(id uuid, name text, detail text, tier integer)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'on'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('contact', 'read') = 'all';
  owners constant uuid[] := app.scope_owners('contact', 'read');
  by_household constant uuid[] := app.scope_groups('contact', 'read', 'contact', 'household');
  by_several constant uuid[] := case when app.mixed_scope('contact', 'read') is null then '{}' else array(
    select r.id from contact r where r.tenant_id = workspace and ((select app.full_scope('contact', 'read')) is not null or r.owner_id = any ((select app.scope_owners('contact', 'read'))::uuid[]) or r.id = any ((select app.scope_groups('contact', 'read', 'contact', 'household'))::uuid[]) or ((select app.mixed_scope('contact', 'read')) is not null and app.scope_met((select app.mixed_scope('contact', 'read')), array[case when r.owner_id = (select app.user_id()) then 'own' end, case when r.owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when r.id = any ((select app.groups_of('contact', 'household'))::uuid[]) then 'household' end])))) end;
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int; setting text;
begin
  if folded = '' or (not everything and (select app.some_scope('contact', 'read')) = 'none') then return; end if;
  exactly := array(
    select l.id from (
      select r.owner_id, r.id, r.deleted_at from contact r where r.tenant_id = workspace and (r.email_key = lower(q) or r.external_id = q) offset 0) l
    where l.deleted_at is null and (everything or (l.owner_id = any (owners) or l.id = any (by_household) or l.id = any (by_several))) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if everything then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from contact r where r.tenant_id = workspace
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 2000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from contact r where r.tenant_id = workspace order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from contact r where r.tenant_id::text = workspace::text
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from contact r where r.tenant_id = workspace and (r.owner_id = any (owners) or r.id = any (by_household) or r.id = any (by_several))
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 5000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from contact r where r.tenant_id = workspace and (r.owner_id = any (owners) or r.id = any (by_household) or r.id = any (by_several)) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from contact r where r.tenant_id::text = workspace::text and (r.owner_id = any (owners) or r.id = any (by_household) or r.id = any (by_several))
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, r.email,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from contact r where r.tenant_id = workspace and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $function$;
alter function app.search_contact(text,text,text[],integer,integer) owner to holdfast_system;

create function app.search_deal(q text, folded text, patterns text[], looked_up integer, rows_max integer)
 RETURNS TABLE(id uuid, name text, detail text, tier integer)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'on'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('deal', 'read') = 'all';
  owners constant uuid[] := app.scope_owners('deal', 'read');
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int; setting text;
begin
  if folded = '' or (not everything and (select app.some_scope('deal', 'read')) = 'none') then return; end if;
  exactly := array(
    select l.id from (
      select r.owner_id, r.id, r.deleted_at from deal r where r.tenant_id = workspace and (r.external_id = q) offset 0) l
    where l.deleted_at is null and (everything or l.owner_id = any (owners)) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if everything then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from deal r where r.tenant_id = workspace
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 2000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from deal r where r.tenant_id = workspace order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from deal r where r.tenant_id::text = workspace::text
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from deal r where r.tenant_id = workspace and r.owner_id = any (owners)
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 5000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from deal r where r.tenant_id = workspace and r.owner_id = any (owners) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from deal r where r.tenant_id::text = workspace::text and r.owner_id = any (owners)
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, null::text,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from deal r where r.tenant_id = workspace and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $function$;
alter function app.search_deal(text,text,text[],integer,integer) owner to holdfast_system;

create function app.search_financial_account(q text, folded text, patterns text[], looked_up integer, rows_max integer)
 RETURNS TABLE(id uuid, name text, detail text, tier integer)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'on'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('household', 'read') = 'all';
  by_household constant uuid[] := app.scope_groups('household', 'read', 'financial_account', 'household');
  by_several constant uuid[] := case when app.mixed_scope('household', 'read') is null then '{}' else array(
    select r.id from financial_account r where r.tenant_id = workspace and ((select app.full_scope('household', 'read')) is not null or r.household_id = any ((select app.scope_groups('household', 'read', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when r.household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))) end;
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int; setting text;
begin
  if folded = '' or (not everything and (select app.some_scope('household', 'read')) = 'none') then return; end if;
  exactly := array(
    select l.id from (
      select r.household_id, r.id, r.deleted_at from financial_account r where r.tenant_id = workspace and (r.external_id = q) offset 0) l
    where l.deleted_at is null and (everything or (l.household_id = any (by_household) or l.id = any (by_several))) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if everything then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from financial_account r where r.tenant_id = workspace
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 2000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from financial_account r where r.tenant_id = workspace order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from financial_account r where r.tenant_id::text = workspace::text
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from financial_account r where r.tenant_id = workspace and (r.household_id = any (by_household) or r.id = any (by_several))
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 5000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from financial_account r where r.tenant_id = workspace and (r.household_id = any (by_household) or r.id = any (by_several)) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from financial_account r where r.tenant_id::text = workspace::text and (r.household_id = any (by_household) or r.id = any (by_several))
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, null::text,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from financial_account r where r.tenant_id = workspace and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $function$;
alter function app.search_financial_account(text,text,text[],integer,integer) owner to holdfast_system;

create function app.search_household(q text, folded text, patterns text[], looked_up integer, rows_max integer)
 RETURNS TABLE(id uuid, name text, detail text, tier integer)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'on'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('household', 'read') = 'all';
  owners constant uuid[] := app.scope_owners('household', 'read');
  by_household constant uuid[] := app.scope_groups('household', 'read', 'household', 'household');
  by_several constant uuid[] := case when app.mixed_scope('household', 'read') is null then '{}' else array(
    select r.id from household r where r.tenant_id = workspace and ((select app.full_scope('household', 'read')) is not null or r.owner_id = any ((select app.scope_owners('household', 'read'))::uuid[]) or r.id = any ((select app.scope_groups('household', 'read', 'household', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when r.owner_id = (select app.user_id()) then 'own' end, case when r.owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when r.id = any ((select app.groups_of('household', 'household'))::uuid[]) then 'household' end])))) end;
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int; setting text;
begin
  if folded = '' or (not everything and (select app.some_scope('household', 'read')) = 'none') then return; end if;
  exactly := array(
    select l.id from (
      select r.owner_id, r.id, r.deleted_at from household r where r.tenant_id = workspace and (r.external_id = q) offset 0) l
    where l.deleted_at is null and (everything or (l.owner_id = any (owners) or l.id = any (by_household) or l.id = any (by_several))) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if everything then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from household r where r.tenant_id = workspace
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 2000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from household r where r.tenant_id = workspace order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from household r where r.tenant_id::text = workspace::text
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from household r where r.tenant_id = workspace and (r.owner_id = any (owners) or r.id = any (by_household) or r.id = any (by_several))
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 5000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from household r where r.tenant_id = workspace and (r.owner_id = any (owners) or r.id = any (by_household) or r.id = any (by_several)) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from household r where r.tenant_id::text = workspace::text and (r.owner_id = any (owners) or r.id = any (by_household) or r.id = any (by_several))
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, r.city,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from household r where r.tenant_id = workspace and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $function$;
alter function app.search_household(text,text,text[],integer,integer) owner to holdfast_system;

create function app.search_legal_entity(q text, folded text, patterns text[], looked_up integer, rows_max integer)
 RETURNS TABLE(id uuid, name text, detail text, tier integer)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'on'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('household', 'read') = 'all';
  by_household constant uuid[] := app.scope_groups('household', 'read', 'legal_entity', 'household');
  by_several constant uuid[] := case when app.mixed_scope('household', 'read') is null then '{}' else array(
    select r.id from legal_entity r where r.tenant_id = workspace and ((select app.full_scope('household', 'read')) is not null or r.household_id = any ((select app.scope_groups('household', 'read', 'legal_entity', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when r.household_id = any ((select app.groups_of('legal_entity', 'household'))::uuid[]) then 'household' end])))) end;
  -- The pattern '%' holds for every text and is not looked up.
  second constant text := case when looked_up > 1 then patterns[2] else '%' end;
  word_begins constant text := '% ' || substr(patterns[1], case when patterns[1] like '\% %' then 3 else 2 end);
  exactly uuid[]; begins uuid[] := '{}'; inside uuid[] := '{}'; wanted int; probed_max int; probed int; setting text;
begin
  if folded = '' or (not everything and (select app.some_scope('household', 'read')) = 'none') then return; end if;
  exactly := array(
    select l.id from (
      select r.household_id, r.id, r.deleted_at from legal_entity r where r.tenant_id = workspace and (r.external_id = q) offset 0) l
    where l.deleted_at is null and (everything or (l.household_id = any (by_household) or l.id = any (by_several))) limit rows_max);
  -- The same for everybody's records and for those of some owners: only a condition that always stands there is looked up in an index.
  if everything then
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from legal_entity r where r.tenant_id = workspace
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 2000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from legal_entity r where r.tenant_id = workspace order by r.id desc limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from legal_entity r where r.tenant_id::text = workspace::text
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  else
    if cardinality(exactly) < rows_max then
      begins := array(
        select l.id from (
          select r.id, r.deleted_at from legal_entity r where r.tenant_id = workspace and (r.household_id = any (by_household) or r.id = any (by_several))
          and left(r.search_text, 40) ~>=~ left(folded, 40) and left(r.search_text, 40) ~<~ (left(folded, 40) || U&'\+10FFFF')
          and starts_with(r.search_text, folded) order by left(r.search_text, 40) using ~<~ offset 0) l
        where l.deleted_at is null limit rows_max);
    end if;
    wanted := rows_max - cardinality(exactly) - cardinality(begins);
    if looked_up > 0 and wanted > 0 then
      -- First a few records, the newest or the caller's own; when some of them match, more of them. A common word fills the list from these, so the
      -- index is asked only for rare words: its lists of common ones would be long to read. A caller with few records needs no index.
      foreach probed_max in array array[250, 5000] loop
        select coalesce(array_agg(l.id) filter (where l.deleted_at is null and l.search_text like all (patterns)), '{}'), count(*)
        from (
          select r.id, r.search_text, r.deleted_at from legal_entity r where r.tenant_id = workspace and (r.household_id = any (by_household) or r.id = any (by_several)) limit probed_max) l
        into inside, probed;
        exit when probed < probed_max or cardinality(inside) = 0 or cardinality(inside) >= wanted;
      end loop;
      inside := inside[:candidates_max];
      if probed = probed_max and cardinality(inside) < wanted then
        setting := set_config('enable_indexscan', 'off', true);
        inside := array(
          select l.id from (
            select r.id, r.deleted_at from legal_entity r where r.tenant_id::text = workspace::text and (r.household_id = any (by_household) or r.id = any (by_several))
            and r.search_text like patterns[1] and r.search_text like second and r.search_text like all (patterns) offset 0) l
          where l.deleted_at is null limit candidates_max);
        setting := set_config('enable_indexscan', 'on', true);
      end if;
    end if;
  end if;
  if cardinality(exactly) + cardinality(begins) + cardinality(inside) = 0 then return; end if;
  return query
  select r.id, r.name::text, r.jurisdiction,
    case when r.id = any (exactly) then 1 when r.id = any (begins) then 2 when r.search_text like word_begins then 3 else 4 end as tier
  from legal_entity r where r.tenant_id = workspace and r.id = any (exactly || begins || inside)
  order by tier, r.name, r.id limit rows_max;
end $function$;
alter function app.search_legal_entity(text,text,text[],integer,integer) owner to holdfast_system;

create function app.search_log(everything boolean, filter jsonb, before_at timestamp with time zone, before_id uuid, rows_max integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
declare
  budget constant interval := '250 milliseconds';
  chunk_rows constant int := 10000;
  rare_share constant real := 0.01;
  columns constant text := 'l.at, l.id, l.level, l.tenant_id, l.user_id, l.route, l.request_id, l.trace_id, l.process, l.message, l.data';
  began timestamptz := clock_timestamp();
  given jsonb := app.log_scope(everything, filter);
  first_at timestamptz := (given ->> 'from')::timestamptz;
  last_at timestamptz := coalesce(before_at, (given ->> 'to')::timestamptz);
  -- Without a line to begin before, the time ends before its end.
  last_id uuid := coalesce(before_id, '00000000-0000-0000-0000-000000000000');
  every text; without_text text; text_condition text; driver text;
  out jsonb := '[]'; hits jsonb; day record; low timestamptz; seen int; matching int; rare boolean; reached_at timestamptz; reached_id uuid;
  counted int := 0; matched int := 0; looked boolean := false;
begin
  select coalesce(string_agg(c.condition, ' and '), 'true'), coalesce(string_agg(c.condition, ' and ') filter (where c.part <> 'text'), 'true'),
    max(c.condition) filter (where c.part = 'text')
    into every, without_text, text_condition from app.log_conditions(given) c;
  driver := app.log_driver(given || jsonb_build_object('to', last_at + interval '1 millisecond'));
  if driver is not null then
    execute format('with few as materialized (select * from log_line l where l.at >= %L and (l.at, l.id) < (%L, %L) and %s)
      select coalesce(jsonb_agg(to_jsonb(l)), ''[]'') from (select %s from few l where %s order by l.at desc, l.id desc limit %s) l',
      first_at, last_at, last_id, driver, columns, every, rows_max) into hits;
    return jsonb_build_object('lines', hits, 'searched_to', null);
  end if;
  for day in
    select d.day::timestamp at time zone 'UTC' as opens, (d.day + 1)::timestamp at time zone 'UTC' as closes, to_regclass('public.' || d.name || '_text') is not null as indexed
    from (select c.relname as name, to_date(substr(c.relname, 10), 'YYYY_MM_DD') as day from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'public.log_line'::regclass) d
    where (d.day + 1)::timestamp at time zone 'UTC' > first_at and d.day::timestamp at time zone 'UTC' <= last_at order by d.day desc
  loop
    low := greatest(first_at, day.opens);
    if last_at >= day.closes then
      last_at := day.closes;
      last_id := '00000000-0000-0000-0000-000000000000';
    end if;
    loop
      if looked and clock_timestamp() - began > budget then
        return jsonb_build_object('lines', out, 'searched_to', last_at, 'searched_to_id', last_id);
      end if;
      looked := true;
      rare := text_condition is not null and length(given ->> 'text') > 2 and counted > 0 and matched < counted * rare_share;
      if rare and day.indexed then
        execute format('with few as materialized (select * from log_line l where l.at >= %L and l.at < %L and (l.at, l.id) < (%L, %L) and %s)
          select coalesce(jsonb_agg(to_jsonb(l)), ''[]'') from (select %s from few l where %s order by l.at desc, l.id desc limit %s) l',
          low, day.closes, last_at, last_id, text_condition, columns, without_text, rows_max - jsonb_array_length(out)) into hits;
        seen := 0;
      else
        execute format('select count(*), count(*) filter (where k.hit), (array_agg(k.at))[count(*)], (array_agg(k.id))[count(*)],
            (select coalesce(jsonb_agg(to_jsonb(h)), ''[]'') from (
              select %s from log_line l join unnest((array_agg(k.at) filter (where k.hit))[:%s], (array_agg(k.id) filter (where k.hit))[:%s]) as f (at, id)
              on l.at = f.at and l.id = f.id and l.at >= %L and l.at < %L order by l.at desc, l.id desc) h)
          from (select l.at, l.id, (%s) as hit from log_line l where l.at >= %L and l.at < %L and (l.at, l.id) < (%L, %L) and %s
            order by l.at desc, l.id desc limit %s) k',
          columns, rows_max - jsonb_array_length(out), rows_max - jsonb_array_length(out), low, day.closes, coalesce(text_condition, 'true'), low, day.closes,
          last_at, last_id, without_text, chunk_rows)
          into seen, matching, reached_at, reached_id, hits;
        counted := counted + seen;
        matched := matched + matching;
      end if;
      out := out || hits;
      if jsonb_array_length(out) >= rows_max then return jsonb_build_object('lines', out, 'searched_to', null); end if;
      exit when seen < chunk_rows;
      last_at := reached_at;
      last_id := reached_id;
    end loop;
  end loop;
  return jsonb_build_object('lines', out, 'searched_to', null);
end $function$;
alter function app.search_log(boolean,jsonb,timestamp with time zone,uuid,integer) owner to holdfast_system;
grant execute on function app.search_log(boolean,jsonb,timestamp with time zone,uuid,integer) to holdfast_app;

create function app.search_mail_message(letters text, begins text, query tsquery, rows_max integer)
 RETURNS TABLE(id uuid, title text, body text, at timestamp with time zone, records uuid[])
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'on'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  few constant int := 100;
  newest_max constant int := 1000;
  reached_max constant int := 5000;
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('mailbox', 'read') = 'all';
  found uuid[]; probed int; looked_through int;
begin
  if everything then
    -- First a few of the newest, and more of them when some match: a common word fills the list from these, and its lists in the index would be long
    -- to read. Accents are left to the index: folding a text costs much more than looking into it.
    foreach looked_through in array array[few, newest_max] loop
      found := array(
        select r.id from (
          select * from mail_message n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.subject, r.body)), letters) > 0 and lower(concat_ws(' ', r.subject, r.body)) ~ begins
        and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.mailbox_ids && (select app.mailboxes_read('everything'))::uuid[])
        limit rows_max);
      exit when found = '{}' or cardinality(found) >= rows_max;
    end loop;
  else
    select coalesce(array_agg(r.id order by r.created_at desc) filter (
        where strpos(app.fold(concat_ws(' ', r.subject, r.body)), letters) > 0 and app.fold(concat_ws(' ', r.subject, r.body)) ~ begins
        and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.mailbox_ids && (select app.mailboxes_read('everything'))::uuid[])), '{}'), count(*)
    from (select * from mail_message r where r.tenant_id = app.tenant_id() and false limit reached_max) r into found, probed;
  end if;
  if cardinality(found) < rows_max and (everything or probed = reached_max) then
    perform set_config('enable_indexscan', 'off', true);
    found := found || array(
      select r.id from mail_message r where r.tenant_id = app.tenant_id() and app.to_search_vector(r.subject, r.body) @@ query
      and (everything or false) and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.mailbox_ids && (select app.mailboxes_read('everything'))::uuid[])
      limit candidates_max);
    perform set_config('enable_indexscan', 'on', true);
    -- More texts than these have the word, so others may be the newest.
    if everything and looked_through = few and cardinality(found) = candidates_max then
      looked_through := newest_max;
      found := found || array(
        select r.id from (
          select * from mail_message n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.subject, r.body)), letters) > 0 and lower(concat_ws(' ', r.subject, r.body)) ~ begins
        and app.to_search_vector(r.subject, r.body) @@ query and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.mailbox_ids && (select app.mailboxes_read('everything'))::uuid[])
        limit rows_max);
    end if;
  end if;
  if found = '{}' then return; end if;
  return query
  select r.id, r.subject, left(r.body, 20000), r.created_at::timestamptz, r.records from mail_message r
  where r.tenant_id = app.tenant_id() and r.id = any (found) order by r.created_at desc, r.id desc limit rows_max;
end $function$;
alter function app.search_mail_message(text,text,tsquery,integer) owner to holdfast_system;

create function app.search_meeting(letters text, begins text, query tsquery, rows_max integer)
 RETURNS TABLE(id uuid, title text, body text, at timestamp with time zone, records uuid[])
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'on'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  few constant int := 100;
  newest_max constant int := 1000;
  reached_max constant int := 5000;
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('mailbox', 'read') = 'all';
  found uuid[]; probed int; looked_through int;
begin
  if everything then
    -- First a few of the newest, and more of them when some match: a common word fills the list from these, and its lists in the index would be long
    -- to read. Accents are left to the index: folding a text costs much more than looking into it.
    foreach looked_through in array array[few, newest_max] loop
      found := array(
        select r.id from (
          select * from meeting n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.title, r.description)), letters) > 0 and lower(concat_ws(' ', r.title, r.description)) ~ begins
        and app.to_search_vector(r.title, r.description) @@ query and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.calendar_id = any ((select app.calendars_read('own'))::uuid[])
    or not r.is_private and r.calendar_id = any ((select app.calendars_read('everything'))::uuid[]))
        limit rows_max);
      exit when found = '{}' or cardinality(found) >= rows_max;
    end loop;
  else
    select coalesce(array_agg(r.id order by r.created_at desc) filter (
        where strpos(app.fold(concat_ws(' ', r.title, r.description)), letters) > 0 and app.fold(concat_ws(' ', r.title, r.description)) ~ begins
        and app.to_search_vector(r.title, r.description) @@ query and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.calendar_id = any ((select app.calendars_read('own'))::uuid[])
    or not r.is_private and r.calendar_id = any ((select app.calendars_read('everything'))::uuid[]))), '{}'), count(*)
    from (select * from meeting r where r.tenant_id = app.tenant_id() and false limit reached_max) r into found, probed;
  end if;
  if cardinality(found) < rows_max and (everything or probed = reached_max) then
    perform set_config('enable_indexscan', 'off', true);
    found := found || array(
      select r.id from meeting r where r.tenant_id = app.tenant_id() and app.to_search_vector(r.title, r.description) @@ query
      and (everything or false) and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.calendar_id = any ((select app.calendars_read('own'))::uuid[])
    or not r.is_private and r.calendar_id = any ((select app.calendars_read('everything'))::uuid[]))
      limit candidates_max);
    perform set_config('enable_indexscan', 'on', true);
    -- More texts than these have the word, so others may be the newest.
    if everything and looked_through = few and cardinality(found) = candidates_max then
      looked_through := newest_max;
      found := found || array(
        select r.id from (
          select * from meeting n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.title, r.description)), letters) > 0 and lower(concat_ws(' ', r.title, r.description)) ~ begins
        and app.to_search_vector(r.title, r.description) @@ query and r.deleted_at is null and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.calendar_id = any ((select app.calendars_read('own'))::uuid[])
    or not r.is_private and r.calendar_id = any ((select app.calendars_read('everything'))::uuid[]))
        limit rows_max);
    end if;
  end if;
  if found = '{}' then return; end if;
  return query
  select r.id, r.title, left(r.description, 20000), r.created_at::timestamptz, r.records from meeting r
  where r.tenant_id = app.tenant_id() and r.id = any (found) order by r.created_at desc, r.id desc limit rows_max;
end $function$;
alter function app.search_meeting(text,text,tsquery,integer) owner to holdfast_system;

create function app.search_misspelt(target text, words text[], rows_max integer)
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE
 SET "pg_trgm.word_similarity_threshold" TO '0.4'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'off'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  found uuid[];
  candidates_max constant int := 200;
  scope constant text := app.scope(app.right_of(target), 'read');
begin
  if scope = 'none' then return '{}'; end if;
  execute format('select array(select id from (
      select c.id, (select min(nearest) from unnest($2) as q (wanted), lateral (select max(similarity(t.word, q.wanted)) as nearest
          from string_to_table(c.search_text, '' '') as t (word) where strpos(t.word, q.wanted) > 0 or app.is_misspelt(t.word, q.wanted)) as n
        having count(nearest) = cardinality($2)) as likeness
      from (select id, search_text from (select id, search_text, deleted_at from %I r where tenant_id::text = (select app.tenant_id()::text) and search_text %%> $1 %s offset 0) l
        where deleted_at is null limit %s) c) found
    where likeness is not null order by likeness desc, id limit $3)', target,
    case when scope <> 'all' then 'and ' || app.reached_condition(target, 'r') else '' end, candidates_max)
  using words[1], words, rows_max into found;
  return found;
end $function$;
alter function app.search_misspelt(text,text[],integer) owner to holdfast_system;

create function app.search_note(letters text, begins text, query tsquery, rows_max integer)
 RETURNS TABLE(id uuid, title text, body text, at timestamp with time zone, records uuid[])
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'on'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  few constant int := 100;
  newest_max constant int := 1000;
  reached_max constant int := 5000;
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('note', 'read') = 'all';
  owners constant uuid[] := app.scope_owners('note', 'read');
  found uuid[]; probed int; looked_through int;
begin
  if everything then
    -- First a few of the newest, and more of them when some match: a common word fills the list from these, and its lists in the index would be long
    -- to read. Accents are left to the index: folding a text costs much more than looking into it.
    foreach looked_through in array array[few, newest_max] loop
      found := array(
        select r.id from (
          select * from note n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', null::text, r.body)), letters) > 0 and lower(concat_ws(' ', null::text, r.body)) ~ begins
        and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)
        limit rows_max);
      exit when found = '{}' or cardinality(found) >= rows_max;
    end loop;
  else
    select coalesce(array_agg(r.id order by r.created_at desc) filter (
        where strpos(app.fold(concat_ws(' ', null::text, r.body)), letters) > 0 and app.fold(concat_ws(' ', null::text, r.body)) ~ begins
        and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)), '{}'), count(*)
    from (select * from note r where r.tenant_id = app.tenant_id() and r.author_id = any (owners) limit reached_max) r into found, probed;
  end if;
  if cardinality(found) < rows_max and (everything or probed = reached_max) then
    perform set_config('enable_indexscan', 'off', true);
    found := found || array(
      select r.id from note r where r.tenant_id = app.tenant_id() and app.to_search_vector(null::text, r.body) @@ query
      and (everything or r.author_id = any (owners)) and r.deleted_at is null and app.finds_some_subject(r.records)
      limit candidates_max);
    perform set_config('enable_indexscan', 'on', true);
    -- More texts than these have the word, so others may be the newest.
    if everything and looked_through = few and cardinality(found) = candidates_max then
      looked_through := newest_max;
      found := found || array(
        select r.id from (
          select * from note n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', null::text, r.body)), letters) > 0 and lower(concat_ws(' ', null::text, r.body)) ~ begins
        and app.to_search_vector(null::text, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)
        limit rows_max);
    end if;
  end if;
  if found = '{}' then return; end if;
  return query
  select r.id, null::text, left(r.body, 20000), r.created_at::timestamptz, r.records from note r
  where r.tenant_id = app.tenant_id() and r.id = any (found) order by r.created_at desc, r.id desc limit rows_max;
end $function$;
alter function app.search_note(text,text,tsquery,integer) owner to holdfast_system;

create function app.search_task(letters text, begins text, query tsquery, rows_max integer)
 RETURNS TABLE(id uuid, title text, body text, at timestamp with time zone, records uuid[])
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'on'
 SET jit TO 'off'
 SET max_parallel_workers_per_gather TO '0'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  few constant int := 100;
  newest_max constant int := 1000;
  reached_max constant int := 5000;
  candidates_max constant int := 200;
  workspace constant uuid := app.tenant_id();
  everything constant boolean := app.scope('task', 'read') = 'all';
  owners constant uuid[] := app.scope_owners('task', 'read');
  found uuid[]; probed int; looked_through int;
begin
  if everything then
    -- First a few of the newest, and more of them when some match: a common word fills the list from these, and its lists in the index would be long
    -- to read. Accents are left to the index: folding a text costs much more than looking into it.
    foreach looked_through in array array[few, newest_max] loop
      found := array(
        select r.id from (
          select * from task n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.title, r.body)), letters) > 0 and lower(concat_ws(' ', r.title, r.body)) ~ begins
        and app.to_search_vector(r.title, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)
        limit rows_max);
      exit when found = '{}' or cardinality(found) >= rows_max;
    end loop;
  else
    select coalesce(array_agg(r.id order by r.created_at desc) filter (
        where strpos(app.fold(concat_ws(' ', r.title, r.body)), letters) > 0 and app.fold(concat_ws(' ', r.title, r.body)) ~ begins
        and app.to_search_vector(r.title, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)), '{}'), count(*)
    from (select * from task r where r.tenant_id = app.tenant_id() and r.assignee_id = any (owners) limit reached_max) r into found, probed;
  end if;
  if cardinality(found) < rows_max and (everything or probed = reached_max) then
    perform set_config('enable_indexscan', 'off', true);
    found := found || array(
      select r.id from task r where r.tenant_id = app.tenant_id() and app.to_search_vector(r.title, r.body) @@ query
      and (everything or r.assignee_id = any (owners)) and r.deleted_at is null and app.finds_some_subject(r.records)
      limit candidates_max);
    perform set_config('enable_indexscan', 'on', true);
    -- More texts than these have the word, so others may be the newest.
    if everything and looked_through = few and cardinality(found) = candidates_max then
      looked_through := newest_max;
      found := found || array(
        select r.id from (
          select * from task n where n.tenant_id = app.tenant_id() order by n.created_at desc limit looked_through) r
        where strpos(lower(concat_ws(' ', r.title, r.body)), letters) > 0 and lower(concat_ws(' ', r.title, r.body)) ~ begins
        and app.to_search_vector(r.title, r.body) @@ query and r.deleted_at is null and app.finds_some_subject(r.records)
        limit rows_max);
    end if;
  end if;
  if found = '{}' then return; end if;
  return query
  select r.id, r.title, left(r.body, 20000), r.created_at::timestamptz, r.records from task r
  where r.tenant_id = app.tenant_id() and r.id = any (found) order by r.created_at desc, r.id desc limit rows_max;
end $function$;
alter function app.search_task(text,text,tsquery,integer) owner to holdfast_system;

create function app.search_terms(q text, OUT folded text, OUT patterns text[], OUT looked_up integer)
 RETURNS record
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  with n (is_number, digits, significant) as (
    select q ~ '[0-9]' and q ~ '^[-+0-9 ()./]+$', d, ltrim(d, '0') from regexp_replace(q, '[^0-9]', '', 'g') d
  )
  select w.* from n cross join lateral app.search_words(case when not is_number then q
    when length(significant) >= 6 then right(significant, 9)
    else digits end) w
$function$;
grant execute on function app.search_terms(text) to public;

create function app.search_texts(q text, rows_max integer, hidden text[])
 RETURNS TABLE(resource text, id uuid, title text, body text, at timestamp with time zone, subject_resource text, subject_id uuid, subject_name text)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET plan_cache_mode TO 'force_generic_plan'
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  words constant text[] := array(
    select word from regexp_split_to_table(app.fold(q), '[^[:alnum:]]+') word where word <> '' order by word ~ 'ss|ß', length(word) desc);
  query constant tsquery := app.words_query(words);
  -- Of letters without spaces a text need hold the pairs only, and anywhere.
  spaced constant boolean := words[1] !~ app.unspaced_letters();
  -- A word with ss may be written with ß, and the other way round: what comes before it stands in the text either way.
  longest constant text := left(words[1], case when spaced then 60 else 1 end);
  letters constant text := regexp_replace(longest, '(ss|ß).*', '');
  begins constant text := case when spaced then '(^|[^[:alnum:]])' else '' end || regexp_replace(longest, 'ss|ß', '(ss|ß)', 'g');
  kinds text[];
begin
  if query is null then return; end if;
  kinds := array(select k from unnest(app.kinds_with(letters, query)) k where k <> all (hidden));
  if kinds = '{}' then return; end if;
  return query select h.resource, h.id, h.title, h.body, h.at, f.subject ->> 'type', (f.subject ->> 'id')::uuid, f.subject ->> 'name'
  from (
    select * from (
      select 'note' as resource, t.* from app.search_note(letters, begins, query, rows_max) t where 'note' = any (kinds)
      union all select 'comment', t.* from app.search_comment(letters, begins, query, rows_max) t where 'comment' = any (kinds)
      union all select 'task', t.* from app.search_task(letters, begins, query, rows_max) t where 'task' = any (kinds)
      union all select 'activity', t.* from app.search_activity(letters, begins, query, rows_max) t where 'activity' = any (kinds)
      union all select 'mail_message', t.* from app.search_mail_message(letters, begins, query, rows_max) t where 'mail_message' = any (kinds)
      union all select 'meeting', t.* from app.search_meeting(letters, begins, query, rows_max) t where 'meeting' = any (kinds)
    ) found order by at desc, id desc limit rows_max
  ) h
  cross join lateral (select app.first_found_record(h.records) as subject) f
  order by h.at desc, h.id desc;
end $function$;
alter function app.search_texts(text,integer,text[]) owner to holdfast_system;
grant execute on function app.search_texts(text,integer,text[]) to holdfast_app;

create function app.search_words(q text, OUT folded text, OUT patterns text[], OUT looked_up integer)
 RETURNS record
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  with f (folded) as (select trim(regexp_replace(app.fold(q), '\s+', ' ', 'g'))),
  w (word, usable) as (
    select word, word ~ '[[:alnum:]]{3}|[[:alnum:]]{2}[^[:alnum:]]|^[\u2e80-\u9fff]+$' from f, string_to_table(f.folded, ' ') as word
  )
  select f.folded,
    (select array_agg(case when word ~ '^[\u2e80-\u9fff]{1,20}$' then '% ' else '%' end
        || replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_') || '%' order by usable desc, length(word) desc) from w),
    (select count(*) filter (where usable) from w)::int
  from f
$function$;
grant execute on function app.search_words(text) to public;

create function app.searchable(value text)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
begin
  if octet_length(value) = length(value) then return lower(value); end if;
  return app.fold(value || coalesce((select string_agg(' ' || substr(run.letters[1], start), '' order by run.place, start)
    from regexp_matches(value, '[\u2e80-\u9fff]{1,20}', 'g') with ordinality as run (letters, place),
      generate_series(1, length(run.letters[1])) as start), ''));
end $function$;
grant execute on function app.searchable(text) to public;

create function app.sedol_fits(sedol text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select sedol is null or (sedol ~ '^[0-9B-DF-HJ-NP-TV-Z]{6}[0-9]$' and (
    select sum(app.letter_value(s.sign) * ('{1,3,1,7,3,9,1}'::int[])[s.place]) % 10 = 0 from regexp_split_to_table(sedol, '') with ordinality s (sign, place)))
$function$;
grant execute on function app.sedol_fits(text) to public;

create function app.see_process(process_id uuid, memory bigint)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  delete from process p where p.seen_at < clock_timestamp() - interval '10 minutes' and p.id <> process_id;
  update process p set seen_at = clock_timestamp(), memory_bytes = memory where p.id = process_id;
  return found;
end $function$;
alter function app.see_process(uuid,bigint) owner to holdfast_system;
grant execute on function app.see_process(uuid,bigint) to holdfast_app;

create function app.sees_all_subjects()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select (position(';company.read=all;' in current_setting('app.rights', true)) > 0
      and position(';contact.read=all;' in current_setting('app.rights', true)) > 0
      and position(';deal.read=all;' in current_setting('app.rights', true)) > 0
      and position(';household.read=all;' in current_setting('app.rights', true)) > 0
      and position(';household.read=all;' in current_setting('app.rights', true)) > 0
      and position(';household.read=all;' in current_setting('app.rights', true)) > 0)
    or current_setting('app.rights', true) = '*'
$function$;
grant execute on function app.sees_all_subjects() to public;

create function app.set_aside(consumer_name text, events jsonb, reason text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  me constant uuid := app.tenant_id();
  rows_max constant int := 1000;
begin
  insert into feed_set_aside (tenant_id, consumer, seq, xid, at, error)
  select me, consumer_name, e.seq, e.xid::xid8, e.at, left(reason, 2000) from jsonb_to_recordset(events) as e (xid text, seq bigint, at timestamptz)
  on conflict (tenant_id, consumer, seq) do update set error = excluded.error, set_aside_at = clock_timestamp(), again = false;
  if (select count(*) from feed_set_aside s where s.tenant_id = me and s.consumer = consumer_name) > rows_max then
    raise exception 'More than % events are set aside', rows_max;
  end if;
end $function$;
alter function app.set_aside(text,jsonb,text) owner to holdfast_system;
grant execute on function app.set_aside(text,jsonb,text) to holdfast_app;

create function app.share_amounts(workspace uuid, deals uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  -- Locks the deals, so that the later of two changes counts with what the earlier one left.
  perform from deal where tenant_id = workspace and id = any (deals) order by id for no key update;
  delete from deal_share where tenant_id = workspace and deal_id = any (deals);
  insert into deal_share (tenant_id, deal_id, product_id, id, amount)
  with sold as (
    select deal_id, product_id, (array_agg(id order by id))[1] as id, sum(app.line_total(quantity, unit_price, discount_percent)) as weight
    from deal_line where tenant_id = workspace and deal_id = any (deals) group by deal_id, product_id
  ),
  weighed as (
    select s.deal_id, s.product_id, s.id, least(coalesce(d.amount, sum(s.weight) over whole), 999999999999999999)::bigint as amount, s.weight, count(*) over whole as products, sum(s.weight) over whole as total,
      row_number() over place as nth, sum(s.weight) over place as running
    from sold s join deal d on d.tenant_id = workspace and d.id = s.deal_id
    window whole as (partition by s.deal_id), place as (partition by s.deal_id order by s.product_id)
  )
  select workspace, deal_id, product_id, id,
    case when products = 1 then amount
      -- Lines without a price share evenly.
      when total = 0 then div(amount * nth, products) - div(amount * (nth - 1), products)
      else div(amount * running, total) - div(amount * (running - weight), total) end
  from weighed;
end $function$;
alter function app.share_amounts(uuid,uuid[]) owner to holdfast_system;

create function app.shares_team(one uuid, other uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select exists (select from team_member a join team_member b on b.tenant_id = a.tenant_id and b.team_id = a.team_id
    where a.tenant_id = app.tenant_id() and a.user_id = one and b.user_id = other)
$function$;
alter function app.shares_team(uuid,uuid) owner to holdfast_system;
grant execute on function app.shares_team(uuid,uuid) to holdfast_app;

create function app.shown_fields(noun text, names text[])
 RETURNS text[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select array(select n.name from unnest(names) with ordinality as n (name, at)
    where not app.name_hidden(noun, n.name) and not app.name_retired(n.name, (select app.retired_keys(noun))) order by n.at)
$function$;
grant execute on function app.shown_fields(text,text[]) to public;

create function app.sign_in_issuer(provider uuid)
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select p.issuer from sign_in_provider p where p.tenant_id = app.tenant_id() and p.id = provider and p.enabled
$function$;
alter function app.sign_in_issuer(uuid) owner to holdfast_system;
grant execute on function app.sign_in_issuer(uuid) to holdfast_app;

create function app.sign_in_options(workspace text)
 RETURNS TABLE(title text, provider_id uuid, provider_name text, provider_kind text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  with chosen as (
    select t.id, t.title from tenant t where t.name = workspace
    union all
    (select min(t.id::text)::uuid, min(t.title) from tenant t
     where workspace is null and t.id <> '00000000-0000-0000-0000-000000000000' having count(*) = 1)
  )
  select c.title, p.id, p.name, p.kind from chosen c
  left join sign_in_provider p on p.tenant_id = c.id and p.enabled order by p.name
$function$;
alter function app.sign_in_options(text) owner to holdfast_system;
grant execute on function app.sign_in_options(text) to holdfast_app;

create function app.signal(resource text, records uuid[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  insert into public.audit_event (tenant_id, action, resource, record_id) select app.tenant_id(), 'signal', signal.resource, r from unnest(records) r
$function$;
grant execute on function app.signal(text,uuid[]) to public;

create function app.signal_operator(of_tenant uuid, of_user uuid)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  insert into audit_event (tenant_id, action, resource, record_id, actor_kind, actor_id, credential_id, ip, request_id)
  values (of_tenant, 'signal', 'user', of_user, 'system', null, null, null, null)
$function$;
alter function app.signal_operator(uuid,uuid) owner to holdfast_system;

create function app.some_scope(resource text, action text)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select case when position(';' || resource || '.' || action || '=' in current_setting('app.rights', true)) > 0
    or current_setting('app.rights', true) = '*' then 'some' else 'none' end
$function$;
grant execute on function app.some_scope(text,text) to public;

create function app.some_stored_files()
 RETURNS TABLE(storage_key text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select f.storage_key from file f where f.kind = 'upload' and f.expires_at is null and f.created_at < now() - interval '10 minutes' limit 3
$function$;
alter function app.some_stored_files() owner to holdfast_system;
grant execute on function app.some_stored_files() to holdfast_app;

create function app.sortable_number(value numeric)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select case when abs(value) < 1e15 then lpad(trunc((value + 1e15) * 1e6)::text, 22, '0') end $function$;
grant execute on function app.sortable_number(numeric) to public;

create function app.sortable_values(type text, value jsonb)
 RETURNS SETOF text
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
declare plain constant text := value #>> '{}'; number text;
begin
  if type = 'multi_select' then
    if jsonb_typeof(value) = 'array' then return query select distinct left(e, 200) from jsonb_array_elements_text(value) e; end if;
  elsif type in ('integer', 'decimal', 'money') then
    number := case when type = 'money' then value ->> 'amount' else plain end;
    if pg_input_is_valid(number, 'numeric') then
      if app.sortable_number(number::numeric) is not null then return next app.sortable_number(number::numeric); end if;
    end if;
  elsif type = 'date' then
    if pg_input_is_valid(plain, 'date') then return next to_char(plain::date, 'YYYY-MM-DD'); end if;
  elsif type = 'boolean' then
    if jsonb_typeof(value) = 'boolean' then return next plain; end if;
  elsif type in ('text', 'select', 'url') then
    if jsonb_typeof(value) = 'string' then return next left(plain, 200); end if;
  -- A member, or a record of the type of this name.
  elsif pg_input_is_valid(plain, 'uuid') then
    return next lower(plain);
  end if;
end $function$;
grant execute on function app.sortable_values(text,jsonb) to public;

create function app.spellings(value text)
 RETURNS text[]
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
declare
  sharp_s_max constant int := 3;
  parts constant text[] := string_to_array(app.compared_text(value), 'ss');
  found text[] := parts[1:1];
begin
  for at in 2 .. coalesce(cardinality(parts), 0) loop
    found := array(select f || s || parts[at] from unnest(found) f, unnest(case when at - 1 > sharp_s_max then '{ss}' else '{ss,ß}' end::text[]) s);
  end loop;
  return array(select distinct replace(replace(f, '''', apostrophe), '-', dash)
    from unnest(found) f, unnest('{'',’}'::text[]) apostrophe, unnest('{-,‐,–}'::text[]) dash);
end $function$;
grant execute on function app.spellings(text) to public;

create function app.spread_deals(stage uuid, ids uuid[], positions double precision[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  update deal set position = moved.position
  from unnest(ids, positions) as moved (id, position)
  where deal.tenant_id = app.tenant_id() and deal.stage_id = stage and deal.id = moved.id
$function$;
alter function app.spread_deals(uuid,uuid[],double precision[]) owner to holdfast_system;
grant execute on function app.spread_deals(uuid,uuid[],double precision[]) to holdfast_app;

create function app.statements_schema()
 RETURNS name
 LANGUAGE sql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$ select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements' $function$;

create function app.storage_samples()
 RETURNS TABLE(place text, host text, at timestamp with time zone, free_bytes double precision, size_bytes double precision, database_bytes double precision, file_bytes double precision, log_bytes double precision)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select s.place, s.host, s.at, s.free_bytes::double precision, s.size_bytes::double precision, s.database_bytes::double precision, s.file_bytes::double precision,
    s.log_bytes::double precision
  from storage_sample s where s.day >= (now() at time zone 'UTC')::date - 30
    and exists (select from storage_sample n where n.place = s.place and n.host = s.host and n.at > now() - interval '10 days')
  order by s.place desc, s.host, s.day limit 3000
$function$;
alter function app.storage_samples() owner to holdfast_system;
grant execute on function app.storage_samples() to holdfast_app;

create function app.subject_of(of_tenant uuid, of_id uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
begin
  case app.type_of_subject(of_id)
    when 'company' then return (select jsonb_build_object('type', 'company', 'id', p.id, 'name', p.name) from public.company p where p.tenant_id = of_tenant and p.id = of_id);
    when 'contact' then return (select jsonb_build_object('type', 'contact', 'id', p.id, 'name', p.name) from public.contact p where p.tenant_id = of_tenant and p.id = of_id);
    when 'deal' then return (select jsonb_build_object('type', 'deal', 'id', p.id, 'name', p.name) from public.deal p where p.tenant_id = of_tenant and p.id = of_id);
    when 'financial_account' then return (select jsonb_build_object('type', 'financial_account', 'id', p.id, 'name', p.name) from public.financial_account p where p.tenant_id = of_tenant and p.id = of_id);
    when 'household' then return (select jsonb_build_object('type', 'household', 'id', p.id, 'name', p.name) from public.household p where p.tenant_id = of_tenant and p.id = of_id);
    when 'legal_entity' then return (select jsonb_build_object('type', 'legal_entity', 'id', p.id, 'name', p.name) from public.legal_entity p where p.tenant_id = of_tenant and p.id = of_id);
    else return null;
  end case;
end $function$;
grant execute on function app.subject_of(uuid,uuid) to public;

create function app.tags_all_subjects()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select (position(';company.update=all;' in current_setting('app.rights', true)) > 0
      and position(';contact.update=all;' in current_setting('app.rights', true)) > 0
      and position(';deal.update=all;' in current_setting('app.rights', true)) > 0
      and position(';household.update=all;' in current_setting('app.rights', true)) > 0
      and position(';household.update=all;' in current_setting('app.rights', true)) > 0
      and position(';household.update=all;' in current_setting('app.rights', true)) > 0)
    or current_setting('app.rights', true) = '*'
$function$;
grant execute on function app.tags_all_subjects() to public;

create function app.tags_subject(of_id uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
begin
  case app.type_of_subject(of_id)
    when 'company' then return app.some_scope('company', 'update') <> 'none';
    when 'contact' then return app.some_scope('contact', 'update') <> 'none';
    when 'deal' then return app.some_scope('deal', 'update') <> 'none';
    when 'financial_account' then return app.some_scope('household', 'update') <> 'none';
    when 'household' then return app.some_scope('household', 'update') <> 'none';
    when 'legal_entity' then return app.some_scope('household', 'update') <> 'none';
    else return false;
  end case;
end $function$;
grant execute on function app.tags_subject(uuid) to public;

create function app.take_feed(consumer_name text, consumer_version integer, events_max integer)
 RETURNS TABLE(xid text, seq bigint, again boolean, events jsonb)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
declare
  me constant uuid := app.tenant_id();
  read_max constant int := 5000;
  c feed_consumer; mark feed_mark; cur feed_cursor; floor_seq bigint;
begin
  if not pg_try_advisory_xact_lock(hashtextextended(format('feed %s %s', consumer_name, me), 0)) then return; end if;
  select * into c from feed_consumer f where f.name = consumer_name and f.version = consumer_version;
  if not found then return; end if;
  return query
    select s.xid::text, s.seq, true, jsonb_build_array(f) from feed_set_aside s
    cross join lateral (
      select e.xid, e.seq, e.at, e.action, e.resource, e.record_id, e.fields, e.actor_id, e.request_id, e.import_id, e.cause, e.depth
      from audit_event e where e.tenant_id = s.tenant_id and e.seq = s.seq and e.at = s.at
    ) f
    where s.tenant_id = me and s.consumer = consumer_name and s.again order by s.seq limit 1;
  if found then return; end if;
  -- The months of those that are left were archived since somebody asked for them: they would wait for ever. One that somebody asks for at this moment
  -- is not among them.
  update feed_set_aside s set again = false where s.tenant_id = me and s.consumer = consumer_name and s.again
    and not exists (select from audit_event e where e.tenant_id = s.tenant_id and e.seq = s.seq and e.at = s.at);
  select * into mark from feed_mark m where m.tenant_id = me and m.consumer = consumer_name;
  if not found then return; end if;
  select * into cur from feed_cursor p where p.tenant_id = me and p.consumer = consumer_name;
  if app.feed_wait_ms(cur.not_before) > 0 then return; end if;
  select p.seq_floor into floor_seq from feed_router p;
  -- The cursor of one that was not behind stands before the mark; all in between is for others.
  if (cur.xid, cur.seq) < (mark.from_xid, mark.from_seq) then
    cur.xid := mark.from_xid;
    cur.seq := mark.from_seq;
  end if;
  if (cur.xid, cur.seq) < (cur.alone_xid, cur.alone_seq) then events_max := 1; end if;
  return query
    with read as materialized (
      select e.xid, e.seq, e.at, e.action, e.resource, e.record_id, e.fields, e.actor_id, e.request_id, e.import_id, e.cause, e.depth
      from audit_event e
      where e.tenant_id = me and (e.xid, e.seq) > (cur.xid, cur.seq) and (e.xid, e.seq) <= (mark.until_xid, mark.until_seq)
        and e.at >= mark.since and e.at <= now() + interval '1 day'
      order by e.xid, e.seq limit read_max
    ), fitting as materialized (
      select r.* from read r
      where (r.resource || '.' || r.action = any (c.events) or '*' = any (c.events)) and (c.imports or r.import_id is null) and r.seq > floor_seq
      order by r.xid, r.seq limit events_max
    ), reached as (
      select f.xid, f.seq from (select * from fitting order by xid desc, seq desc limit 1) f where (select count(*) from fitting) = events_max
      union all
      select r.xid, r.seq from (select * from read order by xid desc, seq desc limit 1) r
      where (select count(*) from fitting) < events_max and (select count(*) from read) = read_max
      union all
      select mark.until_xid, mark.until_seq where (select count(*) from fitting) < events_max and (select count(*) from read) < read_max
    )
    select p.xid::text, p.seq, false, coalesce((select jsonb_agg(f order by f.xid, f.seq) from fitting f), '[]') from reached p;
end $function$;
alter function app.take_feed(text,integer,integer) owner to holdfast_system;
grant execute on function app.take_feed(text,integer,integer) to holdfast_app;

create function app.take_storage_sample(of_place text, of_host text, free double precision, size double precision, database_size double precision)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  insert into storage_sample as s (place, host, day, at, free_bytes, size_bytes, database_bytes, file_bytes, log_bytes)
  values (of_place, of_host, (now() at time zone 'UTC')::date, now(), free, size, database_size,
    (select coalesce(sum(f.size_bytes), 0) from file f),
    (select coalesce(sum(pg_total_relation_size(i.inhrelid)), 0) from pg_inherits i where i.inhparent = 'log_line'::regclass))
  on conflict (place, host, day) do update set at = excluded.at, free_bytes = excluded.free_bytes, size_bytes = excluded.size_bytes,
    database_bytes = excluded.database_bytes, file_bytes = excluded.file_bytes, log_bytes = excluded.log_bytes;
  delete from storage_sample s where s.day < (now() at time zone 'UTC')::date - 400;
end $function$;
alter function app.take_storage_sample(text,text,double precision,double precision,double precision) owner to holdfast_system;
grant execute on function app.take_storage_sample(text,text,double precision,double precision,double precision) to holdfast_app;

create function app.team_mates()
 RETURNS uuid[]
 LANGUAGE sql
 STABLE PARALLEL SAFE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select array(
    select app.user_id() union
    select them.user_id from team_member mine
    join team_member them on them.tenant_id = mine.tenant_id and them.team_id = mine.team_id
    where mine.tenant_id = app.tenant_id() and mine.user_id = app.user_id())
$function$;
alter function app.team_mates() owner to holdfast_system;
grant execute on function app.team_mates() to holdfast_app;

create function app.team_mates_of(people uuid[])
 RETURNS uuid[]
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select array(
    select distinct them.user_id from team_member mine
    join team_member them on them.tenant_id = mine.tenant_id and them.team_id = mine.team_id and them.user_id <> mine.user_id
    where mine.tenant_id = app.tenant_id() and mine.user_id = any (people))
$function$;
alter function app.team_mates_of(uuid[]) owner to holdfast_system;
grant execute on function app.team_mates_of(uuid[]) to holdfast_app;

create function app.team_mates_of_role(role uuid)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select app.team_mates_of(array(select ur.user_id from user_role ur where ur.tenant_id = app.tenant_id() and ur.role_id = role))
$function$;
alter function app.team_mates_of_role(uuid) owner to holdfast_system;
grant execute on function app.team_mates_of_role(uuid) to holdfast_app;

create function app.tenant_id()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('app.tenant_id', true), '')::uuid $function$;
grant execute on function app.tenant_id() to public;

create function app.tier_of(used_at timestamp with time zone, moment timestamp with time zone, warm_days integer, cold_days integer)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select case when cold_days > 0 and used_at <= moment - make_interval(days => cold_days) then 'cold'
    when warm_days > 0 and used_at <= moment - make_interval(days => warm_days) then 'warm' else 'hot' end
$function$;
alter function app.tier_of(timestamp with time zone,timestamp with time zone,integer,integer) owner to holdfast_system;
grant execute on function app.tier_of(timestamp with time zone,timestamp with time zone,integer,integer) to holdfast_app;

create function app.to_date(value text)
 RETURNS date
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select case when pg_input_is_valid(value, 'date') then value::date end $function$;
grant execute on function app.to_date(text) to public;

create function app.to_number(value text)
 RETURNS numeric
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select case when pg_input_is_valid(value, 'numeric') then value::numeric end $function$;
grant execute on function app.to_number(text) to public;

create function app.to_search_vector(title text, body text)
 RETURNS tsvector
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
declare
  plain constant text := app.fold(left(regexp_replace(coalesce(title, '') || ' ' || coalesce(body, ''), '<[^>]*>|&[a-z]+;|&#\d+;', ' ', 'g'), 50000));
  words text[] := array(select distinct left(word, 60) from regexp_split_to_table(plain, '[^[:alnum:]]+') word where word <> '');
begin
  -- Most texts have one byte for each letter, which is recognised at once.
  if octet_length(plain) > length(plain) and plain ~ app.unspaced_letters() then
    words := array(select unnest(words) union select app.letter_pairs(plain));
  end if;
  return array_to_tsvector(words);
end $function$;
grant execute on function app.to_search_vector(text,text) to public;

create function app.today()
 RETURNS date
 LANGUAGE sql
 STABLE PARALLEL SAFE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select (now() at time zone coalesce((select t.time_zone from tenant t where t.id = app.tenant_id()), 'UTC'))::date
$function$;
alter function app.today() owner to holdfast_system;
grant execute on function app.today() to holdfast_app;

create function app.told_at(due_on date, due_at timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select case when due_on is null then due_at else due_at - interval '14:59:59' end
$function$;
alter function app.told_at(date,timestamp with time zone) owner to holdfast_system;
grant execute on function app.told_at(date,timestamp with time zone) to public;

create function app.touch()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  new.version := old.version + 1;
  new.updated_at := now();
  return new;
end $function$;
grant execute on function app.touch() to public;

create function app.trashable_tables()
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select '{attachment,document,financial_account,legal_entity,household,deal,meeting,mail_message,activity,task,comment,note,contact,company}'::text[] $function$;
grant execute on function app.trashable_tables() to public;

create function app.type_of_subject(of_id uuid)
 RETURNS text
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
declare noun text := (select s.type from public.subject s where s.tenant_id = app.tenant_id() and s.id = of_id);
begin
  if noun is null and exists (select from public.company p where p.tenant_id = app.tenant_id() and p.id = of_id) then noun := 'company'; end if;
  if noun is null and exists (select from public.contact p where p.tenant_id = app.tenant_id() and p.id = of_id) then noun := 'contact'; end if;
  if noun is null and exists (select from public.deal p where p.tenant_id = app.tenant_id() and p.id = of_id) then noun := 'deal'; end if;
  if noun is null and exists (select from public.financial_account p where p.tenant_id = app.tenant_id() and p.id = of_id) then noun := 'financial_account'; end if;
  if noun is null and exists (select from public.household p where p.tenant_id = app.tenant_id() and p.id = of_id) then noun := 'household'; end if;
  if noun is null and exists (select from public.legal_entity p where p.tenant_id = app.tenant_id() and p.id = of_id) then noun := 'legal_entity'; end if;
  return noun;
end $function$;
grant execute on function app.type_of_subject(uuid) to public;

create function app.unlink_account(of_tenant uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  delete from account_link l using app.linked_accounts() a
  where a.tenant_id = of_tenant and l.tenant_id = a.tenant_id and l.user_id = a.user_id;
  return found;
end $function$;
alter function app.unlink_account(uuid) owner to holdfast_system;
grant execute on function app.unlink_account(uuid) to holdfast_app;

create function app.unlink_entries()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  delete from record_link l using gone g where l.tenant_id = g.tenant_id and l.item_id = g.id;
  return null;
end $function$;
alter function app.unlink_entries() owner to holdfast_system;

create function app.unspaced_letters()
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select '[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]' $function$;
grant execute on function app.unspaced_letters() to public;

create function app.unused_files(moment timestamp with time zone)
 RETURNS SETOF file
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select f.* from (
    select * from file where expires_at <= moment
    union all
    select * from file where kind = 'upload' and expires_at is null
      and created_at > moment - interval '37 days' and created_at <= moment - interval '30 days') f
  where not exists (select from document_version d where d.tenant_id = f.tenant_id and d.file_id = f.id)
    and not exists (select from attachment a where a.tenant_id = f.tenant_id and a.file_id = f.id)
    and not exists (select from attachment_version v where v.tenant_id = f.tenant_id and v.file_id = f.id)
    and not exists (select from outgoing_mail o where o.tenant_id = f.tenant_id and o.file_ids @> array[f.id] and o.file_ids <> '{}')
$function$;
alter function app.unused_files(timestamp with time zone) owner to holdfast_system;

create function app.usage_figures()
 RETURNS TABLE(workspaces integer, active_users integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select count(*)::int, coalesce(sum(a.users), 0)::int
  from tenant t cross join lateral (
    select count(distinct u.user_id) as users from usage_activity u
    where u.tenant_id = t.id and u.day >= (now() at time zone 'UTC')::date - 1) a
  where t.id <> '00000000-0000-0000-0000-000000000000'
$function$;
alter function app.usage_figures() owner to holdfast_system;
grant execute on function app.usage_figures() to holdfast_app;

create function app.user_id()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('app.user_id', true), '')::uuid $function$;
grant execute on function app.user_id() to public;

create function app.user_zone()
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select coalesce(
    (select time_zone from user_account where tenant_id = app.tenant_id() and id = app.user_id()),
    (select time_zone from tenant where id = app.tenant_id()), 'UTC')
$function$;
alter function app.user_zone() owner to holdfast_system;
grant execute on function app.user_zone() to holdfast_app;

create function app.uuid_v7() returns uuid;
grant execute on function app.uuid_v7() to public;

create function app.via_of(via text, import_id uuid)
 RETURNS json
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select json_build_object('type', v.type, 'id', v.id, 'name', k.name)
  from (select coalesce(split_part(via, ':', 1), 'import') as type, coalesce(split_part(via, ':', 2)::uuid, import_id) as id) v
  left join api_key k on v.type = 'api_key' and k.tenant_id = app.tenant_id() and k.id = v.id
  where v.id is not null
$function$;
alter function app.via_of(text,uuid) owner to holdfast_system;
grant execute on function app.via_of(text,uuid) to holdfast_app;

create function app.via_text(via text, actor_kind text, credential_id uuid, import_id uuid)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select coalesce(via, case when actor_kind = 'api_key' then 'api_key:' || credential_id end, 'import:' || import_id) $function$;
grant execute on function app.via_text(text,text,uuid,uuid) to public;

create function app.watch_mailboxes(watcher_name text, rows_max integer)
 RETURNS TABLE(tenant_id uuid, mailbox_id uuid)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  claim constant interval := interval '25 seconds';
begin
  update mail_connection c set watcher = watcher_name, watched_until = clock_timestamp() + claim from (
      select w.tenant_id, w.mailbox_id from mail_connection w join tenant t on t.id = w.tenant_id
      where w.state <> 'failed' and (w.watcher = watcher_name or w.watched_until is null or w.watched_until < clock_timestamp())
        and coalesce((t.features ->> 'mail')::boolean, true)
      order by w.watcher is distinct from watcher_name, w.watched_until nulls first limit rows_max for update of w skip locked) free
    where c.tenant_id = free.tenant_id and c.mailbox_id = free.mailbox_id;
  return query select c.tenant_id, c.mailbox_id from mail_connection c
    where c.watcher = watcher_name and c.watched_until > clock_timestamp() and c.state <> 'failed';
end $function$;
alter function app.watch_mailboxes(text,integer) owner to holdfast_system;
grant execute on function app.watch_mailboxes(text,integer) to holdfast_app;

create function app.with_option(filter jsonb, noun text, of_noun text, field text, old_option text, new_option text)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
declare
  about constant text := coalesce(filter ->> 'any', filter ->> 'none', filter ->> 'resource', noun);
begin
  if jsonb_typeof(filter) = 'array' then
    return (select coalesce(jsonb_agg(app.with_option(e.value, noun, of_noun, field, old_option, new_option) order by e.ordinality), '[]')
      from jsonb_array_elements(filter) with ordinality as e);
  elsif jsonb_typeof(filter) <> 'object' then
    return filter;
  elsif noun = of_noun and filter ->> 'field' = field and filter -> 'value' = to_jsonb(old_option) then
    return filter || jsonb_build_object('value', new_option);
  elsif noun = of_noun and filter ->> 'field' = field and jsonb_typeof(filter -> 'value') = 'array' then
    return filter || jsonb_build_object('value', (select coalesce(jsonb_agg(case when e.value = to_jsonb(old_option) then to_jsonb(new_option) else e.value end
      order by e.ordinality), '[]') from jsonb_array_elements(filter -> 'value') with ordinality as e));
  end if;
  return (select coalesce(jsonb_object_agg(e.key, app.with_option(e.value, about, of_noun, field, old_option, new_option)), '{}') from jsonb_each(filter) e);
end $function$;
alter function app.with_option(jsonb,text,text,text,text,text) owner to holdfast_system;
grant execute on function app.with_option(jsonb,text,text,text,text,text) to public;

create function app.with_unseen_records(present uuid[], wanted uuid[])
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
begin
  if app.sees_all_subjects() then return wanted; end if;
  return wanted || array(select u.id from unnest(present) with ordinality u (id, place)
    where u.id <> all (wanted) and not app.reads_subject(u.id) order by u.place);
end $function$;
grant execute on function app.with_unseen_records(uuid[],uuid[]) to public;

create function app.without_literals(statement text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select case when statement ~* '^\s*(select|insert|update|delete|merge|with)\M' then
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(left(statement, 20000),
      '--[^\n]*', ' ', 'g'),
      '/\*.*?\*/', ' ', 'g'),
      -- Between dollars: to the end, because nothing tells where it ends if not the tag.
      '\$[A-Za-z_]*\$.*$', '?'),
      '\m[eE]''([^''\\]|\\.|'''')*(''|$)', '?', 'g'),
      '''([^'']|'''')*(''|$)', '?', 'g'),
      '(^|[^\w$.])\d[\w.]*', '\1?', 'g'),
      '\s+', ' ', 'g')
    else upper(substring(statement from '^\s*([A-Za-z]{1,20}(?:\s+[A-Za-z]{1,20})?)\M')) end
$function$;
grant execute on function app.without_literals(text) to holdfast_app;

create function app.words_query(wanted text[])
 RETURNS tsquery
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select nullif(string_agg(part, ' & '), '')::tsquery from unnest(wanted) word cross join lateral (
    select '(' || string_agg(quote_literal(left(spelling, 60)) || ':*', ' | ') || ')' as part from unnest(app.spellings(word)) spelling
      where not (length(word) > 1 and word ~ ('^' || app.unspaced_letters() || '+$')) having count(*) > 0
    union all select quote_literal(substr(word, place, 2)) from generate_series(1, least(length(word), 30) - 1) place
      where length(word) > 1 and word ~ ('^' || app.unspaced_letters() || '+$')) parts
$function$;
grant execute on function app.words_query(text[]) to public;

create function app.write_certificates(seen jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
begin
  delete from certificate c where c.endpoint not in (select f.endpoint from jsonb_to_recordset(seen) as f (endpoint text));
  insert into certificate as c (endpoint, subject, issuer, valid_until, distrust, error, checked_at)
  select f.endpoint, f.subject, f.issuer, f.valid_until, f.distrust, f.error, now()
  from jsonb_to_recordset(seen) as f (endpoint text, subject text, issuer text, valid_until timestamptz, distrust text, error text)
  on conflict (endpoint) do update set subject = coalesce(excluded.subject, c.subject), issuer = coalesce(excluded.issuer, c.issuer),
    valid_until = coalesce(excluded.valid_until, c.valid_until), distrust = case when excluded.error is null then excluded.distrust else c.distrust end,
    error = excluded.error, checked_at = excluded.checked_at;
end $function$;
alter function app.write_certificates(jsonb) owner to holdfast_system;
grant execute on function app.write_certificates(jsonb) to holdfast_app;

create function app.write_process(given jsonb)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  insert into process as p (id, host, pid, role, version, commit, node_version, address, started_at, seen_at, memory_bytes, settings, unread)
  select g.id, g.host, g.pid, g.role, g.version, g.commit, g.node_version, g.address, clock_timestamp() - make_interval(secs => g.up_seconds), clock_timestamp(),
    g.memory_bytes, g.settings::jsonb, g.unread::jsonb
  from jsonb_to_record(given) as g (id uuid, host text, pid int, role text, version text, commit text, node_version text, address text,
    up_seconds double precision, memory_bytes bigint, settings text, unread text)
  on conflict (id) do update set seen_at = excluded.seen_at, memory_bytes = excluded.memory_bytes, settings = excluded.settings, unread = excluded.unread
$function$;
alter function app.write_process(jsonb) owner to holdfast_system;
grant execute on function app.write_process(jsonb) to holdfast_app;

create function app.zone_of(tenant uuid, person uuid)
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'app', 'pg_temp'
AS $function$
  select coalesce((select u.time_zone from user_account u where u.tenant_id = tenant and u.id = person),
    (select t.time_zone from tenant t where t.id = tenant), 'UTC')
$function$;
alter function app.zone_of(uuid,uuid) owner to holdfast_system;

create function public.left_lying(d deal)
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select d.status = 'open' and exists (select from stage s where s.tenant_id = d.tenant_id and s.id = d.stage_id
    and d.stage_entered_at < now() - make_interval(days => s.rotting_days))
$function$;
grant execute on function left_lying(deal) to public;

create function public.tier(c communication)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case when c.occurred_at > now() - interval '2 years' then 'hot' when c.occurred_at > now() - interval '6 years' then 'warm' else 'cold' end
$function$;
grant execute on function tier(communication) to public;

create function public.tier(d document)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case when d.dated_on > current_date - interval '2 years' then 'hot' when d.dated_on > current_date - interval '6 years' then 'warm' else 'cold' end
$function$;
grant execute on function tier(document) to public;
