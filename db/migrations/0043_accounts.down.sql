drop table account_transaction, account_position, account_owner, financial_account, exchange_rate, price, financial_security, custodian cascade;
drop function if exists app.check_account_shares() cascade;
drop function if exists app.keep_with_transactions() cascade;
drop function if exists app.rate_on(char, char, date);

set local role holdfast_system;
update role set rights = rights - 'financial_security';
reset role;
