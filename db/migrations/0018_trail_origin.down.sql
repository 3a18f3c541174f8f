drop table trail_origin;
