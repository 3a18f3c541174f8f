import { readFileSync, type Stats, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError, parseFlags, secretSources } from './config.ts';
import { meantBy } from './meant.ts';
import { secretSettings, settings } from './settings.ts';

/**
 * The settings of an installation, in its data directory, for whatever runs on it: the service and each command of any
 * shell.
 */
export interface SettingsFile {
  path: string;
  /** What counts of it: what the environment says too is left out. */
  values: Record<string, string>;
  /** The line of each of them. */
  lines: Map<string, number>;
}

export const settings_file_name = 'settings.env';

const secrets: ReadonlySet<string> = new Set(secretSettings);
const fileNames: ReadonlySet<string> = new Set(secretSettings.map((name) => `${name}_FILE`));
const isKnown = (name: string): boolean => Object.hasOwn(settings, name) || fileNames.has(name);

/** The folder that flags or environment name, in which the file is. */
const dataDirectory = (args: string[], env: NodeJS.ProcessEnv): string =>
  resolve(parseFlags(args).data ?? (env.HOLDFAST_DATA || settings.HOLDFAST_DATA.parse(undefined)));

/**
 * Reads the file of the data directory; one that is not there is empty. Throws a ConfigError that lists all that is
 * wrong, each with its line.
 */
export function readSettingsFile(args: string[], env: NodeJS.ProcessEnv): SettingsFile {
  const folder = dataDirectory(args, env);
  const path = join(folder, settings_file_name);
  const found: SettingsFile = { path, values: {}, lines: new Map() };
  const text = readText(path);
  if (text === undefined) return found;
  const problems: string[] = [];
  let holdsSecret = false;
  const given = new Map<string, number>();
  for (const [index, line] of text.split('\n').entries()) {
    const number = index + 1;
    const wrong = (why: string) => problems.push(`${path}, line ${number}: ${why}`);
    const read = readLine(line);
    if (read === undefined) continue;
    if ('wrong' in read) {
      wrong(read.wrong);
      continue;
    }
    const { name, value } = read;
    const before = given.get(name);
    given.set(name, number);
    if (before !== undefined) wrong(`${name} is set on line ${before} already; keep one`);
    else if (name === 'HOLDFAST_DATA')
      wrong('HOLDFAST_DATA names the folder that this file is in: set it in the environment, or with --data');
    else if (!isKnown(name)) wrong(`${name} is no setting.${meant(name)}`);
    else if (value !== '' && !env[name] && !isGivenElsewhere(name, env)) {
      found.values[name] = value;
      found.lines.set(name, number);
    }
    holdsSecret ||= secrets.has(name) && value !== '';
  }
  problems.push(...wrongAccess(path, folder, holdsSecret));
  if (problems.length > 0) throw new ConfigError(problems);
  return found;
}

/** Says of what is wrong with a setting which line of the file it comes from. */
export function withLines(error: unknown, { path, lines }: SettingsFile): unknown {
  if (!(error instanceof ConfigError)) return error;
  return new ConfigError(
    error.problems.map((problem) => {
      const from = [...new Set(problem.match(/\b[A-Z][A-Z\d_]+\b/g))].flatMap((name) => {
        const line = lines.get(name);
        return line === undefined ? [] : [`${name} is on line ${line}`];
      });
      return from.length > 0 ? `${problem} (${path}: ${from.join(', ')})` : problem;
    }),
  );
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'EACCES')
      throw new ConfigError([
        `${path} may not be read by this user. Run the command as the user that Holdfast runs as, or as root`,
      ]);
    throw new ConfigError([`${path} cannot be read (${code})`]);
  }
}

type Line = { name: string; value: string } | { wrong: string } | undefined;

/**
 * One line as systemd reads it in an EnvironmentFile: NAME=VALUE, comments on lines of their own. What other readers of
 * such files understand differently is refused: a value goes on to the next line nowhere, and has backslashes in single
 * quotes alone.
 */
function readLine(line: string): Line {
  const text = line.trim();
  if (text === '' || text.startsWith('#') || text.startsWith(';')) return undefined;
  const [, name, given] = /^([A-Za-z_][A-Za-z\d_]*)=(.*)$/.exec(text) ?? [];
  if (name === undefined || given === undefined)
    return { wrong: `“${text.split('=')[0]!.slice(0, 40)}” is no NAME=VALUE` };
  const value = given.trim();
  const quote = value[0];
  if (quote !== '"' && quote !== "'")
    return value.includes('\\')
      ? { wrong: `${name} has a backslash: put the value in single quotes` }
      : { name, value };
  const inner = value.slice(1, -1);
  if (value.length < 2 || !value.endsWith(quote) || inner.includes(quote))
    return { wrong: `${name} has a quote that does not end where the line ends` };
  if (quote === '"' && /[\\$`]/.test(inner))
    return { wrong: `${name} has a backslash, $ or backtick in double quotes: put the value in single quotes` };
  return { name, value: inner };
}

function meant(name: string): string {
  const near = meantBy(name);
  return near ? ` Was ${near} meant?` : '';
}

/** Whether the environment gives this secret in another way, which would be in conflict with the file. */
function isGivenElsewhere(name: string, env: NodeJS.ProcessEnv): boolean {
  const setting = fileNames.has(name) ? name.slice(0, -'_FILE'.length) : name;
  return secrets.has(setting) && secretSources(setting, env).length > 0;
}

const write_by_others = 0o022;
const read_by_others = 0o044;

/** Whoever can write the file decides where backups go and which database is used, and runs the commands in it. */
function wrongAccess(path: string, folder: string, holdsSecret: boolean): string[] {
  const { mode, uid }: Stats = statSync(path);
  const problems: string[] = [];
  const trusted = [0, process.getuid?.(), statSync(folder).uid];
  if (!trusted.includes(uid))
    problems.push(`${path} belongs to another user (${uid}). Give it to the user that Holdfast runs as: chown`);
  if ((mode & write_by_others) !== 0) problems.push(`${path} may be written by others: chmod 600 ${path}`);
  else if (holdsSecret && (mode & read_by_others) !== 0)
    problems.push(`${path} holds secrets and may be read by others: chmod 600 ${path}`);
  return problems;
}
