import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { root } from './sources.ts';

export interface Entry {
  file: string;
  english: string;
  translated: string;
}

export function readCatalogue(folder: string): Entry[] {
  return globSync('*.json', { cwd: join(root, folder) }).flatMap((file) =>
    Object.entries(JSON.parse(readFileSync(join(root, folder, file), 'utf8')) as Record<string, string>).map(
      ([english, translated]) => ({ file: basename(file), english, translated }),
    ),
  );
}

type Elements = ReturnType<IntlMessageFormat['getAst']>;

/** How the parser of messages numbers the kinds of their elements. */
const kinds = ['text', 'value', 'number', 'date', 'time', 'select', 'plural', 'count', 'tag'];

/** The arguments of a message, such as `plural count` and `tag link`. Throws when it is no ICU message. */
export function argumentsOf(message: string): string[] {
  const found = new Set<string>();
  const look = (elements: Elements): void => {
    for (const element of elements) {
      const kind = kinds[element.type] ?? '';
      if ('value' in element && kind !== 'text') found.add(`${kind} ${element.value}`);
      if ('options' in element) for (const option of Object.values(element.options ?? {})) look(option.value);
      if ('children' in element) look(element.children);
    }
  };
  look(new IntlMessageFormat(message, 'en').getAst());
  return [...found].sort((a, b) => a.localeCompare(b));
}

export const namesOf = (message: string): string[] =>
  [...new Set(argumentsOf(message).map((argument) => argument.split(' ')[1] ?? ''))].sort((a, b) => a.localeCompare(b));
