set local role holdfast_system;
delete from notification where kind = 'handed_over';
reset role;
alter table notification drop constraint notification_kind_check;
alter table notification add constraint notification_kind_check check (kind in ('mentioned', 'commented', 'assigned', 'changed', 'task_due', 'finished',
  'duplicates_found', 'webhook_disabled')) not valid;
