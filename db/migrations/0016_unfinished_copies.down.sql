-- Nobody can say so of one that is not finished.
alter table pseudonymised_copy no force row level security;
update pseudonymised_copy set replaced_at = now() where replaced_at is null;
alter table pseudonymised_copy force row level security;
alter table pseudonymised_copy alter column replaced_at set default now(), alter column replaced_at set not null;
