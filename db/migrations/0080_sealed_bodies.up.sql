-- What is written in notes, comments and activities is sealed where a workspace says so. An envelope is longer than its text: 61 bytes and those of the text, of
-- which a letter has four at most, in base64, behind a mark and the id of its key. docs/decisions/0288-bodies-of-notes-comments-and-activities-are-sealed.md
-- locks activity: its rows are not looked at
-- locks comment: its rows are not looked at
-- locks note: its rows are not looked at
-- locks tenant: there is a row for each workspace
alter table activity drop constraint activity_subject_check;
alter table activity add constraint activity_subject_check
  check (length(subject) between 1 and case when starts_with(subject, e'\x01sealed:') then 1800 else 300 end) not valid;
alter table activity drop constraint activity_body_check;
alter table activity add constraint activity_body_check
  check (length(body) <= case when starts_with(body, e'\x01sealed:') then 533500 else 100000 end) not valid;
alter table note drop constraint note_body_check;
alter table note add constraint note_body_check
  check (length(body) between 1 and case when starts_with(body, e'\x01sealed:') then 533500 else 100000 end) not valid;
alter table comment drop constraint comment_body_check;
alter table comment add constraint comment_body_check
  check (length(body) between 1 and case when starts_with(body, e'\x01sealed:') then 533500 else 100000 end) not valid;
-- A workspace that seals has to seal these too, and what was copied of them.
update tenant set personal_sealing = 'sealing' where personal_sealing = 'on';
