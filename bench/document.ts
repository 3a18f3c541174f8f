import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { version } from '../src/version.ts';
import { type Figure, markdownTable } from './figure.ts';

const begin = '<!-- figures -->';
const end = '<!-- end of figures -->';

/** The machine and settings of the run, without which figures mean little. */
export async function describeRun(ownerUrl: string, contacts: readonly number[], rounds: number): Promise<string> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const { rows } = await client.query("select current_setting('server_version') as version");
  await client.end();
  const [processor] = cpus();
  return [
    `${new Date().toISOString().slice(0, 10)}, Holdfast ${version}, Node ${process.versions.node}, PostgreSQL ${rows[0].version} (embedded, its usual settings),`,
    `${cpus().length} cores (${processor?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, load before the run ${loadavg()[0]!.toFixed(1)};`,
    `${contacts.map((n) => n.toLocaleString('en')).join(' and ')} contacts, ${rounds} rounds, servers and load on the same machine.`,
  ].join('\n');
}

/** Replaces the table in docs/performance.md. */
export async function writeDocument(root: string, run: string, figures: readonly Figure[]): Promise<void> {
  const file = join(root, 'docs', 'performance.md');
  const text = await readFile(file, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${file} lacks the marks ${begin} and ${end}`);
  await writeFile(file, `${before}${begin}\n\n${run}\n\n${markdownTable(figures)}\n\n${end}${after}`);
}
