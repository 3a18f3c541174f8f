-- Which process keeps a connection to the provider of a mailbox to hear of new mail, and until when no other takes it.
--
-- locks mail_connection: nothing is written
alter table mail_connection add column watcher text, add column watched_until timestamptz(3);
