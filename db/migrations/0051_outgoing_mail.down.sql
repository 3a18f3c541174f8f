drop table outgoing_mail cascade;
