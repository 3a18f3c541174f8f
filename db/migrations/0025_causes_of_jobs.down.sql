drop view if exists recorded_change cascade;
alter table audit_event drop column via;
alter table job drop column depth, drop column cause, drop column via;
