alter table outgoing_mail drop column bounces;
