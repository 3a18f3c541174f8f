import { type Config, configReader, loadManagerConfig } from './config.ts';
import { ManagedSecrets } from './managed-secrets.ts';
import { readSettingsFile, withLines } from './settings-file.ts';
import type { Surroundings } from './sources.ts';

export interface OpenConfig {
  config: Config;
  /** Reads environment and files again, with the secrets of managers as they are known. */
  reread: () => Config;
  secrets: ManagedSecrets;
  /** What it was read from. */
  surroundings: Surroundings;
}

/**
 * Reads the configuration: flags, then the environment, then the settings file of the data directory, with the secrets
 * that a manager keeps. The settings file is read once; of what it names, files and managers may say something else
 * later.
 */
export async function openConfig(
  args: string[],
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<OpenConfig> {
  const file = readSettingsFile(args, env);
  const given = { ...env, ...file.values };
  try {
    const secrets = await new ManagedSecrets(given, () => loadManagerConfig(given)).load(say);
    const reread = configReader(args, () => secrets.env);
    return { config: reread(), reread, secrets, surroundings: { args, env: given, file } };
  } catch (error) {
    throw withLines(error, file);
  }
}
