drop table meeting cascade;
drop table calendar_address, calendar_object, calendar_source, calendar_account;
drop table meeting_calendar cascade;
drop function if exists app.calendars_read(text);
