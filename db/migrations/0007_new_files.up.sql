-- What was uploaded since a moment, for the backup that follows it.
create index file_created on file (created_at);
