const contactColumns = `c.id, c.external_id, c.given_name, c.family_name, c.name, c.email, c.phone, c.job_title, c.company_id, c.owner_id, c.source,
  c.lead_status, c.lifecycle_stage, c.city, c.country, c.points, c.version, c.created_at, c.updated_at`;

const contactsWithNames = `select ${contactColumns},
    case when u.id is not null then json_build_object('id', u.id, 'name', u.name) end as owner,
    case when f.id is not null then json_build_object('id', f.id, 'name', f.name) end as company
  from contacts c left join users u on u.id = c.owner_id left join companies f on f.id = c.company_id`;

/** One prepared statement for each thing the reference does. */
export const statements = {
  'list name': `${contactsWithNames} order by c.name, c.id limit 50`,
  'list -updated_at': `${contactsWithNames} order by c.updated_at desc, c.id desc limit 50`,
  'list points': `${contactsWithNames} order by c.points, c.id limit 50`,
  'list name of an owner': `${contactsWithNames} where c.owner_id = $1 order by c.name, c.id limit 50`,
  'list -updated_at of an owner': `${contactsWithNames} where c.owner_id = $1 order by c.updated_at desc, c.id desc limit 50`,
  'list points of an owner': `${contactsWithNames} where c.owner_id = $1 order by c.points, c.id limit 50`,
  search: `${contactsWithNames} where c.search_text like '%' || $1 || '%' limit 20`,
  readContact: `${contactsWithNames} where c.id = $1`,
  readTimeline: `select * from (
      (select 'activity' as kind, id, subject as text, occurred_at as at from activities where contact_id = $1 order by occurred_at desc
        limit 25)
      union all (select 'note', id, body, created_at from notes where contact_id = $1 order by created_at desc limit 25)
      union all (select 'task', id, title, created_at from tasks where contact_id = $1 order by created_at desc limit 25)
    ) entries order by at desc limit 25`,
  createContact: `insert into contacts as c (id, given_name, family_name, email, phone, job_title, company_id, owner_id)
    values (uuidv7(), $1, $2, $3, $4, $5, $6, $7) returning ${contactColumns}`,
  updateContact: `update contacts c set job_title = $3, updated_at = now(), version = version + 1 where id = $1 and version = $2
    returning ${contactColumns}`,
} as const;
