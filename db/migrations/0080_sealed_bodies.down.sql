-- Refused where a text is sealed: switch sealing off in that workspace first, and wait until it is done.
do $$ begin
  if exists (select from activity where starts_with(subject, e'\x01sealed:') or starts_with(body, e'\x01sealed:'))
    or exists (select from note where starts_with(body, e'\x01sealed:'))
    or exists (select from comment where starts_with(body, e'\x01sealed:'))
    or exists (select from record_history where resource in ('note', 'comment', 'activity')
      and (starts_with(before ->> 'body', e'\x01sealed:') or starts_with(after ->> 'body', e'\x01sealed:')
        or starts_with(before ->> 'subject', e'\x01sealed:') or starts_with(after ->> 'subject', e'\x01sealed:'))) then
    raise exception 'A workspace seals personal texts. Switch that off first, and wait until it is done.';
  end if;
end $$;
drop trigger if exists forget_sealed_text on activity;
drop trigger if exists forget_sealed_text on note;
drop function if exists app.forget_sealed_text();
drop function if exists app.learn_opened(uuid, text, uuid[]);
alter table comment drop constraint comment_body_check;
alter table comment add constraint comment_body_check check (length(body) between 1 and 100000) not valid;
alter table note drop constraint note_body_check;
alter table note add constraint note_body_check check (length(body) between 1 and 100000) not valid;
alter table activity drop constraint activity_body_check;
alter table activity add constraint activity_body_check check (length(body) <= 100000) not valid;
alter table activity drop constraint activity_subject_check;
alter table activity add constraint activity_subject_check check (length(subject) between 1 and 300) not valid;
