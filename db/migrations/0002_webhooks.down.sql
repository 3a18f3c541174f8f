drop table webhook_delivery, webhook_sending, webhook cascade;
drop function if exists app.purge_webhook_deliveries(int, int);
set local role holdfast_system;
delete from notification where kind = 'webhook_disabled';
update role set rights = rights - 'webhook';
reset role;
alter table notification drop constraint notification_kind_check;
alter table notification add constraint notification_kind_check
  check (kind in ('mentioned', 'commented', 'assigned', 'changed', 'task_due', 'finished', 'duplicates_found'));
