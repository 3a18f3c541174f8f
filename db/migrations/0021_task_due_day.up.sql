-- The day on which a task is due at no particular time. due_at is the end of that day then (db/routines/notes-and-tasks.sql).
alter table task add column due_on date constraint task_due_on check (due_on < '9999-12-31');
