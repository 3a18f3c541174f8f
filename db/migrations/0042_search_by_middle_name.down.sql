alter table contact drop column search_text,
  add column search_text text generated always as (
    app.contact_search_text(given_name, family_name, email, other_emails, phone, other_phones)) stored;
create index contact_folded on contact (tenant_id, left(search_text, 40) text_pattern_ops, owner_id);
create index contact_search on contact using gin ((tenant_id::text), owner_id, search_text gin_trgm_ops);
