-- More texts are sealed where a workspace says so: subjects of communications, salutations of people, streets and postal codes of households, and what webhooks sent.
-- An envelope is longer than its text: 61 bytes and those of the text, in base64, behind a mark and the id of its key.
-- docs/decisions/0283-personal-texts-are-sealed-in-place.md
-- locks communication: its rows are not looked at
-- locks contact: its rows are not looked at
-- locks household: a firm has thousands of households at most
-- locks webhook_delivery: its rows are not looked at
alter table communication drop constraint communication_subject_check;
alter table communication add constraint communication_subject_check
  check (length(subject) between 1 and case when starts_with(subject, e'\x01sealed:') then 1800 else 300 end) not valid;
alter table contact drop constraint contact_salutation;
alter table contact add constraint contact_salutation
  check (length(salutation) <= case when starts_with(salutation, e'\x01sealed:') then 500 else 60 end) not valid;
alter table household drop constraint household_street_check;
alter table household add constraint household_street_check
  check (length(street) <= case when starts_with(street, e'\x01sealed:') then 1800 else 300 end) not valid;
alter table household drop constraint household_postal_code_check;
alter table household add constraint household_postal_code_check
  check (length(postal_code) <= case when starts_with(postal_code, e'\x01sealed:') then 300 else 20 end) not valid;
alter table webhook_delivery drop constraint webhook_delivery_payload_check;
alter table webhook_delivery add constraint webhook_delivery_payload_check
  check (octet_length(payload) <= case when starts_with(payload, e'\x01sealed:') then 400200 else 300000 end) not valid;
alter table webhook_delivery drop constraint webhook_delivery_response_check;
alter table webhook_delivery add constraint webhook_delivery_response_check
  check (length(response) <= case when starts_with(response, e'\x01sealed:') then 21600 else 4000 end) not valid;
