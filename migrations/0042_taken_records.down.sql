drop function app.taken_away(text, uuid[], text[]);
