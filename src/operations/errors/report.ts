import { createHash } from 'node:crypto';
import type { LogLine } from '../../kernel/logs/line.ts';

const error_level = 50;
/** Different errors of one batch of lines; what is beyond them counts as one. */
const reports_max = 200;
const latest_max = 20;
const frames_max = 3;
const stack_characters_max = 6_000;

/** An error as a line of the log has it, for its report. */
interface Occurrence {
  line_id: string;
  at: string;
  workspace_id: string | null;
  person_id: string | null;
  route: string | null;
  request_id: string | null;
  trace_id: string | null;
  process: string;
  message: string;
  stack: string | null;
}

/** Errors with one cause: what `app.note_errors` takes. */
export interface ErrorGroup {
  fingerprint: string;
  kind: string;
  message: string;
  location: string | null;
  route: string | null;
  version: string;
  occurrences: number;
  first_at: string;
  last_at: string;
  /** The ids of all of its lines, in their order. */
  line_ids: string[];
  latest: Occurrence[];
}

interface LoggedError {
  type?: unknown;
  code?: unknown;
  message?: unknown;
  stack?: unknown;
  /** For an error of the page, the address at which it happened. */
  page?: unknown;
}

/** The errors among lines of the log, which hold no credential and nothing personal any more, by their cause. */
export function groupErrors(lines: readonly LogLine[], version: string): ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>();
  for (const line of lines) {
    if (line.level < error_level) continue;
    const error = errorOf(line);
    const cause = causeOf(line, error);
    const known = groups.get(cause.fingerprint);
    const group =
      known ?? (groups.size < reports_max ? begin(groups, cause, line, version) : others(groups, line, version));
    group.occurrences++;
    if (line.at < group.first_at) group.first_at = line.at;
    if (line.at > group.last_at) group.last_at = line.at;
    group.line_ids.push(line.id);
    group.latest.push(occurrenceOf(line, error, cause.message));
    if (group.latest.length > latest_max) group.latest.shift();
  }
  return [...groups.values()];
}

type Cause = Pick<ErrorGroup, 'fingerprint' | 'kind' | 'message' | 'location'>;

function begin(groups: Map<string, ErrorGroup>, cause: Cause, line: LogLine, version: string): ErrorGroup {
  const group = {
    ...cause,
    route: line.route,
    version,
    occurrences: 0,
    first_at: line.at,
    last_at: line.at,
    line_ids: [],
    latest: [],
  };
  groups.set(cause.fingerprint, group);
  return group;
}

/** The group for all errors beyond the most kinds, with the name that the database gives it. */
function others(groups: Map<string, ErrorGroup>, line: LogLine, version: string): ErrorGroup {
  const cause = {
    fingerprint: '0'.repeat(64),
    kind: 'More kinds of errors than are listed',
    message: 'Each stands in the log.',
    location: null,
  };
  return groups.get(cause.fingerprint) ?? begin(groups, cause, line, version);
}

function causeOf(line: LogLine, error: LoggedError): Cause {
  const kind = text(error.code) ? `${text(error.type) || 'Error'} ${text(error.code)}` : text(error.type) || 'Error';
  const message = text(error.message) || line.message;
  const frames = ownFrames(text(error.stack));
  // Errors of the driver carry the stack of its socket, none of ours: these are told apart by where they came from.
  const parts = [kind, withoutValues(message), ...(frames.length > 0 ? frames : [line.route ?? ''])];
  return {
    fingerprint: createHash('sha256').update(parts.join('\n')).digest('hex'),
    kind: cut(kind, 200),
    message: cut(message, 1_000),
    location: cut(frames[0] ?? withoutValues(text(error.page)), 300) || null,
  };
}

/** The error that was logged; of the page, the browser sent it. */
function errorOf({ data }: LogLine): LoggedError {
  const { err, page } = JSON.parse(data) as { err?: unknown; page?: unknown };
  return typeof err === 'object' && err !== null ? { ...err, page } : {};
}

/** Cut within a character, a text would be none that the database takes. */
const cut = (value: string, max: number): string => value.slice(0, max).toWellFormed();

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A message with the same cause has other ids, numbers and names each time. */
const withoutValues = (message: string): string =>
  message
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '#')
    .replace(/"[^"]*"|'[^']*'|“[^“”]*”|`[^`]*`/g, '#')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{6,}\b/gi, '#')
    .replace(/\d+/g, '#');

/** The innermost functions of Holdfast's own, such as `readRows (src/kernel/resource/store.ts)`: without lines, which each version moves. */
function ownFrames(stack: string): string[] {
  const frames: string[] = [];
  for (const line of stack.split('\n')) {
    const [, name, path] =
      /^\s*at (?:(?:async )?(.+?) \()?(?:file:\/\/)?\S*?\/((?:src|web|assets)\/[^\s:)?]+)/.exec(line) ?? [];
    if (!path || line.includes('node_modules')) continue;
    // The names of the page's files have a digest of their content.
    const file = path.replace(/-[\w-]{8}\.js$/, '.js');
    frames.push(name ? `${name} (${file})` : file);
    if (frames.length === frames_max) break;
  }
  return frames;
}

function occurrenceOf(line: LogLine, error: LoggedError, message: string): Occurrence {
  const { id, at, tenant_id, user_id, route, request_id, trace_id, process } = line;
  return {
    line_id: id,
    at,
    workspace_id: tenant_id,
    person_id: user_id,
    route,
    request_id,
    trace_id,
    process,
    message: cut(message, 2_000),
    stack: cut(text(error.stack), stack_characters_max) || null,
  };
}
