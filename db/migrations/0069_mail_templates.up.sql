-- Texts that people write again and again, with variables.
create table mail_template (
  tenant_id uuid not null references tenant on delete cascade,
  id uuid not null default app.uuid_v7(),
  name text collate "und-x-icu" not null check (length(name) between 1 and 200),
  subject text check (length(subject) <= 1000),
  body text check (length(body) <= 50000),
  owner_id uuid,
  shared boolean not null default false,
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  foreign key (tenant_id, owner_id) references user_account on delete set null (owner_id)
);
create index mail_template_name on mail_template (tenant_id, name, id);
create index mail_template_owner on mail_template (tenant_id, owner_id, id);
alter table mail_template add primary key (tenant_id, id);
alter table mail_template enable row level security;
alter table mail_template force row level security;
grant select, insert, update, delete on mail_template to holdfast_app, holdfast_system;
