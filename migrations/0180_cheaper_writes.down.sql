drop trigger forget_queues on tenant;
drop function app.forget_queues();
alter table idempotency_key add foreign key (tenant_id) references tenant on delete cascade;
alter table notice_due add foreign key (tenant_id) references tenant on delete cascade;
alter table score_due add foreign key (tenant_id) references tenant on delete cascade;
alter table suspect_due add foreign key (tenant_id) references tenant on delete cascade;

drop function app.contact_positions(uuid, uuid);
drop trigger mark_insert on contact_position;
drop trigger mark_update on contact_position;
drop function app.mark_positions();
drop trigger audit_insert on contact;
drop trigger audit_update on contact;
drop trigger audit_delete on contact;
call app.audit_changes('contact', 'contact', '{name, email_key, search_text}');
drop trigger touch on contact;
create trigger touch before update on contact for each row execute function app.touch();
alter table contact drop column had_positions;
