import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { ErrorReport, ErrorReportDetail, ErrorReportList } from './contract.ts';

const columns = sql`id, kind, message, location, route, state, occurrences::double precision as occurrences, first_seen_at, last_seen_at,
  first_version, last_version, regressed_at, changed_at, changed_by`;

/** The policies show reports to operators alone. */
export async function listErrors(ctx: Context, state: string, limit: number): Promise<ErrorReportList> {
  const [counts, data] = await Promise.all([
    ctx.tx.one<ErrorReportList['counts']>(sql`select count(*) filter (where state = 'open')::int as open,
      count(*) filter (where state = 'resolved')::int as resolved, count(*) filter (where state = 'ignored')::int as ignored
        from error_report`),
    ctx.tx.many<ErrorReport>(
      sql`select ${columns} from error_report where state = ${state} order by last_seen_at desc, id limit ${limit}`,
    ),
  ]);
  return { counts, data };
}

export async function findError(ctx: Context, id: string): Promise<ErrorReportDetail | undefined> {
  const [report, latest, touched] = await Promise.all([
    ctx.tx.maybe<ErrorReport>(sql`select ${columns} from error_report where id = ${id}`),
    ctx.tx.many<
      ErrorReportDetail['latest'][number]
    >(sql`select line_id, at, workspace_id::text as workspace, route, request_id, trace_id, process,
      version, message, stack from error_occurrence where report_id = ${id} order by at desc, line_id desc`),
    ctx.tx.one<{ workspaces: number; people: number }>(sql`select count(distinct workspace_id)::int as workspaces,
      count(distinct person_id)::int as people from error_occurrence where report_id = ${id}`),
  ]);
  return report && { ...report, latest, ...touched };
}

/** Says who it was, as `app.operation_by` names them. */
export const setState = (ctx: Context, id: string, state: string): Promise<ErrorReport | undefined> =>
  ctx.tx.maybe(sql`update error_report set state = ${state}, changed_at = now(), changed_by = app.operation_by()
    where id = ${id} returning ${columns}`);
