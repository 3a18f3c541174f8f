-- The tax ids of entities, sealed; and what imports keep of a file, sealed too (docs/security/sealed-fields.md).
-- locks legal_entity: a firm has few entities, and the table is new
alter table legal_entity add column tax_id bytea;
alter table legal_entity add constraint legal_entity_tax_id_check check (octet_length(tax_id) between 62 and 221) not valid;
alter table legal_entity add column tax_id_index bytea generated always as (substring(tax_id from 30 for 16)) stored;
create index legal_entity_tax_id on legal_entity (tenant_id, tax_id_index) where tax_id_index is not null;

-- What was seen in the cells of a file: the first rows, samples, choices, questions and problems. The rest stands in "found".
alter table import_file add column found_envelope bytea;
-- The cells of a row, where a column of its file is mapped to a sealed field; "cells" is empty then.
alter table import_row add column cells_envelope bytea;

-- Why sealed values are in the clear in the file; without it there are masks in their place.
alter table export add column reason text;
alter table export add constraint export_reason_check check (length(reason) between 1 and 500) not valid;
