-- Says that this database is a copy whose personal values were replaced; empty in every other. No tenant: it is of the installation.

create table pseudonymised_copy (
  single boolean not null default true check (single),
  -- Where the values came from: a backup, or the name of the database.
  source text not null check (length(source) between 1 and 300),
  replaced_at timestamptz(3) not null default now(),
  -- Whether e-mails, webhooks and alerts leave this copy. Switched on by an operator, on the command line.
  sends boolean not null default false,
  sends_changed_at timestamptz(3)
);
alter table pseudonymised_copy add primary key (single);
alter table pseudonymised_copy enable row level security;
alter table pseudonymised_copy force row level security;
grant select on pseudonymised_copy to holdfast_app;
grant select, insert, update on pseudonymised_copy to holdfast_system;
