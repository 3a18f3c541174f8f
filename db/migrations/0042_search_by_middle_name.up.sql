-- Contacts are found by middle name and suffix too: docs/decisions/0258-search-text-of-contacts-is-made-anew.md
--
-- locks contact: its rows are written once, in one pass
alter table contact drop column search_text,
  add column search_text text generated always as (
    app.person_search_text(given_name, family_name, email, other_emails, phone, other_phones, middle_name, suffix)) stored;
-- As in the baseline: they went with the column. The first has a condition that each search meets, so that an empty table is not looked up by it: of
-- equal costs PostgreSQL takes the newest index (test/plans/keys.test.ts).
create index contact_folded on contact (tenant_id, left(search_text, 40) text_pattern_ops, owner_id) where search_text is not null;
create index contact_search on contact using gin ((tenant_id::text), owner_id, search_text gin_trgm_ops);
