-- Search by a part of an account number or of a tax id of an entity. docs/decisions/0263-search-by-parts-of-sealed-values.md
-- locks financial_account: a firm has thousands of accounts at most
-- locks legal_entity: a firm has few entities
alter table financial_account drop constraint financial_account_account_number_check;
alter table financial_account add constraint financial_account_account_number_check
  check (octet_length(account_number) between 62 and 305) not valid;
alter table financial_account add column account_number_parts int[] generated always as (app.sealed_parts(account_number)) stored;
create index financial_account_account_number_parts on financial_account using gin (tenant_id, account_number_parts);
create index financial_account_without_parts on financial_account (tenant_id)
  where account_number is not null and account_number_parts is null;
alter table legal_entity drop constraint legal_entity_tax_id_check;
alter table legal_entity add constraint legal_entity_tax_id_check check (octet_length(tax_id) between 62 and 225) not valid;
alter table legal_entity add column tax_id_parts int[] generated always as (app.sealed_parts(tax_id)) stored;
create index legal_entity_tax_id_parts on legal_entity using gin (tenant_id, tax_id_parts);
create index legal_entity_without_parts on legal_entity (tenant_id) where tax_id is not null and tax_id_parts is null;
