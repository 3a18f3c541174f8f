-- Files in other stores than the first would be found no more.
do $$ begin
  if exists (select from file where storage_class <> 'hot') then
    raise exception 'Files are in the warm or the cold store'
      using hint = 'Set FILES_WARM_AFTER_DAYS and FILES_COLD_AFTER_DAYS to 0 and wait until the page Lifecycle says that all files are back.';
  end if;
end $$;
drop table file_read cascade;
drop table orphan_file cascade;
drop table lifecycle_rule cascade;
drop function if exists app.deletion_steps(), app.past_rows(text, int, timestamptz, int, int), app.delete_past_rows(text, int, timestamptz, int, text[]),
  app.past_trash(timestamptz, int, int), app.delete_past_trash(text, uuid, timestamptz, int, uuid[]), app.count_past(text, timestamptz, int, int),
  app.note_rule_run(text, timestamptz, bigint, bigint, int, text), app.past_log(int, timestamptz), app.past_files(timestamptz, text, int),
  app.note_file_reads(text[]), app.file_tiers(timestamptz, int, int), app.tier_of(timestamptz, timestamptz, int, int), app.operator_confirm_orphans(text);
