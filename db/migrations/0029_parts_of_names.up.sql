-- What belongs to the name of a person beside first and last name: "Frau Dr.", "Maria", "PhD".
alter table contact
  add column salutation text constraint contact_salutation check (length(salutation) <= 60),
  add column middle_name text constraint contact_middle_name check (length(middle_name) <= 200),
  add column suffix text constraint contact_suffix check (length(suffix) <= 60);
