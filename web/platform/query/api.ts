import { actingUser, endPage, pageEnd } from '../session/pageUser.ts';
import { type ApiError, intercepted, pageError, readProblem, unreachable } from './problem.ts';

type Query = Record<string, string | number | boolean | null | undefined>;

interface Options {
  query?: Query;
  body?: unknown;
  /** Refuses the change when the record is no longer this version. */
  version?: number;
  /** Names the change: the server makes it once, however often it is sent. A POST has one in any case. */
  key?: string;
  signal?: AbortSignal;
}

export interface Page<T> {
  data: T[];
  next_cursor: string | null;
  total: number | null;
  total_is_exact: boolean;
  /** The order that it has instead of that of names, which are sealed. */
  sorted_by?: string;
}

/** What a change answered, and the name by which it can be taken back. */
export interface Changed<T> {
  data: T;
  change: string | null;
}

/** For what somebody changes and may want to take back. */
export const changing = {
  post: <T>(path: string, body?: unknown, version?: number) => exchange<T>('POST', path, { body, version }),
  put: <T>(path: string, body?: unknown, version?: number) => exchange<T>('PUT', path, { body, version }),
  patch: <T>(path: string, body: unknown, version?: number) => exchange<T>('PATCH', path, { body, version }),
  delete: <T = void>(path: string, version?: number) => exchange<T>('DELETE', path, { version }),
};

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) => request<T>('GET', path, { query, signal }),
  post: <T>(path: string, body?: unknown, version?: number) => request<T>('POST', path, { body, version }),
  put: <T>(path: string, body?: unknown, version?: number) => request<T>('PUT', path, { body, version }),
  patch: <T>(path: string, body: unknown, version?: number) => request<T>('PATCH', path, { body, version }),
  delete: <T = void>(path: string, version?: number) => request<T>('DELETE', path, { version }),
};

/** The most rows that the API returns at a time. */
export const list_rows_max = 200;

/** The whole of a list that nobody scrolls through, read page by page. */
export async function readAll<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Page<T>> {
  const data: T[] = [];
  for (let cursor = ''; ; ) {
    const page = await api.get<Page<T>>(path, { ...query, limit: list_rows_max, cursor }, signal);
    data.push(...page.data);
    if (page.next_cursor === null) return { ...page, data };
    cursor = page.next_cursor;
  }
}

export function url(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const search = parameters.toString();
  return `/api/v1${path}${search ? `?${search}` : ''}`;
}

/** Of what the browser itself asks for, without a header that says as whom: the stream, downloads and pictures. */
export const address = (path: string, query: Query = {}): string => url(path, { ...query, acting_user: actingUser() });

/** Some refusals are about the page as a whole. */
export function heedRefusal({ status, code }: ApiError): void {
  if (code === 'somebody_else') endPage('somebody_else');
  else if (status === 401) window.dispatchEvent(new CustomEvent('holdfast:signed-out'));
  if (code === 'second_factor_missing') window.location.assign('/second-factor');
}

async function request<T>(method: string, path: string, options: Options): Promise<T> {
  return (await exchange<T>(method, path, options)).data;
}

export async function exchange<T>(
  method: string,
  path: string,
  { query, body, version, key, signal }: Options,
): Promise<Changed<T>> {
  const headers: Record<string, string> = { accept: 'application/json' };
  const form = body instanceof FormData;
  if (body !== undefined && !form) headers['content-type'] = 'application/json';
  if (version !== undefined) headers['if-match'] = `"${version}"`;
  // A retry after a lost answer must not create a second record.
  const named = key ?? (method === 'POST' && !form ? crypto.randomUUID() : undefined);
  if (named) headers['idempotency-key'] = named;
  const acting = actingUser();
  if (acting) headers['acting-user'] = acting;
  // Somebody who signs in for the first time takes it over.
  else headers['time-zone'] = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return send<T>(url(path, query), {
    method,
    headers,
    signal,
    body: form ? body : body === undefined ? undefined : JSON.stringify(body),
  });
}

/** An answer of which a part is missing is none, nor is one that is not the server's own. */
async function send<T>(
  address: string,
  init: RequestInit,
  read: (response: Response) => Promise<T> = readJson,
): Promise<Changed<T>> {
  // Such as a field that was being edited, which is saved when it leaves the page.
  if (pageEnd() === 'signed_out') throw pageError(401, 'signed_out', '');
  // Safe to send again: the server answers a repeated key as it did the first time.
  const attempts = new Headers(init.headers).has('idempotency-key') ? 2 : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(address, { credentials: 'same-origin', ...init });
      if (response.ok) return { data: await read(response), change: response.headers.get('change-id') };
      const error = await readProblem(response);
      heedRefusal(error);
      throw error;
    } catch (error) {
      if (error instanceof SyntaxError) throw intercepted();
      if (!(error instanceof TypeError)) throw error;
      if (attempt === attempts) throw unreachable();
    }
  }
}

async function readJson<T>(response: Response): Promise<T> {
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** The bytes of a file that may be refused, which the page then says. */
export const readFile = async (path: string): Promise<Blob> =>
  (await send(address(path), { method: 'GET' }, (response) => response.blob())).data;
