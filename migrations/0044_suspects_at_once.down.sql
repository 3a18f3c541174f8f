drop function app.company_core(text);
drop function app.schedule_suspect_checks();
drop index job_suspect_check;
drop trigger note_suspect_due_again on company;
drop trigger note_suspect_due_again on contact;
drop trigger note_suspect_due on company;
drop trigger note_suspect_due on contact;
drop function app.note_suspect_due();
drop table suspect_due;
