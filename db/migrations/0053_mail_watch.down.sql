alter table mail_connection drop column watched_until, drop column watcher;
