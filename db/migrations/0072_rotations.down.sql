alter table data_key drop column resealed_at;
