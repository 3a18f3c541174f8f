drop function app.add_stage_visits(jsonb);
drop table dashboard_mailing;
