drop function app.analyze_records();
