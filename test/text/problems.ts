/**
 * What the server says when it refuses something, read from its syntax trees: as `Write at most {0} characters` where
 * values stand in it.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { root } from './sources.ts';

export interface Said {
  message: string;
  file: string;
}

interface Node {
  type: string;
  [key: string]: unknown;
}

/** By the name of the function, which of its arguments somebody reads; -1: the last. */
const calls = new Map<string, readonly number[]>(
  Object.entries({
    invalidField: [2],
    malformed: [0],
    forbidden: [0],
    notSignedIn: [0],
    conflict: [0],
    duplicate: [1],
    tooLarge: [0],
    unavailable: [0],
    refuse: [-1],
    complain: [2],
    fatal: [1],
    ParseError: [1],
    damaged: [0],
    workbookTooLarge: [0],
    refuseRow: [2],
    refused: [0],
    bad: [0, 1],
    JobFailed: [0],
    FileError: [1],
    MailTrouble: [0],
    lasting: [0],
    passing: [0],
  }),
);
/**
 * Members of a field's error, of which `message` is also put into words before, the words of a schema, and why
 * something was taken for what it is.
 */
const members = new Set(['message', 'error', 'reason', 'reasons']);
/** What was found about a part of the installation. */
const findings = new Set(['detail', 'advice']);

/** What is put into words before it is said. Those in `refusals` stand under their codes. */
const variables = new Set(['message', 'reason']);
/** Objects whose values are texts. */
const records = new Set(['refusals', 'skipReasons']);

export function refusals(patterns: readonly string[], exclude: readonly string[] = []): Said[] {
  const files = globSync([...patterns], { cwd: root, exclude: ['**/*.test.ts', ...exclude] });
  return files.flatMap((file) => {
    const said: Said[] = [];
    const { program } = parseSync(file, readFileSync(join(root, file), 'utf8'));
    visit(
      program as unknown as Node,
      (node) => {
        for (const message of textsOf(node)) said.push({ message, file });
      },
      file.startsWith('src/operations/'),
    );
    return said;
  });
}

function visit(node: Node, found: (node: Node) => void, isFinding: boolean): void {
  if (node.type === 'CallExpression' || node.type === 'NewExpression') {
    const callee = node.callee as Node;
    const name = nameOf(callee.type === 'MemberExpression' ? callee.property : callee);
    const places = name === 'Problem' ? [2, 3] : (calls.get(name) ?? []);
    for (const place of places) {
      const argument = (node.arguments as Node[]).at(place);
      if (argument) found(argument);
    }
  }
  if (node.type === 'Property' && (members.has(nameOf(node.key)) || (isFinding && findings.has(nameOf(node.key)))))
    found(node.value as Node);
  if (node.type === 'VariableDeclarator' && node.init) {
    if (variables.has(nameOf(node.id))) found(node.init as Node);
    if (records.has(nameOf(node.id)) && (node.init as Node).type === 'ObjectExpression')
      for (const each of (node.init as Node).properties as Node[]) found(each.value as Node);
  }
  // How the words of a schema are chosen, and what became of a mail.
  if (node.type === 'FunctionDeclaration' && ['wording', 'explain'].includes(nameOf(node.id))) returned(node, found);
  for (const child of Object.values(node)) {
    for (const one of Array.isArray(child) ? child : [child]) if (isNode(one)) visit(one, found, isFinding);
  }
}

function returned(node: Node, found: (node: Node) => void): void {
  if (node.type === 'ReturnStatement' && isNode(node.argument)) found(node.argument);
  for (const child of Object.values(node)) {
    for (const one of Array.isArray(child) ? child : [child]) if (isNode(one)) returned(one, found);
  }
}

/** Texts an expression may be; nothing for what is worked out elsewhere. */
function textsOf(node: Node): string[] {
  if (node.type === 'LogicalExpression') return [node.left, node.right].flatMap((one) => textsOf(one as Node));
  if (node.type === 'ArrayExpression') return (node.elements as Node[]).flatMap(textsOf);
  if (node.type === 'ConditionalExpression')
    return [node.consequent, node.alternate].flatMap((one) => textsOf(one as Node));
  if (node.type === 'Literal' && typeof node.value === 'string') return [node.value];
  if (node.type !== 'TemplateLiteral') return [];
  const pieces = (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked);
  const within = (node.expressions as Node[]).flatMap(textsOf);
  return [pieces.reduce((text, piece, at) => `${text}{${at - 1}}${piece}`), ...within];
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
const nameOf = (node: unknown): string => (isNode(node) && typeof node.name === 'string' ? node.name : '');

/** What the database says when it refuses a value, as `There is no way from "{0}" to "{1}"`. */
export function refusalsOfDatabase(): string[] {
  const routines = globSync('db/routines/*.sql', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'));
  const refusals = routines.flatMap((text) => text.match(/raise (?:check_violation|exception) using[^;]*;/g) ?? []);
  return refusals
    .filter((refusal) => /check_violation|23514/.test(refusal))
    .map((refusal) => /message = (?:format\()?'(.*?)'[,;)\s]/.exec(refusal)![1]!)
    .map((message) => message.split('%s').reduce((text, part, at) => `${text}{${at - 1}}${part}`));
}
