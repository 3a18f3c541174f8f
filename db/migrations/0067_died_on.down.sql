alter table client_profile drop column died_on;
