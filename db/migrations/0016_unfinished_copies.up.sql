-- A copy is one from the moment its values begin to be replaced: one whose replacing stopped holds real people, and must send nothing either. Null until
-- it is done.

-- locks pseudonymised_copy: it has one row at most
alter table pseudonymised_copy alter column replaced_at drop not null, alter column replaced_at drop default;
