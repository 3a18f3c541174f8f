alter table notification drop column via;
