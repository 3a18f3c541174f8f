drop index contact_changed, company_changed, deal_changed;
