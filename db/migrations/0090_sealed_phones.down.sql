-- Refused where a number is sealed: switch sealing off in that workspace first, and wait until it is done.
set local role holdfast_system;
do $$ begin
  if exists (select from contact where starts_with(phone, e'\x01sealed:') or starts_with(other_phones #>> '{}', e'\x01sealed:'))
    or exists (select from record_history h, lateral (values (h.before), (h.after)) v (kept), unnest(
        array[v.kept ->> 'phone', v.kept ->> 'other_phones']) t (text)
      where h.resource = 'contact' and starts_with(t.text, e'\x01sealed:')) then
    raise exception 'A workspace seals personal texts. Switch that off first, and wait until it is done.';
  end if;
end $$;
reset role;
drop function if exists app.contact_candidates(text, text, text, uuid, text[]);
drop function if exists app.contacts_with_sealed_phone(text[]);
drop function if exists app.contacts_with_further_sealed_phone(text[]);
drop index contact_sealed_phone;
drop index contact_sealed_phones;
