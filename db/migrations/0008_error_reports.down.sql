drop function if exists app.note_errors(jsonb);
drop function if exists app.purge_errors(int);
drop table error_occurrence, error_report;
