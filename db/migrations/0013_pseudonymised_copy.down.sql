-- Without the table, the copy would send e-mails and webhooks again, so it goes only where there is no copy.
do $$ begin
  if exists (select from pseudonymised_copy where not sends) then
    raise exception 'This database is a pseudonymised copy, which must not send anything'
      using hint = 'Make a new copy with the version before, or let this one send: holdfast copy send.';
  end if;
end $$;
drop table pseudonymised_copy cascade;
