set local role holdfast_system;
delete from dashboard_mailing where dashboard_id is null;
reset role;
alter table dashboard_mailing drop constraint dashboard_mailing_once,
  add constraint dashboard_mailing_once unique (tenant_id, dashboard_id, recipient_id);
alter table dashboard_mailing alter column dashboard_id set not null;
