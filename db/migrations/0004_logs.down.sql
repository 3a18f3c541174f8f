set local role holdfast_system;
update role set rights = rights - 'log' where rights ? 'log';
reset role;
drop function if exists app.append_log(jsonb), app.ensure_log_partitions(int), app.ensure_log_partition(date), app.purge_log(int), app.index_log(),
  app.log_conditions(jsonb), app.log_scope(boolean, jsonb), app.log_driver(jsonb), app.search_log(boolean, jsonb, timestamptz, uuid, int),
  app.log_histogram(boolean, jsonb, int), app.log_bars(int[], int[], int[], timestamptz), app.log_workspaces();
drop table log_count, log_line cascade;
