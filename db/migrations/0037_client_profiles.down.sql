drop table identity_document, client_profile cascade;

set local role holdfast_system;
update role set rights = rights - array['client_profile', 'reveal'];
reset role;
