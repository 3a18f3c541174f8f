drop index activity_created;
