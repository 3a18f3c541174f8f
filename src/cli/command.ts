import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import type { App, AppOptions } from '../app.ts';
import type { Config } from '../kernel/config/config.ts';
import { openConfig } from '../kernel/config/open.ts';
import { settings_file_name } from '../kernel/config/settings-file.ts';
import { withSystemClient } from '../kernel/database/client.ts';
import { Database } from '../kernel/database/database.ts';
import { type Installation, prepareInstallation, type Upgrader } from '../kernel/installation.ts';
import { neverSilent } from '../kernel/never-silent.ts';
import { provideKeys } from '../kernel/resource/composite-names.ts';
import { type Context, systemActor, withContext } from '../kernel/tenancy/context.ts';
import { DataKeys } from '../kernel/vault/data-keys.ts';
import { fieldRing } from '../kernel/vault/seal.ts';
import { version } from '../version.ts';

/** A mistake in how the command was called: shown without a stack, exit code 2. */
export class UsageError extends Error {}

/** What a command reads its settings from and writes to: the process, unless a test runs it. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  stdout: Writable;
  stderr: Writable;
}

export type Flags = Record<string, string | boolean | string[] | undefined>;

export interface Command {
  /** As typed: `tenant create`. */
  name: string;
  summary: string;
  /**
   * Flags with a value, unless they are a switch (`--name`, `--no-name`); those that repeat may be given several times.
   */
  flags?: Record<string, { needed?: boolean; kind?: 'switch' | 'repeated'; help: string }>;
  /** Name of further words, such as `FILE...`. */
  words?: string;
  /** Leaves the schema as it is, because the command looks after it itself. */
  skipsMigration?: boolean;
  /** Changes nothing in the installation, be it that it needs an upgrade. */
  reads?: true;
  /**
   * Makes the installation where there is none. Others would answer of a new and empty one when the data directory was
   * mistyped.
   */
  beginsInstallation?: true;
  run: (call: Call) => Promise<number | undefined>;
}

/** One that needs no database, since there may be none any more. */
export interface LoneCommand extends Omit<Command, 'run' | 'skipsMigration' | 'reads' | 'beginsInstallation'> {
  runAlone: (call: LoneCall) => Promise<number | undefined>;
}

/** One that needs no configuration, since that may be what is wrong. */
export interface BareCommand extends Omit<Command, 'run' | 'skipsMigration' | 'reads' | 'beginsInstallation'> {
  runBare: (
    call: Pick<Call, 'json' | 'answer' | 'say' | 'terminal'> & { args: string[] },
  ) => Promise<number | undefined>;
}

export type AnyCommand = Command | LoneCommand | BareCommand;

export type LoneCall = Omit<Call, 'installation'>;

export interface Call {
  config: Config;
  installation: Installation;
  flags: Record<string, string | undefined>;
  switches: Record<string, boolean | undefined>;
  repeated: Record<string, string[] | undefined>;
  words: string[];
  json: boolean;
  /** The answer, on stdout: as JSON with --json, else as the given text. */
  answer: (value: unknown, text: string) => void;
  /** Progress and remarks, on stderr. */
  say: (line: string) => void;
  terminal: Terminal;
}

/**
 * Starts the program on a copy of the database. Most commands do without it, and loading it takes longer than what they
 * do.
 */
export const startApp = async (options: AppOptions): Promise<App> => (await import('../app.ts')).startApp(options);

/** The modules say which record types, rights and rules there are. */
export const loadRecordTypes = (): Promise<unknown> => import('../modules/index.ts');

/** Loaded where there is something to upgrade, or to look after. */
function lazyUpgrader(config: Config, say: Call['say']): Upgrader {
  const load = async () => {
    const { createUpgrader } = await import('../operations/upgrade/upgrade.ts');
    return createUpgrader({ config, start: startApp, version, say });
  };
  return {
    resume: async () => (await load()).resume(),
    embedded: async (masterKeys) => (await load()).embedded(masterKeys),
    external: async (ownerUrl, appRole) => (await load()).external(ownerUrl, appRole),
  };
}

/** How the database knows connections of commands. */
export const application_name = 'holdfast-cli';

/** Flags every command takes. */
const shared = { data: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } } as const;

/**
 * Runs a command against the database of the data directory (also while the server runs) or of DATABASE_URL. Returns
 * the exit code.
 */
export async function runCommand(command: AnyCommand, args: string[], terminal: Terminal): Promise<number> {
  const { stdout, stderr } = terminal;
  const { values, positionals } = parseFlags(command, args);
  const flags = values as Flags;
  if (flags.help) {
    stdout.write(usage(command));
    return 0;
  }
  const absent = Object.entries(command.flags ?? {}).filter(([name, flag]) => flag.needed && flags[name] === undefined);
  if (absent.length > 0) throw new UsageError(`--${absent[0]![0]} is needed.\n${usage(command)}`);
  if (!command.words && positionals.length > 0)
    throw new UsageError(`"${positionals[0]}" is not expected here.\n${usage(command)}`);
  const json = flags.json === true;
  const answer: Call['answer'] = (value, text) => void stdout.write(`${json ? JSON.stringify(value) : text}\n`);
  const { say, stop } = neverSilent((line) => stderr.write(`${line}\n`));
  return perform(command, { flags, words: positionals, json, answer, say, terminal }).finally(stop);
}

type Typed = Pick<Call, 'words' | 'json' | 'answer' | 'say' | 'terminal'> & { flags: Flags };

async function perform(command: AnyCommand, { flags, words, json, answer, say, terminal }: Typed): Promise<number> {
  const own = typeof flags.data === 'string' ? ['--data', flags.data] : [];
  if ('runBare' in command) return (await command.runBare({ args: own, json, answer, say, terminal })) ?? 0;
  const { config } = await openConfig(own, terminal.env, say);
  const call: LoneCall = {
    config,
    flags: flags as Record<string, string | undefined>,
    switches: flags as Record<string, boolean | undefined>,
    repeated: flags as Record<string, string[] | undefined>,
    words,
    json,
    answer,
    say,
    terminal,
  };
  if ('runAlone' in command) return (await command.runAlone(call)) ?? 0;
  if (!command.beginsInstallation && !(await isInstalled(config)))
    throw new UsageError(
      `There is no installation in ${resolve(config.HOLDFAST_DATA)}. Name its data directory with --data, or start one there first: npm start`,
    );
  const upgrader = lazyUpgrader(config, say);
  const migrate = !command.skipsMigration;
  const reads = command.reads === true;
  const installation = await prepareInstallation(config, {
    say,
    join: true,
    migrate,
    reads,
    upgrader,
    loadRecordTypes,
  });
  try {
    return (await command.run({ ...call, installation })) ?? 0;
  } finally {
    await installation.stop();
  }
}

/** Whether anything beside key and settings, as for a restore, is in the data directory. */
const isInstalled = async ({ DATABASE_URL, HOLDFAST_DATA }: Config): Promise<boolean> =>
  DATABASE_URL !== undefined ||
  (await readdir(HOLDFAST_DATA).catch(() => [])).some((name) => name !== 'master.key' && name !== settings_file_name);

function parseFlags(command: AnyCommand, args: string[]) {
  const own = Object.fromEntries(
    Object.entries(command.flags ?? {}).map(([name, { kind }]) => [
      name,
      { type: kind === 'switch' ? ('boolean' as const) : ('string' as const), multiple: kind === 'repeated' },
    ]),
  );
  try {
    return parseArgs({ args, options: { ...own, ...shared }, allowPositionals: true, allowNegative: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage(command)}`);
  }
}

export function usage(command: AnyCommand): string {
  const flags = Object.entries(command.flags ?? {});
  const line = flags
    .map(([name, flag]) => (flag.needed ? ` --${name} …` : flag.kind === 'switch' ? ` [--${name}]` : ` [--${name} …]`))
    .join('');
  const help = flags.map(([name, flag]) => `  --${name.padEnd(16)} ${flag.help}\n`).join('');
  return `Usage: holdfast ${command.name}${line}${command.words ? ` ${command.words}` : ''} [--data DIR] [--json]\n${command.summary}\n${help}`;
}

/** A connection as the application, for the time of a command. */
export async function withDatabase<R>({ installation, say }: Call, work: (db: Database) => Promise<R>): Promise<R> {
  await loadRecordTypes();
  const db = new Database({
    url: installation.databaseUrl,
    connectionsMax: 4,
    statementTimeoutMs: 0,
    applicationName: application_name,
  });
  const tell = (place: string, why: string) => say(`A sealed value does not open: ${place}: ${why}`);
  provideKeys(db, new DataKeys(fieldRing(installation.masterKeys), tell));
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

/** A transaction of the named tenant, as the program itself. */
export async function withTenant<R>(call: Call, work: (ctx: Context) => Promise<R>): Promise<R> {
  const tenant_id = await tenantId(call);
  return withDatabase(call, (db) =>
    withContext(db, systemActor(tenant_id), work, { request_id: `cli:${process.pid}` }),
  );
}

/** The most rows that a list prints. Its statement asks for one more, which tells that there are more. */
export const listed_max = 1_000;

/** The rows to print, of those that a statement found. What is left out is said. */
export function listed<Row>({ say }: Pick<Call, 'say'>, found: Row[], which = 'first'): Row[] {
  if (found.length > listed_max) say(`There are more: these are the ${which} ${listed_max.toLocaleString('en')}.`);
  return found.slice(0, listed_max);
}

/** The id of the tenant that --tenant names. */
export const tenantId = ({ installation, flags }: Call): Promise<string> => tenantIdOf(installation, flags.tenant!);

export async function tenantIdOf(installation: Installation, name: string): Promise<string> {
  return withSystem({ installation }, async (client) => {
    const { rows } = await client.query<{ id: string; name: string; goes: boolean }>(
      `select id, name, exists (select from tenant_deletion d where d.of_tenant = t.id) as goes from tenant t where name <> 'system'
        order by name`,
    );
    const found = rows.find((row) => row.name === name);
    if (found?.goes) throw new UsageError(`The workspace "${name}" is being deleted.`);
    if (!found)
      throw new UsageError(
        `There is no workspace "${name}". There are: ${rows.map((row) => row.name).join(', ') || 'none yet'}.`,
      );
    return found.id;
  });
}

/** Runs `work` over a connection that sees the rows of all workspaces. */
export const withSystem = <R>(
  { installation }: Pick<Call, 'installation'>,
  work: (client: pg.Client) => Promise<R>,
): Promise<R> => withSystemClient(installation.ownerUrl, application_name, work);
