-- A view can be a calendar too, and says by which fields its boards, calendars and groups go.
alter table saved_view drop constraint saved_view_layout_check;
alter table saved_view add constraint saved_view_layout_check check (layout in ('table', 'board', 'calendar'));
alter table saved_view add column arrangement jsonb not null default '{}' check (jsonb_typeof(arrangement) = 'object');
