import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/**
 * Parses the options of a development command. For `--help` it prints the usage, for unknown options also an error;
 * then the process ends.
 */
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

/** Prints an error and the usage, and ends the process. */
export function endWith(usage: string, message: string): never {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
}
