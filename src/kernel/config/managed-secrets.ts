import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from './config.ts';
import { awsReader, type ManagerSettings, type ReadSecret, SecretError, vaultReader } from './secret-managers.ts';
import { secretSettings } from './settings.ts';

/**
 * `vault:secret/data/holdfast#smtp_url`, `aws-sm:holdfast/production#smtp_url`, or without a key where the secret is
 * one text.
 */
const form = /^(vault|aws-sm):([^#\s]{1,512})(?:#([^#\s]{1,200}))?$/;
const start_ms_max = 60_000;
const start_pause_ms = 2_000;
const jitter_share = 0.2;
const value_characters_max = 65_536;
/** What signs Holdfast in to a manager cannot come from one. */
const own = ['VAULT_TOKEN', 'VAULT_SECRET_ID'];

interface Reference {
  setting: string;
  manager: 'vault' | 'aws-sm';
  secret: string;
  key: string | undefined;
}

export interface SecretTrouble {
  /** Settings that keep the last value that is known. */
  settings: string[];
  detail: string;
  since: Date;
}

/**
 * What a setting says of a secret in a manager, such as `vault:secret/data/holdfast#smtp_url`; undefined where it says
 * its value.
 */
export const managedReference = (value: string | undefined): string | undefined =>
  value && form.test(value) ? value : undefined;

/** Where a setting says that a manager has its value. */
export function secretReferences(env: NodeJS.ProcessEnv): Reference[] {
  const problems: string[] = [];
  const references = secretSettings.flatMap((setting): Reference[] => {
    const value = env[setting];
    if (!value || !/^(vault|aws-sm):/.test(value)) return [];
    const [, manager, secret, key] = form.exec(value) ?? [];
    if (!secret || (manager === 'vault' && !key))
      problems.push(`${setting} names a secret as vault:secret/data/NAME#KEY, aws-sm:NAME#KEY or aws-sm:NAME`);
    else if (own.includes(setting))
      problems.push(`${setting} cannot come from a manager: it is how Holdfast gets in there`);
    else return [{ setting, manager: manager as Reference['manager'], secret, key }];
    return [];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return references;
}

/**
 * Secrets that a manager keeps. They are read before the start, and again every few minutes; when the manager is away,
 * what is known stays in use. The configuration sees them as if they stood in the environment.
 */
export class ManagedSecrets {
  private readonly source: NodeJS.ProcessEnv;
  private readonly references: Reference[];
  private readonly settings: () => ManagerSettings;
  private readonly values = new Map<string, string>();
  private readers: Record<Reference['manager'], ReadSecret> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<void> = Promise.resolve();
  trouble: SecretTrouble | null = null;

  /** `settings`: those of the managers themselves, read each time, since their secrets may change too. */
  constructor(env: NodeJS.ProcessEnv, settings: () => ManagerSettings) {
    this.source = env;
    this.settings = settings;
    this.references = secretReferences(env);
  }

  get used(): boolean {
    return this.references.length > 0;
  }

  /** The environment, with what is known in the place of references. */
  get env(): NodeJS.ProcessEnv {
    return this.used ? { ...this.source, ...Object.fromEntries(this.values) } : this.source;
  }

  /** Before the start nothing can go on without them, so this waits for a manager for a while. */
  async load(say: (line: string) => void): Promise<this> {
    if (this.used) this.checkSettings();
    const until = Date.now() + start_ms_max;
    for (let told = ''; this.used; ) {
      const errors = await this.read();
      if (errors.length === 0) break;
      const problems = errors.map(({ setting, error }) => `${setting}: ${error.message}`);
      if (errors.some(({ error }) => !error.passing) || Date.now() > until) throw new ConfigError(problems);
      if (problems.join() !== told) say(`Waiting for secrets: ${problems.join('; ')}`);
      told = problems.join();
      await sleep(start_pause_ms);
    }
    return this;
  }

  /** What is half set is no reason to wait. */
  private checkSettings(): void {
    const { VAULT_ADDR } = this.settings();
    const [first] = this.references.filter(({ manager }) => manager === 'vault');
    if (first && !VAULT_ADDR) throw new ConfigError([`${first.setting} names a secret in Vault: set VAULT_ADDR too`]);
  }

  /** Reads them again now. Never fails: what could not be read keeps its value, and `trouble` says so. */
  refresh(): Promise<void> {
    this.current = this.current.then(async () => {
      const errors = await this.read();
      this.trouble =
        errors.length === 0
          ? null
          : {
              settings: errors.map(({ setting }) => setting),
              detail: [...new Set(errors.map(({ error }) => error.message))].join('; '),
              since: this.trouble?.since ?? new Date(),
            };
    });
    return this.current;
  }

  /** Several processes do not all ask at the same moment. */
  follow(seconds: number): void {
    if (!this.used) return;
    const next = () => {
      this.timer = setTimeout(
        () => void this.refresh().then(next),
        seconds * 1000 * (1 - jitter_share / 2 + jitter_share * Math.random()),
      ).unref();
    };
    next();
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await this.current;
  }

  private async read(): Promise<{ setting: string; error: SecretError }[]> {
    this.readers ??= { vault: vaultReader(this.settings), 'aws-sm': awsReader(this.source) };
    const read = new Map<string, ReturnType<ReadSecret>>();
    const errors: { setting: string; error: SecretError }[] = [];
    for (const { setting, manager, secret, key } of this.references) {
      const id = `${manager}:${secret}`;
      try {
        const found = read.get(id) ?? this.readers[manager](secret);
        read.set(id, found);
        this.values.set(setting, pickValue(await found, id, key));
      } catch (error) {
        errors.push({
          setting,
          error:
            error instanceof SecretError ? error : new SecretError(plainReason(error), !(error instanceof ConfigError)),
        });
      }
    }
    return errors;
  }
}

/** Other errors may hold what a manager said. */
const plainReason = (error: unknown) => (error instanceof ConfigError ? error.message : 'The secret could not be read');

function pickValue(found: Record<string, unknown> | string, id: string, key: string | undefined): string {
  if (key === undefined) {
    if (typeof found === 'string') return checked(found, id);
    throw new SecretError(`${id} has several values: name one with #KEY`, false);
  }
  if (typeof found === 'string') throw new SecretError(`${id} is one text, without keys: leave out #${key}`, false);
  const value = found[key];
  if (value === undefined || value === null) throw new SecretError(`${id} has no ${key}`, false);
  return checked(String(value), `${id}#${key}`);
}

/** An empty secret is a mistake of whoever provides it, never a wish to go without. */
function checked(value: string, id: string): string {
  const text = value.trim();
  if (text === '' || text.length > value_characters_max) throw new SecretError(`${id} is empty or far too long`, false);
  return text;
}
