-- Without the table nobody would know which files hold the past, so it goes only when none does.
do $$ begin
  if exists (select from lifecycle_archive where state in ('detached', 'archived')) then
    raise exception 'Periods of the audit trail are in the archive'
      using hint = 'Return them on the page Lifecycle before you go back to a version that does not know them.';
  end if;
end $$;
drop table lifecycle_archive cascade;
drop function if exists app.is_held(text, uuid, timestamptz, timestamptz), app.lifecycle_partitions(), app.archived_periods(),
  app.archive_files(timestamptz, timestamptz), app.operator_return(text, timestamptz, int, text);
