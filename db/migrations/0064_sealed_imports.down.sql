alter table export drop column reason;
delete from import_row where cells_envelope is not null;
alter table import_row drop column cells_envelope;
alter table import_file drop column found_envelope;
alter table legal_entity drop column tax_id_index, drop column tax_id;
