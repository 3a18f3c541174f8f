-- The version before cannot open values with an index of parts.
set local role holdfast_system;
do $$
begin
  if exists (select from financial_account where account_number_parts is not null)
    or exists (select from legal_entity where tax_id_parts is not null) then
    raise exception 'There are values with an index of their parts, which the version before cannot open';
  end if;
end $$;
reset role;
drop function if exists app.financial_account_by_parts_of_account_number(int[]), app.legal_entity_by_parts_of_tax_id(int[]);
alter table legal_entity drop column tax_id_parts;
alter table legal_entity drop constraint legal_entity_tax_id_check;
alter table legal_entity add constraint legal_entity_tax_id_check check (octet_length(tax_id) between 62 and 221) not valid;
alter table financial_account drop column account_number_parts;
alter table financial_account drop constraint financial_account_account_number_check;
alter table financial_account add constraint financial_account_account_number_check
  check (octet_length(account_number) between 62 and 221) not valid;
