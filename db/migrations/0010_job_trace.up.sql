-- What enqueued a job, as W3C Trace Context names it, so that its run belongs to the same trace. Null where traces are off.
alter table job add column traceparent text;
