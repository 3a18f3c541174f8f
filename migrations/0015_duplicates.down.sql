drop function app.references_left(text, jsonb, uuid[]);
drop trigger forget_merge on contact;
drop trigger forget_merge on company;
drop function app.forget_merge();
alter table contact drop column merged_into_id;
alter table company drop column merged_into_id;
