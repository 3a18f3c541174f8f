alter table activity drop column outcome;
