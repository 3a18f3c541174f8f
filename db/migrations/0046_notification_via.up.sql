-- What the person who caused it acted through, as the audit trail has it: `api_key:ID`, `import:ID`.
alter table notification add column via text;
