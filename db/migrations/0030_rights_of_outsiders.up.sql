-- Accounts that are no member's never have a right to all rows; what they need of the workspace, such as its title, comes with their session.
--
-- locks role: a workspace has a few
set local role holdfast_system;
update role set rights = rights - 'tenant' where kind <> 'member' and rights ? 'tenant';
reset role;
