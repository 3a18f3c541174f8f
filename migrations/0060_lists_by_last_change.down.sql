drop index contact_owner_changed, contact_changed, company_changed, deal_changed;
