-- Refused where a text is sealed: switch sealing off in that workspace first, and wait until it is done.
do $$ begin
  if exists (select from communication where starts_with(subject, e'\x01sealed:'))
    or exists (select from household where starts_with(street, e'\x01sealed:') or starts_with(postal_code, e'\x01sealed:'))
    or exists (select from contact where starts_with(street, e'\x01sealed:') or starts_with(salutation, e'\x01sealed:')) then
    raise exception 'A workspace seals personal texts. Switch that off first, and wait until it is done.';
  end if;
end $$;
-- They are of a log, and open no more.
update webhook_delivery set payload = null, response = null
where starts_with(payload, e'\x01sealed:') or starts_with(response, e'\x01sealed:');
alter table webhook_delivery drop constraint webhook_delivery_response_check;
alter table webhook_delivery add constraint webhook_delivery_response_check check (length(response) <= 4000) not valid;
alter table webhook_delivery drop constraint webhook_delivery_payload_check;
alter table webhook_delivery add constraint webhook_delivery_payload_check check (octet_length(payload) <= 300000) not valid;
alter table household drop constraint household_postal_code_check;
alter table household add constraint household_postal_code_check check (length(postal_code) <= 20) not valid;
alter table household drop constraint household_street_check;
alter table household add constraint household_street_check check (length(street) <= 300) not valid;
alter table contact drop constraint contact_salutation;
alter table contact add constraint contact_salutation check (length(salutation) <= 60) not valid;
alter table communication drop constraint communication_subject_check;
alter table communication add constraint communication_subject_check check (length(subject) between 1 and 300) not valid;
