-- Made from the record types by "npm run generate". docs/decisions/0197-one-manifest-per-record-type.md

-- Tables with a trash. What refers to others comes before them.
create or replace function app.trashable_tables() returns text[] language sql immutable parallel safe as
  $$ select '{attachment,document,financial_account,legal_entity,household,deal,meeting,mail_message,activity,task,comment,note,contact,company}'::text[] $$;

create or replace trigger custom_values_insert after insert on contact referencing new table as new_rows
  for each statement execute function app.keep_custom_values('contact');
create or replace trigger custom_values_update after update on contact referencing old table as old_rows new table as new_rows
  for each statement execute function app.keep_custom_values('contact');
create or replace trigger custom_values_delete after delete on contact referencing old table as old_rows
  for each statement execute function app.drop_custom_values('contact');
create or replace trigger forget_merge before update of deleted_at on contact
  for each row when (new.deleted_at is null and new.merged_into_id is not null) execute function app.forget_merge();

create or replace trigger audit_insert after insert on company referencing new table as new_rows
  for each statement execute function app.record_change('company', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on company referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('company', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on company referencing old table as old_rows
  for each statement execute function app.record_change('company', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on company for each row execute function app.touch();
create or replace trigger custom_values_insert after insert on company referencing new table as new_rows
  for each statement execute function app.keep_custom_values('company');
create or replace trigger custom_values_update after update on company referencing old table as old_rows new table as new_rows
  for each statement execute function app.keep_custom_values('company');
create or replace trigger custom_values_delete after delete on company referencing old table as old_rows
  for each statement execute function app.drop_custom_values('company');
create or replace trigger forget_merge before update of deleted_at on company
  for each row when (new.deleted_at is null and new.merged_into_id is not null) execute function app.forget_merge();

create or replace trigger audit_insert after insert on tag referencing new table as new_rows
  for each statement execute function app.record_change('tag', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on tag referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('tag', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on tag referencing old table as old_rows
  for each statement execute function app.record_change('tag', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on tag for each row execute function app.touch();

create or replace trigger custom_values_insert after insert on note referencing new table as new_rows
  for each statement execute function app.keep_custom_values('note');
create or replace trigger custom_values_update after update on note referencing old table as old_rows new table as new_rows
  for each statement execute function app.keep_custom_values('note');
create or replace trigger custom_values_delete after delete on note referencing old table as old_rows
  for each statement execute function app.drop_custom_values('note');

create or replace trigger custom_values_insert after insert on task referencing new table as new_rows
  for each statement execute function app.keep_custom_values('task');
create or replace trigger custom_values_update after update on task referencing old table as old_rows new table as new_rows
  for each statement execute function app.keep_custom_values('task');
create or replace trigger custom_values_delete after delete on task referencing old table as old_rows
  for each statement execute function app.drop_custom_values('task');

create or replace trigger custom_values_insert after insert on activity referencing new table as new_rows
  for each statement execute function app.keep_custom_values('activity');
create or replace trigger custom_values_update after update on activity referencing old table as old_rows new table as new_rows
  for each statement execute function app.keep_custom_values('activity');
create or replace trigger custom_values_delete after delete on activity referencing old table as old_rows
  for each statement execute function app.drop_custom_values('activity');

create or replace trigger audit_insert after insert on mailbox referencing new table as new_rows
  for each statement execute function app.record_change('mailbox', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on mailbox referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('mailbox', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on mailbox referencing old table as old_rows
  for each statement execute function app.record_change('mailbox', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on mailbox for each row execute function app.touch();

create or replace trigger audit_insert after insert on mail_template referencing new table as new_rows
  for each statement execute function app.record_change('mail_template', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on mail_template referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('mail_template', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on mail_template referencing old table as old_rows
  for each statement execute function app.record_change('mail_template', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on mail_template for each row execute function app.touch();

create or replace trigger audit_insert after insert on meeting_calendar referencing new table as new_rows
  for each statement execute function app.record_change('meeting_calendar', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on meeting_calendar referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('meeting_calendar', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on meeting_calendar referencing old table as old_rows
  for each statement execute function app.record_change('meeting_calendar', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on meeting_calendar for each row execute function app.touch();

create or replace trigger touch before update on meeting for each row execute function app.touch();

create or replace trigger custom_values_insert after insert on deal referencing new table as new_rows
  for each statement execute function app.keep_custom_values('deal');
create or replace trigger custom_values_update after update on deal referencing old table as old_rows new table as new_rows
  for each statement execute function app.keep_custom_values('deal');
create or replace trigger custom_values_delete after delete on deal referencing old table as old_rows
  for each statement execute function app.drop_custom_values('deal');

create or replace trigger audit_insert after insert on pipeline referencing new table as new_rows
  for each statement execute function app.record_change('pipeline', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on pipeline referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('pipeline', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on pipeline referencing old table as old_rows
  for each statement execute function app.record_change('pipeline', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on pipeline for each row execute function app.touch();

create or replace trigger audit_insert after insert on stage referencing new table as new_rows
  for each statement execute function app.record_change('stage', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on stage referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('stage', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on stage referencing old table as old_rows
  for each statement execute function app.record_change('stage', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on stage for each row execute function app.touch();

create or replace trigger audit_insert after insert on close_reason referencing new table as new_rows
  for each statement execute function app.record_change('close_reason', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on close_reason referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('close_reason', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on close_reason referencing old table as old_rows
  for each statement execute function app.record_change('close_reason', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on close_reason for each row execute function app.touch();

create or replace trigger audit_insert after insert on product referencing new table as new_rows
  for each statement execute function app.record_change('product', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on product referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('product', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on product referencing old table as old_rows
  for each statement execute function app.record_change('product', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on product for each row execute function app.touch();
create or replace trigger custom_values_insert after insert on product referencing new table as new_rows
  for each statement execute function app.keep_custom_values('product');
create or replace trigger custom_values_update after update on product referencing old table as old_rows new table as new_rows
  for each statement execute function app.keep_custom_values('product');
create or replace trigger custom_values_delete after delete on product referencing old table as old_rows
  for each statement execute function app.drop_custom_values('product');

create or replace trigger audit_insert after insert on currency_rate referencing new table as new_rows
  for each statement execute function app.record_change('currency_rate', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on currency_rate referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('currency_rate', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on currency_rate referencing old table as old_rows
  for each statement execute function app.record_change('currency_rate', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on currency_rate for each row execute function app.touch();

create or replace trigger audit_insert after insert on scoring_rule referencing new table as new_rows
  for each statement execute function app.record_change('scoring_rule', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on scoring_rule referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('scoring_rule', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on scoring_rule referencing old table as old_rows
  for each statement execute function app.record_change('scoring_rule', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on scoring_rule for each row execute function app.touch();

create or replace trigger audit_insert after insert on dashboard referencing new table as new_rows
  for each statement execute function app.record_change('dashboard', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on dashboard referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('dashboard', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on dashboard referencing old table as old_rows
  for each statement execute function app.record_change('dashboard', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on dashboard for each row execute function app.touch();

create or replace trigger audit_insert after insert on sales_target referencing new table as new_rows
  for each statement execute function app.record_change('sales_target', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on sales_target referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('sales_target', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on sales_target referencing old table as old_rows
  for each statement execute function app.record_change('sales_target', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on sales_target for each row execute function app.touch();

create or replace trigger audit_insert after insert on household referencing new table as new_rows
  for each statement execute function app.record_change('household', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on household referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('household', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on household referencing old table as old_rows
  for each statement execute function app.record_change('household', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on household for each row execute function app.touch();
create or replace trigger custom_values_insert after insert on household referencing new table as new_rows
  for each statement execute function app.keep_custom_values('household');
create or replace trigger custom_values_update after update on household referencing old table as old_rows new table as new_rows
  for each statement execute function app.keep_custom_values('household');
create or replace trigger custom_values_delete after delete on household referencing old table as old_rows
  for each statement execute function app.drop_custom_values('household');

create or replace trigger audit_insert after insert on household_adviser referencing new table as new_rows
  for each statement execute function app.record_change('household_adviser', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on household_adviser referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('household_adviser', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on household_adviser referencing old table as old_rows
  for each statement execute function app.record_change('household_adviser', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on household_adviser for each row execute function app.touch();

create or replace trigger audit_insert after insert on household_member referencing new table as new_rows
  for each statement execute function app.record_change('household_member', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on household_member referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('household_member', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on household_member referencing old table as old_rows
  for each statement execute function app.record_change('household_member', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on household_member for each row execute function app.touch();

create or replace trigger audit_insert after insert on legal_entity referencing new table as new_rows
  for each statement execute function app.record_change('legal_entity', '{search_text,tenant_id,version,updated_at,tax_id_index,tax_id_parts}', '{}');
create or replace trigger audit_update after update on legal_entity referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('legal_entity', '{search_text,tenant_id,version,updated_at,tax_id_index,tax_id_parts}', '{}');
create or replace trigger audit_delete after delete on legal_entity referencing old table as old_rows
  for each statement execute function app.record_change('legal_entity', '{search_text,tenant_id,version,updated_at,tax_id_index,tax_id_parts}', '{}');
create or replace trigger touch before update on legal_entity for each row execute function app.touch();
create or replace trigger custom_values_insert after insert on legal_entity referencing new table as new_rows
  for each statement execute function app.keep_custom_values('legal_entity');
create or replace trigger custom_values_update after update on legal_entity referencing old table as old_rows new table as new_rows
  for each statement execute function app.keep_custom_values('legal_entity');
create or replace trigger custom_values_delete after delete on legal_entity referencing old table as old_rows
  for each statement execute function app.drop_custom_values('legal_entity');

create or replace trigger audit_insert after insert on relationship referencing new table as new_rows
  for each statement execute function app.record_change('relationship', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on relationship referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('relationship', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on relationship referencing old table as old_rows
  for each statement execute function app.record_change('relationship', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on relationship for each row execute function app.touch();

create or replace trigger audit_insert after insert on client_profile referencing new table as new_rows
  for each statement execute function app.record_change('client_profile', '{search_text,tenant_id,version,updated_at,ssn_index,tax_id_index}', '{}');
create or replace trigger audit_update after update on client_profile referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('client_profile', '{search_text,tenant_id,version,updated_at,ssn_index,tax_id_index}', '{}');
create or replace trigger audit_delete after delete on client_profile referencing old table as old_rows
  for each statement execute function app.record_change('client_profile', '{search_text,tenant_id,version,updated_at,ssn_index,tax_id_index}', '{}');
create or replace trigger touch before update on client_profile for each row execute function app.touch();

create or replace trigger audit_insert after insert on identity_document referencing new table as new_rows
  for each statement execute function app.record_change('identity_document', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on identity_document referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('identity_document', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on identity_document referencing old table as old_rows
  for each statement execute function app.record_change('identity_document', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on identity_document for each row execute function app.touch();

create or replace trigger audit_insert after insert on financial_security referencing new table as new_rows
  for each statement execute function app.record_change('financial_security', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on financial_security referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('financial_security', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on financial_security referencing old table as old_rows
  for each statement execute function app.record_change('financial_security', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on financial_security for each row execute function app.touch();
create or replace trigger custom_values_insert after insert on financial_security referencing new table as new_rows
  for each statement execute function app.keep_custom_values('financial_security');
create or replace trigger custom_values_update after update on financial_security referencing old table as old_rows new table as new_rows
  for each statement execute function app.keep_custom_values('financial_security');
create or replace trigger custom_values_delete after delete on financial_security referencing old table as old_rows
  for each statement execute function app.drop_custom_values('financial_security');

create or replace trigger audit_insert after insert on custodian referencing new table as new_rows
  for each statement execute function app.record_change('custodian', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on custodian referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('custodian', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on custodian referencing old table as old_rows
  for each statement execute function app.record_change('custodian', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on custodian for each row execute function app.touch();
create or replace trigger custom_values_insert after insert on custodian referencing new table as new_rows
  for each statement execute function app.keep_custom_values('custodian');
create or replace trigger custom_values_update after update on custodian referencing old table as old_rows new table as new_rows
  for each statement execute function app.keep_custom_values('custodian');
create or replace trigger custom_values_delete after delete on custodian referencing old table as old_rows
  for each statement execute function app.drop_custom_values('custodian');

create or replace trigger touch before update on price for each row execute function app.touch();

create or replace trigger touch before update on exchange_rate for each row execute function app.touch();

create or replace trigger audit_insert after insert on financial_account referencing new table as new_rows
  for each statement execute function app.record_change('financial_account', '{search_text,tenant_id,version,updated_at,account_number_index,account_number_parts}', '{}');
create or replace trigger audit_update after update on financial_account referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('financial_account', '{search_text,tenant_id,version,updated_at,account_number_index,account_number_parts}', '{}');
create or replace trigger audit_delete after delete on financial_account referencing old table as old_rows
  for each statement execute function app.record_change('financial_account', '{search_text,tenant_id,version,updated_at,account_number_index,account_number_parts}', '{}');
create or replace trigger touch before update on financial_account for each row execute function app.touch();
create or replace trigger custom_values_insert after insert on financial_account referencing new table as new_rows
  for each statement execute function app.keep_custom_values('financial_account');
create or replace trigger custom_values_update after update on financial_account referencing old table as old_rows new table as new_rows
  for each statement execute function app.keep_custom_values('financial_account');
create or replace trigger custom_values_delete after delete on financial_account referencing old table as old_rows
  for each statement execute function app.drop_custom_values('financial_account');

create or replace trigger audit_insert after insert on account_owner referencing new table as new_rows
  for each statement execute function app.record_change('account_owner', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on account_owner referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('account_owner', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on account_owner referencing old table as old_rows
  for each statement execute function app.record_change('account_owner', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on account_owner for each row execute function app.touch();

create or replace trigger audit_insert after insert on accepted_break referencing new table as new_rows
  for each statement execute function app.record_change('accepted_break', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on accepted_break referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('accepted_break', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on accepted_break referencing old table as old_rows
  for each statement execute function app.record_change('accepted_break', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on accepted_break for each row execute function app.touch();

create or replace trigger touch before update on account_position for each row execute function app.touch();

create or replace trigger touch before update on account_transaction for each row execute function app.touch();

create or replace trigger audit_insert after insert on document referencing new table as new_rows
  for each statement execute function app.record_change('document', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on document referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('document', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on document referencing old table as old_rows
  for each statement execute function app.record_change('document', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on document for each row execute function app.touch();

create or replace trigger audit_insert after insert on communication referencing new table as new_rows
  for each statement execute function app.record_change('communication', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on communication referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('communication', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on communication referencing old table as old_rows
  for each statement execute function app.record_change('communication', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on communication for each row execute function app.touch();

create or replace trigger audit_insert after insert on goal referencing new table as new_rows
  for each statement execute function app.record_change('goal', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on goal referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('goal', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on goal referencing old table as old_rows
  for each statement execute function app.record_change('goal', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on goal for each row execute function app.touch();

create or replace trigger audit_insert after insert on goal_account referencing new table as new_rows
  for each statement execute function app.record_change('goal_account', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on goal_account referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('goal_account', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on goal_account referencing old table as old_rows
  for each statement execute function app.record_change('goal_account', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on goal_account for each row execute function app.touch();

create or replace trigger audit_insert after insert on suitability_profile referencing new table as new_rows
  for each statement execute function app.record_change('suitability_profile', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on suitability_profile referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('suitability_profile', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on suitability_profile referencing old table as old_rows
  for each statement execute function app.record_change('suitability_profile', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on suitability_profile for each row execute function app.touch();

create or replace trigger audit_insert after insert on client_review referencing new table as new_rows
  for each statement execute function app.record_change('client_review', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on client_review referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('client_review', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on client_review referencing old table as old_rows
  for each statement execute function app.record_change('client_review', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on client_review for each row execute function app.touch();

create or replace trigger audit_insert after insert on examiner_export referencing new table as new_rows
  for each statement execute function app.record_change('examiner_export', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_update after update on examiner_export referencing old table as old_rows new table as new_rows
  for each statement execute function app.record_change('examiner_export', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger audit_delete after delete on examiner_export referencing old table as old_rows
  for each statement execute function app.record_change('examiner_export', '{search_text,tenant_id,version,updated_at}', '{}');
create or replace trigger touch before update on examiner_export for each row execute function app.touch();

-- The ids of records whose sealed value may have a part (docs/decisions/0263-search-by-parts-of-sealed-values.md). Row-level security keeps the
-- operator from using its index, so these run as the system.
set local role holdfast_system;

create or replace function app.legal_entity_by_parts_of_tax_id(tokens int[]) returns setof uuid
  language plpgsql stable security definer rows 100
  set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
begin
  return query select r.id from legal_entity r where r.tenant_id = app.tenant_id() and r.tax_id_parts @> tokens;
end $$;
revoke all on function app.legal_entity_by_parts_of_tax_id(int[]) from public;
grant execute on function app.legal_entity_by_parts_of_tax_id(int[]) to holdfast_app;

create or replace function app.financial_account_by_parts_of_account_number(tokens int[]) returns setof uuid
  language plpgsql stable security definer rows 100
  set enable_seqscan = off set jit = off set max_parallel_workers_per_gather = 0 set search_path = pg_catalog, public, app, pg_temp as $$
begin
  return query select r.id from financial_account r where r.tenant_id = app.tenant_id() and r.account_number_parts @> tokens;
end $$;
revoke all on function app.financial_account_by_parts_of_account_number(int[]) from public;
grant execute on function app.financial_account_by_parts_of_account_number(int[]) to holdfast_app;

reset role;
