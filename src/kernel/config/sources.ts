import { type Config, parseFlags, secretSources } from './config.ts';
import { managedReference } from './managed-secrets.ts';
import { meantBy } from './meant.ts';
import { secretSettings, settings } from './settings.ts';
import type { SettingsFile } from './settings-file.ts';

export const sourceKinds = ['default', 'environment', 'flag', 'file', 'credential', 'manager', 'none'] as const;

/** A setting as a process has it. */
export interface SettingStatus {
  name: string;
  secret: boolean;
  /** Never of a secret; null when it is not set. */
  value: string | null;
  is_set: boolean;
  /** `none`: it is not set and has no default. */
  source: (typeof sourceKinds)[number];
  /**
   * What it was read from, when that is neither the variable of its name nor the default: a file, a flag, the name of a
   * secret in a manager.
   */
  origin: string | null;
}

/** A variable that looks as if it were meant for Holdfast, and is not read. */
export interface UnreadVariable {
  name: string;
  /** What it may have been meant to be. */
  meant: string | null;
}

export interface Surroundings {
  args: string[];
  /** With the settings of the file. */
  env: NodeJS.ProcessEnv;
  file?: SettingsFile;
}

export const settingNames = Object.keys(settings) as (keyof typeof settings)[];
const secrets: ReadonlySet<string> = new Set(secretSettings);
export const isSecret = (name: string): boolean => secrets.has(name);
const flagOf: Partial<Record<string, 'port' | 'data' | 'role'>> = {
  PORT: 'port',
  HOLDFAST_DATA: 'data',
  HOLDFAST_ROLE: 'role',
};
/** Read in other places than the table of settings: by the image and the tools of development. */
const others: ReadonlySet<string> = new Set(['HOLDFAST_COMMIT', 'HOLDFAST_GENERATE']);
/** What begins so is meant for Holdfast. `S3_` and `SMTP_` are words of other programs too. */
const own = /^(HOLDFAST|BACKUP_S3|RATE_LIMIT|AUDIT|SENTRY|METRICS|MONGODB)_/;
const unread_max = 20;

/**
 * What this process was told, and by what. `config` holds the values in use, which a changed file may not have reached.
 */
export function describeSettings(config: Config, { args, env, file }: Surroundings): SettingStatus[] {
  const flags = parseFlags(args);
  return settingNames.map((name) => {
    const value = textOf(config[name]);
    const found: SettingStatus = {
      name,
      secret: isSecret(name),
      value: isSecret(name) ? null : value,
      is_set: value !== null,
      source: value === null ? 'none' : 'default',
      origin: null,
    };
    const flag = flagOf[name];
    if (flag && flags[flag] !== undefined) return { ...found, source: 'flag', origin: `--${flag}` };
    const line = file?.lines.get(name);
    // Of a reference to a manager the reference says more.
    if (line !== undefined && !managedReference(env[name]))
      return { ...found, source: 'file', origin: `${file!.path}, line ${line}` };
    if (!isSecret(name)) return env[name] ? { ...found, source: 'environment' } : found;
    const [source] = secretSources(name, env);
    if (!source) return found;
    if (!source.file) {
      const reference = managedReference(env[name]);
      return reference ? { ...found, source: 'manager', origin: reference } : { ...found, source: 'environment' };
    }
    return { ...found, source: source.from === `${name}_FILE` ? 'file' : 'credential', origin: source.file };
  });
}

function textOf(value: unknown): string | null {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return null;
  // An address may hold a password where nobody expects one.
  return (Array.isArray(value) ? value.join(', ') : String(value))
    .replace(/\/\/[^/\s]*@/g, '//…@')
    .replace(/([?&](?:password|secret|token|key)[^?=&]*=)[^&]*/gi, '$1…');
}

/** Variables that are not read although somebody may have meant them for Holdfast. */
export function unreadVariables(env: NodeJS.ProcessEnv): UnreadVariable[] {
  const known = new Set<string>([...settingNames, ...secretSettings.map((name) => `${name}_FILE`), ...others]);
  const unread = Object.keys(env).flatMap((name): UnreadVariable[] => {
    if (known.has(name) || name.length < 6) return [];
    const meant = meantBy(name);
    return meant || own.test(name) ? [{ name: name.slice(0, 100), meant }] : [];
  });
  return unread.slice(0, unread_max);
}
