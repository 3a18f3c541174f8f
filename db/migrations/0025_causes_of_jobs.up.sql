-- What led to a job, so that a loop through jobs is seen as one: how many effects caused each other up to it, which job or consumer enqueued it, and
-- what its person acted through.
alter table job
  add column depth smallint not null default 0,
  add column cause text,
  add column via text;
-- What the person acted through, such as 'api_key:…'; null for somebody at a page, and for the program itself.
alter table audit_event add column via text;
alter table audit_event alter column via set default nullif(current_setting('app.via', true), '');
