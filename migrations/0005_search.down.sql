drop function app.search(text, int), app.search_table(text, text, text, text, int), app.search_inside(text, text[], int, text, uuid[], int),
  app.search_terms(text);
drop index contact_folded, company_folded, deal_folded, contact_search, company_search, deal_search;
