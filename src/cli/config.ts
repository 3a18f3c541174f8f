import { ConfigError } from '../kernel/config/config.ts';
import { openConfig } from '../kernel/config/open.ts';
import { describeSettings, type SettingStatus, unreadVariables } from '../kernel/config/sources.ts';
import type { BareCommand } from './command.ts';

const sourceOf = ({ source, origin }: SettingStatus): string =>
  ({
    none: '',
    default: 'default',
    environment: 'environment',
    flag: origin!,
    file: `file ${origin}`,
    credential: `credential ${origin}`,
    manager: origin!,
  })[source];

const shown = ({ secret, is_set, value }: SettingStatus): string =>
  secret ? (is_set ? 'set' : 'not set') : (value ?? 'not set');

export const configCommands: BareCommand[] = [
  {
    name: 'config',
    summary: 'Prints every setting with its value and where it came from, secrets only as set or not set.',
    runBare: async ({ args, answer, say, terminal: { env } }) => {
      let settings: SettingStatus[] = [];
      let problems: string[] = [];
      try {
        const { config, surroundings } = await openConfig(args, env, say);
        settings = describeSettings(config, surroundings);
        const { path, lines } = surroundings.file!;
        if (lines.size > 0) say(`Settings are read from ${path}; what the environment says too comes from there.`);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        ({ problems } = error);
      }
      const unread = unreadVariables(env);
      const width = Math.max(0, ...settings.map(({ name }) => name.length));
      const lines = settings.map((each) => {
        const source = sourceOf(each);
        return `${each.name.padEnd(width)}  ${shown(each)}${source && ` (${source})`}`;
      });
      answer({ settings, unread, problems }, lines.join('\n'));
      for (const { name, meant } of unread) say(`${name} is read by nobody.${meant ? ` Was ${meant} meant?` : ''}`);
      for (const problem of problems) say(problem);
      return problems.length > 0 ? 1 : 0;
    },
  },
];
