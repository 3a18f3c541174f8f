insert into users select id, name, email from bench.users();
insert into companies (id, name, domain, industry, city, owner_id, created_at, updated_at)
select id, name, domain, industry, city, owner_id, created_at, created_at from bench.companies($companies);
insert into contacts (id, given_name, family_name, email, phone, job_title, company_id, owner_id, source, lead_status, lifecycle_stage, city,
  country, points, created_at, updated_at)
select id, given_name, family_name, email, phone, job_title, company_id, owner_id, source, lead_status, lifecycle_stage, city, country,
  points, created_at, created_at from bench.contacts(0, $contacts - 1, $companies);
insert into activities (id, kind, subject, body, occurred_at, author_id, contact_id, created_at)
select bench.id('activity', i * 100 + n), bench.pick('{email,call,meeting}', n), 'Subject ' || n, 'What was said, call ' || n, at, owner_id,
  contact_id, at from bench.entries($contacts, 20);
insert into notes (id, body, author_id, contact_id, created_at)
select bench.id('note', i * 100 + n), 'A note about what matters, number ' || n, owner_id, contact_id, at from bench.entries($contacts, 6);
insert into tasks (id, title, due_at, assignee_id, contact_id, created_at)
select bench.id('task', i * 100 + n), 'Do thing ' || n, at + interval '7 days', owner_id, contact_id, at from bench.entries($contacts, 4);
