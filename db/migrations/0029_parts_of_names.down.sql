alter table contact drop column salutation, drop column middle_name, drop column suffix;
