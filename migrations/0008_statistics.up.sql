-- Statistics of the tables that an import fills, so that the next query is not planned as if they were empty. Only a table's owner may
-- ANALYZE it, hence the owner's function.
create function app.analyze_records() returns void language plpgsql volatile security definer set search_path = pg_catalog, public, app as $$
begin
  analyze user_account, team, company, contact, product, deal, deal_line, record_tag, note, task, activity;
end $$;
revoke all on function app.analyze_records() from public;
grant execute on function app.analyze_records() to holdfast_app;
