-- With the policy of the table. A deletion that was not finished leaves its workspace as it is, without its people's ways to sign in.
drop table tenant_deletion cascade;
