import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** The options of a development command. Asked for `--help` it prints how it is used, and with what it does not know also why; then the process ends. */
export function readOptions<Options extends ParseArgsOptionsConfig>(usage: string, options: Options, args?: string[]) {
  try {
    const help = { type: 'boolean' } as const;
    const { values } = parseArgs<{ args?: string[]; options: Options & { help: typeof help } }>({
      args,
      options: { ...options, help },
    });
    if (!(values as { help?: boolean }).help) return values;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    return endWith(usage, (error as Error).message);
  }
}

/** What was typed after a command cannot be meant. */
export function endWith(usage: string, message: string): never {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
}
