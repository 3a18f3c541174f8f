-- Telephone numbers of people are sealed where a workspace says so (app.contact_fits), and found by blind indexes in their envelopes.
-- docs/decisions/0296-phones-are-sealed-with-an-index.md
-- locks contact: no row is in these indexes yet, and to see that of 1,000,000 takes less than a second
-- locks tenant: there is a row for each workspace
create index contact_sealed_phone on contact (tenant_id, app.phone_key(phone)) where starts_with(phone, e'\x01sealed:');
create index contact_sealed_phones on contact using gin (tenant_id, app.sealed_indexes(other_phones #>> '{}'))
  where jsonb_typeof(other_phones) = 'string';
-- It has one parameter more.
drop function if exists app.contact_candidates(text, text, text, uuid);
-- A workspace that seals has to seal these too, and what was copied of them.
update tenant set personal_sealing = 'sealing' where personal_sealing = 'on';
