/** The regular expressions of the program, read from the syntax trees of its sources. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

const root = resolve(import.meta.dirname, '../..');

export interface Expression {
  file: string;
  line: number;
  pattern: string;
  flags: string;
}

/** `new RegExp(…)` of something that the syntax tree of the file does not show. */
export interface Composed {
  file: string;
  line: number;
  /** The argument as it is written. */
  written: string;
}

export interface Found {
  expressions: Expression[];
  composed: Composed[];
}

/** Those of `src` and `web` that run in the program: tests run theirs on what they made themselves. */
export function expressionsOfProgram(): Found {
  const files = ['src', 'web'].flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root }));
  const own = files.filter((file) => !/\.(test|conformance)\.tsx?$/.test(file) && !file.startsWith('web/dist/')).sort();
  const found = own.map((file) => expressionsIn(file, readFileSync(join(root, file), 'utf8')));
  return {
    expressions: found.flatMap(({ expressions }) => expressions),
    composed: found.flatMap(({ composed }) => composed),
  };
}

/** A node of the tree, as far as it matters here. */
// biome-ignore lint/suspicious/noExplicitAny: its shape depends on its type
type Node = any;

export function expressionsIn(file: string, text: string): Found {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed`);
  const lineOf = ({ start }: Node) => text.slice(0, start).split('\n').length;
  const expressions: Expression[] = [];
  const composed: Composed[] = [];
  const constants = constantsOf(program);
  const construct = (node: Node) => {
    if (node.callee.name !== 'RegExp') return;
    const [argument, flags] = node.arguments;
    const pattern = textOf(argument, constants);
    if (pattern === undefined)
      composed.push({ file, line: lineOf(node), written: text.slice(argument.start, argument.end) });
    else expressions.push({ file, line: lineOf(node), pattern, flags: flags?.value ?? '' });
  };
  new Visitor({
    // biome-ignore lint/correctness/noComponentHookFactories: the name of a kind of node
    Literal: (node: Node) => {
      if (node.regex) expressions.push({ file, line: lineOf(node), ...node.regex });
    },
    NewExpression: construct,
    CallExpression: construct,
  }).visit(program);
  return { expressions, composed };
}

/** The constants of a module. */
function constantsOf(program: Node): Map<string, Node> {
  const constants = new Map<string, Node>();
  for (const statement of program.body) {
    const { type, kind, declarations } = statement.declaration ?? statement;
    if (type === 'VariableDeclaration' && kind === 'const')
      for (const { id, init } of declarations) if (id.type === 'Identifier') constants.set(id.name, init);
  }
  return constants;
}

/** What a text is made of; undefined where a part of it is no constant of the module. */
function textOf(node: Node, constants: Map<string, Node>): string | undefined {
  switch (node?.type) {
    case 'Literal':
      return node.regex ? node.regex.pattern : String(node.value);
    case 'Identifier':
      return textOf(constants.get(node.name), constants);
    case 'MemberExpression':
      return node.property.name === 'source' ? textOf(node.object, constants) : undefined;
    case 'TaggedTemplateExpression':
      return node.tag.object?.name === 'String' && node.tag.property.name === 'raw'
        ? joined(node.quasi, 'raw', constants)
        : undefined;
    case 'TemplateLiteral':
      return joined(node, 'cooked', constants);
    default:
      return undefined;
  }
}

function joined(
  { quasis, expressions }: Node,
  form: 'raw' | 'cooked',
  constants: Map<string, Node>,
): string | undefined {
  const values = expressions.map((each: Node) => textOf(each, constants));
  if (values.includes(undefined)) return undefined;
  return quasis.map(({ value }: Node, at: number) => value[form] + (values[at] ?? '')).join('');
}
