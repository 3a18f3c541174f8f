drop table mail_template;
