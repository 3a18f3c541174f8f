-- Search by meaning. Row-level security switches off the indexes that this needs (search.sql says why), so candidates are found as
-- holdfast_system: passages that the caller may reach, of whose words and text none leaves these functions. Which of them the caller reads,
-- the policy of meaning_passage decides.

set local role holdfast_system;

-- What the caller may reach: all texts of a kind ("wide"), each of which is looked at by its policy, or those that are listed here because
-- they are few.
create or replace function app.meaning_reach(out wide text[], out listed uuid[]) language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
declare
  listed_max constant int := 5000;
  workspace constant uuid := app.tenant_id();
  -- Of messages under an exception it is asked one by one, by their policy.
  mailboxes constant uuid[] := app.mailboxes_shared('everything') || app.mailboxes_with_exceptions();
  few uuid[];
begin
  wide := '{}';
  listed := '{}';
  if app.is_member() is null or app.scope('note', 'read') = 'all' then wide := wide || 'note'::text;
  else
    few := array(select r.id from note r where r.tenant_id = workspace and r.author_id = any (app.scope_owners('note', 'read'))
      limit listed_max + 1);
    if cardinality(few) > listed_max then wide := wide || 'note'::text; else listed := listed || few; end if;
  end if;
  if app.is_member() is null or app.scope('activity', 'read') = 'all' then wide := wide || 'activity'::text;
  else
    few := array(select r.id from activity r where r.tenant_id = workspace and r.author_id = any (app.scope_owners('activity', 'read'))
      limit listed_max + 1);
    if cardinality(few) > listed_max then wide := wide || 'activity'::text; else listed := listed || few; end if;
  end if;
  few := array(select m.id from mail_message m where m.tenant_id = workspace and m.conversation_id in (
      select t.conversation_id from mail_thread t where t.tenant_id = workspace and t.mailbox_id = any (mailboxes) limit listed_max + 1)
    and m.mailbox_ids && mailboxes limit listed_max + 1);
  if cardinality(few) > listed_max then wide := wide || 'mail_message'::text; else listed := listed || few; end if;
end $$;
revoke all on function app.meaning_reach() from public;
grant execute on function app.meaning_reach() to holdfast_app;

-- What the model knows of the words of a question, each with some passages in which it stands.
create or replace function app.meaning_words(model uuid, asked int[], wide text[], listed uuid[])
  returns table (word int, documents int, vector bytea, passages uuid[]) language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp set plan_cache_mode = force_custom_plan set jit = off as $$
declare
  passages_max constant int := 100;
  workspace constant uuid := app.tenant_id();
begin
  return query select t.word, t.documents, t.vector, array(
      select p.id from meaning_passage p where p.tenant_id = workspace and p.model_id = model and p.words @> array[t.word]
        and (p.resource = any (wide) or p.record_id = any (listed)) limit passages_max)
    from meaning_term t where t.tenant_id = workspace and t.model_id = model and t.word = any (asked);
end $$;
revoke all on function app.meaning_words(uuid, int[], text[], uuid[]) from public;
grant execute on function app.meaning_words(uuid, int[], text[], uuid[]) to holdfast_app;

-- Candidates for an answer: the passages whose signatures are nearest to that of the question, of all in the cells named (null: of all
-- there are), and those with its words, which come the rarest first. "counts": how often each word that was asked for stands in it.
create or replace function app.meaning_candidates(model uuid, asked int[], signed bit(256), near int[], wide text[], listed uuid[],
  rows_max int)
  returns table (id uuid, size int, vector bytea, counts int[]) language plpgsql stable security definer
  set search_path = pg_catalog, public, app, pg_temp set plan_cache_mode = force_custom_plan set enable_seqscan = off set jit = off as $$
declare
  workspace constant uuid := app.tenant_id();
  found uuid[] := '{}';
  more uuid[]; wanted int[]; missing int;
begin
  if signed is not null then
    if listed <> '{}' then
      found := array(select p.id from meaning_passage p where p.tenant_id = workspace and p.model_id = model and p.record_id = any (listed)
        order by bit_count(p.signature # signed) limit rows_max);
    end if;
    if wide <> '{}' then
      found := found || array(select p.id from meaning_passage p where p.tenant_id = workspace and p.model_id = model
        and p.resource = any (wide)
        and (near is null or p.cell = any (near)) order by bit_count(p.signature # signed) limit rows_max);
    end if;
  end if;
  -- All words at once, the two rarest, then one by one.
  missing := rows_max;
  for at in -1 .. cardinality(asked) loop
    exit when missing <= 0;
    wanted := case at when -1 then asked when 0 then asked[1:2] else asked[at:at] end;
    continue when at = 0 and cardinality(asked) < 3 or cardinality(asked) = 0 or at = -1 and cardinality(asked) < 2;
    more := array(select p.id from meaning_passage p where p.tenant_id = workspace and p.model_id = model
      and p.words @> wanted and (p.resource = any (wide) or p.record_id = any (listed)) limit missing);
    found := found || more;
    missing := missing - cardinality(more);
  end loop;
  return query select p.id, p.size, p.vector,
      array(select case when w.at is null then 0 else get_byte(p.counts, w.at - 1) end
        from (select array_position(p.words, a) as at, place from unnest(asked) with ordinality as u (a, place)) w order by w.place)
    from meaning_passage p where p.tenant_id = workspace and p.id = any (found);
end $$;
revoke all on function app.meaning_candidates(uuid, int[], bit, int[], text[], uuid[], int) from public;
grant execute on function app.meaning_candidates(uuid, int[], bit, int[], text[], uuid[], int) to holdfast_app;

-- The first record that each of these is about and that the caller finds.
create or replace function app.meaning_subjects(of_records jsonb) returns table (id uuid, subject jsonb)
  language sql stable security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
  select (r ->> 'id')::uuid, app.first_found_record(array(select s::uuid from jsonb_array_elements_text(r -> 'records') s))
    from jsonb_array_elements(of_records) r
$$;
revoke all on function app.meaning_subjects(jsonb) from public;
grant execute on function app.meaning_subjects(jsonb) to holdfast_app;

-- What is sealed has no passages, and no answers that a language model gave to it: they go in the transaction that seals it.
create or replace function app.forget_sealed_text() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, app, pg_temp as $$
begin
  delete from meaning_passage p where p.tenant_id = new.tenant_id and p.record_id = new.id;
  delete from language_model_answer a where a.tenant_id = new.tenant_id and a.sources && array[new.id];
  return null;
end $$;
revoke all on function app.forget_sealed_text() from public;
grant execute on function app.forget_sealed_text() to session_user;

-- Has passages made again of texts that were opened (src/operations/personal-sealing), where texts of their record type have any.
create or replace function app.learn_opened(workspace uuid, noun text, ids uuid[]) returns void language sql volatile
  set search_path = pg_catalog, public, app, pg_temp as $$
  insert into job (tenant_id, kind, payload, priority)
  select workspace, 'meaning.embed', jsonb_build_object('resource', noun, 'ids', to_jsonb(ids)), -10 where noun in ('note', 'activity')
$$;
revoke all on function app.learn_opened(uuid, text, uuid[]) from public;

reset role;

create or replace trigger forget_sealed_text after update of body on note
  for each row when (starts_with(new.body, e'\x01sealed:') and not starts_with(old.body, e'\x01sealed:'))
    execute function app.forget_sealed_text();
create or replace trigger forget_sealed_text after update of subject, body on activity
  for each row when ((starts_with(new.subject, e'\x01sealed:') and not starts_with(old.subject, e'\x01sealed:'))
    or (starts_with(new.body, e'\x01sealed:') and not coalesce(starts_with(old.body, e'\x01sealed:'), false)))
  execute function app.forget_sealed_text();
