-- A note, task or activity keeps the first contact, company, deal and other record that it is about; a release of before knows no more.
do $$
declare part record;
begin
  for part in select policyname, tablename from pg_policies where schemaname = 'public'
      and tablename in ('activity', 'comment', 'follower', 'note', 'record_tag', 'task', 'record_link') loop
    execute format('drop policy %I on public.%I', part.policyname, part.tablename);
  end loop;
  for part in select tgname, tgrelid::regclass as of_table from pg_trigger where not tgisinternal
      and (tgname in ('ensure_subject', 'check_reply', 'link_entries', 'relink_entry', 'unlink_entries')
        or (tgname = 'forget_subjects' and tgrelid::regclass::text in ('contact', 'company', 'deal'))) loop
    execute format('drop trigger %I on %s', part.tgname, part.of_table);
  end loop;
end $$;
drop function if exists app.tags_all_subjects() cascade;
drop function if exists app.reads_some_subject(uuid[]) cascade;
drop function if exists app.reads_every_subject(uuid[]) cascade;
drop function if exists app.named_records(uuid, uuid[]);
drop function if exists app.with_unseen_records(uuid[], uuid[]);
drop function if exists app.first_record(uuid, uuid[]);
drop function if exists app.replaced_records(uuid[], uuid[], uuid);
drop function if exists app.finds_some_subject(uuid[]);
drop function if exists app.first_found_record(uuid[]);
drop function if exists app.ensure_subjects(uuid, uuid[]);
drop function if exists app.link_entries();
drop function if exists app.relink_entry();
drop function if exists app.unlink_entries();
drop function if exists app.lock_subjects(uuid[]);
drop function if exists app.current_values(text, jsonb) cascade;
drop function if exists app.search_note(text, text, tsquery, int);
drop function if exists app.search_comment(text, text, tsquery, int);
drop function if exists app.search_activity(text, text, tsquery, int);
drop function if exists app.search_task(text, text, tsquery, int);

-- As the owner of the tables, whom their policies hold too.
do $$
declare name text;
begin
  foreach name in array '{note,activity,task,comment,record_tag,follower,subject,contact,company,deal,record_link}'::text[] loop
    execute format('alter table %I no force row level security', name);
  end loop;
  foreach name in array '{note,activity,task,comment,record_tag,follower}'::text[] loop
    execute format('alter table %1$I disable trigger user', name);
    if name in ('note', 'activity', 'task') then
      execute format('alter table %1$I add column contact_id uuid, add column company_id uuid, add column deal_id uuid, add column record_id uuid', name);
      execute format('update %1$I e set contact_id = f.contact_id, company_id = f.company_id, deal_id = f.deal_id, record_id = f.record_id
        from (select n.tenant_id, n.id,
          (array_agg(s.id order by u.place) filter (where s.type = ''contact''))[1] as contact_id,
          (array_agg(s.id order by u.place) filter (where s.type = ''company''))[1] as company_id,
          (array_agg(s.id order by u.place) filter (where s.type = ''deal''))[1] as deal_id,
          (array_agg(s.id order by u.place) filter (where s.type not in (''contact'', ''company'', ''deal'')))[1] as record_id
          from %1$I n cross join unnest(n.records) with ordinality u (id, place)
          join subject s on s.tenant_id = n.tenant_id and s.id = u.id group by n.tenant_id, n.id) f
        where f.tenant_id = e.tenant_id and f.id = e.id', name);
      execute format('alter table %I drop column records', name);
    else
      execute format('drop index %I', name || '_record');
      execute format('alter table %1$I drop constraint %2$I, alter column record_id drop not null,
        add column contact_id uuid, add column company_id uuid, add column deal_id uuid', name, name || '_tenant_id_record_id_fkey');
      execute format('update %1$I e set contact_id = case s.type when ''contact'' then s.id end, company_id = case s.type when ''company'' then s.id end,
        deal_id = case s.type when ''deal'' then s.id end, record_id = case when s.type not in (''contact'', ''company'', ''deal'') then s.id end
        from subject s where s.tenant_id = e.tenant_id and s.id = e.record_id', name);
    end if;
    execute format('alter table %1$I enable trigger user', name);
    execute format('alter table %1$I add foreign key (tenant_id, contact_id) references contact on delete cascade,
      add foreign key (tenant_id, company_id) references company on delete cascade,
      add foreign key (tenant_id, deal_id) references deal on delete cascade,
      add foreign key (tenant_id, record_id) references subject on delete cascade', name);
    if name in ('note', 'activity') then
      execute format('alter table %1$I add constraint %2$I check (num_nonnulls(contact_id, company_id, deal_id, record_id) >= 1)', name, name || '_contact_id_check');
    elsif name <> 'task' then
      execute format('alter table %1$I add constraint %2$I check (num_nonnulls(contact_id, company_id, deal_id, record_id) = 1)', name,
        name || case name when 'comment' then '_contact_id_check' else '_check' end);
    end if;
  end loop;
end $$;
drop table record_link;
delete from subject where type in ('contact', 'company', 'deal');
do $$
declare name text; part text; at text;
begin
  foreach name in array '{note,activity,task,comment,record_tag,follower,subject,contact,company,deal}'::text[] loop
    execute format('alter table %I force row level security', name);
  end loop;
  foreach part in array '{contact,company,deal,record}'::text[] loop
    foreach name in array '{note,activity,task,comment}'::text[] loop
      at := case name when 'activity' then 'occurred_at' else 'created_at' end;
      execute format('create index %I on %I (tenant_id, %I, %I desc, id desc) where %3$I is not null', name || '_' || part, name, part || '_id', at);
    end loop;
    execute format('create unique index %I on record_tag (tenant_id, %2$I, tag_id) where %2$I is not null', 'record_tag_' || part, part || '_id');
    execute format('create unique index %I on follower (tenant_id, %2$I, user_id) where %2$I is not null', 'follower_' || part, part || '_id');
  end loop;
end $$;
