/** Names of the record types of modules, which the files of kernel and platform do not know. */
import { parseSync } from 'oxc-parser';
import type { SourceFile } from './rules.ts';

/** What a record type is called in the API, in addresses and in the database. */
const declaration = /defineResource\(\{\s*name: '(\w+)',[^}]*?\n {2}plural: '([\w-]+)',\s*table: '(\w+)'/g;

export const recordTypeNames = (contracts: readonly SourceFile[]): ReadonlySet<string> =>
  new Set(
    contracts.flatMap(({ text }) => [...text.matchAll(declaration)].flatMap(([, ...names]) => names as string[])),
  );

/** Where a name means something else; each was looked at. */
const homonyms: Readonly<Record<string, readonly string[]>> = {
  // Statements that are sent without waiting for answers.
  'src/kernel/database/database.ts': ['pipeline'],
  // A product of Holdfast, which a workspace switches on and off.
  'src/kernel/features/contract.ts': ['product'],
  'src/kernel/features/service.ts': ['product'],
  // What a server that only takes mail has taken.
  'src/kernel/mail/sink.ts': ['messages'],
  // What people do in a workspace, by the day.
  'src/kernel/usage/recorder.ts': ['activity'],
  'src/kernel/usage/routes.ts': ['activity'],
};

interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}
const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string';

/**
 * Words of a statement or of a part of one, or of an ICU message that selects by a name; other sentences may name what
 * they like.
 */
const is_sql =
  /\b(?:select|coalesce|returning|exists)\b|\b(?:insert into|update|delete from|from|join) [a-z_]+ [a-z]{1,2}\b/;

/** What of a file names record types, each with its line: imports, whole strings, keys, and words of SQL. */
export function namedRecordTypes({ path, text }: SourceFile, names: ReadonlySet<string>): string[] {
  const allowed = homonyms[path] ?? [];
  const found = new Set<string>();
  const report = ({ start }: Node, name: string) => {
    if (!allowed.includes(name)) found.add(`${name} in line ${text.slice(0, start).split('\n').length}`);
  };
  const look = (node: Node, written: string, isSql: boolean) => {
    if (names.has(written)) return report(node, written);
    if (!isSql && !is_sql.test(written)) return;
    for (const word of new Set(written.match(/\w+/g))) if (names.has(word.replace(/_id$/, ''))) report(node, word);
  };
  const visit = (node: Node, isSql: boolean): void => {
    if (node.type === 'Literal' && typeof node.value === 'string') {
      if (/^\.\.?\/(?:.*\/)?modules\//.test(node.value)) report(node, node.value);
      look(node, node.value, false);
    }
    if (node.type === 'TemplateElement') look(node, (node.value as { cooked: string }).cooked, isSql);
    // A key leads from the type to what is done for it.
    const key = node.key as Node | undefined;
    if (node.type === 'Property' && !node.shorthand && key?.type === 'Identifier') look(key, key.name as string, false);
    // A template under `sql` is a statement or a part of one, in all its pieces.
    const tagged = node.type === 'TaggedTemplateExpression' && /^sql\b/.test(text.slice(node.start, node.start + 4));
    for (const child of Object.values(node).flat())
      if (isNode(child)) visit(child, child.type === 'TemplateElement' ? isSql : tagged);
  };
  visit(parseSync(path, text).program as unknown as Node, false);
  return [...found];
}
