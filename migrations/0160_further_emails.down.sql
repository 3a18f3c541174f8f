drop function app.contacts_with_further_email(text[]);
