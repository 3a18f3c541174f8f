import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Problem, reasonOf } from '../kernel/errors/problem.ts';
import type { FileDecisions, FileReport } from '../modules/wealth/custodian-file/contract.ts';
import { decisionsIn, file_bytes_max, importCustodianFile } from '../modules/wealth/custodian-file/index.ts';
import { type Call, type Command, tenantId, UsageError, withDatabase } from './command.ts';

const files_max = 200;

export const custodianFileCommands: Command[] = [
  {
    name: 'custodian-file',
    summary:
      'Takes files of custodians (CSV, OFX) into their accounts: transactions and positions, each once. What is not known waits.',
    words: 'FILE...',
    flags: {
      tenant: { needed: true, help: 'Name of the workspace' },
      'dry-run': { kind: 'switch', help: 'Say what would become of each row, and write nothing' },
      'create-securities': { kind: 'switch', help: 'Create every security that is not known, as the file names it' },
      decisions: { help: 'JSON file with decisions about a single FILE, as in the API' },
    },
    run: importFiles,
  },
];

async function importFiles(call: Call): Promise<number> {
  const { words, switches, flags } = call;
  if (words.length === 0) throw new UsageError('Name the files to take in: holdfast custodian-file --tenant T FILE...');
  if (words.length > files_max) throw new UsageError(`Name at most ${files_max} files at once.`);
  if (flags.decisions && words.length > 1)
    throw new UsageError('--decisions is about a single file: its accounts and securities are counted there.');
  for (const path of words) await refuseUnreadable(path);
  const decisions: FileDecisions = decisionsIn(flags.decisions ? await readFile(flags.decisions, 'utf8') : '{}');
  if (switches['create-securities']) decisions.create_securities = true;
  const tenant_id = await tenantId(call);
  const dry = switches['dry-run'] === true;
  return withDatabase(call, async (db) => {
    const reports: (ReportOfFile | Refused)[] = [];
    for (const file of words) {
      const taken = importCustodianFile(db, tenant_id, await readFile(file), { decisions, dry });
      reports.push({ file, ...(await taken.catch(refusalOf)) });
    }
    call.answer(reports, [...reports.map(inWords), ...(dry ? ['Nothing was written.'] : [])].join('\n'));
    return reports.every(isWhole) ? 0 : 1;
  });
}

type ReportOfFile = FileReport & { file: string };

interface Refused {
  file: string;
  error: string;
}

/** Why a file was not taken in; the others are all the same. */
function refusalOf(error: unknown): Omit<Refused, 'file'> {
  if (!(error instanceof Problem)) throw error;
  return { error: `${reasonOf(error)}.` };
}

async function refuseUnreadable(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new UsageError(`There is no file ${path}`);
  if (found.size > file_bytes_max) throw new UsageError(`${path} is larger than 50 MB. Ask for a shorter period.`);
}

const isWhole = (report: ReportOfFile | Refused): boolean =>
  !('error' in report) && report.unknown === null && report.counts.waiting === 0 && report.counts.refused === 0;

const amount = (count: number): string => count.toLocaleString('en');

function inWords(report: ReportOfFile | Refused): string {
  const name = basename(report.file);
  if ('error' in report) return `${name}: ${report.error}`;
  const { unknown, source, rows, counts, accounts, securities, samples } = report;
  if (unknown)
    return `${name}: nobody knows this kind of file. Its columns: ${unknown.columns.join(', ')}. Say what they are in --decisions, or on the page.`;
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${amount(count)} ${outcome}`);
  const waiting = [
    ...accounts
      .filter(({ outcome }) => outcome === 'waiting')
      .map((one) => `account ${one.key} (${one.number ?? 'without a number'})`),
    ...securities
      .filter(({ outcome }) => outcome === 'waiting')
      .map((one) => `security ${one.key} (${one.name ?? one.isin ?? one.ticker ?? 'without a name'})`),
  ];
  return [
    `${name}: ${source ?? 'own mapping'}; ${amount(rows)} rows: ${parts.join(', ') || 'nothing to do'}.`,
    ...(waiting.length > 0 ? [`Waits for a decision about ${waiting.join(', ')}.`] : []),
    ...samples.filter(({ outcome }) => outcome === 'refused').map(({ line, reason }) => `line ${line}: ${reason}`),
  ].join('\n  ');
}
