-- $TABLE: the lines of one day, $LINES of them between $FROM and $TO; $TENANT wrote two fifths of them. One line in a hundred thousand says "needle".
create table public.$TABLE (like public.log_line including defaults including constraints);
insert into public.$TABLE (at, id, level, tenant_id, user_id, route, request_id, trace_id, process, message, data)
select '$FROM'::timestamptz + g * ('$TO'::timestamptz - '$FROM'::timestamptz) / $LINES, gen_random_uuid(),
  case when h % 1000 < 10 then 50 when h % 1000 < 50 then 40 else 30 end,
  case when h % 100 < 40 then '$TENANT'::uuid when h % 100 < 95 then overlay(overlay(md5('tenant' || h % 211) placing '4' from 13) placing '8' from 17)::uuid end,
  case when h % 100 < 90 then overlay(overlay(md5('user' || h % 2003) placing '4' from 13) placing '8' from 17)::uuid end,
  case when h % 7 < 5 then 'GET /api/v1/records-' || h % 53 when h % 7 = 5 then 'PATCH /api/v1/records-' || h % 53 else 'job kind-' || h % 17 end,
  md5('request $TABLE' || g / 3)::uuid::text, md5('trace $TABLE' || g / 4), 'web@node-' || h % 3 || ':4711',
  case when h % 1000 < 10 then 'a request failed' when h % 1000 < 50 then 'a request took long' else 'request' end,
  format('{"method":"GET","url":"/api/v1/records-%s/%s","status":%s,"ms":%s%s}', h % 53, md5('record' || h % 100003)::uuid,
    case when h % 1000 < 10 then 500 else 200 end, h % 400,
    case when g % 100000 = 7 then ',"note":"needle ' || g || '"' when h % 1000 < 10 then ',"err":{"type":"Error","message":"connection timeout"}' else '' end)
from (select g, abs(hashint8(g + hashtext('$TABLE')::bigint * 1000003)) as h from generate_series(0, $LINES - 1) as g) as numbered;
alter table public.log_line attach partition public.$TABLE for values from ('$DAY') to ('$NEXT');
insert into public.log_count (at, tenant_id, level, lines)
select date_bin('5 minutes', at, 'epoch'), tenant_id, level, count(*) from public.$TABLE group by grouping sets ((1, tenant_id, level), (1, level))
having grouping(tenant_id) = 1 or tenant_id is not null
on conflict (tenant_id, at, level) do update set lines = log_count.lines + excluded.lines;
analyze public.$TABLE;
