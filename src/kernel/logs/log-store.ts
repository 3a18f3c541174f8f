import type { Context } from '../tenancy/context.ts';
import type { LogLine } from './line.ts';

/** Which lines somebody wants; a line has to meet all that is given. */
export interface LogFilter {
  /** From this time on, and before the other. */
  from: string;
  to: string;
  /** Lines of this level and worse. */
  level?: number | undefined;
  tenant_id?: string | undefined;
  user_id?: string | undefined;
  route?: string | undefined;
  request_id?: string | undefined;
  trace_id?: string | undefined;
  /** In the message or the values of a line; case does not matter. */
  text?: string | undefined;
}

export interface LogSearch {
  /** Lines of all workspaces and of the program, for operators; otherwise those of the caller's workspace. */
  everything: boolean;
  filter: LogFilter;
}

export interface FoundLines {
  /** The newest first; of one millisecond, the highest id first. */
  lines: LogLine[];
  /** How far back it looked when the time for one answer was over; null when it looked at all. */
  searched_to: string | null;
  /** The line of that millisecond before which the search goes on; missing: before all lines of it. */
  searched_to_id?: string | undefined;
}

export interface FoundCounts {
  /** Lines, warnings and errors of each part of the time. */
  bars: [number, number, number][];
  /** How far back it counted when the time for one answer was over. */
  counted_to: string | null;
}

/** A change of the audit trail, as the store's copy has it. */
export interface AuditLine {
  seq: number;
  at: string;
  tenant_id: string;
  action: string;
  resource: string;
  record_id: string | null;
  fields: string[] | null;
  actor_id: string | null;
  request_id: string | null;
  import_id: string | null;
  cause: string | null;
}

/** Before every line of the same millisecond. */
export const first_line_id = '00000000-0000-0000-0000-000000000000';

/** Where lines are kept so that they can be searched. Whether the caller may, the database decides in either case. */
export interface LogStore {
  /** Stores lines; those that it has already it ignores. Rejects when it is not sure that it has them all. */
  append(lines: readonly LogLine[]): Promise<void>;
  /** Up to a number of lines, newest first, from before a line or the end of the period. */
  search(
    ctx: Context,
    search: LogSearch,
    before: Pick<LogLine, 'at' | 'id'> | undefined,
    limit: number,
  ): Promise<FoundLines>;
  /** How many lines there are in each of so many equal parts of the time. */
  histogram(ctx: Context, search: LogSearch, bars: number): Promise<FoundCounts>;
  /**
   * Deletes what is past its time, where the store does not do so by itself. Rejects when it was told to stop.
   * Answers how many days, or lines where they are deleted one by one.
   */
  expire(signal: AbortSignal): Promise<number>;
  /** Makes what is missing, and says what the store is and what it lacks. Rejects when it cannot be reached. */
  check(): Promise<string>;
  /**
   * Keeps a searchable copy of changes; those that it has already it ignores. Missing where the trail itself is as
   * near.
   */
  copyAudit?(events: readonly AuditLine[]): Promise<void>;
  close(): Promise<void>;
}
