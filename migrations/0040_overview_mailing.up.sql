-- The overview, which everybody has, is mailed too: it is what a mailing without a dashboard of its own is of.
alter table dashboard_mailing alter column dashboard_id drop not null;
alter table dashboard_mailing drop constraint dashboard_mailing_once,
  add constraint dashboard_mailing_once unique nulls not distinct (tenant_id, dashboard_id, recipient_id);
