drop table custom_field, activity, task, note, record_tag, tag, contact, company;
drop function app.person_name(text, text), app.to_date(text), app.to_number(text), app.refuse_company_cycle(), app.sees_all_records();
