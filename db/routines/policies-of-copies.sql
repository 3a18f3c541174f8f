-- Whether this database is a pseudonymised copy is of the installation: every process asks, before it sends anything.

drop policy if exists processes on pseudonymised_copy;
create policy processes on pseudonymised_copy for select to holdfast_app using (true);
