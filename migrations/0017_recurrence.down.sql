alter table task drop column series_start;
