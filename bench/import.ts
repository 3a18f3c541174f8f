import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from './load.ts';

const poll_ms = 100;
/** Rows of a part that is timed by itself. */
export const part_rows = 100_000;

interface ImportState {
  id: string;
  state: string;
  error: string | null;
  files: { counts: Record<string, number> }[];
}

/** How long an import took. */
export interface ImportTiming {
  rows: number;
  /** From the upload to the end of the run. */
  seconds: number;
  /** The seconds for each hundred thousand rows; an incomplete last part is left out. */
  partSeconds: number[];
}

async function call(target: Target, method: string, path: string, body?: FormData): Promise<ImportState> {
  const response = await fetch(target.url + path, { method, headers: target.headers, body: body ?? null });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as ImportState;
}

/** Uploads a file of new records and imports it. Throws unless each row made one. */
export async function importFile(target: Target, file: Blob, name: string): Promise<ImportTiming> {
  const started = performance.now();
  const form = new FormData();
  form.append('file', file, name);
  const { id } = await call(target, 'POST', '/api/v1/imports', form);
  const running = performance.now();
  let seen = await call(target, 'POST', `/api/v1/imports/${id}/runs`);
  const parts = [running];
  while (seen.state === 'running') {
    await sleep(poll_ms);
    seen = await call(target, 'GET', `/api/v1/imports/${id}`);
    if ((seen.files[0]?.counts.created ?? 0) >= parts.length * part_rows) parts.push(performance.now());
  }
  const { rows = 0, created = 0 } = seen.files[0]?.counts ?? {};
  if (seen.state !== 'done' || created === 0 || created !== rows)
    throw new Error(`The import of ${name} is ${seen.state} with ${created} of ${rows} rows: ${seen.error}`);
  return {
    rows: created,
    seconds: (performance.now() - started) / 1000,
    partSeconds: parts.slice(1).map((end, i) => (end - parts[i]!) / 1000),
  };
}
