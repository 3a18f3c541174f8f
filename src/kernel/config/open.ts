import { type Config, configReader, loadManagerConfig } from './config.ts';
import { ManagedSecrets } from './managed-secrets.ts';

export interface OpenConfig {
  config: Config;
  /** Reads environment and files again, with the secrets of managers as they are known. */
  reread: () => Config;
  secrets: ManagedSecrets;
}

/** Reads the configuration, with the secrets that a manager keeps. */
export async function openConfig(
  args: string[],
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<OpenConfig> {
  const secrets = await new ManagedSecrets(env, () => loadManagerConfig(env)).load(say);
  const reread = configReader(args, () => secrets.env);
  return { config: reread(), reread, secrets };
}
