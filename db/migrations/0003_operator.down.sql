drop index job_failed;
drop table operator_action, operator cascade;
drop function if exists app.is_operator(), app.refuse_unless_operator(), app.note_operation(text, text, text), app.operator_enqueue(text, text), app.operator_actions(int), app.operators(),
  app.operator_jobs(int), app.operator_job_counts(), app.operator_retry(uuid, text);
