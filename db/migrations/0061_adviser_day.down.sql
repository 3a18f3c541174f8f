drop table client_review, suitability_profile, goal_account, goal cascade;
drop trigger if exists plan_review on household;
drop trigger if exists plan_identity_check on client_profile;
drop function if exists app.check_goal_shares() cascade;
drop function if exists app.plan_review() cascade;
drop function if exists app.plan_identity_check() cascade;
alter table household drop column last_review_on;
