drop function app.analyze_import_stage();
