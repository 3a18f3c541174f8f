drop index file_created;
