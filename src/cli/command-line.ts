import { ConfigError } from '../kernel/config/config.ts';
import { StartFailure } from '../kernel/database/embedded.ts';
import { Problem } from '../kernel/errors/problem.ts';
import { FileError } from '../kernel/files/file-store.ts';
import { isDatabaseAway, toProblem } from '../kernel/http/errors.ts';
import { MasterKeyError } from '../kernel/vault/master-key.ts';
import { auditCommands } from './audit.ts';
import { backupCommands } from './backup.ts';
import { type AnyCommand, runCommand, type Terminal, UsageError } from './command.ts';
import { configCommands } from './config.ts';
import { dbCommands } from './db.ts';
import { doctorCommands } from './doctor.ts';
import { exportCommands } from './export.ts';
import { feedCommands } from './feed.ts';
import { identityCommands } from './identity.ts';
import { importCommands } from './import.ts';
import { jobCommands } from './jobs.ts';
import { keyCommands } from './keys.ts';
import { operatorCommands } from './operator.ts';
import { pseudonymiseCommands } from './pseudonymise.ts';
import { restoreCommands } from './restore.ts';
import { tenantCommands } from './tenant.ts';
import { upgradeCommands } from './upgrade.ts';

/** All there are. */
export const commands: AnyCommand[] = [
  ...tenantCommands,
  ...identityCommands,
  ...operatorCommands,
  ...importCommands,
  ...exportCommands,
  ...auditCommands,
  ...backupCommands,
  ...restoreCommands,
  ...pseudonymiseCommands,
  ...upgradeCommands,
  ...feedCommands,
  ...jobCommands,
  ...keyCommands,
  ...dbCommands,
  ...doctorCommands,
  ...configCommands,
];

async function run(args: string[], terminal: Terminal): Promise<number> {
  const command = commands.find(({ name }) => args.slice(0, name.split(' ').length).join(' ') === name);
  if (command) return runCommand(command, args.slice(command.name.split(' ').length), terminal);
  const ofGroup = commands.filter(({ name }) => name.startsWith(`${args[0]} `));
  const shown = ofGroup.length > 0 ? ofGroup : commands;
  const list = shown.map((c) => `  ${c.name.padEnd(18)} ${c.summary}`).join('\n');
  const asks = (word: string | undefined) => word === 'help' || word === '--help';
  const wantsHelp = args.length === 0 || asks(args[0]) || (shown === ofGroup && asks(args[1]));
  if (!wantsHelp) throw new UsageError(`There is no command "${args.join(' ')}". There are:\n${list}`);
  const what = shown === ofGroup ? `${args[0]} COMMAND` : 'COMMAND';
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
  // A file that cannot be read or written, its disk being full, and values that the database refuses are no fault of the program.
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
