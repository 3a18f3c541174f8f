delete from meaning_model where vector_model is not null;
alter table meaning_model drop column vector_model, drop constraint meaning_model_dimensions_check,
  add constraint meaning_model_dimensions_check check (dimensions between 1 and 1000) not valid;
drop table language_model_answer, language_model_usage, language_model_call, language_model;
