-- Turns that followed each other counted as causes of each other: what such a job does next would still be taken for a loop.
-- locks job: a mailbox and an account of calendars have one each
update job set depth = 0 where kind in ('mail.sync', 'mail.normalise', 'calendar.sync') and state in ('scheduled', 'ready') and depth > 0;
