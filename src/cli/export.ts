import { createWriteStream, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemActor } from '../kernel/tenancy/context.ts';
import { exportTargets as targets } from '../modules/index.ts';
import { exportFormats } from '../platform/export/contract.ts';
import { streamExport } from '../platform/export/index.ts';
import { type Call, type Command, tenantId, UsageError, withDatabase } from './command.ts';

export const exportCommands: Command[] = [
  {
    name: 'export',
    summary: 'Writes all records of a kind as CSV or XLSX, contacts as vCards too, to stdout or a file.',
    words: 'RESOURCE',
    flags: {
      tenant: { needed: true, help: 'Name of the workspace' },
      filter: { help: 'As in the API: JSON of a condition or a group' },
      format: { help: `${exportFormats.join(' or ')}; csv by default` },
      out: { help: 'File to write; stdout by default' },
      reason: {
        help: 'Why sealed values are to be in the clear, which goes into the audit trail; without it there are masks',
      },
    },
    run: exportRecords,
  },
];

async function exportRecords(call: Call): Promise<number> {
  const { flags, words, json, answer, say, terminal } = call;
  const target = targets.find(({ resource, contract }) => resource === words[0] || contract.plural === words[0]);
  if (!target || words.length > 1)
    throw new UsageError(`Name what to export: ${targets.map(({ contract }) => contract.plural).join(', ')}`);
  if (json && !flags.out) throw new UsageError('--json needs --out: both would go to stdout');
  const format = exportFormats.find((one) => one === (flags.format ?? 'csv'));
  if (!format) throw new UsageError(`--format takes ${exportFormats.join(' or ')}`);
  const tenant_id = await tenantId(call);
  return withDatabase(call, async (db) => {
    const selection = {
      resource: target.resource,
      filter: flags.filter ?? null,
      sort: null,
      columns: null,
      format,
      reason: flags.reason || null,
    };
    const { body, rowCount } = streamExport(db, targets, systemActor(tenant_id), selection);
    if (flags.out) await writeWhole(body, flags.out);
    else await pipeline(body, terminal.stdout, { end: false });
    const rows = await rowCount;
    if (flags.out)
      answer(
        { rows, file: flags.out },
        `Wrote ${rows.toLocaleString('en')} ${target.contract.plural} to ${flags.out}.`,
      );
    else say(`${rows.toLocaleString('en')} ${target.contract.plural}`);
    return 0;
  });
}

/** The file has its name once all is in it. What is no plain file, such as a pipe, gets it as it comes. */
async function writeWhole(body: Readable, path: string): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) return pipeline(body, createWriteStream(path));
  const unfinished = `${path}.unfinished`;
  try {
    await pipeline(body, createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
