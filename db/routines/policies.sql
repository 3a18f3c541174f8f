-- Made from the rules of the tables (tables.ts of each area) by "npm run generate". docs/decisions/0195-one-rule-per-table.md

-- accepted_break
-- Whoever may change an account may write what is in it.
drop policy if exists read on accepted_break;
create policy read on accepted_break for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('household', 'read')) <> 'none' and ((select app.full_scope('household', 'read')) is not null or exists (select from financial_account p where p.tenant_id = accepted_break.tenant_id and p.id = accepted_break.account_id)));
drop policy if exists append on accepted_break;
create policy append on accepted_break for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and exists (select from financial_account a where a.tenant_id = accepted_break.tenant_id and a.id = accepted_break.account_id and a.deleted_at is null
    and a.tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or a.household_id = any ((select app.scope_groups('household', 'update', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when a.household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))));
drop policy if exists change on accepted_break;
create policy change on accepted_break for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and exists (select from financial_account a where a.tenant_id = accepted_break.tenant_id and a.id = accepted_break.account_id and a.deleted_at is null
    and a.tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or a.household_id = any ((select app.scope_groups('household', 'update', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when a.household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on accepted_break;
create policy remove on accepted_break for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and exists (select from financial_account a where a.tenant_id = accepted_break.tenant_id and a.id = accepted_break.account_id and a.deleted_at is null
    and a.tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or a.household_id = any ((select app.scope_groups('household', 'update', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when a.household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))));
drop policy if exists system on accepted_break;
create policy system on accepted_break to holdfast_system using (true) with check (true);

-- account_link
drop policy if exists read on account_link;
create policy read on account_link for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on account_link;
create policy system on account_link to holdfast_system using (true) with check (true);

-- account_owner
-- Whoever may change an account may write what is in it.
drop policy if exists read on account_owner;
create policy read on account_owner for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('household', 'read')) <> 'none' and ((select app.full_scope('household', 'read')) is not null or exists (select from financial_account p where p.tenant_id = account_owner.tenant_id and p.id = account_owner.account_id)));
drop policy if exists append on account_owner;
create policy append on account_owner for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and exists (select from financial_account a where a.tenant_id = account_owner.tenant_id and a.id = account_owner.account_id and a.deleted_at is null
    and a.tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or a.household_id = any ((select app.scope_groups('household', 'update', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when a.household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))));
drop policy if exists change on account_owner;
create policy change on account_owner for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and exists (select from financial_account a where a.tenant_id = account_owner.tenant_id and a.id = account_owner.account_id and a.deleted_at is null
    and a.tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or a.household_id = any ((select app.scope_groups('household', 'update', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when a.household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on account_owner;
create policy remove on account_owner for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and exists (select from financial_account a where a.tenant_id = account_owner.tenant_id and a.id = account_owner.account_id and a.deleted_at is null
    and a.tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or a.household_id = any ((select app.scope_groups('household', 'update', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when a.household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))));
drop policy if exists system on account_owner;
create policy system on account_owner to holdfast_system using (true) with check (true);

-- account_position
-- Whoever may change an account may write what is in it.
drop policy if exists read on account_position;
create policy read on account_position for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('household', 'read')) <> 'none' and ((select app.full_scope('household', 'read')) is not null or exists (select from financial_account p where p.tenant_id = account_position.tenant_id and p.id = account_position.account_id)));
drop policy if exists append on account_position;
create policy append on account_position for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and exists (select from financial_account a where a.tenant_id = account_position.tenant_id and a.id = account_position.account_id and a.deleted_at is null
    and a.tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or a.household_id = any ((select app.scope_groups('household', 'update', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when a.household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))));
drop policy if exists change on account_position;
create policy change on account_position for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and exists (select from financial_account a where a.tenant_id = account_position.tenant_id and a.id = account_position.account_id and a.deleted_at is null
    and a.tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or a.household_id = any ((select app.scope_groups('household', 'update', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when a.household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on account_position;
create policy remove on account_position for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and exists (select from financial_account a where a.tenant_id = account_position.tenant_id and a.id = account_position.account_id and a.deleted_at is null
    and a.tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or a.household_id = any ((select app.scope_groups('household', 'update', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when a.household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))));
drop policy if exists system on account_position;
create policy system on account_position to holdfast_system using (true) with check (true);

-- account_transaction
-- Whoever may change an account may write what is in it.
drop policy if exists read on account_transaction;
create policy read on account_transaction for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('household', 'read')) <> 'none' and ((select app.full_scope('household', 'read')) is not null or exists (select from financial_account p where p.tenant_id = account_transaction.tenant_id and p.id = account_transaction.account_id)));
drop policy if exists append on account_transaction;
create policy append on account_transaction for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and exists (select from financial_account a where a.tenant_id = account_transaction.tenant_id and a.id = account_transaction.account_id and a.deleted_at is null
    and a.tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or a.household_id = any ((select app.scope_groups('household', 'update', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when a.household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))));
drop policy if exists system on account_transaction;
create policy system on account_transaction to holdfast_system using (true) with check (true);

-- activity
drop policy if exists read on activity;
create policy read on activity for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('activity', 'read')) is not null or author_id = any ((select app.scope_owners('activity', 'read'))::uuid[])) and ((select app.sees_all_subjects()) or app.reads_some_subject(records)));
drop policy if exists append on activity;
create policy append on activity for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('activity', 'create')) is not null or author_id = any ((select app.scope_owners('activity', 'create'))::uuid[])) and ((select app.sees_all_subjects()) or app.reads_every_subject(records)));
drop policy if exists change on activity;
create policy change on activity for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('activity', 'update')) is not null or author_id = any ((select app.scope_owners('activity', 'update'))::uuid[])) or ((select app.full_scope('activity', 'delete')) is not null or author_id = any ((select app.scope_owners('activity', 'delete'))::uuid[]))) and ((select app.sees_all_subjects()) or app.reads_some_subject(records)))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on activity;
create policy remove on activity for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('activity', 'delete')) is not null or author_id = any ((select app.scope_owners('activity', 'delete'))::uuid[])) and ((select app.sees_all_subjects()) or app.reads_some_subject(records)));
drop policy if exists system on activity;
create policy system on activity to holdfast_system using (true) with check (true);

-- alert
drop policy if exists system on alert;
create policy system on alert to holdfast_system using (true) with check (true);

-- alert_message
drop policy if exists system on alert_message;
create policy system on alert_message to holdfast_system using (true) with check (true);

-- alert_receiver
drop policy if exists system on alert_receiver;
create policy system on alert_receiver to holdfast_system using (true) with check (true);

-- alert_rule
drop policy if exists system on alert_rule;
create policy system on alert_rule to holdfast_system using (true) with check (true);

-- alert_silence
drop policy if exists system on alert_silence;
create policy system on alert_silence to holdfast_system using (true) with check (true);

-- api_key
drop policy if exists read on api_key;
create policy read on api_key for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('api_key', 'read')) = 'all' or user_id = any ((select app.scope_owners('api_key', 'read'))::uuid[])));
drop policy if exists append on api_key;
create policy append on api_key for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('api_key', 'create')) = 'all' or user_id = any ((select app.scope_owners('api_key', 'create'))::uuid[])));
drop policy if exists remove on api_key;
create policy remove on api_key for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('api_key', 'delete')) = 'all' or user_id = any ((select app.scope_owners('api_key', 'delete'))::uuid[])));
drop policy if exists system on api_key;
create policy system on api_key to holdfast_system using (true) with check (true);

-- attachment
-- Whoever may change or delete a note or comment may change its attachments.
drop policy if exists read on attachment;
create policy read on attachment for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and app.reads_note_and_comment(note_id, comment_id));
drop policy if exists append on attachment;
create policy append on attachment for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (note_id is null or exists (select from note p where p.tenant_id = attachment.tenant_id and p.id = attachment.note_id
    and p.tenant_id = (select app.tenant_id()) and ((select app.full_scope('note', 'update')) is not null or p.author_id = any ((select app.scope_owners('note', 'update'))::uuid[]) or (select app.full_scope('note', 'delete')) is not null or p.author_id = any ((select app.scope_owners('note', 'delete'))::uuid[]))))
    and (comment_id is null or exists (select from comment p where p.tenant_id = attachment.tenant_id and p.id = attachment.comment_id
    and p.tenant_id = (select app.tenant_id()) and ((select app.full_scope('comment', 'update')) is not null or p.author_id = any ((select app.scope_owners('comment', 'update'))::uuid[]) or (select app.full_scope('comment', 'delete')) is not null or p.author_id = any ((select app.scope_owners('comment', 'delete'))::uuid[])))));
drop policy if exists change on attachment;
create policy change on attachment for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (note_id is null or exists (select from note p where p.tenant_id = attachment.tenant_id and p.id = attachment.note_id
    and p.tenant_id = (select app.tenant_id()) and ((select app.full_scope('note', 'update')) is not null or p.author_id = any ((select app.scope_owners('note', 'update'))::uuid[]) or (select app.full_scope('note', 'delete')) is not null or p.author_id = any ((select app.scope_owners('note', 'delete'))::uuid[]))))
    and (comment_id is null or exists (select from comment p where p.tenant_id = attachment.tenant_id and p.id = attachment.comment_id
    and p.tenant_id = (select app.tenant_id()) and ((select app.full_scope('comment', 'update')) is not null or p.author_id = any ((select app.scope_owners('comment', 'update'))::uuid[]) or (select app.full_scope('comment', 'delete')) is not null or p.author_id = any ((select app.scope_owners('comment', 'delete'))::uuid[])))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on attachment;
create policy remove on attachment for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (note_id is null or exists (select from note p where p.tenant_id = attachment.tenant_id and p.id = attachment.note_id
    and p.tenant_id = (select app.tenant_id()) and ((select app.full_scope('note', 'update')) is not null or p.author_id = any ((select app.scope_owners('note', 'update'))::uuid[]) or (select app.full_scope('note', 'delete')) is not null or p.author_id = any ((select app.scope_owners('note', 'delete'))::uuid[]))))
    and (comment_id is null or exists (select from comment p where p.tenant_id = attachment.tenant_id and p.id = attachment.comment_id
    and p.tenant_id = (select app.tenant_id()) and ((select app.full_scope('comment', 'update')) is not null or p.author_id = any ((select app.scope_owners('comment', 'update'))::uuid[]) or (select app.full_scope('comment', 'delete')) is not null or p.author_id = any ((select app.scope_owners('comment', 'delete'))::uuid[])))));
drop policy if exists system on attachment;
create policy system on attachment to holdfast_system using (true) with check (true);

-- attachment_version
-- Only the trigger of attachments writes them.
drop policy if exists read on attachment_version;
create policy read on attachment_version for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and exists (select from attachment p where p.tenant_id = attachment_version.tenant_id and p.id = attachment_version.attachment_id));
drop policy if exists system on attachment_version;
create policy system on attachment_version to holdfast_system using (true) with check (true);

-- audit_event
-- An event names the caller of the transaction, nobody else. The policy is for public because a cascade runs as the owner of the table; the grants
-- say who may insert at all.
drop policy if exists read on audit_event;
create policy read on audit_event for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists append on audit_event;
create policy append on audit_event for insert to public
  with check (tenant_id = (select app.tenant_id()) and actor_id is not distinct from (select app.user_id()));
drop policy if exists system on audit_event;
create policy system on audit_event to holdfast_system using (true) with check (true);

-- calendar_account
-- Where calendars are and the password to them are their owner’s alone.
drop policy if exists own on calendar_account;
create policy own on calendar_account to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or (select app.some_scope('mailbox', 'update')) <> 'none' and owner_id = (select app.user_id())));
drop policy if exists system on calendar_account;
create policy system on calendar_account to holdfast_system using (true) with check (true);

-- calendar_address
drop policy if exists read on calendar_address;
create policy read on calendar_address for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists append on calendar_address;
create policy append on calendar_address for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists change on calendar_address;
create policy change on calendar_address for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on calendar_address;
create policy remove on calendar_address for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists system on calendar_address;
create policy system on calendar_address to holdfast_system using (true) with check (true);

-- calendar_feed
drop policy if exists personal on calendar_feed;
create policy personal on calendar_feed to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.some_scope('user', 'update')) <> 'none'));
drop policy if exists system on calendar_feed;
create policy system on calendar_feed to holdfast_system using (true) with check (true);

-- calendar_object
-- What became of each item is its owner’s to see: it names what is not shared, too.
drop policy if exists read on calendar_object;
create policy read on calendar_object for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or calendar_id = any ((select app.calendars_read('own'))::uuid[])));
drop policy if exists append on calendar_object;
create policy append on calendar_object for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists change on calendar_object;
create policy change on calendar_object for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on calendar_object;
create policy remove on calendar_object for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists system on calendar_object;
create policy system on calendar_object to holdfast_system using (true) with check (true);

-- calendar_source
-- The owner of a calendar chooses whether it is imported.
drop policy if exists read on calendar_source;
create policy read on calendar_source for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or calendar_id = any ((select app.calendars_read('own'))::uuid[])));
drop policy if exists append on calendar_source;
create policy append on calendar_source for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or calendar_id = any ((select app.calendars_read('own'))::uuid[])));
drop policy if exists change on calendar_source;
create policy change on calendar_source for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or calendar_id = any ((select app.calendars_read('own'))::uuid[])))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on calendar_source;
create policy remove on calendar_source for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists system on calendar_source;
create policy system on calendar_source to holdfast_system using (true) with check (true);

-- certificate
drop policy if exists system on certificate;
create policy system on certificate to holdfast_system using (true) with check (true);

-- change
drop policy if exists read on change;
create policy read on change for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists append on change;
create policy append on change for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on change;
create policy change on change for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on change;
create policy remove on change for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on change;
create policy system on change to holdfast_system using (true) with check (true);

-- change_item
drop policy if exists read on change_item;
create policy read on change_item for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists append on change_item;
create policy append on change_item for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on change_item;
create policy change on change_item for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on change_item;
create policy remove on change_item for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on change_item;
create policy system on change_item to holdfast_system using (true) with check (true);

-- client_profile
drop policy if exists read on client_profile;
create policy read on client_profile for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('client_profile', 'read')) <> 'none' and exists (select from contact p where p.tenant_id = client_profile.tenant_id and p.id = client_profile.contact_id));
drop policy if exists append on client_profile;
create policy append on client_profile for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.some_scope('client_profile', 'create')) <> 'none' or (select app.some_scope('client_profile', 'update')) <> 'none') and exists (select from contact p where p.tenant_id = client_profile.tenant_id and p.id = client_profile.contact_id));
drop policy if exists change on client_profile;
create policy change on client_profile for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('client_profile', 'update')) <> 'none' or (select app.some_scope('client_profile', 'delete')) <> 'none') and exists (select from contact p where p.tenant_id = client_profile.tenant_id and p.id = client_profile.contact_id))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on client_profile;
create policy remove on client_profile for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('client_profile', 'update')) <> 'none' or (select app.some_scope('client_profile', 'delete')) <> 'none') and exists (select from contact p where p.tenant_id = client_profile.tenant_id and p.id = client_profile.contact_id));
drop policy if exists system on client_profile;
create policy system on client_profile to holdfast_system using (true) with check (true);

-- client_review
-- Whoever may change a household may write down its reviews.
drop policy if exists read on client_review;
create policy read on client_review for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'read')) is not null or household_id = any ((select app.scope_groups('household', 'read', 'client_review', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when household_id = any ((select app.groups_of('client_review', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists append on client_review;
create policy append on client_review for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'client_review', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('client_review', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists change on client_review;
create policy change on client_review for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'client_review', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('client_review', 'household'))::uuid[]) then 'household' end]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on client_review;
create policy remove on client_review for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'client_review', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('client_review', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists system on client_review;
create policy system on client_review to holdfast_system using (true) with check (true);

-- close_reason
drop policy if exists read on close_reason;
create policy read on close_reason for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('pipeline', 'read')) <> 'none');
drop policy if exists append on close_reason;
create policy append on close_reason for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('pipeline', 'create')) <> 'none');
drop policy if exists change on close_reason;
create policy change on close_reason for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('pipeline', 'update')) <> 'none' or (select app.some_scope('pipeline', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on close_reason;
create policy remove on close_reason for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('pipeline', 'delete')) <> 'none');
drop policy if exists system on close_reason;
create policy system on close_reason to holdfast_system using (true) with check (true);

-- comment
drop policy if exists read on comment;
create policy read on comment for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.is_member()) is not null and ((select app.full_scope('comment', 'read')) is not null or author_id = any ((select app.scope_owners('comment', 'read'))::uuid[]))) or ((select app.is_member()) is null and (select app.some_scope('comment', 'read')) <> 'none'
    and (audience = 'public' or author_id = (select app.user_id())))) and ((select app.sees_all_subjects()) or app.reads_subject(record_id)));
drop policy if exists append on comment;
create policy append on comment for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('comment', 'create')) is not null or author_id = any ((select app.scope_owners('comment', 'create'))::uuid[])) and ((select app.sees_all_subjects()) or app.reads_subject(record_id)));
drop policy if exists change on comment;
create policy change on comment for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('comment', 'update')) is not null or author_id = any ((select app.scope_owners('comment', 'update'))::uuid[])) or ((select app.full_scope('comment', 'delete')) is not null or author_id = any ((select app.scope_owners('comment', 'delete'))::uuid[]))) and ((select app.sees_all_subjects()) or app.reads_subject(record_id)))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on comment;
create policy remove on comment for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('comment', 'delete')) is not null or author_id = any ((select app.scope_owners('comment', 'delete'))::uuid[])) and ((select app.sees_all_subjects()) or app.reads_subject(record_id)));
drop policy if exists system on comment;
create policy system on comment to holdfast_system using (true) with check (true);

-- communication
-- Whoever may change a household may log communications with it.
drop policy if exists read on communication;
create policy read on communication for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'read')) is not null or household_id = any ((select app.scope_groups('household', 'read', 'communication', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when household_id = any ((select app.groups_of('communication', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists append on communication;
create policy append on communication for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'communication', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('communication', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists change on communication;
create policy change on communication for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'communication', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('communication', 'household'))::uuid[]) then 'household' end]))) or ((select app.full_scope('household', 'delete')) is not null or household_id = any ((select app.scope_groups('household', 'delete', 'communication', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'delete')) is not null and app.scope_met((select app.mixed_scope('household', 'delete')), array[case when household_id = any ((select app.groups_of('communication', 'household'))::uuid[]) then 'household' end])))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on communication;
create policy remove on communication for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'delete')) is not null or household_id = any ((select app.scope_groups('household', 'delete', 'communication', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'delete')) is not null and app.scope_met((select app.mixed_scope('household', 'delete')), array[case when household_id = any ((select app.groups_of('communication', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists system on communication;
create policy system on communication to holdfast_system using (true) with check (true);

-- company
drop policy if exists read on company;
create policy read on company for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('company', 'read')) is not null or owner_id = any ((select app.scope_owners('company', 'read'))::uuid[])));
drop policy if exists append on company;
create policy append on company for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('company', 'create')) is not null or owner_id = any ((select app.scope_owners('company', 'create'))::uuid[])));
drop policy if exists change on company;
create policy change on company for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('company', 'update')) is not null or owner_id = any ((select app.scope_owners('company', 'update'))::uuid[])) or ((select app.full_scope('company', 'delete')) is not null or owner_id = any ((select app.scope_owners('company', 'delete'))::uuid[]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on company;
create policy remove on company for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('company', 'delete')) is not null or owner_id = any ((select app.scope_owners('company', 'delete'))::uuid[])));
drop policy if exists system on company;
create policy system on company to holdfast_system using (true) with check (true);

-- confirmed_email
drop policy if exists personal on confirmed_email;
create policy personal on confirmed_email to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.some_scope('user', 'update')) <> 'none'));
drop policy if exists system on confirmed_email;
create policy system on confirmed_email to holdfast_system using (true) with check (true);

-- contact
drop policy if exists read on contact;
create policy read on contact for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('contact', 'read')) is not null or owner_id = any ((select app.scope_owners('contact', 'read'))::uuid[]) or id = any ((select app.scope_groups('contact', 'read', 'contact', 'household'))::uuid[]) or ((select app.mixed_scope('contact', 'read')) is not null and app.scope_met((select app.mixed_scope('contact', 'read')), array[case when owner_id = (select app.user_id()) then 'own' end, case when owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when id = any ((select app.groups_of('contact', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists append on contact;
create policy append on contact for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('contact', 'create')) is not null or owner_id = any ((select app.scope_owners('contact', 'create'))::uuid[]) or id = any ((select app.scope_groups('contact', 'create', 'contact', 'household'))::uuid[]) or ((select app.mixed_scope('contact', 'create')) is not null and app.scope_met((select app.mixed_scope('contact', 'create')), array[case when owner_id = (select app.user_id()) then 'own' end, case when owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when id = any ((select app.groups_of('contact', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists change on contact;
create policy change on contact for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('contact', 'update')) is not null or owner_id = any ((select app.scope_owners('contact', 'update'))::uuid[]) or id = any ((select app.scope_groups('contact', 'update', 'contact', 'household'))::uuid[]) or ((select app.mixed_scope('contact', 'update')) is not null and app.scope_met((select app.mixed_scope('contact', 'update')), array[case when owner_id = (select app.user_id()) then 'own' end, case when owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when id = any ((select app.groups_of('contact', 'household'))::uuid[]) then 'household' end]))) or ((select app.full_scope('contact', 'delete')) is not null or owner_id = any ((select app.scope_owners('contact', 'delete'))::uuid[]) or id = any ((select app.scope_groups('contact', 'delete', 'contact', 'household'))::uuid[]) or ((select app.mixed_scope('contact', 'delete')) is not null and app.scope_met((select app.mixed_scope('contact', 'delete')), array[case when owner_id = (select app.user_id()) then 'own' end, case when owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when id = any ((select app.groups_of('contact', 'household'))::uuid[]) then 'household' end])))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on contact;
create policy remove on contact for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('contact', 'delete')) is not null or owner_id = any ((select app.scope_owners('contact', 'delete'))::uuid[]) or id = any ((select app.scope_groups('contact', 'delete', 'contact', 'household'))::uuid[]) or ((select app.mixed_scope('contact', 'delete')) is not null and app.scope_met((select app.mixed_scope('contact', 'delete')), array[case when owner_id = (select app.user_id()) then 'own' end, case when owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when id = any ((select app.groups_of('contact', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists system on contact;
create policy system on contact to holdfast_system using (true) with check (true);

-- contact_position
-- Whoever may change a contact may change its positions.
drop policy if exists read on contact_position;
create policy read on contact_position for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('contact', 'read')) <> 'none' and ((select app.full_scope('contact', 'read')) is not null or exists (select from contact p where p.tenant_id = contact_position.tenant_id and p.id = contact_position.contact_id)));
drop policy if exists append on contact_position;
create policy append on contact_position for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and exists (select from contact p where p.tenant_id = contact_position.tenant_id and p.id = contact_position.contact_id
    and p.tenant_id = (select app.tenant_id()) and ((select app.full_scope('contact', 'update')) is not null or p.owner_id = any ((select app.scope_owners('contact', 'update'))::uuid[]) or p.id = any ((select app.scope_groups('contact', 'update', 'contact', 'household'))::uuid[]) or ((select app.mixed_scope('contact', 'update')) is not null and app.scope_met((select app.mixed_scope('contact', 'update')), array[case when p.owner_id = (select app.user_id()) then 'own' end, case when p.owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when p.id = any ((select app.groups_of('contact', 'household'))::uuid[]) then 'household' end])))));
drop policy if exists change on contact_position;
create policy change on contact_position for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and exists (select from contact p where p.tenant_id = contact_position.tenant_id and p.id = contact_position.contact_id
    and p.tenant_id = (select app.tenant_id()) and ((select app.full_scope('contact', 'update')) is not null or p.owner_id = any ((select app.scope_owners('contact', 'update'))::uuid[]) or p.id = any ((select app.scope_groups('contact', 'update', 'contact', 'household'))::uuid[]) or ((select app.mixed_scope('contact', 'update')) is not null and app.scope_met((select app.mixed_scope('contact', 'update')), array[case when p.owner_id = (select app.user_id()) then 'own' end, case when p.owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when p.id = any ((select app.groups_of('contact', 'household'))::uuid[]) then 'household' end])))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on contact_position;
create policy remove on contact_position for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and exists (select from contact p where p.tenant_id = contact_position.tenant_id and p.id = contact_position.contact_id
    and p.tenant_id = (select app.tenant_id()) and ((select app.full_scope('contact', 'update')) is not null or p.owner_id = any ((select app.scope_owners('contact', 'update'))::uuid[]) or p.id = any ((select app.scope_groups('contact', 'update', 'contact', 'household'))::uuid[]) or ((select app.mixed_scope('contact', 'update')) is not null and app.scope_met((select app.mixed_scope('contact', 'update')), array[case when p.owner_id = (select app.user_id()) then 'own' end, case when p.owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when p.id = any ((select app.groups_of('contact', 'household'))::uuid[]) then 'household' end])))));
drop policy if exists system on contact_position;
create policy system on contact_position to holdfast_system using (true) with check (true);

-- currency_rate
drop policy if exists read on currency_rate;
create policy read on currency_rate for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('product', 'read')) <> 'none');
drop policy if exists append on currency_rate;
create policy append on currency_rate for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('product', 'create')) <> 'none');
drop policy if exists change on currency_rate;
create policy change on currency_rate for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('product', 'update')) <> 'none' or (select app.some_scope('product', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on currency_rate;
create policy remove on currency_rate for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('product', 'delete')) <> 'none');
drop policy if exists system on currency_rate;
create policy system on currency_rate to holdfast_system using (true) with check (true);

-- custodian
drop policy if exists read on custodian;
create policy read on custodian for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('financial_security', 'read')) <> 'none');
drop policy if exists append on custodian;
create policy append on custodian for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('financial_security', 'create')) <> 'none');
drop policy if exists change on custodian;
create policy change on custodian for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('financial_security', 'update')) <> 'none' or (select app.some_scope('financial_security', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on custodian;
create policy remove on custodian for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('financial_security', 'delete')) <> 'none');
drop policy if exists system on custodian;
create policy system on custodian to holdfast_system using (true) with check (true);

-- custom_conversion
drop policy if exists read on custom_conversion;
create policy read on custom_conversion for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('custom_field', 'read')) <> 'none');
drop policy if exists append on custom_conversion;
create policy append on custom_conversion for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('custom_field', 'update')) <> 'none');
drop policy if exists change on custom_conversion;
create policy change on custom_conversion for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('custom_field', 'update')) <> 'none' or (select app.some_scope('custom_field', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on custom_conversion;
create policy remove on custom_conversion for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('custom_field', 'delete')) <> 'none');
drop policy if exists system on custom_conversion;
create policy system on custom_conversion to holdfast_system using (true) with check (true);

-- custom_conversion_value
-- To convert a field, and to take that back, takes the right to change the field.
drop policy if exists read on custom_conversion_value;
create policy read on custom_conversion_value for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('custom_field', 'read')) <> 'none');
drop policy if exists append on custom_conversion_value;
create policy append on custom_conversion_value for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('custom_field', 'update')) <> 'none');
drop policy if exists change on custom_conversion_value;
create policy change on custom_conversion_value for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('custom_field', 'update')) <> 'none' or (select app.some_scope('custom_field', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on custom_conversion_value;
create policy remove on custom_conversion_value for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('custom_field', 'update')) <> 'none');
drop policy if exists system on custom_conversion_value;
create policy system on custom_conversion_value to holdfast_system using (true) with check (true);

-- custom_field
drop policy if exists read on custom_field;
create policy read on custom_field for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('custom_field', 'read')) <> 'none' and not app.field_hidden(resource, key));
drop policy if exists append on custom_field;
create policy append on custom_field for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('custom_field', 'create')) <> 'none');
drop policy if exists change on custom_field;
create policy change on custom_field for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('custom_field', 'update')) <> 'none' or (select app.some_scope('custom_field', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on custom_field;
create policy remove on custom_field for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('custom_field', 'delete')) <> 'none');
drop policy if exists system on custom_field;
create policy system on custom_field to holdfast_system using (true) with check (true);

-- custom_value
-- Only triggers write it. Everybody of the workspace may read it, so statements that show values or their records join the records, whose policies
-- hold.
drop policy if exists read on custom_value;
create policy read on custom_value for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on custom_value;
create policy system on custom_value to holdfast_system using (true) with check (true);

-- dashboard
-- One's own dashboards and shared ones; the program itself reads all of them, for an export of the workspace.
drop policy if exists read on dashboard;
create policy read on dashboard for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or owner_id = (select app.user_id())
        or (shared and (select app.scope('dashboard', 'read')) <> 'none')));
drop policy if exists append on dashboard;
create policy append on dashboard for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('dashboard', 'create')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'create'))::uuid[])));
drop policy if exists change on dashboard;
create policy change on dashboard for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('dashboard', 'update')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[])) or ((select app.full_scope('dashboard', 'delete')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'delete'))::uuid[]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on dashboard;
create policy remove on dashboard for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('dashboard', 'delete')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'delete'))::uuid[])));
drop policy if exists system on dashboard;
create policy system on dashboard to holdfast_system using (true) with check (true);

-- dashboard_mailing
-- The recipient sees the mailing too, and may end it.
drop policy if exists read on dashboard_mailing;
create policy read on dashboard_mailing for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (recipient_id = (select app.user_id()) or (select app.full_scope('dashboard', 'update')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[])));
drop policy if exists append on dashboard_mailing;
create policy append on dashboard_mailing for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('dashboard', 'create')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'create'))::uuid[])));
drop policy if exists change on dashboard_mailing;
create policy change on dashboard_mailing for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('dashboard', 'update')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[])) or ((select app.full_scope('dashboard', 'delete')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'delete'))::uuid[]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on dashboard_mailing;
create policy remove on dashboard_mailing for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (recipient_id = (select app.user_id()) or (select app.full_scope('dashboard', 'delete')) = 'all' or owner_id = any ((select app.scope_owners('dashboard', 'delete'))::uuid[])));
drop policy if exists system on dashboard_mailing;
create policy system on dashboard_mailing to holdfast_system using (true) with check (true);

-- dashboard_tile
-- Tiles are visible with their dashboard, and can be changed by whoever may change it.
drop policy if exists read on dashboard_tile;
create policy read on dashboard_tile for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('dashboard', 'read')) <> 'none' and exists (select from dashboard p where p.tenant_id = dashboard_tile.tenant_id and p.id = dashboard_tile.dashboard_id));
drop policy if exists append on dashboard_tile;
create policy append on dashboard_tile for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and exists (select from dashboard d where d.tenant_id = dashboard_tile.tenant_id and d.id = dashboard_tile.dashboard_id
    and ((select app.full_scope('dashboard', 'update')) = 'all' or d.owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[]))));
drop policy if exists change on dashboard_tile;
create policy change on dashboard_tile for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and exists (select from dashboard d where d.tenant_id = dashboard_tile.tenant_id and d.id = dashboard_tile.dashboard_id
    and ((select app.full_scope('dashboard', 'update')) = 'all' or d.owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[]))))
  with check (tenant_id = (select app.tenant_id()) and exists (select from dashboard d where d.tenant_id = dashboard_tile.tenant_id and d.id = dashboard_tile.dashboard_id
    and ((select app.full_scope('dashboard', 'update')) = 'all' or d.owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[]))));
drop policy if exists remove on dashboard_tile;
create policy remove on dashboard_tile for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and exists (select from dashboard d where d.tenant_id = dashboard_tile.tenant_id and d.id = dashboard_tile.dashboard_id
    and ((select app.full_scope('dashboard', 'update')) = 'all' or d.owner_id = any ((select app.scope_owners('dashboard', 'update'))::uuid[]))));
drop policy if exists system on dashboard_tile;
create policy system on dashboard_tile to holdfast_system using (true) with check (true);

-- data_key
drop policy if exists read on data_key;
create policy read on data_key for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists append on data_key;
create policy append on data_key for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on data_key;
create policy change on data_key for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on data_key;
create policy remove on data_key for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on data_key;
create policy system on data_key to holdfast_system using (true) with check (true);

-- deal
drop policy if exists read on deal;
create policy read on deal for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('deal', 'read')) is not null or owner_id = any ((select app.scope_owners('deal', 'read'))::uuid[])));
drop policy if exists append on deal;
create policy append on deal for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('deal', 'create')) is not null or owner_id = any ((select app.scope_owners('deal', 'create'))::uuid[])));
drop policy if exists change on deal;
create policy change on deal for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('deal', 'update')) is not null or owner_id = any ((select app.scope_owners('deal', 'update'))::uuid[])) or ((select app.full_scope('deal', 'delete')) is not null or owner_id = any ((select app.scope_owners('deal', 'delete'))::uuid[]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on deal;
create policy remove on deal for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('deal', 'delete')) is not null or owner_id = any ((select app.scope_owners('deal', 'delete'))::uuid[])));
drop policy if exists system on deal;
create policy system on deal to holdfast_system using (true) with check (true);

-- deal_line
drop policy if exists read on deal_line;
create policy read on deal_line for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('deal', 'read')) <> 'none' and ((select app.full_scope('deal', 'read')) is not null or exists (select from deal p where p.tenant_id = deal_line.tenant_id and p.id = deal_line.deal_id)));
drop policy if exists append on deal_line;
create policy append on deal_line for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.some_scope('deal', 'create')) <> 'none' or (select app.some_scope('deal', 'update')) <> 'none') and ((select app.full_scope('deal', 'read')) is not null or exists (select from deal p where p.tenant_id = deal_line.tenant_id and p.id = deal_line.deal_id)));
drop policy if exists change on deal_line;
create policy change on deal_line for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('deal', 'update')) <> 'none' or (select app.some_scope('deal', 'delete')) <> 'none') and ((select app.full_scope('deal', 'read')) is not null or exists (select from deal p where p.tenant_id = deal_line.tenant_id and p.id = deal_line.deal_id)))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on deal_line;
create policy remove on deal_line for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('deal', 'update')) <> 'none' or (select app.some_scope('deal', 'delete')) <> 'none') and ((select app.full_scope('deal', 'read')) is not null or exists (select from deal p where p.tenant_id = deal_line.tenant_id and p.id = deal_line.deal_id)));
drop policy if exists system on deal_line;
create policy system on deal_line to holdfast_system using (true) with check (true);

-- deal_score
drop policy if exists read on deal_score;
create policy read on deal_score for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('deal', 'read')) <> 'none' and ((select app.full_scope('deal', 'read')) is not null or exists (select from deal p where p.tenant_id = deal_score.tenant_id and p.id = deal_score.deal_id)));
drop policy if exists append on deal_score;
create policy append on deal_score for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.some_scope('deal', 'create')) <> 'none' or (select app.some_scope('deal', 'update')) <> 'none') and ((select app.full_scope('deal', 'read')) is not null or exists (select from deal p where p.tenant_id = deal_score.tenant_id and p.id = deal_score.deal_id)));
drop policy if exists change on deal_score;
create policy change on deal_score for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('deal', 'update')) <> 'none' or (select app.some_scope('deal', 'delete')) <> 'none') and ((select app.full_scope('deal', 'read')) is not null or exists (select from deal p where p.tenant_id = deal_score.tenant_id and p.id = deal_score.deal_id)))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on deal_score;
create policy remove on deal_score for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('deal', 'update')) <> 'none' or (select app.some_scope('deal', 'delete')) <> 'none') and ((select app.full_scope('deal', 'read')) is not null or exists (select from deal p where p.tenant_id = deal_score.tenant_id and p.id = deal_score.deal_id)));
drop policy if exists system on deal_score;
create policy system on deal_score to holdfast_system using (true) with check (true);

-- deal_share
-- Only the triggers write shares.
drop policy if exists read on deal_share;
create policy read on deal_share for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('deal', 'read')) <> 'none' and ((select app.full_scope('deal', 'read')) is not null or exists (select from deal p where p.tenant_id = deal_share.tenant_id and p.id = deal_share.deal_id)));
drop policy if exists system on deal_share;
create policy system on deal_share to holdfast_system using (true) with check (true);

-- deal_stage_visit
-- Only the triggers write visits.
drop policy if exists read on deal_stage_visit;
create policy read on deal_stage_visit for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('deal', 'read')) <> 'none' and ((select app.full_scope('deal', 'read')) is not null or exists (select from deal p where p.tenant_id = deal_stage_visit.tenant_id and p.id = deal_stage_visit.deal_id)));
drop policy if exists system on deal_stage_visit;
create policy system on deal_stage_visit to holdfast_system using (true) with check (true);

-- deleted_favourite
drop policy if exists own on deleted_favourite;
create policy own on deleted_favourite to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.is_system())));
drop policy if exists system on deleted_favourite;
create policy system on deleted_favourite to holdfast_system using (true) with check (true);

-- deleted_stage
-- Only the triggers write deleted stages; whoever puts the others in order moves them too.
drop policy if exists read on deleted_stage;
create policy read on deleted_stage for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('pipeline', 'read')) <> 'none');
drop policy if exists change on deleted_stage;
create policy change on deleted_stage for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('pipeline', 'update')) <> 'none' or (select app.some_scope('pipeline', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists system on deleted_stage;
create policy system on deleted_stage to holdfast_system using (true) with check (true);

-- document
-- Whoever may change a household may add documents to it.
drop policy if exists read on document;
create policy read on document for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'read')) is not null or household_id = any ((select app.scope_groups('household', 'read', 'document', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when household_id = any ((select app.groups_of('document', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists append on document;
create policy append on document for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'document', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('document', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists change on document;
create policy change on document for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'document', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('document', 'household'))::uuid[]) then 'household' end]))) or ((select app.full_scope('household', 'delete')) is not null or household_id = any ((select app.scope_groups('household', 'delete', 'document', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'delete')) is not null and app.scope_met((select app.mixed_scope('household', 'delete')), array[case when household_id = any ((select app.groups_of('document', 'household'))::uuid[]) then 'household' end])))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on document;
create policy remove on document for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'delete')) is not null or household_id = any ((select app.scope_groups('household', 'delete', 'document', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'delete')) is not null and app.scope_met((select app.mixed_scope('household', 'delete')), array[case when household_id = any ((select app.groups_of('document', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists system on document;
create policy system on document to holdfast_system using (true) with check (true);

-- document_version
-- Only the trigger of documents writes them.
drop policy if exists read on document_version;
create policy read on document_version for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and exists (select from document p where p.tenant_id = document_version.tenant_id and p.id = document_version.document_id));
drop policy if exists system on document_version;
create policy system on document_version to holdfast_system using (true) with check (true);

-- duplicate_rules
drop policy if exists read on duplicate_rules;
create policy read on duplicate_rules for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists append on duplicate_rules;
create policy append on duplicate_rules for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on duplicate_rules;
create policy change on duplicate_rules for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on duplicate_rules;
create policy remove on duplicate_rules for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on duplicate_rules;
create policy system on duplicate_rules to holdfast_system using (true) with check (true);

-- duplicate_suspect
drop policy if exists read on duplicate_suspect;
create policy read on duplicate_suspect for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists append on duplicate_suspect;
create policy append on duplicate_suspect for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on duplicate_suspect;
create policy change on duplicate_suspect for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on duplicate_suspect;
create policy remove on duplicate_suspect for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on duplicate_suspect;
create policy system on duplicate_suspect to holdfast_system using (true) with check (true);

-- error_occurrence
drop policy if exists system on error_occurrence;
create policy system on error_occurrence to holdfast_system using (true) with check (true);

-- error_report
drop policy if exists system on error_report;
create policy system on error_report to holdfast_system using (true) with check (true);

-- examiner_export
drop policy if exists read on examiner_export;
create policy read on examiner_export for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('examiner_export', 'read')) is not null or created_by = any ((select app.scope_owners('examiner_export', 'read'))::uuid[])));
drop policy if exists append on examiner_export;
create policy append on examiner_export for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('examiner_export', 'create')) is not null or created_by = any ((select app.scope_owners('examiner_export', 'create'))::uuid[])));
drop policy if exists change on examiner_export;
create policy change on examiner_export for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('examiner_export', 'update')) is not null or created_by = any ((select app.scope_owners('examiner_export', 'update'))::uuid[])) or ((select app.full_scope('examiner_export', 'delete')) is not null or created_by = any ((select app.scope_owners('examiner_export', 'delete'))::uuid[]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on examiner_export;
create policy remove on examiner_export for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('examiner_export', 'delete')) is not null or created_by = any ((select app.scope_owners('examiner_export', 'delete'))::uuid[])));
drop policy if exists system on examiner_export;
create policy system on examiner_export to holdfast_system using (true) with check (true);

-- exchange_rate
drop policy if exists read on exchange_rate;
create policy read on exchange_rate for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('financial_security', 'read')) <> 'none');
drop policy if exists append on exchange_rate;
create policy append on exchange_rate for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('financial_security', 'create')) <> 'none');
drop policy if exists change on exchange_rate;
create policy change on exchange_rate for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('financial_security', 'update')) <> 'none' or (select app.some_scope('financial_security', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on exchange_rate;
create policy remove on exchange_rate for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('financial_security', 'delete')) <> 'none');
drop policy if exists system on exchange_rate;
create policy system on exchange_rate to holdfast_system using (true) with check (true);

-- export
-- One of somebody else that names a field its reader may not see, in its filter, sort or columns, is not shown.
drop policy if exists read on export;
create policy read on export for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('export', 'read')) is not null or created_by = any ((select app.scope_owners('export', 'read'))::uuid[]))
    and (created_by = (select app.user_id()) or not app.names_hidden(concat(filter, ' ', sort, ' ', columns::text))));
drop policy if exists append on export;
create policy append on export for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('export', 'create')) is not null or created_by = any ((select app.scope_owners('export', 'create'))::uuid[])));
drop policy if exists change on export;
create policy change on export for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('export', 'update')) is not null or created_by = any ((select app.scope_owners('export', 'update'))::uuid[])) or ((select app.full_scope('export', 'delete')) is not null or created_by = any ((select app.scope_owners('export', 'delete'))::uuid[]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on export;
create policy remove on export for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('export', 'delete')) is not null or created_by = any ((select app.scope_owners('export', 'delete'))::uuid[])));
drop policy if exists system on export;
create policy system on export to holdfast_system using (true) with check (true);

-- external_identity
drop policy if exists personal on external_identity;
create policy personal on external_identity to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.some_scope('user', 'update')) <> 'none'));
drop policy if exists system on external_identity;
create policy system on external_identity to holdfast_system using (true) with check (true);

-- favourite
drop policy if exists own on favourite;
create policy own on favourite to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.is_system())));
drop policy if exists system on favourite;
create policy system on favourite to holdfast_system using (true) with check (true);

-- feed_consumer
drop policy if exists system on feed_consumer;
create policy system on feed_consumer to holdfast_system using (true) with check (true);

-- feed_cursor
drop policy if exists read on feed_cursor;
create policy read on feed_cursor for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on feed_cursor;
create policy system on feed_cursor to holdfast_system using (true) with check (true);

-- feed_mark
drop policy if exists read on feed_mark;
create policy read on feed_mark for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on feed_mark;
create policy system on feed_mark to holdfast_system using (true) with check (true);

-- feed_router
drop policy if exists system on feed_router;
create policy system on feed_router to holdfast_system using (true) with check (true);

-- feed_set_aside
drop policy if exists read on feed_set_aside;
create policy read on feed_set_aside for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on feed_set_aside;
create policy system on feed_set_aside to holdfast_system using (true) with check (true);

-- file
drop policy if exists read on file;
create policy read on file for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('file', 'read')) is not null or created_by = any ((select app.scope_owners('file', 'read'))::uuid[])));
drop policy if exists append on file;
create policy append on file for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('file', 'create')) is not null or created_by = any ((select app.scope_owners('file', 'create'))::uuid[])));
drop policy if exists change on file;
create policy change on file for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('file', 'update')) is not null or created_by = any ((select app.scope_owners('file', 'update'))::uuid[])) or ((select app.full_scope('file', 'delete')) is not null or created_by = any ((select app.scope_owners('file', 'delete'))::uuid[]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on file;
create policy remove on file for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('file', 'delete')) is not null or created_by = any ((select app.scope_owners('file', 'delete'))::uuid[])));
drop policy if exists system on file;
create policy system on file to holdfast_system using (true) with check (true);

-- file_read
drop policy if exists system on file_read;
create policy system on file_read to holdfast_system using (true) with check (true);

-- financial_account
-- Whoever may change a household may add accounts to it.
drop policy if exists read on financial_account;
create policy read on financial_account for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'read')) is not null or household_id = any ((select app.scope_groups('household', 'read', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists append on financial_account;
create policy append on financial_account for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists change on financial_account;
create policy change on financial_account for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end]))) or ((select app.full_scope('household', 'delete')) is not null or household_id = any ((select app.scope_groups('household', 'delete', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'delete')) is not null and app.scope_met((select app.mixed_scope('household', 'delete')), array[case when household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end])))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on financial_account;
create policy remove on financial_account for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'delete')) is not null or household_id = any ((select app.scope_groups('household', 'delete', 'financial_account', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'delete')) is not null and app.scope_met((select app.mixed_scope('household', 'delete')), array[case when household_id = any ((select app.groups_of('financial_account', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists system on financial_account;
create policy system on financial_account to holdfast_system using (true) with check (true);

-- financial_security
drop policy if exists read on financial_security;
create policy read on financial_security for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('financial_security', 'read')) <> 'none');
drop policy if exists append on financial_security;
create policy append on financial_security for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('financial_security', 'create')) <> 'none');
drop policy if exists change on financial_security;
create policy change on financial_security for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('financial_security', 'update')) <> 'none' or (select app.some_scope('financial_security', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on financial_security;
create policy remove on financial_security for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('financial_security', 'delete')) <> 'none');
drop policy if exists system on financial_security;
create policy system on financial_security to holdfast_system using (true) with check (true);

-- follower
-- Whoever reads a record may add a colleague as its follower. Only followers themselves may stop following.
drop policy if exists read on follower;
create policy read on follower for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.sees_all_subjects()) or app.reads_subject(record_id)));
drop policy if exists append on follower;
create policy append on follower for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.sees_all_subjects()) or app.reads_subject(record_id)));
drop policy if exists change on follower;
create policy change on follower for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.is_system())))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on follower;
create policy remove on follower for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.is_system())));
drop policy if exists system on follower;
create policy system on follower to holdfast_system using (true) with check (true);

-- goal
-- Whoever may change a household may change its goals.
drop policy if exists read on goal;
create policy read on goal for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'read')) is not null or household_id = any ((select app.scope_groups('household', 'read', 'goal', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when household_id = any ((select app.groups_of('goal', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists append on goal;
create policy append on goal for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'goal', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('goal', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists change on goal;
create policy change on goal for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'goal', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('goal', 'household'))::uuid[]) then 'household' end]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on goal;
create policy remove on goal for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'goal', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('goal', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists system on goal;
create policy system on goal to holdfast_system using (true) with check (true);

-- goal_account
-- Whoever may change a goal may say which accounts serve it.
drop policy if exists read on goal_account;
create policy read on goal_account for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('household', 'read')) <> 'none' and exists (select from goal p where p.tenant_id = goal_account.tenant_id and p.id = goal_account.goal_id));
drop policy if exists append on goal_account;
create policy append on goal_account for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and exists (select from goal g where g.tenant_id = goal_account.tenant_id and g.id = goal_account.goal_id
    and g.tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or g.household_id = any ((select app.scope_groups('household', 'update', 'goal', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when g.household_id = any ((select app.groups_of('goal', 'household'))::uuid[]) then 'household' end])))));
drop policy if exists change on goal_account;
create policy change on goal_account for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and exists (select from goal g where g.tenant_id = goal_account.tenant_id and g.id = goal_account.goal_id
    and g.tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or g.household_id = any ((select app.scope_groups('household', 'update', 'goal', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when g.household_id = any ((select app.groups_of('goal', 'household'))::uuid[]) then 'household' end])))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on goal_account;
create policy remove on goal_account for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and exists (select from goal g where g.tenant_id = goal_account.tenant_id and g.id = goal_account.goal_id
    and g.tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or g.household_id = any ((select app.scope_groups('household', 'update', 'goal', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when g.household_id = any ((select app.groups_of('goal', 'household'))::uuid[]) then 'household' end])))));
drop policy if exists system on goal_account;
create policy system on goal_account to holdfast_system using (true) with check (true);

-- google_client
-- Who connects goes to Google with it; its secret is sealed.
drop policy if exists read on google_client;
create policy read on google_client for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or (select app.some_scope('mailbox', 'read')) <> 'none'));
drop policy if exists append on google_client;
create policy append on google_client for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or (select app.some_scope('tenant', 'update')) <> 'none'));
drop policy if exists change on google_client;
create policy change on google_client for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or (select app.some_scope('tenant', 'update')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on google_client;
create policy remove on google_client for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or (select app.some_scope('tenant', 'update')) <> 'none'));
drop policy if exists system on google_client;
create policy system on google_client to holdfast_system using (true) with check (true);

-- household
drop policy if exists read on household;
create policy read on household for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'read')) is not null or owner_id = any ((select app.scope_owners('household', 'read'))::uuid[]) or id = any ((select app.scope_groups('household', 'read', 'household', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when owner_id = (select app.user_id()) then 'own' end, case when owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when id = any ((select app.groups_of('household', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists append on household;
create policy append on household for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'create')) is not null or owner_id = any ((select app.scope_owners('household', 'create'))::uuid[]) or id = any ((select app.scope_groups('household', 'create', 'household', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'create')) is not null and app.scope_met((select app.mixed_scope('household', 'create')), array[case when owner_id = (select app.user_id()) then 'own' end, case when owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when id = any ((select app.groups_of('household', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists change on household;
create policy change on household for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('household', 'update')) is not null or owner_id = any ((select app.scope_owners('household', 'update'))::uuid[]) or id = any ((select app.scope_groups('household', 'update', 'household', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when owner_id = (select app.user_id()) then 'own' end, case when owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when id = any ((select app.groups_of('household', 'household'))::uuid[]) then 'household' end]))) or ((select app.full_scope('household', 'delete')) is not null or owner_id = any ((select app.scope_owners('household', 'delete'))::uuid[]) or id = any ((select app.scope_groups('household', 'delete', 'household', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'delete')) is not null and app.scope_met((select app.mixed_scope('household', 'delete')), array[case when owner_id = (select app.user_id()) then 'own' end, case when owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when id = any ((select app.groups_of('household', 'household'))::uuid[]) then 'household' end])))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on household;
create policy remove on household for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'delete')) is not null or owner_id = any ((select app.scope_owners('household', 'delete'))::uuid[]) or id = any ((select app.scope_groups('household', 'delete', 'household', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'delete')) is not null and app.scope_met((select app.mixed_scope('household', 'delete')), array[case when owner_id = (select app.user_id()) then 'own' end, case when owner_id = any ((select app.team_mates())::uuid[]) then 'team' end, case when id = any ((select app.groups_of('household', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists system on household;
create policy system on household to holdfast_system using (true) with check (true);

-- household_adviser
-- Whoever may change a household may let others see it.
drop policy if exists read on household_adviser;
create policy read on household_adviser for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'read')) is not null or household_id = any ((select app.scope_groups('household', 'read', 'household_adviser', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when household_id = any ((select app.groups_of('household_adviser', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists append on household_adviser;
create policy append on household_adviser for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'household_adviser', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('household_adviser', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists change on household_adviser;
create policy change on household_adviser for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'household_adviser', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('household_adviser', 'household'))::uuid[]) then 'household' end]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on household_adviser;
create policy remove on household_adviser for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'household_adviser', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('household_adviser', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists system on household_adviser;
create policy system on household_adviser to holdfast_system using (true) with check (true);

-- household_member
-- Whoever may change a household may change who belongs to it.
drop policy if exists read on household_member;
create policy read on household_member for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'read')) is not null or household_id = any ((select app.scope_groups('household', 'read', 'household_member', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when household_id = any ((select app.groups_of('household_member', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists append on household_member;
create policy append on household_member for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'household_member', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('household_member', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists change on household_member;
create policy change on household_member for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'household_member', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('household_member', 'household'))::uuid[]) then 'household' end]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on household_member;
create policy remove on household_member for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'household_member', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('household_member', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists system on household_member;
create policy system on household_member to holdfast_system using (true) with check (true);

-- idempotency_key
drop policy if exists read on idempotency_key;
create policy read on idempotency_key for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists append on idempotency_key;
create policy append on idempotency_key for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on idempotency_key;
create policy change on idempotency_key for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on idempotency_key;
create policy remove on idempotency_key for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on idempotency_key;
create policy system on idempotency_key to holdfast_system using (true) with check (true);

-- identity_document
drop policy if exists read on identity_document;
create policy read on identity_document for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('client_profile', 'read')) <> 'none' and exists (select from contact p where p.tenant_id = identity_document.tenant_id and p.id = identity_document.contact_id));
drop policy if exists append on identity_document;
create policy append on identity_document for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.some_scope('client_profile', 'create')) <> 'none' or (select app.some_scope('client_profile', 'update')) <> 'none') and exists (select from contact p where p.tenant_id = identity_document.tenant_id and p.id = identity_document.contact_id));
drop policy if exists change on identity_document;
create policy change on identity_document for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('client_profile', 'update')) <> 'none' or (select app.some_scope('client_profile', 'delete')) <> 'none') and exists (select from contact p where p.tenant_id = identity_document.tenant_id and p.id = identity_document.contact_id))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on identity_document;
create policy remove on identity_document for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('client_profile', 'update')) <> 'none' or (select app.some_scope('client_profile', 'delete')) <> 'none') and exists (select from contact p where p.tenant_id = identity_document.tenant_id and p.id = identity_document.contact_id));
drop policy if exists system on identity_document;
create policy system on identity_document to holdfast_system using (true) with check (true);

-- import
drop policy if exists read on import;
create policy read on import for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('import', 'read')) is not null or created_by = any ((select app.scope_owners('import', 'read'))::uuid[])));
drop policy if exists append on import;
create policy append on import for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('import', 'create')) is not null or created_by = any ((select app.scope_owners('import', 'create'))::uuid[])));
drop policy if exists change on import;
create policy change on import for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('import', 'update')) is not null or created_by = any ((select app.scope_owners('import', 'update'))::uuid[])) or ((select app.full_scope('import', 'delete')) is not null or created_by = any ((select app.scope_owners('import', 'delete'))::uuid[]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on import;
create policy remove on import for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('import', 'delete')) is not null or created_by = any ((select app.scope_owners('import', 'delete'))::uuid[])));
drop policy if exists system on import;
create policy system on import to holdfast_system using (true) with check (true);

-- import_file
drop policy if exists read on import_file;
create policy read on import_file for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'read')) <> 'none' and exists (select from import p where p.tenant_id = import_file.tenant_id and p.id = import_file.import_id));
drop policy if exists append on import_file;
create policy append on import_file for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'create')) <> 'none' or (select app.some_scope('import', 'update')) <> 'none') and exists (select from import p where p.tenant_id = import_file.tenant_id and p.id = import_file.import_id));
drop policy if exists change on import_file;
create policy change on import_file for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'update')) <> 'none' or (select app.some_scope('import', 'delete')) <> 'none') and exists (select from import p where p.tenant_id = import_file.tenant_id and p.id = import_file.import_id))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on import_file;
create policy remove on import_file for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'update')) <> 'none' or (select app.some_scope('import', 'delete')) <> 'none') and exists (select from import p where p.tenant_id = import_file.tenant_id and p.id = import_file.import_id));
drop policy if exists system on import_file;
create policy system on import_file to holdfast_system using (true) with check (true);

-- import_fix
drop policy if exists read on import_fix;
create policy read on import_fix for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'read')) <> 'none' and exists (select from import_file p where p.tenant_id = import_fix.tenant_id and p.id = import_fix.import_file_id));
drop policy if exists append on import_fix;
create policy append on import_fix for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'create')) <> 'none' or (select app.some_scope('import', 'update')) <> 'none') and exists (select from import_file p where p.tenant_id = import_fix.tenant_id and p.id = import_fix.import_file_id));
drop policy if exists change on import_fix;
create policy change on import_fix for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'update')) <> 'none' or (select app.some_scope('import', 'delete')) <> 'none') and exists (select from import_file p where p.tenant_id = import_fix.tenant_id and p.id = import_fix.import_file_id))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on import_fix;
create policy remove on import_fix for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'update')) <> 'none' or (select app.some_scope('import', 'delete')) <> 'none') and exists (select from import_file p where p.tenant_id = import_fix.tenant_id and p.id = import_fix.import_file_id));
drop policy if exists system on import_fix;
create policy system on import_fix to holdfast_system using (true) with check (true);

-- import_outcome
drop policy if exists read on import_outcome;
create policy read on import_outcome for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'read')) <> 'none' and exists (select from import_file p where p.tenant_id = import_outcome.tenant_id and p.id = import_outcome.import_file_id));
drop policy if exists append on import_outcome;
create policy append on import_outcome for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'create')) <> 'none' or (select app.some_scope('import', 'update')) <> 'none') and exists (select from import_file p where p.tenant_id = import_outcome.tenant_id and p.id = import_outcome.import_file_id));
drop policy if exists change on import_outcome;
create policy change on import_outcome for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'update')) <> 'none' or (select app.some_scope('import', 'delete')) <> 'none') and exists (select from import_file p where p.tenant_id = import_outcome.tenant_id and p.id = import_outcome.import_file_id))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on import_outcome;
create policy remove on import_outcome for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'update')) <> 'none' or (select app.some_scope('import', 'delete')) <> 'none') and exists (select from import_file p where p.tenant_id = import_outcome.tenant_id and p.id = import_outcome.import_file_id));
drop policy if exists system on import_outcome;
create policy system on import_outcome to holdfast_system using (true) with check (true);

-- import_problem
drop policy if exists read on import_problem;
create policy read on import_problem for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'read')) <> 'none' and exists (select from import_file p where p.tenant_id = import_problem.tenant_id and p.id = import_problem.import_file_id));
drop policy if exists append on import_problem;
create policy append on import_problem for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'create')) <> 'none' or (select app.some_scope('import', 'update')) <> 'none') and exists (select from import_file p where p.tenant_id = import_problem.tenant_id and p.id = import_problem.import_file_id));
drop policy if exists change on import_problem;
create policy change on import_problem for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'update')) <> 'none' or (select app.some_scope('import', 'delete')) <> 'none') and exists (select from import_file p where p.tenant_id = import_problem.tenant_id and p.id = import_problem.import_file_id))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on import_problem;
create policy remove on import_problem for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'update')) <> 'none' or (select app.some_scope('import', 'delete')) <> 'none') and exists (select from import_file p where p.tenant_id = import_problem.tenant_id and p.id = import_problem.import_file_id));
drop policy if exists system on import_problem;
create policy system on import_problem to holdfast_system using (true) with check (true);

-- import_row
drop policy if exists read on import_row;
create policy read on import_row for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('import', 'read')) <> 'none' and exists (select from import_file p where p.tenant_id = import_row.tenant_id and p.id = import_row.import_file_id));
drop policy if exists append on import_row;
create policy append on import_row for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'create')) <> 'none' or (select app.some_scope('import', 'update')) <> 'none') and exists (select from import_file p where p.tenant_id = import_row.tenant_id and p.id = import_row.import_file_id));
drop policy if exists change on import_row;
create policy change on import_row for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'update')) <> 'none' or (select app.some_scope('import', 'delete')) <> 'none') and exists (select from import_file p where p.tenant_id = import_row.tenant_id and p.id = import_row.import_file_id))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on import_row;
create policy remove on import_row for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('import', 'update')) <> 'none' or (select app.some_scope('import', 'delete')) <> 'none') and exists (select from import_file p where p.tenant_id = import_row.tenant_id and p.id = import_row.import_file_id));
drop policy if exists system on import_row;
create policy system on import_row to holdfast_system using (true) with check (true);

-- job
drop policy if exists read on job;
create policy read on job for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists append on job;
create policy append on job for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on job;
create policy change on job for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on job;
create policy remove on job for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on job;
create policy system on job to holdfast_system using (true) with check (true);

-- language_model
drop policy if exists read on language_model;
create policy read on language_model for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or (select app.some_scope('tenant', 'update')) <> 'none'));
drop policy if exists append on language_model;
create policy append on language_model for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or (select app.some_scope('tenant', 'update')) <> 'none'));
drop policy if exists change on language_model;
create policy change on language_model for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or (select app.some_scope('tenant', 'update')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on language_model;
create policy remove on language_model for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or (select app.some_scope('tenant', 'update')) <> 'none'));
drop policy if exists system on language_model;
create policy system on language_model to holdfast_system using (true) with check (true);

-- language_model_answer
-- An answer is shown to whoever may read every text that it was made of.
drop policy if exists read on language_model_answer;
create policy read on language_model_answer for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or not exists (select from unnest(sources) source where not (exists (select from note s where s.tenant_id = language_model_answer.tenant_id and s.id = source and s.deleted_at is null) or exists (select from activity s where s.tenant_id = language_model_answer.tenant_id and s.id = source and s.deleted_at is null)
      or exists (select from mail_message s where s.tenant_id = language_model_answer.tenant_id and s.id = source and s.deleted_at is null)))));
drop policy if exists append on language_model_answer;
create policy append on language_model_answer for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists change on language_model_answer;
create policy change on language_model_answer for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on language_model_answer;
create policy remove on language_model_answer for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists system on language_model_answer;
create policy system on language_model_answer to holdfast_system using (true) with check (true);

-- language_model_call
drop policy if exists read on language_model_call;
create policy read on language_model_call for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or (select app.some_scope('tenant', 'update')) <> 'none'));
drop policy if exists append on language_model_call;
create policy append on language_model_call for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists change on language_model_call;
create policy change on language_model_call for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on language_model_call;
create policy remove on language_model_call for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists system on language_model_call;
create policy system on language_model_call to holdfast_system using (true) with check (true);

-- language_model_usage
drop policy if exists read on language_model_usage;
create policy read on language_model_usage for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or (select app.some_scope('tenant', 'update')) <> 'none'));
drop policy if exists append on language_model_usage;
create policy append on language_model_usage for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists change on language_model_usage;
create policy change on language_model_usage for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on language_model_usage;
create policy remove on language_model_usage for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists system on language_model_usage;
create policy system on language_model_usage to holdfast_system using (true) with check (true);

-- legal_entity
-- Whoever may change a household may add entities to it.
drop policy if exists read on legal_entity;
create policy read on legal_entity for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'read')) is not null or household_id = any ((select app.scope_groups('household', 'read', 'legal_entity', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when household_id = any ((select app.groups_of('legal_entity', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists append on legal_entity;
create policy append on legal_entity for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'legal_entity', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('legal_entity', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists change on legal_entity;
create policy change on legal_entity for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'legal_entity', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('legal_entity', 'household'))::uuid[]) then 'household' end]))) or ((select app.full_scope('household', 'delete')) is not null or household_id = any ((select app.scope_groups('household', 'delete', 'legal_entity', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'delete')) is not null and app.scope_met((select app.mixed_scope('household', 'delete')), array[case when household_id = any ((select app.groups_of('legal_entity', 'household'))::uuid[]) then 'household' end])))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on legal_entity;
create policy remove on legal_entity for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'delete')) is not null or household_id = any ((select app.scope_groups('household', 'delete', 'legal_entity', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'delete')) is not null and app.scope_met((select app.mixed_scope('household', 'delete')), array[case when household_id = any ((select app.groups_of('legal_entity', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists system on legal_entity;
create policy system on legal_entity to holdfast_system using (true) with check (true);

-- lifecycle_archive
drop policy if exists system on lifecycle_archive;
create policy system on lifecycle_archive to holdfast_system using (true) with check (true);

-- lifecycle_rule
drop policy if exists system on lifecycle_rule;
create policy system on lifecycle_rule to holdfast_system using (true) with check (true);

-- log_count
drop policy if exists read on log_count;
create policy read on log_count for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('log', 'read')) <> 'none');
drop policy if exists system on log_count;
create policy system on log_count to holdfast_system using (true) with check (true);

-- log_line
drop policy if exists read on log_line;
create policy read on log_line for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('log', 'read')) <> 'none');
drop policy if exists system on log_line;
create policy system on log_line to holdfast_system using (true) with check (true);

-- mail_connection
-- Where a mailbox is and its password are its owner’s alone.
drop policy if exists own on mail_connection;
create policy own on mail_connection to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or (select app.some_scope('mailbox', 'update')) <> 'none' and exists (select from mailbox m where m.tenant_id = mail_connection.tenant_id and m.id = mail_connection.mailbox_id
    and m.owner_id = (select app.user_id()))));
drop policy if exists system on mail_connection;
create policy system on mail_connection to holdfast_system using (true) with check (true);

-- mail_folder
-- The owner chooses which are imported, and archives into one that is not there yet.
drop policy if exists read on mail_folder;
create policy read on mail_folder for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('exists'))::uuid[])));
drop policy if exists append on mail_folder;
create policy append on mail_folder for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])));
drop policy if exists change on mail_folder;
create policy change on mail_folder for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on mail_folder;
create policy remove on mail_folder for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists system on mail_folder;
create policy system on mail_folder to holdfast_system using (true) with check (true);

-- mail_ledger
-- What became of each mail is its owner’s to see: the ledger names what is not shared, too.
drop policy if exists read on mail_ledger;
create policy read on mail_ledger for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])));
drop policy if exists append on mail_ledger;
create policy append on mail_ledger for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists change on mail_ledger;
create policy change on mail_ledger for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on mail_ledger;
create policy remove on mail_ledger for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists system on mail_ledger;
create policy system on mail_ledger to holdfast_system using (true) with check (true);

-- mail_message
-- A message is seen as far as the owner of one of the mailboxes that it is in shares it.
drop policy if exists read on mail_message;
create policy read on mail_message for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_ids && (select app.mailboxes_shared('everything'))::uuid[]
    or (select app.has_sharing_exceptions()) and (mailbox_ids || records || conversation_id) && (select app.sharing_candidates('everything'))::uuid[]
      and app.message_shared('everything', id, conversation_id, records, records_said, mailbox_ids)));
drop policy if exists append on mail_message;
create policy append on mail_message for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists change on mail_message;
create policy change on mail_message for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_ids && (select app.mailboxes_read('own'))::uuid[]))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on mail_message;
create policy remove on mail_message for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_ids && (select app.mailboxes_read('own'))::uuid[]));
drop policy if exists system on mail_message;
create policy system on mail_message to holdfast_system using (true) with check (true);
drop view if exists app.mail_message_shown;
create view app.mail_message_shown with (security_barrier) as
  select r.tenant_id,
    r.id,
    r.version,
    r.created_at,
    r.updated_at,
    r.deleted_at,
    case when (s.everything or s.subject) then r.subject end as subject,
    case when s.everything then r.snippet end as snippet,
    r.from_name,
    r.from_address,
    r.to_text,
    r.direction,
    r.occurred_at,
    r.has_files,
    r.author_id,
    r.records,
    case when s.everything then 'everything' when s.subject then 'subject' else 'exists' end as shown
  from public.mail_message r cross join lateral (select ((select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.mailbox_ids && (select app.mailboxes_shared('everything'))::uuid[]
    or (select app.has_sharing_exceptions()) and (r.mailbox_ids || r.records || r.conversation_id) && (select app.sharing_candidates('everything'))::uuid[]
      and app.message_shared('everything', r.id, r.conversation_id, r.records, r.records_said, r.mailbox_ids))) as everything, ((select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.mailbox_ids && (select app.mailboxes_shared('subject'))::uuid[]
    or (select app.has_sharing_exceptions()) and (r.mailbox_ids || r.records || r.conversation_id) && (select app.sharing_candidates('subject'))::uuid[]
      and app.message_shared('subject', r.id, r.conversation_id, r.records, r.records_said, r.mailbox_ids))) as subject,
    ((select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.mailbox_ids && (select app.mailboxes_shared('exists'))::uuid[]
    or (select app.has_sharing_exceptions()) and (r.mailbox_ids || r.records || r.conversation_id) && (select app.sharing_candidates('exists'))::uuid[]
      and app.message_shared('exists', r.id, r.conversation_id, r.records, r.records_said, r.mailbox_ids))) as exists offset 0) s
  where r.tenant_id = (select app.tenant_id()) and (s.exists or s.subject or s.everything);
grant select on app.mail_message_shown to holdfast_app;
alter view app.mail_message_shown owner to holdfast_system;

-- mail_template
-- One’s own and shared ones; only its owner changes or shares a template.
drop policy if exists read on mail_template;
create policy read on mail_template for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and (((select app.is_system()) or owner_id = (select app.user_id())) or shared));
drop policy if exists append on mail_template;
create policy append on mail_template for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'create')) <> 'none' and ((select app.is_system()) or owner_id = (select app.user_id())));
drop policy if exists change on mail_template;
create policy change on mail_template for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'update')) <> 'none' and (((select app.is_system()) or owner_id = (select app.user_id())) or shared and owner_id is null))
  with check (tenant_id = (select app.tenant_id()) and (((select app.is_system()) or owner_id = (select app.user_id())) or shared and owner_id is null));
drop policy if exists remove on mail_template;
create policy remove on mail_template for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'delete')) <> 'none' and (((select app.is_system()) or owner_id = (select app.user_id())) or shared and owner_id is null));
drop policy if exists system on mail_template;
create policy system on mail_template to holdfast_system using (true) with check (true);

-- mail_thread
drop policy if exists read on mail_thread;
create policy read on mail_thread for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_shared('everything'))::uuid[])
    or (select app.has_sharing_exceptions()) and array[mailbox_id, conversation_id] && (select app.sharing_candidates('everything'))::uuid[] and app.conversation_shared(mailbox_id, conversation_id)));
drop policy if exists append on mail_thread;
create policy append on mail_thread for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists change on mail_thread;
create policy change on mail_thread for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on mail_thread;
create policy remove on mail_thread for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists system on mail_thread;
create policy system on mail_thread to holdfast_system using (true) with check (true);

-- mailbox
-- Nobody, administrators included, sees or shares more of a mailbox than its owner does.
drop policy if exists read on mailbox;
create policy read on mailbox for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and (((select app.is_system()) or owner_id = (select app.user_id())) or sharing <> 'private'));
drop policy if exists append on mailbox;
create policy append on mailbox for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'create')) <> 'none' and ((select app.is_system()) or owner_id = (select app.user_id())));
drop policy if exists change on mailbox;
create policy change on mailbox for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'update')) <> 'none' and ((select app.is_system()) or owner_id = (select app.user_id())))
  with check (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or owner_id = (select app.user_id())));
drop policy if exists remove on mailbox;
create policy remove on mailbox for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'delete')) <> 'none' and ((select app.is_system()) or owner_id = (select app.user_id())));
drop policy if exists system on mailbox;
create policy system on mailbox to holdfast_system using (true) with check (true);

-- mailbox_alias
drop policy if exists read on mailbox_alias;
create policy read on mailbox_alias for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])));
drop policy if exists append on mailbox_alias;
create policy append on mailbox_alias for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])));
drop policy if exists change on mailbox_alias;
create policy change on mailbox_alias for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on mailbox_alias;
create policy remove on mailbox_alias for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])));
drop policy if exists system on mailbox_alias;
create policy system on mailbox_alias to holdfast_system using (true) with check (true);

-- meaning_model
drop policy if exists read on meaning_model;
create policy read on meaning_model for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists append on meaning_model;
create policy append on meaning_model for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists change on meaning_model;
create policy change on meaning_model for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on meaning_model;
create policy remove on meaning_model for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists system on meaning_model;
create policy system on meaning_model to holdfast_system using (true) with check (true);

-- meaning_passage
-- Who reads a text reads its passages: the policies of its own table decide.
drop policy if exists read on meaning_passage;
create policy read on meaning_passage for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or case resource when 'note' then exists (select from note s where s.tenant_id = meaning_passage.tenant_id and s.id = record_id and s.deleted_at is null) when 'activity' then exists (select from activity s where s.tenant_id = meaning_passage.tenant_id and s.id = record_id and s.deleted_at is null)
      when 'mail_message' then exists (select from mail_message s where s.tenant_id = meaning_passage.tenant_id and s.id = record_id and s.deleted_at is null) else false end));
drop policy if exists append on meaning_passage;
create policy append on meaning_passage for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists change on meaning_passage;
create policy change on meaning_passage for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on meaning_passage;
create policy remove on meaning_passage for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists system on meaning_passage;
create policy system on meaning_passage to holdfast_system using (true) with check (true);

-- meaning_term
drop policy if exists read on meaning_term;
create policy read on meaning_term for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists append on meaning_term;
create policy append on meaning_term for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists change on meaning_term;
create policy change on meaning_term for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on meaning_term;
create policy remove on meaning_term for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists system on meaning_term;
create policy system on meaning_term to holdfast_system using (true) with check (true);

-- meeting
-- A meeting is seen as far as the owner of its calendar shares it; one that is marked as private by nobody else.
drop policy if exists read on meeting;
create policy read on meeting for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or calendar_id = any ((select app.calendars_read('own'))::uuid[])
    or not is_private and calendar_id = any ((select app.calendars_read('everything'))::uuid[])));
drop policy if exists append on meeting;
create policy append on meeting for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists change on meeting;
create policy change on meeting for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or calendar_id = any ((select app.calendars_read('own'))::uuid[])))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on meeting;
create policy remove on meeting for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or calendar_id = any ((select app.calendars_read('own'))::uuid[])));
drop policy if exists system on meeting;
create policy system on meeting to holdfast_system using (true) with check (true);
drop view if exists app.meeting_shown;
create view app.meeting_shown with (security_barrier) as
  select r.tenant_id,
    r.id,
    r.version,
    r.created_at,
    r.updated_at,
    r.deleted_at,
    case when s.everything then r.title end as title,
    case when s.everything then r.description end as description,
    case when s.everything then r.location end as location,
    r.people_text,
    r.occurred_at,
    r.ends_at,
    r.starts_on,
    r.ends_on,
    r.is_all_day,
    r.repeats,
    r.is_moved,
    r.time_zone,
    r.unknown_time_zone,
    r.status,
    r.calendar_id,
    r.owner_id,
    r.records,
    case when s.everything then 'everything' when s.subject then 'subject' else 'exists' end as shown
  from public.meeting r cross join lateral (select ((select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.calendar_id = any ((select app.calendars_read('own'))::uuid[])
    or not r.is_private and r.calendar_id = any ((select app.calendars_read('everything'))::uuid[]))) as everything, ((select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.calendar_id = any ((select app.calendars_read('own'))::uuid[])
    or not r.is_private and r.calendar_id = any ((select app.calendars_read('everything'))::uuid[]))) as subject,
    ((select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or r.calendar_id = any ((select app.calendars_read('own'))::uuid[])
    or not r.is_private and r.calendar_id = any ((select app.calendars_read('exists'))::uuid[]))) as exists offset 0) s
  where r.tenant_id = (select app.tenant_id()) and (s.exists or s.subject or s.everything);
grant select on app.meeting_shown to holdfast_app;
alter view app.meeting_shown owner to holdfast_system;

-- meeting_calendar
-- Nobody, administrators included, sees or shares more of a calendar than its owner does.
drop policy if exists read on meeting_calendar;
create policy read on meeting_calendar for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and (((select app.is_system()) or owner_id = (select app.user_id())) or sharing <> 'private'));
drop policy if exists append on meeting_calendar;
create policy append on meeting_calendar for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'create')) <> 'none' and ((select app.is_system()) or owner_id = (select app.user_id())));
drop policy if exists change on meeting_calendar;
create policy change on meeting_calendar for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'update')) <> 'none' and ((select app.is_system()) or owner_id = (select app.user_id())))
  with check (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or owner_id = (select app.user_id())));
drop policy if exists remove on meeting_calendar;
create policy remove on meeting_calendar for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'delete')) <> 'none' and ((select app.is_system()) or owner_id = (select app.user_id())));
drop policy if exists system on meeting_calendar;
create policy system on meeting_calendar to holdfast_system using (true) with check (true);

-- message_address
drop policy if exists read on message_address;
create policy read on message_address for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists append on message_address;
create policy append on message_address for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists change on message_address;
create policy change on message_address for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on message_address;
create policy remove on message_address for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists system on message_address;
create policy system on message_address to holdfast_system using (true) with check (true);

-- message_reference
drop policy if exists read on message_reference;
create policy read on message_reference for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists append on message_reference;
create policy append on message_reference for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists change on message_reference;
create policy change on message_reference for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on message_reference;
create policy remove on message_reference for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.is_system()));
drop policy if exists system on message_reference;
create policy system on message_reference to holdfast_system using (true) with check (true);

-- note
drop policy if exists read on note;
create policy read on note for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('note', 'read')) is not null or author_id = any ((select app.scope_owners('note', 'read'))::uuid[])) and ((select app.sees_all_subjects()) or app.reads_some_subject(records)));
drop policy if exists append on note;
create policy append on note for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('note', 'create')) is not null or author_id = any ((select app.scope_owners('note', 'create'))::uuid[])) and ((select app.sees_all_subjects()) or app.reads_every_subject(records)));
drop policy if exists change on note;
create policy change on note for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('note', 'update')) is not null or author_id = any ((select app.scope_owners('note', 'update'))::uuid[])) or ((select app.full_scope('note', 'delete')) is not null or author_id = any ((select app.scope_owners('note', 'delete'))::uuid[]))) and ((select app.sees_all_subjects()) or app.reads_some_subject(records)))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on note;
create policy remove on note for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('note', 'delete')) is not null or author_id = any ((select app.scope_owners('note', 'delete'))::uuid[])) and ((select app.sees_all_subjects()) or app.reads_some_subject(records)));
drop policy if exists system on note;
create policy system on note to holdfast_system using (true) with check (true);

-- notification
drop policy if exists own on notification;
create policy own on notification to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.is_system())));
drop policy if exists system on notification;
create policy system on notification to holdfast_system using (true) with check (true);

-- notification_setting
drop policy if exists own on notification_setting;
create policy own on notification_setting to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.is_system())));
drop policy if exists system on notification_setting;
create policy system on notification_setting to holdfast_system using (true) with check (true);

-- one_time_token
-- Whoever may create users invites them, and withdraws invitations.
drop policy if exists personal on one_time_token;
create policy personal on one_time_token to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.some_scope('user', 'update')) <> 'none' or (kind = 'invitation' and (select app.some_scope('user', 'create')) <> 'none')));
drop policy if exists system on one_time_token;
create policy system on one_time_token to holdfast_system using (true) with check (true);

-- operator
drop policy if exists read on operator;
create policy read on operator for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on operator;
create policy system on operator to holdfast_system using (true) with check (true);

-- operator_action
drop policy if exists system on operator_action;
create policy system on operator_action to holdfast_system using (true) with check (true);

-- orphan_file
drop policy if exists system on orphan_file;
create policy system on orphan_file to holdfast_system using (true) with check (true);

-- outgoing_mail
-- Nobody writes from the mailbox of somebody else.
drop policy if exists read on outgoing_mail;
create policy read on outgoing_mail for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])));
drop policy if exists append on outgoing_mail;
create policy append on outgoing_mail for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])));
drop policy if exists change on outgoing_mail;
create policy change on outgoing_mail for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists system on outgoing_mail;
create policy system on outgoing_mail to holdfast_system using (true) with check (true);

-- passkey
drop policy if exists personal on passkey;
create policy personal on passkey to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.some_scope('user', 'update')) <> 'none'));
drop policy if exists system on passkey;
create policy system on passkey to holdfast_system using (true) with check (true);

-- pipeline
drop policy if exists read on pipeline;
create policy read on pipeline for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('pipeline', 'read')) <> 'none');
drop policy if exists append on pipeline;
create policy append on pipeline for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('pipeline', 'create')) <> 'none');
drop policy if exists change on pipeline;
create policy change on pipeline for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('pipeline', 'update')) <> 'none' or (select app.some_scope('pipeline', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on pipeline;
create policy remove on pipeline for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('pipeline', 'delete')) <> 'none');
drop policy if exists system on pipeline;
create policy system on pipeline to holdfast_system using (true) with check (true);

-- price
drop policy if exists read on price;
create policy read on price for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('financial_security', 'read')) <> 'none');
drop policy if exists append on price;
create policy append on price for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('financial_security', 'create')) <> 'none');
drop policy if exists change on price;
create policy change on price for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('financial_security', 'update')) <> 'none' or (select app.some_scope('financial_security', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on price;
create policy remove on price for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('financial_security', 'delete')) <> 'none');
drop policy if exists system on price;
create policy system on price to holdfast_system using (true) with check (true);

-- process
drop policy if exists system on process;
create policy system on process to holdfast_system using (true) with check (true);

-- product
drop policy if exists read on product;
create policy read on product for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('product', 'read')) <> 'none');
drop policy if exists append on product;
create policy append on product for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('product', 'create')) <> 'none');
drop policy if exists change on product;
create policy change on product for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('product', 'update')) <> 'none' or (select app.some_scope('product', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on product;
create policy remove on product for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('product', 'delete')) <> 'none');
drop policy if exists system on product;
create policy system on product to holdfast_system using (true) with check (true);

-- pseudonymised_copy
drop policy if exists system on pseudonymised_copy;
create policy system on pseudonymised_copy to holdfast_system using (true) with check (true);

-- record_history
drop policy if exists read on record_history;
create policy read on record_history for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or app.reads_history(resource, record_id, before, after)));
drop policy if exists append on record_history;
create policy append on record_history for insert to public
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists system on record_history;
create policy system on record_history to holdfast_system using (true) with check (true);

-- record_link
-- Only triggers write it. Of an entry that is about several records, a reader sees the links to those that the reader may read.
drop policy if exists read on record_link;
create policy read on record_link for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.sees_all_subjects()) or app.reads_subject(record_id)));
drop policy if exists system on record_link;
create policy system on record_link to holdfast_system using (true) with check (true);

-- record_tag
-- To tag a record takes the right to change the record, not the right to make or delete tags.
drop policy if exists read on record_tag;
create policy read on record_tag for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('tag', 'read')) <> 'none' and ((select app.sees_all_subjects()) or app.reads_subject(record_id)));
drop policy if exists append on record_tag;
create policy append on record_tag for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.tags_all_subjects()) or app.tags_subject(record_id)));
drop policy if exists change on record_tag;
create policy change on record_tag for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('tag', 'update')) <> 'none' or (select app.some_scope('tag', 'delete')) <> 'none') and ((select app.sees_all_subjects()) or app.reads_subject(record_id)))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on record_tag;
create policy remove on record_tag for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.tags_all_subjects()) or app.tags_subject(record_id)));
drop policy if exists system on record_tag;
create policy system on record_tag to holdfast_system using (true) with check (true);

-- recovery_code
drop policy if exists personal on recovery_code;
create policy personal on recovery_code to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.some_scope('user', 'update')) <> 'none'));
drop policy if exists system on recovery_code;
create policy system on recovery_code to holdfast_system using (true) with check (true);

-- relationship
-- Whoever may change a household may change its relationships.
drop policy if exists read on relationship;
create policy read on relationship for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'read')) is not null or household_id = any ((select app.scope_groups('household', 'read', 'relationship', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when household_id = any ((select app.groups_of('relationship', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists append on relationship;
create policy append on relationship for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'relationship', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('relationship', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists change on relationship;
create policy change on relationship for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'relationship', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('relationship', 'household'))::uuid[]) then 'household' end]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on relationship;
create policy remove on relationship for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'relationship', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('relationship', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists system on relationship;
create policy system on relationship to holdfast_system using (true) with check (true);

-- role
drop policy if exists read on role;
create policy read on role for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('role', 'read')) <> 'none');
drop policy if exists append on role;
create policy append on role for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('role', 'create')) <> 'none');
drop policy if exists change on role;
create policy change on role for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('role', 'update')) <> 'none' or (select app.some_scope('role', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on role;
create policy remove on role for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('role', 'delete')) <> 'none');
drop policy if exists system on role;
create policy system on role to holdfast_system using (true) with check (true);

-- sales_target
drop policy if exists read on sales_target;
create policy read on sales_target for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('sales_target', 'read')) <> 'none');
drop policy if exists append on sales_target;
create policy append on sales_target for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('sales_target', 'create')) <> 'none');
drop policy if exists change on sales_target;
create policy change on sales_target for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('sales_target', 'update')) <> 'none' or (select app.some_scope('sales_target', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on sales_target;
create policy remove on sales_target for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('sales_target', 'delete')) <> 'none');
drop policy if exists system on sales_target;
create policy system on sales_target to holdfast_system using (true) with check (true);

-- saved_mapping
-- One that names a field its reader may not see is not shown.
drop policy if exists read on saved_mapping;
create policy read on saved_mapping for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('saved_mapping', 'read')) <> 'none' and not app.names_hidden(columns::text));
drop policy if exists append on saved_mapping;
create policy append on saved_mapping for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('saved_mapping', 'create')) <> 'none');
drop policy if exists change on saved_mapping;
create policy change on saved_mapping for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('saved_mapping', 'update')) <> 'none' or (select app.some_scope('saved_mapping', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on saved_mapping;
create policy remove on saved_mapping for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('saved_mapping', 'delete')) <> 'none');
drop policy if exists system on saved_mapping;
create policy system on saved_mapping to holdfast_system using (true) with check (true);

-- saved_view
-- One's own views, those of one's teams and those shared with all; who may change everybody's views also those of other teams. The program itself
-- reads all of them, for an export of the workspace. A view that names a field its reader may not see, in its filter, sort, board or groups, is not shown.
drop policy if exists read on saved_view;
create policy read on saved_view for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.is_system()) or owner_id = (select app.user_id())
    or ((shared or team_id = any ((select app.own_teams())::uuid[]) or (team_id is not null and (select app.full_scope('saved_view', 'update')) = 'all'))
      and (select app.scope('saved_view', 'read')) <> 'none' and not app.names_hidden(concat(filter::text, ' ', sort, ' ', arrangement::text)))));
drop policy if exists append on saved_view;
create policy append on saved_view for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('saved_view', 'create')) = 'all' or owner_id = any ((select app.scope_owners('saved_view', 'create'))::uuid[])));
drop policy if exists change on saved_view;
create policy change on saved_view for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('saved_view', 'update')) = 'all' or owner_id = any ((select app.scope_owners('saved_view', 'update'))::uuid[])) or ((select app.full_scope('saved_view', 'delete')) = 'all' or owner_id = any ((select app.scope_owners('saved_view', 'delete'))::uuid[]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on saved_view;
create policy remove on saved_view for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('saved_view', 'delete')) = 'all' or owner_id = any ((select app.scope_owners('saved_view', 'delete'))::uuid[])));
drop policy if exists system on saved_view;
create policy system on saved_view to holdfast_system using (true) with check (true);

-- schedule
drop policy if exists read on schedule;
create policy read on schedule for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on schedule;
create policy system on schedule to holdfast_system using (true) with check (true);

-- schedule_pause
drop policy if exists system on schedule_pause;
create policy system on schedule_pause to holdfast_system using (true) with check (true);

-- score_model
drop policy if exists read on score_model;
create policy read on score_model for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('scoring', 'read')) <> 'none');
drop policy if exists append on score_model;
create policy append on score_model for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('scoring', 'create')) <> 'none');
drop policy if exists change on score_model;
create policy change on score_model for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('scoring', 'update')) <> 'none' or (select app.some_scope('scoring', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on score_model;
create policy remove on score_model for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('scoring', 'delete')) <> 'none');
drop policy if exists system on score_model;
create policy system on score_model to holdfast_system using (true) with check (true);

-- scoring_rule
-- A rule whose filter names a field that the reader may not see would reveal who meets it, so it is not shown.
drop policy if exists read on scoring_rule;
create policy read on scoring_rule for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('scoring', 'read')) <> 'none' and not app.names_hidden(filter::text));
drop policy if exists append on scoring_rule;
create policy append on scoring_rule for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('scoring', 'create')) <> 'none');
drop policy if exists change on scoring_rule;
create policy change on scoring_rule for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('scoring', 'update')) <> 'none' or (select app.some_scope('scoring', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on scoring_rule;
create policy remove on scoring_rule for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('scoring', 'delete')) <> 'none');
drop policy if exists system on scoring_rule;
create policy system on scoring_rule to holdfast_system using (true) with check (true);

-- session
drop policy if exists personal on session;
create policy personal on session to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.some_scope('user', 'update')) <> 'none'));
drop policy if exists system on session;
create policy system on session to holdfast_system using (true) with check (true);

-- sharing_exception
-- What somebody shares otherwise than the rest is theirs to say and to see: it names what is not shared.
drop policy if exists read on sharing_exception;
create policy read on sharing_exception for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])));
drop policy if exists append on sharing_exception;
create policy append on sharing_exception for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])));
drop policy if exists change on sharing_exception;
create policy change on sharing_exception for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on sharing_exception;
create policy remove on sharing_exception for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('mailbox', 'read')) <> 'none' and ((select app.is_system()) or mailbox_id = any ((select app.mailboxes_read('own'))::uuid[])));
drop policy if exists system on sharing_exception;
create policy system on sharing_exception to holdfast_system using (true) with check (true);

-- sign_in_provider
drop policy if exists read on sign_in_provider;
create policy read on sign_in_provider for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('sign_in_provider', 'read')) <> 'none');
drop policy if exists append on sign_in_provider;
create policy append on sign_in_provider for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('sign_in_provider', 'create')) <> 'none');
drop policy if exists change on sign_in_provider;
create policy change on sign_in_provider for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('sign_in_provider', 'update')) <> 'none' or (select app.some_scope('sign_in_provider', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on sign_in_provider;
create policy remove on sign_in_provider for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('sign_in_provider', 'delete')) <> 'none');
drop policy if exists system on sign_in_provider;
create policy system on sign_in_provider to holdfast_system using (true) with check (true);

-- stage
drop policy if exists read on stage;
create policy read on stage for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('pipeline', 'read')) <> 'none');
drop policy if exists append on stage;
create policy append on stage for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('pipeline', 'create')) <> 'none');
drop policy if exists change on stage;
create policy change on stage for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('pipeline', 'update')) <> 'none' or (select app.some_scope('pipeline', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on stage;
create policy remove on stage for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('pipeline', 'delete')) <> 'none');
drop policy if exists system on stage;
create policy system on stage to holdfast_system using (true) with check (true);

-- storage_sample
drop policy if exists system on storage_sample;
create policy system on storage_sample to holdfast_system using (true) with check (true);

-- subject
-- Only triggers write it. It says of a record no more than its type; who reads the record, says the table of that.
drop policy if exists read on subject;
create policy read on subject for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on subject;
create policy system on subject to holdfast_system using (true) with check (true);

-- suitability_profile
-- Whoever may change a household may say what suits it.
drop policy if exists read on suitability_profile;
create policy read on suitability_profile for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'read')) is not null or household_id = any ((select app.scope_groups('household', 'read', 'suitability_profile', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'read')) is not null and app.scope_met((select app.mixed_scope('household', 'read')), array[case when household_id = any ((select app.groups_of('suitability_profile', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists append on suitability_profile;
create policy append on suitability_profile for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'suitability_profile', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('suitability_profile', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists change on suitability_profile;
create policy change on suitability_profile for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'suitability_profile', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('suitability_profile', 'household'))::uuid[]) then 'household' end]))))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on suitability_profile;
create policy remove on suitability_profile for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('household', 'update')) is not null or household_id = any ((select app.scope_groups('household', 'update', 'suitability_profile', 'household'))::uuid[]) or ((select app.mixed_scope('household', 'update')) is not null and app.scope_met((select app.mixed_scope('household', 'update')), array[case when household_id = any ((select app.groups_of('suitability_profile', 'household'))::uuid[]) then 'household' end]))));
drop policy if exists system on suitability_profile;
create policy system on suitability_profile to holdfast_system using (true) with check (true);

-- tag
drop policy if exists read on tag;
create policy read on tag for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('tag', 'read')) <> 'none');
drop policy if exists append on tag;
create policy append on tag for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('tag', 'create')) <> 'none');
drop policy if exists change on tag;
create policy change on tag for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('tag', 'update')) <> 'none' or (select app.some_scope('tag', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on tag;
create policy remove on tag for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('tag', 'delete')) <> 'none');
drop policy if exists system on tag;
create policy system on tag to holdfast_system using (true) with check (true);

-- task
drop policy if exists read on task;
create policy read on task for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('task', 'read')) is not null or assignee_id = any ((select app.scope_owners('task', 'read'))::uuid[])) and ((select app.sees_all_subjects()) or app.reads_some_subject(records)));
drop policy if exists append on task;
create policy append on task for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.full_scope('task', 'create')) is not null or assignee_id = any ((select app.scope_owners('task', 'create'))::uuid[])) and ((select app.sees_all_subjects()) or app.reads_every_subject(records)));
drop policy if exists change on task;
create policy change on task for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (((select app.full_scope('task', 'update')) is not null or assignee_id = any ((select app.scope_owners('task', 'update'))::uuid[])) or ((select app.full_scope('task', 'delete')) is not null or assignee_id = any ((select app.scope_owners('task', 'delete'))::uuid[]))) and ((select app.sees_all_subjects()) or app.reads_some_subject(records)))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on task;
create policy remove on task for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.full_scope('task', 'delete')) is not null or assignee_id = any ((select app.scope_owners('task', 'delete'))::uuid[])) and ((select app.sees_all_subjects()) or app.reads_some_subject(records)));
drop policy if exists system on task;
create policy system on task to holdfast_system using (true) with check (true);

-- team
drop policy if exists read on team;
create policy read on team for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('team', 'read')) <> 'none');
drop policy if exists append on team;
create policy append on team for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('team', 'create')) <> 'none');
drop policy if exists change on team;
create policy change on team for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('team', 'update')) <> 'none' or (select app.some_scope('team', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on team;
create policy remove on team for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('team', 'delete')) <> 'none');
drop policy if exists system on team;
create policy system on team to holdfast_system using (true) with check (true);

-- team_member
-- Members are part of their team: adding and removing them takes the right to change the team.
drop policy if exists read on team_member;
create policy read on team_member for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('team', 'read')) <> 'none');
drop policy if exists append on team_member;
create policy append on team_member for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.some_scope('team', 'update')) <> 'none' or (select app.some_scope('team', 'create')) <> 'none'));
drop policy if exists change on team_member;
create policy change on team_member for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('team', 'update')) <> 'none' or (select app.some_scope('team', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on team_member;
create policy remove on team_member for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('team', 'update')) <> 'none');
drop policy if exists system on team_member;
create policy system on team_member to holdfast_system using (true) with check (true);

-- tenant
drop policy if exists own_tenant on tenant;
create policy own_tenant on tenant to holdfast_app
  using (id = (select app.tenant_id()));
drop policy if exists system on tenant;
create policy system on tenant to holdfast_system using (true) with check (true);

-- tenant_deletion
drop policy if exists system on tenant_deletion;
create policy system on tenant_deletion to holdfast_system using (true) with check (true);

-- totp_use
drop policy if exists personal on totp_use;
create policy personal on totp_use to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.some_scope('user', 'update')) <> 'none'));
drop policy if exists system on totp_use;
create policy system on totp_use to holdfast_system using (true) with check (true);

-- trail_origin
drop policy if exists read on trail_origin;
create policy read on trail_origin for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on trail_origin;
create policy system on trail_origin to holdfast_system using (true) with check (true);

-- usage_activity
drop policy if exists read on usage_activity;
create policy read on usage_activity for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'read')) <> 'none');
drop policy if exists append on usage_activity;
create policy append on usage_activity for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'create')) <> 'none');
drop policy if exists change on usage_activity;
create policy change on usage_activity for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('usage', 'update')) <> 'none' or (select app.some_scope('usage', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on usage_activity;
create policy remove on usage_activity for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'delete')) <> 'none');
drop policy if exists system on usage_activity;
create policy system on usage_activity to holdfast_system using (true) with check (true);

-- usage_route
drop policy if exists read on usage_route;
create policy read on usage_route for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'read')) <> 'none');
drop policy if exists append on usage_route;
create policy append on usage_route for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'create')) <> 'none');
drop policy if exists change on usage_route;
create policy change on usage_route for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('usage', 'update')) <> 'none' or (select app.some_scope('usage', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on usage_route;
create policy remove on usage_route for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'delete')) <> 'none');
drop policy if exists system on usage_route;
create policy system on usage_route to holdfast_system using (true) with check (true);

-- usage_statement
drop policy if exists read on usage_statement;
create policy read on usage_statement for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'read')) <> 'none');
drop policy if exists append on usage_statement;
create policy append on usage_statement for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'create')) <> 'none');
drop policy if exists change on usage_statement;
create policy change on usage_statement for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('usage', 'update')) <> 'none' or (select app.some_scope('usage', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on usage_statement;
create policy remove on usage_statement for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('usage', 'delete')) <> 'none');
drop policy if exists system on usage_statement;
create policy system on usage_statement to holdfast_system using (true) with check (true);

-- user_account
-- People read and change their own row whatever their role says; the service decides which columns.
drop policy if exists read on user_account;
create policy read on user_account for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('user', 'read')) <> 'none');
drop policy if exists append on user_account;
create policy append on user_account for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('user', 'create')) <> 'none');
drop policy if exists change on user_account;
create policy change on user_account for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('user', 'update')) <> 'none' or (select app.some_scope('user', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on user_account;
create policy remove on user_account for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('user', 'delete')) <> 'none');
drop policy if exists self on user_account;
create policy self on user_account to holdfast_app
  using (tenant_id = (select app.tenant_id()) and id = (select app.user_id()));
drop policy if exists system on user_account;
create policy system on user_account to holdfast_system using (true) with check (true);

-- user_password
drop policy if exists personal on user_password;
create policy personal on user_password to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.some_scope('user', 'update')) <> 'none'));
drop policy if exists system on user_password;
create policy system on user_password to holdfast_system using (true) with check (true);

-- user_role
-- Roles of a user are part of the user: granting and revoking them takes the right to change the user.
drop policy if exists read on user_role;
create policy read on user_role for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('user', 'read')) <> 'none');
drop policy if exists append on user_role;
create policy append on user_role for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and ((select app.some_scope('user', 'update')) <> 'none' or (select app.some_scope('user', 'create')) <> 'none'));
drop policy if exists change on user_role;
create policy change on user_role for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('user', 'update')) <> 'none' or (select app.some_scope('user', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on user_role;
create policy remove on user_role for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('user', 'update')) <> 'none');
drop policy if exists system on user_role;
create policy system on user_role to holdfast_system using (true) with check (true);

-- user_totp
drop policy if exists personal on user_totp;
create policy personal on user_totp to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (user_id = (select app.user_id()) or (select app.some_scope('user', 'update')) <> 'none'));
drop policy if exists system on user_totp;
create policy system on user_totp to holdfast_system using (true) with check (true);

-- webhook
-- One of somebody else whose filter names a field that the reader may not see is not shown: its log would reveal who meets it.
drop policy if exists read on webhook;
create policy read on webhook for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('webhook', 'read')) <> 'none' and (owner_id = (select app.user_id()) or not app.names_hidden(events::text)));
drop policy if exists append on webhook;
create policy append on webhook for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('webhook', 'create')) <> 'none');
drop policy if exists change on webhook;
create policy change on webhook for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('webhook', 'update')) <> 'none' or (select app.some_scope('webhook', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on webhook;
create policy remove on webhook for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('webhook', 'delete')) <> 'none');
drop policy if exists system on webhook;
create policy system on webhook to holdfast_system using (true) with check (true);

-- webhook_delivery
-- The program leaves deliveries; a person leaves a test.
drop policy if exists read on webhook_delivery;
create policy read on webhook_delivery for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('webhook', 'read')) <> 'none');
drop policy if exists append on webhook_delivery;
create policy append on webhook_delivery for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('webhook', 'update')) <> 'none');
drop policy if exists change on webhook_delivery;
create policy change on webhook_delivery for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('webhook', 'update')) <> 'none' or (select app.some_scope('webhook', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on webhook_delivery;
create policy remove on webhook_delivery for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('webhook', 'delete')) <> 'none');
drop policy if exists system on webhook_delivery;
create policy system on webhook_delivery to holdfast_system using (true) with check (true);

-- webhook_sending
drop policy if exists read on webhook_sending;
create policy read on webhook_sending for select to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('webhook', 'read')) <> 'none');
drop policy if exists append on webhook_sending;
create policy append on webhook_sending for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()) and (select app.some_scope('webhook', 'create')) <> 'none');
drop policy if exists change on webhook_sending;
create policy change on webhook_sending for update to holdfast_app
  using (tenant_id = (select app.tenant_id()) and ((select app.some_scope('webhook', 'update')) <> 'none' or (select app.some_scope('webhook', 'delete')) <> 'none'))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on webhook_sending;
create policy remove on webhook_sending for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()) and (select app.some_scope('webhook', 'delete')) <> 'none');
drop policy if exists system on webhook_sending;
create policy system on webhook_sending to holdfast_system using (true) with check (true);

-- workspace_key
drop policy if exists read on workspace_key;
create policy read on workspace_key for select to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists append on workspace_key;
create policy append on workspace_key for insert to holdfast_app
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists change on workspace_key;
create policy change on workspace_key for update to holdfast_app
  using (tenant_id = (select app.tenant_id()))
  with check (tenant_id = (select app.tenant_id()));
drop policy if exists remove on workspace_key;
create policy remove on workspace_key for delete to holdfast_app
  using (tenant_id = (select app.tenant_id()));
drop policy if exists system on workspace_key;
create policy system on workspace_key to holdfast_system using (true) with check (true);
