-- Whoever was the primary adviser of a household is told that it was handed over.
alter table notification drop constraint notification_kind_check;
alter table notification add constraint notification_kind_check check (kind in ('mentioned', 'commented', 'assigned', 'changed', 'task_due', 'finished',
  'duplicates_found', 'webhook_disabled', 'handed_over')) not valid;
