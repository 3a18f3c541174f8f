set local role holdfast_system;
update role set rights = (rights - 'sales_target') || jsonb_build_object('dashboard', case when key = 'admin'
  then '{"read": "all", "create": "all", "update": "all", "delete": "all"}'::jsonb else '{"read": "all"}'::jsonb end)
where rights -> 'dashboard' ->> 'read' is not null;
reset role;
drop table sales_target;
drop table dashboard_tile;
drop table dashboard;
