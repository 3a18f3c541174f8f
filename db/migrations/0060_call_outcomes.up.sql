-- What came of a call.
alter table activity add column outcome text;
alter table activity add constraint activity_outcome_check
  check (outcome in ('connected', 'voicemail', 'no_answer', 'wrong_number')) not valid;
