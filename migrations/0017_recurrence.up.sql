-- When the first task of a series was due. Its rule counts from there, whatever became of those between.
alter table task add column series_start timestamptz(3);
