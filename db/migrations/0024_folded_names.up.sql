-- No two names of one list differ only by case, spaces, characters that nobody sees, or the form of Unicode (app.folded_name).
--
-- Of names that do already, the oldest stays, and each younger one gets a number: "sales (2)". The audit trail has that as a change by the system, and
-- who may undo it can, once the other has another name.
--
-- locks close_reason: a workspace has a few
-- locks custom_field: a workspace has at most some hundred
-- locks dashboard: a person has a few
-- locks pipeline: a workspace has at most some dozen
-- locks role: a workspace has a few
-- locks saved_mapping: a workspace has a few
-- locks saved_view: a person has a few
-- locks scoring_rule: a workspace has a few
-- locks sign_in_provider: a workspace has a few
-- locks stage: a pipeline has a few
-- locks tag: a workspace has at most some thousand
-- locks team: a workspace has at most some thousand
lock table close_reason, custom_field, dashboard, pipeline, role, saved_mapping, saved_view, scoring_rule, sign_in_provider, stage, tag, team
  in share row exclusive mode;

do $$
declare list record; alike record; free text; number int; is_taken boolean;
begin
  for list in select * from (values
    ('close_reason', 'name', 'outcome, ', '', 100),
    ('custom_field', 'label', 'resource, ', '', 100),
    ('dashboard', 'name', 'owner_id, ', '', 60),
    ('pipeline', 'name', '', '', 100),
    -- Those that come with the program keep their names, by which the page knows them.
    ('role', 'name', '', 'preset desc, ', 100),
    ('saved_mapping', 'name', '', '', 100),
    ('saved_view', 'name', 'owner_id, resource, ', '', 60),
    ('scoring_rule', 'name', '', '', 100),
    ('sign_in_provider', 'name', '', '', 100),
    ('stage', 'name', 'pipeline_id, ', '', 100),
    ('tag', 'name', '', '', 60),
    ('team', 'name', '', '', 200)) v (relation, field, within, first, characters_max)
  loop
    for alike in execute format('select n.* from (select tenant_id, id, %2$I as name, jsonb_build_array(%3$s null) as within,
      row_number() over (partition by tenant_id, %3$s app.folded_name(%2$I) order by %4$s created_at, id) as place from %1$I) n where place > 1
      order by n.tenant_id, n.id', list.relation, list.field, list.within, list.first)
    loop
      number := 1;
      loop
        number := number + 1;
        free := left(alike.name, list.characters_max - length(format(' (%s)', number))) || format(' (%s)', number);
        execute format('select exists (select from %1$I where tenant_id = $1 and jsonb_build_array(%3$s null) = $2
          and app.folded_name(%2$I) = app.folded_name($3))', list.relation, list.field, list.within)
          using alike.tenant_id, alike.within, free into is_taken;
        exit when not is_taken;
      end loop;
      execute format('update %1$I set %2$I = $3 where tenant_id = $1 and id = $2', list.relation, list.field)
        using alike.tenant_id, alike.id, free;
      raise notice 'Renamed % % of workspace %: there was one like it', list.relation, alike.id, alike.tenant_id;
    end loop;
  end loop;
end $$;

-- The folded name comes first: otherwise PostgreSQL would take these indexes, which are newer, to look up rows of an empty table by their keys. The
-- constraints on names as they are written stay: by them names are looked up.
create unique index close_reason_folded_name on close_reason (app.folded_name(name), tenant_id, outcome);
create unique index custom_field_folded_label on custom_field (app.folded_name(label), tenant_id, resource);
create unique index dashboard_folded_name on dashboard (app.folded_name(name), tenant_id, owner_id);
create unique index pipeline_folded_name on pipeline (app.folded_name(name), tenant_id);
create unique index role_folded_name on role (app.folded_name(name), tenant_id);
create unique index saved_mapping_folded_name on saved_mapping (app.folded_name(name), tenant_id);
create unique index saved_view_folded_name on saved_view (app.folded_name(name), tenant_id, owner_id, resource);
create unique index scoring_rule_folded_name on scoring_rule (app.folded_name(name), tenant_id);
create unique index sign_in_provider_folded_name on sign_in_provider (app.folded_name(name), tenant_id);
create unique index stage_folded_name on stage (app.folded_name(name), tenant_id, pipeline_id);
create unique index tag_folded_name on tag (app.folded_name(name), tenant_id);
create unique index team_folded_name on team (app.folded_name(name), tenant_id);

-- By which two people who change one at the same time are told of each other. Of a rule without a row it is 0.
alter table alert_rule add column version int not null default 1;
alter table alert_receiver add column version int not null default 1;

-- The rules of deletion (0014) took their place; the release that called them is gone.
drop function if exists app.purge_conversions(int, int);
drop function if exists app.purge_credentials(int);
drop function if exists app.purge_expired(int);
drop function if exists app.purge_feed(int);
drop function if exists app.purge_trash(int, int);
drop function if exists app.purge_usage(int, int);
drop function if exists app.purge_webhook_deliveries(int, int);
drop function if exists app.expired_files(int);
drop function if exists app.waiting_jobs();
drop function if exists app.labelled_values(text[]);
-- Written by app.register_consumers alone, and read by nobody.
alter table feed_consumer drop column registered_at;
