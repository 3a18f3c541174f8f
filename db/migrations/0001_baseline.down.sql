-- Takes away everything, also what db/routines/ made: the migrator applies those files again after the next migration.
drop view if exists attachable_record;
drop table usage_statement, usage_route, usage_activity, calendar_feed, notification_setting, notification, follower,
  deal_score, score_model, scoring_rule, dashboard_mailing, dashboard_tile, dashboard, duplicate_suspect, duplicate_rules, saved_view,
  change_item, change, export, saved_mapping, import_problem, import_fix, import_row, import_file, import, custom_conversion_value,
  custom_conversion, custom_value, custom_field, attachment_version, attachment, comment, activity, task, note, record_tag, subject, sales_target, currency_rate, deal_share,
  deal_stage_visit, deal_line, deal, close_reason, stage, pipeline, product, tag, contact_position, contact, company, confirmed_email,
  external_identity, sign_in_provider, one_time_token, api_key, session, passkey, recovery_code, totp_use, user_totp, user_password, file, schedule, job,
  idempotency_key, feed_set_aside, feed_cursor, feed_mark, feed_router, feed_consumer, record_history, audit_event, user_role, role, team_member, team, user_account, tenant cascade;
do $$
declare f record;
begin
  for f in select p.oid::regprocedure as signature, pg_get_userbyid(p.proowner) = 'holdfast_system' as of_system
    from pg_proc p where p.pronamespace = 'app'::regnamespace
  loop
    if f.of_system then set local role holdfast_system; end if;
    execute format('drop function %s', f.signature);
    if f.of_system then reset role; end if;
  end loop;
end $$;
drop extension fuzzystrmatch, btree_gin, pg_trgm;
revoke all on schema app, public from holdfast_app, holdfast_system;
