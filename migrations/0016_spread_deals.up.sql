-- Where the role that migrates is no superuser, the revocation of migration 6 came too late: the function was another's already.
set local role holdfast_system;
revoke all on function app.spread_deals(uuid, uuid[], double precision[]) from public;
grant execute on function app.spread_deals(uuid, uuid[], double precision[]) to holdfast_app;
reset role;
