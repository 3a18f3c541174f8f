drop function app.search_texts(text, int);
drop function app.search_written(text, text, text, text, int);
drop index note_words, activity_words, task_words;
drop function app.words(text, text);
