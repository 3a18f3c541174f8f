drop table schedule_pause, process, storage_sample, certificate cascade;
alter table schedule drop column job_id;
drop function if exists app.operator_schedules(text[]), app.operator_run_schedule(text, text, jsonb, text, text), app.operator_pause_schedule(text, text),
  app.operator_resume_schedule(text, text), app.paused_schedules(), app.write_process(jsonb), app.see_process(uuid, bigint),
  app.remove_process(uuid), app.operator_processes(), app.processes_seen(), app.new_errors(),
  app.take_storage_sample(text, text, double precision, double precision, double precision), app.storage_samples(),
  app.write_certificates(jsonb), app.certificates_seen();
