drop function app.local_midnight(date), app.period(text), app.user_zone();
