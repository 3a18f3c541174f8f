-- Calendars at Google. docs/decisions/0285-google-calendar-beside-caldav.md
--
-- locks calendar_account: a row for each account that is connected
-- locks calendar_object: nothing is written

-- Of an account at Google the sealed password is the refresh token.
alter table calendar_account add column provider text not null default 'caldav', alter column url drop not null;
alter table calendar_account
  add constraint calendar_account_provider_check check (provider = 'google' or provider = 'caldav' and url is not null) not valid;

-- Google lists each changed time of a series as an item of its own, and names the item of the series in it.
alter table calendar_object add column series_href text;
alter table calendar_object
  add constraint calendar_object_series_href_check check (length(series_href) between 1 and 2000) not valid;
create index calendar_object_series on calendar_object (tenant_id, calendar_id, series_href) where series_href is not null;
