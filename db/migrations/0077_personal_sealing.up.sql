-- Personal texts are sealed where a workspace says so. docs/decisions/0283-personal-texts-are-sealed-in-place.md
-- locks tenant: an installation has few workspaces
alter table tenant
  add column personal_sealing text not null default 'off'
    constraint tenant_personal_sealing_check check (personal_sealing in ('off', 'sealing', 'on', 'opening')),
  -- Tables whose files may still have what was deleted or replaced when it was sealed.
  add column personal_sealing_remnants text[] not null default '{}';
grant update on record_history to holdfast_system;

-- An envelope is longer than its text: 61 bytes and those of the text, in base64, behind a mark and the id of its key.
-- locks client_review: a firm has thousands of reviews at most
-- locks goal: a firm has few goals
-- locks relationship: a firm has thousands of relationships at most
-- locks suitability_profile: a firm has thousands of them at most
alter table client_review drop constraint client_review_note_check;
alter table client_review add constraint client_review_note_check
  check (length(note) <= case when starts_with(note, e'\x01sealed:') then 26900 else 5000 end) not valid;
alter table goal drop constraint goal_remark_check;
alter table goal add constraint goal_remark_check
  check (length(remark) <= case when starts_with(remark, e'\x01sealed:') then 2900 else 500 end) not valid;
alter table relationship drop constraint relationship_remark_check;
alter table relationship add constraint relationship_remark_check
  check (length(remark) <= case when starts_with(remark, e'\x01sealed:') then 2900 else 500 end) not valid;
alter table suitability_profile drop constraint suitability_profile_remark_check;
alter table suitability_profile add constraint suitability_profile_remark_check
  check (length(remark) <= case when starts_with(remark, e'\x01sealed:') then 2900 else 500 end) not valid;
