drop function app.neutralise_formula(text);
drop function app.open_import_stage(text);
drop index audit_event_import;
drop index company_domain;
drop table export, saved_mapping, import_problem, import_file, import;
