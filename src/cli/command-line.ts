import { ConfigError } from '../kernel/config/config.ts';
import { StartFailure } from '../kernel/database/embedded.ts';
import { Problem } from '../kernel/errors/problem.ts';
import { FileError } from '../kernel/files/file-store.ts';
import { isDatabaseAway, toProblem } from '../kernel/http/errors.ts';
import { MasterKeyError } from '../kernel/vault/master-key.ts';
import { type AnyCommand, runCommand, type Terminal, UsageError } from './command.ts';

/** By the first word of a command. Only what was typed is loaded, which is most of what a short command takes. */
const groups: Record<string, () => Promise<AnyCommand[]>> = {
  tenant: async () => (await import('./tenant.ts')).tenantCommands,
  user: async () => (await import('./identity.ts')).identityCommands,
  'api-key': async () => (await import('./identity.ts')).identityCommands,
  operator: async () => (await import('./operator.ts')).operatorCommands,
  import: async () => (await import('./import.ts')).importCommands,
  'custodian-file': async () => (await import('./custodian-file.ts')).custodianFileCommands,
  export: async () => (await import('./export.ts')).exportCommands,
  audit: async () => (await import('./audit.ts')).auditCommands,
  backup: async () => (await import('./backup.ts')).backupCommands,
  restore: async () => (await import('./restore.ts')).restoreCommands,
  pseudonymise: async () => (await import('./pseudonymise.ts')).pseudonymiseCommands,
  copy: async () => (await import('./pseudonymise.ts')).pseudonymiseCommands,
  upgrade: async () => (await import('./upgrade.ts')).upgradeCommands,
  feed: async () => (await import('./feed.ts')).feedCommands,
  jobs: async () => (await import('./jobs.ts')).jobCommands,
  keys: async () => (await import('./keys.ts')).keyCommands,
  db: async () => (await import('./db.ts')).dbCommands,
  doctor: async () => (await import('./doctor.ts')).doctorCommands,
  config: async () => (await import('./config.ts')).configCommands,
};

/** All there are. */
export const loadCommands = async (): Promise<AnyCommand[]> => [
  ...new Set((await Promise.all(Object.values(groups).map((load) => load()))).flat()),
];

/** Those whose first word is this one; undefined where there are none. */
async function loadGroup(word: string | undefined): Promise<AnyCommand[] | undefined> {
  if (word === undefined || !Object.hasOwn(groups, word)) return undefined;
  return (await groups[word]!()).filter(({ name }) => name.split(' ')[0] === word);
}

async function run(args: string[], terminal: Terminal): Promise<number> {
  const group = await loadGroup(args[0]);
  const commands = group ?? (await loadCommands());
  const command = commands.find(({ name }) => args.slice(0, name.split(' ').length).join(' ') === name);
  if (command) return runCommand(command, args.slice(command.name.split(' ').length), terminal);
  const list = commands.map((c) => `  ${c.name.padEnd(18)} ${c.summary}`).join('\n');
  const asks = (word: string | undefined) => word === 'help' || word === '--help';
  const wantsHelp = args.length === 0 || asks(args[0]) || (group && asks(args[1]));
  if (!wantsHelp) throw new UsageError(`There is no command "${args.join(' ')}". There are:\n${list}`);
  const what = group ? `${args[0]} COMMAND` : 'COMMAND';
  terminal.stdout.write(
    `Usage: holdfast ${what} [--data DIR] [--json]; "holdfast ${what} --help" says more.\n\n${list}\n`,
  );
  return 0;
}

const disk_full = '53100';

function complaint(error: unknown): string {
  const known = [UsageError, ConfigError, Problem, MasterKeyError, StartFailure, FileError];
  if (known.some((type) => error instanceof type)) return (error as Error).message;
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  // A file that cannot be read or written, its disk being full, and values that the database refuses are no fault of
  // the program.
  if (syscall) return message;
  if (isDatabaseAway(error) === true)
    return `The connection to PostgreSQL was lost: ${message}. See whether it runs: holdfast doctor. Run the command again when it does.`;
  // Unlike a request, a command may have ended much of its work before.
  if (code === disk_full) return 'The disk of the database is full. Make room on it, and run the command again.';
  const refusal = /^2[23]...$/.test(code ?? '') ? toProblem(error) : undefined;
  if (refusal) return refusal.message;
  return (error as Error).stack ?? String(error);
}

/** Runs what was typed, and says what is wrong with it without a stack where it is known; returns the exit code. */
export const runCommandLine = (args: string[], terminal: Terminal): Promise<number> =>
  run(args, terminal).catch((error: unknown) => {
    terminal.stderr.write(`holdfast: ${complaint(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  });
