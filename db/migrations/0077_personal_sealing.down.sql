-- Refused where a text is sealed: switch sealing off in that workspace first, and wait until it is done.
do $$ begin
  if exists (select from tenant where personal_sealing <> 'off')
    or exists (select from client_review where starts_with(note, e'\x01sealed:'))
    or exists (select from goal where starts_with(remark, e'\x01sealed:'))
    or exists (select from relationship where starts_with(remark, e'\x01sealed:'))
    or exists (select from suitability_profile where starts_with(remark, e'\x01sealed:'))
    or exists (select from record_history where starts_with(before ->> 'note', e'\x01sealed:')
      or starts_with(before ->> 'remark', e'\x01sealed:') or starts_with(after ->> 'note', e'\x01sealed:')
      or starts_with(after ->> 'remark', e'\x01sealed:')) then
    raise exception 'A workspace seals personal texts. Switch that off first, and wait until it is done.';
  end if;
end $$;
alter table suitability_profile drop constraint suitability_profile_remark_check;
alter table suitability_profile add constraint suitability_profile_remark_check check (length(remark) <= 500) not valid;
alter table relationship drop constraint relationship_remark_check;
alter table relationship add constraint relationship_remark_check check (length(remark) <= 500) not valid;
alter table goal drop constraint goal_remark_check;
alter table goal add constraint goal_remark_check check (length(remark) <= 500) not valid;
alter table client_review drop constraint client_review_note_check;
alter table client_review add constraint client_review_note_check check (length(note) <= 5000) not valid;
revoke update on record_history from holdfast_system;
alter table tenant drop column personal_sealing, drop column personal_sealing_remnants;
