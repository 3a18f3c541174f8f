import { LRUCache } from 'lru-cache';
import { uuidV7 } from '../database/uuid.ts';
import { system_tenant_id } from '../tenancy/context.ts';
import { redacted, redactText, type SensitiveNames } from './redact.ts';

const text_characters_max = 8_000;
const line_characters_max = 32_000;
const values_max = 500;
const depth_max = 6;
/** What a pattern may need behind the cut to recognise what begins before it. */
const beyond_cut = 512;

/** A line of the log, as the store has it. */
export interface LogLine {
  /** Made with the line, so that a batch that is sent twice is stored once. */
  id: string;
  at: string;
  /** As pino counts: 30 info, 40 warn, 50 error, 60 fatal. */
  level: number;
  tenant_id: string | null;
  user_id: string | null;
  /** The route, job or consumer that ran. */
  route: string | null;
  /** As in the audit trail: `job:<id>` for a job. */
  request_id: string | null;
  trace_id: string | null;
  process: string;
  message: string;
  /** What else the line says: a JSON object. */
  data: string;
}

/** Characters that end a line, move the cursor of a terminal or turn the direction of what follows. */
const unprintable = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const printable = (text: string): string => text.toWellFormed().replace(unprintable, '\ufffd');

function cutText(text: string, max = text_characters_max): string {
  if (text.length <= max) return printable(redactText(text));
  const shown = redactText(text.slice(0, max + beyond_cut)).slice(0, max);
  return `${printable(shown)}… [cut: ${text.length} characters]`;
}

/** The values of a line, without what is sensitive by its name or form, and bounded. */
class Cleaner {
  private readonly names: SensitiveNames;
  private left = values_max;

  constructor(names: SensitiveNames) {
    this.names = names;
  }

  object(value: object, depth = 0): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(value)) {
      if (this.left-- <= 0) {
        out['…'] = '[cut: more values]';
        break;
      }
      const known = cutText(name, 100);
      out[known] = this.names.has(name) && inner !== null && inner !== '' ? redacted : this.value(inner, depth + 1);
    }
    // The texts of the database quote what it could not read.
    if (typeof out.code === 'string' && typeof out.message === 'string' && /^2[23]/.test(out.code))
      for (const name of ['message', 'stack'])
        if (typeof out[name] === 'string') out[name] = out[name].replace(/: "[^\n]*"/g, `: "${redacted}"`);
    return out;
  }

  private value(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return cutText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= depth_max) return '[cut: too deep]';
    const { type, data } = value as { type?: unknown; data?: unknown };
    if (type === 'Buffer' && Array.isArray(data)) return `[${data.length} bytes]`;
    if (!Array.isArray(value)) return this.object(value, depth);
    const out: unknown[] = [];
    for (const item of value) {
      if (this.left-- <= 0) {
        out.push('[cut: more values]');
        break;
      }
      out.push(this.value(item, depth + 1));
    }
    return out;
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const uuidOf = (value: unknown): string | null =>
  typeof value === 'string' && uuid.test(value) && value !== system_tenant_id ? value : null;
const cleared = (text: string, max: number): string => printable(redactText(text.slice(0, max)));
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const routes_max = 1_000;
/** Routes and operations, cleaned once each: all lines name the same few hundred. */
const routes = new LRUCache<string, string>({ max: routes_max, memoMethod: (route) => cleared(route, 200) });

/** Reads what pino wrote of a line. */
export function lineOf(written: string, names: SensitiveNames, process: string): LogLine {
  const {
    level, time, pid: _pid, msg, tenant, tenant_id, user, route, request_id, trace_id, ...rest
  } = parsed(written); // biome-ignore format: the parts of a line
  let data = JSON.stringify(new Cleaner(names).object(rest));
  if (data.length > line_characters_max)
    data = JSON.stringify({ cut: `${data.length} characters`, begins: data.slice(0, text_characters_max) });
  return {
    id: uuidV7(),
    at: typeof time === 'string' ? time : new Date().toISOString(),
    level: typeof level === 'number' ? level : 30,
    tenant_id: uuidOf(tenant) ?? uuidOf(tenant_id),
    user_id: uuidOf(user),
    route: isText(route) ? routes.memo(route) : null,
    request_id: uuidOf(request_id) ?? (isText(request_id) ? cleared(request_id, 100) : null),
    trace_id: typeof trace_id === 'string' && /^[0-9a-f]{32}$/.test(trace_id) ? trace_id : null,
    process,
    // One line stays one line, wherever it is read.
    message: cutText(String(msg ?? '')).replace(/\n/g, '⏎'),
    data,
  };
}

function parsed(written: string): Record<string, unknown> {
  try {
    return JSON.parse(written) as Record<string, unknown>;
  } catch {
    return { level: 50, msg: 'a line could not be read', characters: written.length };
  }
}

/** The line as it goes to stdout. */
export function textOf(
  { level, at, tenant_id, user_id, route, request_id, trace_id, message, data }: LogLine,
  pid: number,
): string {
  const head = {
    level,
    time: at,
    pid,
    request_id: request_id ?? undefined,
    trace_id: trace_id ?? undefined,
    tenant: tenant_id,
    user: user_id,
    route: route ?? undefined,
  };
  const rest = data === '{}' ? '' : `,${data.slice(1, -1)}`;
  return `${JSON.stringify(head).slice(0, -1)}${rest},"msg":${JSON.stringify(message)}}\n`;
}
