-- Operators of the installation sign in by what the installation controls: not through a provider that a workspace's administrators chose.
--
-- locks sign_in_provider: a workspace has a few
-- locks external_identity: only rows of operators, of whom an installation has a few
-- locks session: only rows of operators, of whom an installation has a few
-- locks one_time_token: only rows of operators, of whom an installation has a few
alter table sign_in_provider add column by_operator boolean not null default false;

-- Of those who operate it already, as `operator grant` does from now on.
delete from external_identity e using operator o where e.tenant_id = o.tenant_id and e.user_id = o.user_id;
delete from session s using operator o where s.tenant_id = o.tenant_id and s.user_id = o.user_id and s.method = 'provider';
delete from one_time_token t using operator o where t.tenant_id = o.tenant_id and t.user_id = o.user_id and t.kind in ('identity_link', 'second_factor');
