drop index calendar_object_series;
delete from calendar_object where series_href is not null;
alter table calendar_object drop constraint calendar_object_series_href_check, drop column series_href;
delete from calendar_account where provider = 'google';
alter table calendar_account drop constraint calendar_account_provider_check, drop column provider,
  alter column url set not null;
