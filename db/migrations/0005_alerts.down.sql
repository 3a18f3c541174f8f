drop table alert_message, alert_receiver, alert_silence, alert_rule, alert cascade;
drop function if exists app.may_alert(), app.alerts_now(), app.operation_by();
