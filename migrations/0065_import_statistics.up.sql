-- How many rows of an import's stage found a record, for the plan of the statement that changes these records. The stage belongs to
-- holdfast_system, and only an owner may ANALYZE.
create function app.analyze_import_stage() returns void language plpgsql volatile security definer set search_path = pg_catalog, public, app as $$
begin
  analyze pg_temp.import_stage (match_id, refusal);
end $$;
call app.run_as_system(array['app.analyze_import_stage()']::regprocedure[]);
