-- Made from the contracts of the record types by "npm run generate".

-- meeting
create or replace trigger audit_insert after insert on meeting referencing new table as changed_rows
  for each statement execute function app.record_statement('meeting');
create or replace trigger audit_update after update on meeting referencing new table as changed_rows
  for each statement execute function app.record_statement('meeting');
create or replace trigger audit_delete after delete on meeting referencing old table as changed_rows
  for each statement execute function app.record_statement('meeting');

-- account_transaction
create or replace trigger append_only before update or delete on account_transaction
  for each row execute function app.refuse_change();
create or replace trigger append_only_truncate before truncate on account_transaction
  for each statement execute function app.refuse_change();
create or replace trigger check_reversal before insert on account_transaction
  for each row when (new.reverses_id is not null) execute function app.check_reversal('reverses_id', '{quantity,amount,fees,taxes,cost}');
create or replace trigger audit_insert after insert on account_transaction referencing new table as changed_rows
  for each statement execute function app.record_statement('account_transaction');
create or replace trigger audit_update after update on account_transaction referencing new table as changed_rows
  for each statement execute function app.record_statement('account_transaction');
create or replace trigger audit_delete after delete on account_transaction referencing old table as changed_rows
  for each statement execute function app.record_statement('account_transaction');

-- account_position
create or replace trigger audit_insert after insert on account_position referencing new table as changed_rows
  for each statement execute function app.record_statement('account_position');
create or replace trigger audit_update after update on account_position referencing new table as changed_rows
  for each statement execute function app.record_statement('account_position');
create or replace trigger audit_delete after delete on account_position referencing old table as changed_rows
  for each statement execute function app.record_statement('account_position');

-- exchange_rate
create or replace trigger audit_insert after insert on exchange_rate referencing new table as changed_rows
  for each statement execute function app.record_statement('exchange_rate');
create or replace trigger audit_update after update on exchange_rate referencing new table as changed_rows
  for each statement execute function app.record_statement('exchange_rate');
create or replace trigger audit_delete after delete on exchange_rate referencing old table as changed_rows
  for each statement execute function app.record_statement('exchange_rate');

-- price
create or replace trigger audit_insert after insert on price referencing new table as changed_rows
  for each statement execute function app.record_statement('price');
create or replace trigger audit_update after update on price referencing new table as changed_rows
  for each statement execute function app.record_statement('price');
create or replace trigger audit_delete after delete on price referencing old table as changed_rows
  for each statement execute function app.record_statement('price');
