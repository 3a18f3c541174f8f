-- Made from the rules of the tables (tables.ts of each area) by "npm run generate".

-- Under whose right the rows of a resource stand; null: under none.
create or replace function app.right_of(resource text) returns text language sql immutable parallel safe as $$
  select case
    when resource in ('tenant', 'duplicate_rules', 'language_model', 'language_model_call', 'language_model_usage') then 'tenant'
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
    when resource in ('mail_connection', 'mail_folder', 'mailbox_alias', 'sharing_exception', 'mail_thread', 'mail_ledger', 'outgoing_mail', 'calendar_account', 'calendar_source', 'calendar_object', 'google_client', 'calendar_address', 'message_address', 'message_reference', 'mailbox', 'mail_message', 'mail_template', 'meeting_calendar', 'meeting') then 'mailbox'
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
$$;

-- The column that says whose row it is.
create or replace function app.owner_column(resource text) returns text language sql immutable parallel safe as $$
  select case
    when resource in ('file', 'import', 'export', 'examiner_export') then 'created_by'
    when resource in ('api_key') then 'user_id'
    when resource in ('saved_view', 'dashboard_mailing', 'contact', 'company', 'deal', 'dashboard', 'household') then 'owner_id'
    when resource in ('note', 'comment', 'activity') then 'author_id'
    when resource in ('task') then 'assignee_id'
  end
$$;

set local role holdfast_system;
create or replace view app.contact_by_household as
  select m.tenant_id, m.user_id as member, l.contact_id as of_group
  from public.household_adviser_person m join public.household_member l on l.tenant_id = m.tenant_id and l.household_id = m.household_id
  where (m.from_on is null or m.from_on <= (select app.today())) and (m.until_on is null or m.until_on >= (select app.today())) and (l.from_on is null or l.from_on <= (select app.today())) and (l.until_on is null or l.until_on >= (select app.today()));
create or replace view app.contact_by_household_changes as
  select m.tenant_id, m.user_id as member, c.at from public.household_adviser_person m join public.household_member l on l.tenant_id = m.tenant_id and l.household_id = m.household_id
  cross join lateral unnest(array[app.midnight(m.from_on), app.midnight(m.until_on + 1), app.midnight(l.from_on), app.midnight(l.until_on + 1)]::timestamptz[]) c (at) where c.at > now();

create or replace view app.household_by_household as
  select m.tenant_id, m.user_id as member, m.household_id as of_group
  from public.household_adviser_person m
  where (m.from_on is null or m.from_on <= (select app.today())) and (m.until_on is null or m.until_on >= (select app.today()));
create or replace view app.household_by_household_changes as
  select m.tenant_id, m.user_id as member, c.at from public.household_adviser_person m
  cross join lateral unnest(array[app.midnight(m.from_on), app.midnight(m.until_on + 1)]::timestamptz[]) c (at) where c.at > now();

create or replace view app.household_adviser_by_household as
  select m.tenant_id, m.user_id as member, m.household_id as of_group
  from public.household_adviser_person m
  where (m.from_on is null or m.from_on <= (select app.today())) and (m.until_on is null or m.until_on >= (select app.today()));
create or replace view app.household_adviser_by_household_changes as
  select m.tenant_id, m.user_id as member, c.at from public.household_adviser_person m
  cross join lateral unnest(array[app.midnight(m.from_on), app.midnight(m.until_on + 1)]::timestamptz[]) c (at) where c.at > now();

create or replace view app.household_member_by_household as
  select m.tenant_id, m.user_id as member, m.household_id as of_group
  from public.household_adviser_person m
  where (m.from_on is null or m.from_on <= (select app.today())) and (m.until_on is null or m.until_on >= (select app.today()));
create or replace view app.household_member_by_household_changes as
  select m.tenant_id, m.user_id as member, c.at from public.household_adviser_person m
  cross join lateral unnest(array[app.midnight(m.from_on), app.midnight(m.until_on + 1)]::timestamptz[]) c (at) where c.at > now();

create or replace view app.legal_entity_by_household as
  select m.tenant_id, m.user_id as member, m.household_id as of_group
  from public.household_adviser_person m
  where (m.from_on is null or m.from_on <= (select app.today())) and (m.until_on is null or m.until_on >= (select app.today()));
create or replace view app.legal_entity_by_household_changes as
  select m.tenant_id, m.user_id as member, c.at from public.household_adviser_person m
  cross join lateral unnest(array[app.midnight(m.from_on), app.midnight(m.until_on + 1)]::timestamptz[]) c (at) where c.at > now();

create or replace view app.relationship_by_household as
  select m.tenant_id, m.user_id as member, m.household_id as of_group
  from public.household_adviser_person m
  where (m.from_on is null or m.from_on <= (select app.today())) and (m.until_on is null or m.until_on >= (select app.today()));
create or replace view app.relationship_by_household_changes as
  select m.tenant_id, m.user_id as member, c.at from public.household_adviser_person m
  cross join lateral unnest(array[app.midnight(m.from_on), app.midnight(m.until_on + 1)]::timestamptz[]) c (at) where c.at > now();

create or replace view app.financial_account_by_household as
  select m.tenant_id, m.user_id as member, m.household_id as of_group
  from public.household_adviser_person m
  where (m.from_on is null or m.from_on <= (select app.today())) and (m.until_on is null or m.until_on >= (select app.today()));
create or replace view app.financial_account_by_household_changes as
  select m.tenant_id, m.user_id as member, c.at from public.household_adviser_person m
  cross join lateral unnest(array[app.midnight(m.from_on), app.midnight(m.until_on + 1)]::timestamptz[]) c (at) where c.at > now();

create or replace view app.document_by_household as
  select m.tenant_id, m.user_id as member, m.household_id as of_group
  from public.household_adviser_person m
  where (m.from_on is null or m.from_on <= (select app.today())) and (m.until_on is null or m.until_on >= (select app.today()));
create or replace view app.document_by_household_changes as
  select m.tenant_id, m.user_id as member, c.at from public.household_adviser_person m
  cross join lateral unnest(array[app.midnight(m.from_on), app.midnight(m.until_on + 1)]::timestamptz[]) c (at) where c.at > now();

create or replace view app.communication_by_household as
  select m.tenant_id, m.user_id as member, m.household_id as of_group
  from public.household_adviser_person m
  where (m.from_on is null or m.from_on <= (select app.today())) and (m.until_on is null or m.until_on >= (select app.today()));
create or replace view app.communication_by_household_changes as
  select m.tenant_id, m.user_id as member, c.at from public.household_adviser_person m
  cross join lateral unnest(array[app.midnight(m.from_on), app.midnight(m.until_on + 1)]::timestamptz[]) c (at) where c.at > now();

create or replace view app.goal_by_household as
  select m.tenant_id, m.user_id as member, m.household_id as of_group
  from public.household_adviser_person m
  where (m.from_on is null or m.from_on <= (select app.today())) and (m.until_on is null or m.until_on >= (select app.today()));
create or replace view app.goal_by_household_changes as
  select m.tenant_id, m.user_id as member, c.at from public.household_adviser_person m
  cross join lateral unnest(array[app.midnight(m.from_on), app.midnight(m.until_on + 1)]::timestamptz[]) c (at) where c.at > now();

create or replace view app.suitability_profile_by_household as
  select m.tenant_id, m.user_id as member, m.household_id as of_group
  from public.household_adviser_person m
  where (m.from_on is null or m.from_on <= (select app.today())) and (m.until_on is null or m.until_on >= (select app.today()));
create or replace view app.suitability_profile_by_household_changes as
  select m.tenant_id, m.user_id as member, c.at from public.household_adviser_person m
  cross join lateral unnest(array[app.midnight(m.from_on), app.midnight(m.until_on + 1)]::timestamptz[]) c (at) where c.at > now();

create or replace view app.client_review_by_household as
  select m.tenant_id, m.user_id as member, m.household_id as of_group
  from public.household_adviser_person m
  where (m.from_on is null or m.from_on <= (select app.today())) and (m.until_on is null or m.until_on >= (select app.today()));
create or replace view app.client_review_by_household_changes as
  select m.tenant_id, m.user_id as member, c.at from public.household_adviser_person m
  cross join lateral unnest(array[app.midnight(m.from_on), app.midnight(m.until_on + 1)]::timestamptz[]) c (at) where c.at > now();
reset role;

-- Through which groups rows of a resource are reached: the column that names the group, and the relation that says who belongs to which.
create or replace function app.reach_of(of_resource text)
  returns table (kind text, of_column text, members text, member text, of_group text) language sql immutable parallel safe as $$
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
$$;

-- Whether rows of a resource hang on records, and are seen with these.
create or replace function app.hangs_on_records(resource text) returns boolean language sql immutable parallel safe as
  $$ select resource in ('contact_position', 'record_tag', 'attachment', 'deal_line', 'note', 'comment', 'task', 'activity') $$;

-- Whether rows of a resource may be of their makers alone, whatever right others have.
create or replace function app.may_be_private(resource text) returns boolean language sql immutable parallel safe as
  $$ select resource in ('saved_view', 'dashboard_tile', 'mailbox', 'mail_message', 'mail_template', 'meeting_calendar', 'meeting', 'dashboard') $$;
