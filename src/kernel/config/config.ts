import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { z } from 'zod';
import { parseRedisUrl, redis_url_form } from '../cache/redis-url.ts';
import { parseDsn, sentry_dsn_form } from '../dsn.ts';
import { with_input, wording } from '../errors/field-errors.ts';
import { parseTierUrl, type TierPlace, tier_url_form } from '../files/tier-url.ts';
import { mongo_url_form, openHosts, parseMongoUrl } from '../logs/mongo/url.ts';
import { leavesMachine } from '../loopback.ts';
import { mail_from_form, parseSender } from '../mail/sender.ts';
import { parseSmtpUrl, smtp_url_form } from '../mail/smtp-url.ts';
import { splitCommand } from './command-line.ts';
import { secretSettings, settings } from './settings.ts';

export type Config = z.infer<z.ZodObject<typeof settings>> & {
  /** Start without the demo tenant. */
  empty: boolean;
};

/** The settings as texts, before they are checked. */
type Given = Record<string, string | undefined>;

/** What is wrong with the configuration, in words for the person who wrote it. */
export class ConfigError extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(
      `The configuration needs attention:\n${problems.map((p) => `  - ${p}`).join('\n')}\nEvery setting is described in docs/configuration.md.`,
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Reads flags and environment; throws a ConfigError that lists all that is wrong. */
export const loadConfig = (args: string[], env: NodeJS.ProcessEnv): Config => configReader(args, () => env)();

/**
 * Reads them each time it is called. Checking takes milliseconds, so what has not changed since the last time is not
 * checked again.
 */
export function configReader(args: string[], environment: () => NodeJS.ProcessEnv): () => Config {
  let last: { given: Given; config: Config } | undefined;
  return () => {
    const { values: given, problems } = withSecretFiles(environment());
    if (problems.length > 0 || !isDeepStrictEqual(given, last?.given))
      last = { given, config: checkConfig(args, given, problems) };
    return { ...last!.config };
  };
}

function checkConfig(args: string[], given: Given, problems: string[]): Config {
  const flags = parseFlags(args);
  const parsed = z.object(settings).safeParse(
    {
      ...given,
      ...(flags.port !== undefined && { PORT: flags.port }),
      ...(flags.data !== undefined && { HOLDFAST_DATA: flags.data }),
      ...(flags.role !== undefined && { HOLDFAST_ROLE: flags.role }),
    },
    with_input,
  );
  if (!parsed.success)
    problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${wording(issue)}`));
  const config = parsed.data;
  if (config) problems.push(...halfConfigured(config), ...plaintext(config));
  if (!config || problems.length > 0) throw new ConfigError(problems);
  return { ...config, HOLDFAST_DATA: resolve(config.HOLDFAST_DATA), empty: flags.empty ?? false };
}

export function parseFlags(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        role: { type: 'string' },
        empty: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new ConfigError([`${(error as Error).message} The flags are --port, --data, --role and --empty.`]);
  }
}

const managerSettings = [
  'VAULT_ADDR',
  'VAULT_NAMESPACE',
  'VAULT_TOKEN',
  'VAULT_ROLE_ID',
  'VAULT_SECRET_ID',
  'VAULT_KUBERNETES_ROLE',
  'ALLOW_PLAINTEXT',
] as const;

/** What it takes to ask a manager for the other settings. */
export function loadManagerConfig(env: NodeJS.ProcessEnv): Pick<Config, (typeof managerSettings)[number]> {
  const { values, problems } = withSecretFiles(env, managerSettings);
  const own = Object.fromEntries(managerSettings.map((name) => [name, values[name]]));
  const parsed = z.object(settings).pick(nameSet(managerSettings)).safeParse(own, with_input);
  if (!parsed.success)
    problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${wording(issue)}`));
  else problems.push(...vaultProblems(parsed.data));
  if (!parsed.data || problems.length > 0) throw new ConfigError(problems);
  return parsed.data;
}

const nameSet = <N extends string>(names: readonly N[]) =>
  Object.fromEntries(names.map((name) => [name, true as const])) as Record<N, true>;

function vaultProblems(
  config: Pick<z.infer<z.ZodObject<typeof settings>>, (typeof managerSettings)[number]>,
): string[] {
  const problems: string[] = [];
  const { VAULT_ADDR, VAULT_TOKEN, VAULT_ROLE_ID, VAULT_SECRET_ID, VAULT_KUBERNETES_ROLE } = config;
  const ways = [VAULT_TOKEN, VAULT_ROLE_ID ?? VAULT_SECRET_ID, VAULT_KUBERNETES_ROLE].filter(Boolean).length;
  if (!VAULT_ADDR && ways > 0) problems.push('VAULT is half configured: set VAULT_ADDR too');
  if (VAULT_ADDR && ways !== 1)
    problems.push(
      'VAULT is half configured: set one of VAULT_TOKEN, VAULT_ROLE_ID with VAULT_SECRET_ID, VAULT_KUBERNETES_ROLE',
    );
  if (!VAULT_ROLE_ID !== !VAULT_SECRET_ID)
    problems.push('VAULT is half configured: VAULT_ROLE_ID and VAULT_SECRET_ID belong together');
  const url = VAULT_ADDR ? URL.parse(VAULT_ADDR) : null;
  if (url && url.protocol !== 'https:' && leavesMachine(url.hostname) && !config.ALLOW_PLAINTEXT)
    problems.push(`VAULT_ADDR would send data unencrypted to ${url.hostname}. Use TLS, or set ALLOW_PLAINTEXT=true`);
  return problems;
}

/** What works, but not as somebody will have meant it. */
export function configWarnings(config: Config, { managed }: { managed: boolean }): string[] {
  const warnings: string[] = [];
  if (config.SMTP_URL && !config.PUBLIC_URL)
    warnings.push('SMTP_URL is set and PUBLIC_URL is not: links in e-mails lead to this machine only');
  if (!config.SMTP_URL && config.MAIL_FROM !== settings.MAIL_FROM.parse(undefined))
    warnings.push('MAIL_FROM is set and SMTP_URL is not: no e-mail is sent');
  if (config.S3_STORAGE_CLASS && !config.S3_BUCKET)
    warnings.push('S3_STORAGE_CLASS is set and S3_… is not: files are in the data directory');
  if (config.VAULT_ADDR && !managed)
    warnings.push('VAULT_ADDR is set, and no setting names a secret in Vault (vault:PATH#KEY)');
  return warnings;
}

function withSecretFiles(env: NodeJS.ProcessEnv, only?: readonly string[]): { values: Given; problems: string[] } {
  const values: Given = {};
  const problems: string[] = [];
  // An empty variable counts as not set: compose files leave variables empty.
  for (const name of Object.keys(settings)) values[name] = env[name] || undefined;
  for (const name of secretSettings) {
    if (only && !only.includes(name)) continue;
    const sources = secretSources(name, env);
    if (sources.length > 1) problems.push(`${sources.map(({ from }) => from).join(' and ')} are both set; keep one`);
    const [source] = sources;
    if (sources.length !== 1 || !source?.file) continue;
    try {
      values[name] = readSecret(source.file);
    } catch (error) {
      problems.push(`${source.from}: ${(error as Error).message}`);
    }
  }
  return { values, problems };
}

/** Where the value of a secret is given: in the environment, in a file that it names, as a systemd credential. */
export function secretSources(name: string, env: NodeJS.ProcessEnv): { from: string; file?: string }[] {
  const sources: { from: string; file?: string }[] = [];
  if (env[name]) sources.push({ from: name });
  const file = env[`${name}_FILE`];
  if (file) sources.push({ from: `${name}_FILE`, file });
  const credential = name.toLowerCase();
  const credentials = env.CREDENTIALS_DIRECTORY && join(env.CREDENTIALS_DIRECTORY, credential);
  if (credentials && existsSync(credentials)) sources.push({ from: `the credential ${credential}`, file: credentials });
  return sources;
}

/** An empty secret is a mistake of whoever provides it, never a wish to go without. */
function readSecret(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Error(`there is no file ${file}`);
    if (code === 'EACCES') throw new Error(`${file} may not be read by the user who runs Holdfast`);
    throw new Error(`${file} cannot be read (${code})`);
  }
  if (text === '') throw new Error(`${file} is empty`);
  return text;
}

function halfConfigured(config: z.infer<z.ZodObject<typeof settings>>): string[] {
  const problems: string[] = [];
  for (const name of ['S3', 'BACKUP_S3'] as const) {
    const all = [`${name}_ENDPOINT`, `${name}_BUCKET`, `${name}_ACCESS_KEY_ID`, `${name}_SECRET_ACCESS_KEY`] as const;
    const missing = all.filter((setting) => !config[setting]);
    if (missing.length > 0 && missing.length < all.length)
      problems.push(`${name} is half configured: set ${missing.join(', ')} too, or none of them`);
  }
  problems.push(...tierProblems(config));
  if (config.BACKUP_DIR && config.BACKUP_S3_BUCKET)
    problems.push('Backups have one store: set BACKUP_DIR or BACKUP_S3_…, not both');
  if (config.BACKUP_DIR && `${resolve(config.BACKUP_DIR)}/`.startsWith(`${resolve(config.HOLDFAST_DATA)}/`))
    problems.push('BACKUP_DIR is below the data directory: what is lost with that is lost with it');
  const { S3_BUCKET, BACKUP_S3_BUCKET } = config;
  if (S3_BUCKET && S3_BUCKET === BACKUP_S3_BUCKET && samePlace(config.S3_ENDPOINT, config.BACKUP_S3_ENDPOINT))
    problems.push('BACKUP_S3_BUCKET is the same place as S3_BUCKET: what is lost with that is lost with it');
  problems.push(...provesOthers(config));
  // The message does not repeat the value, which may hold a password.
  if (config.MONGODB_URL && !parseMongoUrl(config.MONGODB_URL)) problems.push(`MONGODB_URL ${mongo_url_form}`);
  if (config.REDIS_URL && !parseRedisUrl(config.REDIS_URL)) problems.push(`REDIS_URL ${redis_url_form}`);
  if (config.SMTP_URL && !parseSmtpUrl(config.SMTP_URL)) problems.push(`SMTP_URL ${smtp_url_form}`);
  if (config.SMTP_URL && !parseSender(config.MAIL_FROM)) problems.push(`MAIL_FROM ${mail_from_form}`);
  if (config.SENTRY_DSN && !parseDsn(config.SENTRY_DSN)) problems.push(`SENTRY_DSN ${sentry_dsn_form}`);
  problems.push(...vaultProblems(config));
  if (config.DATABASE_URL && !config.HOLDFAST_KEY)
    problems.push(
      'HOLDFAST_KEY is needed with DATABASE_URL, the same on every node. Make one: openssl rand -base64 32',
    );
  return problems;
}

/** Two ways to write one address. */
const samePlace = (one = '', other = ''): boolean => URL.parse(one)?.href === URL.parse(other)?.href;

/** Where another tool backs up the database. */
function provesOthers(config: z.infer<z.ZodObject<typeof settings>>): string[] {
  const { BACKUP_RESTORE_COMMAND: command, DATABASE_URL, BACKUP_DIR, BACKUP_S3_BUCKET } = config;
  if (!command) return [];
  const problems: string[] = [];
  if (!splitCommand(command)) problems.push('BACKUP_RESTORE_COMMAND has a quote that is not closed, or no word');
  if (!DATABASE_URL)
    problems.push(
      'BACKUP_RESTORE_COMMAND is for a PostgreSQL at DATABASE_URL: the embedded one Holdfast backs up itself',
    );
  if (!BACKUP_DIR && !BACKUP_S3_BUCKET)
    problems.push(
      'BACKUP_RESTORE_COMMAND needs BACKUP_DIR or BACKUP_S3_… too: for the files, which that command does not restore, and for what is recorded to compare with',
    );
  return problems;
}

/** Two stores in one place would be a loss: a file that has moved is deleted in the first. */
function tierProblems(config: z.infer<z.ZodObject<typeof settings>>): string[] {
  const problems: string[] = [];
  const taken = new Map<string, string>([
    [placeKey({ folder: resolve(config.HOLDFAST_DATA, 'files') }), 'the files of the data directory'],
  ]);
  if (config.S3_BUCKET) taken.set(`${config.S3_ENDPOINT} ${config.S3_BUCKET}`, 'S3_BUCKET');
  if (config.BACKUP_S3_BUCKET) taken.set(`${config.BACKUP_S3_ENDPOINT} ${config.BACKUP_S3_BUCKET}`, 'BACKUP_S3_BUCKET');
  if (config.BACKUP_DIR) taken.set(placeKey({ folder: resolve(config.BACKUP_DIR) }), 'BACKUP_DIR');
  for (const name of ['FILES_WARM_URL', 'FILES_COLD_URL'] as const) {
    if (!config[name]) continue;
    const place = parseTierUrl(config[name]);
    if (!place) problems.push(`${name} ${tier_url_form}`);
    else if ('bucket' in place && !place.elsewhere && !config.S3_BUCKET)
      problems.push(`${name} names a bucket beside S3_BUCKET, which is not set`);
    else {
      const key = placeKey(place, config.S3_ENDPOINT);
      const other = taken.get(key);
      if (other) problems.push(`${name} is the same place as ${other}: give it one of its own`);
      taken.set(key, name);
    }
  }
  return problems;
}

function placeKey(place: TierPlace, ownEndpoint?: string): string {
  if ('folder' in place) return place.folder;
  return `${place.elsewhere?.endpoint ?? ownEndpoint} ${place.bucket}`;
}

function plaintext(config: z.infer<z.ZodObject<typeof settings>>): string[] {
  if (config.ALLOW_PLAINTEXT) return [];
  const problems: string[] = [];
  const check = (name: string, value: string | undefined, secure: (url: URL) => boolean) => {
    if (!value) return;
    const url = URL.parse(value);
    if (!url) problems.push(`${name} is not an address`);
    else if (leavesMachine(url.hostname) && !secure(url))
      problems.push(`${name} would send data unencrypted to ${url.hostname}. Use TLS, or set ALLOW_PLAINTEXT=true`);
  };
  const asksForTls = (url: URL) =>
    ['require', 'verify-ca', 'verify-full'].includes(url.searchParams.get('sslmode') ?? '');
  check('DATABASE_URL', config.DATABASE_URL, asksForTls);
  check('BACKUP_PROOF_DATABASE_URL', config.BACKUP_PROOF_DATABASE_URL, asksForTls);
  check('REDIS_URL', config.REDIS_URL, (url) => url.protocol === 'rediss:');
  const mongo = config.MONGODB_URL && parseMongoUrl(config.MONGODB_URL);
  for (const host of mongo ? openHosts(mongo) : [])
    problems.push(`MONGODB_URL would send data unencrypted to ${host}. Use tls=true, or set ALLOW_PLAINTEXT=true`);
  for (const name of ['FILES_WARM_URL', 'FILES_COLD_URL'] as const) {
    const place = config[name] && parseTierUrl(config[name]);
    if (place && 'elsewhere' in place && place.elsewhere)
      check(name, place.elsewhere.endpoint, (url) => url.protocol === 'https:');
  }
  check('S3_ENDPOINT', config.S3_ENDPOINT, (url) => url.protocol === 'https:');
  check('BACKUP_S3_ENDPOINT', config.BACKUP_S3_ENDPOINT, (url) => url.protocol === 'https:');
  check('SENTRY_DSN', config.SENTRY_DSN, (url) => url.protocol === 'https:');
  return problems;
}
