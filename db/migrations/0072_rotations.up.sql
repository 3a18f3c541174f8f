-- Since when no value needs a data key that was replaced: a rotation that has not finished, or stands still, is told by its absence.
alter table data_key add column resealed_at timestamptz(3);
