-- Refused where such a text is sealed: switch sealing off in that workspace first, and wait until it is done.
do $$ begin
  if exists (select from contact where starts_with(street, e'\x01sealed:') or starts_with(postal_code, e'\x01sealed:')
      or starts_with(other_addresses #>> '{}', e'\x01sealed:') or starts_with(social_profiles #>> '{}', e'\x01sealed:'))
    or exists (select from record_history h, lateral (values (h.before), (h.after)) v (kept), unnest(
        array[v.kept ->> 'street', v.kept ->> 'postal_code', v.kept ->> 'other_addresses', v.kept ->> 'social_profiles']) t (text)
      where h.resource = 'contact' and starts_with(t.text, e'\x01sealed:'))
    or exists (select from communication where starts_with(participants[1], e'\x01sealed:'))
    or exists (select from record_history h, lateral (values (h.before), (h.after)) v (kept)
      where h.resource = 'communication' and starts_with(v.kept #>> '{participants,0}', e'\x01sealed:')) then
    raise exception 'A workspace seals personal texts. Switch that off first, and wait until it is done.';
  end if;
end $$;
drop function if exists app.comparable_list(text, jsonb);
drop function if exists app.sealed_list_fits(jsonb, int);
