drop index task_completed;
drop view user_team_item;
drop view deal_product;
drop trigger keep_next_stage on deal;
drop trigger keep_first_stage on deal;
drop function app.keep_stage_visits();
drop table deal_stage_visit;
