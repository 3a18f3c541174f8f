do $$
begin
  if current_setting('server_version_num')::int >= 170000 then revoke maintain on all tables in schema public from holdfast_app; end if;
end $$;
