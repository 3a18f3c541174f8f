-- What a field of references named before or after a change, as far as the reader may see it. Asked for where one changed: as subqueries of a
-- timeline, all of them were made ready for each of its pages, a fifth of what that of a deal took.
create function app.name_of(noun text, of_tenant uuid, of_id uuid) returns text language plpgsql stable parallel safe as $$
begin
  if of_id is null then return null; end if;
  case noun
    when 'user_account' then return (select name from public.user_account where tenant_id = of_tenant and id = of_id);
    when 'company' then return (select name from public.company where tenant_id = of_tenant and id = of_id);
    when 'contact' then return (select name from public.contact where tenant_id = of_tenant and id = of_id);
    when 'pipeline' then return (select name from public.pipeline where tenant_id = of_tenant and id = of_id);
    when 'stage' then return (select name from public.stage where tenant_id = of_tenant and id = of_id);
    when 'close_reason' then return (select name from public.close_reason where tenant_id = of_tenant and id = of_id);
  end case;
end $$;
