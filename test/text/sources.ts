/** What the sources of the page say to people, read from their syntax trees. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

export const root = resolve(import.meta.dirname, '../..');

export interface SourceLine {
  file: string;
  line: number;
}

/**
 * A message that is asked for, with the names of the values it is given; undefined when the tree does not show them.
 */
export interface Use extends SourceLine {
  message: string;
  values: readonly string[] | undefined;
}

export interface Source {
  uses: Use[];
  /** `t(…)` of something that is no literal: no test could tell whether it has a translation. */
  unreadable: SourceLine[];
  /** Words somebody reads that do not go through `t`. */
  bare: (SourceLine & { words: string })[];
  /** All texts, whatever they are for. */
  texts: string[];
  /** Those called `title`: in contracts the names of fields. */
  titles: string[];
}

/** A node of the tree, as far as it matters here. */
interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}

const read_by_people = new Set(
  'action alt aria-description aria-label aria-placeholder aria-roledescription aria-valuetext caption confirm description detail doing done emptyText error footer group heading help hint label legend message none note placeholder reason summary text title tooltip verb warning'.split(
    ' ',
  ),
);
const say_words = new Set(['toast', 'usePageTitle']);
const has_letter = /\p{L}/u;
const sentence = /^\p{Lu}[\p{L}’'-]*[,:]? [\p{L}\d]/u;

/** Names that are the same in every language, and examples of what one types. */
const kept = new Set([
  'Holdfast',
  'HubSpot',
  'Salesforce',
  'Pipedrive',
  'Zoho',
  'Excel',
  'CSV',
  'XLSX',
  'vCard',
  'Google',
  'OpenID Connect',
  'TLS',
  'STARTTLS',
  'Shift JIS',
  'ISO 8859-2',
  'GB 18030',
]);

export function readSources(patterns: readonly string[]): Source[] {
  const files = globSync([...patterns], { cwd: root, exclude: ['**/*.test.ts', 'web/dist/**'] });
  return files.map((file) => readSource(file, readFileSync(join(root, file), 'utf8')));
}

export function readSource(file: string, code: string): Source {
  const { program, errors } = parseSync(file, code);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const source: Source = { uses: [], unreadable: [], bare: [], texts: [], titles: [] };
  const lines = lineStarts(code);
  const place = (node: Node): SourceLine => ({ file, line: lines.findLastIndex((start) => start <= node.start) + 1 });
  visit(program as unknown as Node, { source, place, shown: false, thrown: false });
  return source;
}

interface At {
  source: Source;
  place: (node: Node) => SourceLine;
  /** Whether a text here is one that somebody reads. */
  shown: boolean;
  /** Only programmers read what is thrown or logged. */
  thrown: boolean;
}

function visit(node: Node, around: At): void {
  const at = { ...around, thrown: around.thrown || node.type === 'ThrowStatement' || isConsole(node) };
  if (node.type.startsWith('TS') && !/^TS(As|Satisfies|NonNull)/.test(node.type)) return;
  if (/^(Import|Export(All|Named))/.test(node.type) && node.source) return;
  if (node.type === 'JSXAttribute' && nameOf(node.name) === 'className') return;
  if (node.type === 'Property' && nameOf(node.key) === 'title')
    at.source.titles.push(wordsOf(node.value as Node) ?? '');
  const words = wordsOf(node);
  if (isCallOf(node, ['t'])) {
    const [asked, values] = node.arguments as Node[];
    message(node, asked, values, at);
  } else if (node.type === 'JSXElement' && nameOf((node.openingElement as Node).name) === 'T') {
    richMessage(node, at);
  } else if (words !== undefined) {
    text(node, words, at);
  } else {
    for (const [key, child] of Object.entries(node)) {
      for (const one of Array.isArray(child) ? child : [child]) {
        if (isNode(one)) visit(one, { ...at, shown: isShown(node, key, at.shown) });
      }
    }
  }
}

function text(node: Node, words: string, { source, place, shown, thrown }: At): void {
  source.texts.push(words);
  if (thrown) return;
  const seen = shown || node.type === 'JSXText' ? has_letter.test(words) : sentence.test(words);
  // An address, or an example of one.
  const address = /^[^\s]*[./_][^\s]*$/.test(words.trim());
  if (seen && !address && !kept.has(words.trim())) source.bare.push({ ...place(node), words: words.trim() });
}

/** Whether what stands at `key` of the node is read by people. Conditions and calls end it, alternatives keep it. */
function isShown(node: Node, key: string, shown: boolean): boolean {
  switch (node.type) {
    case 'JSXAttribute':
      return key === 'value' && read_by_people.has(nameOf(node.name) ?? '');
    case 'Property':
      return key === 'value' && (read_by_people.has(nameOf(node.key) ?? '') || isHeading(node));
    case 'JSXElement':
    case 'JSXFragment':
      return key === 'children';
    case 'CallExpression':
      return key === 'arguments' && say_words.has(nameOf(node.callee) ?? '');
    case 'AssignmentPattern':
      return key === 'right' && shown;
    case 'ConditionalExpression':
      return key !== 'test' && shown;
    case 'LogicalExpression':
      return (key === 'right' || node.operator !== '&&') && shown;
    case 'JSXExpressionContainer':
    case 'TemplateLiteral':
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return shown;
    default:
      return false;
  }
}

/** `section` is also the part of an address, in small letters. */
const isHeading = ({ key, value }: Node) =>
  nameOf(key) === 'section' && isNode(value) && /^\p{Lu}/u.test(wordsOf(value) ?? '');

function message(node: Node, asked: Node | undefined, values: Node | undefined, at: At): void {
  const { source, place } = at;
  const messages = asked ? literals(asked) : [];
  if (messages.length === 0) source.unreadable.push(place(node));
  for (const words of messages) source.uses.push({ ...place(node), message: words, values: keysOf(values) });
  if (values) visit(values, { ...at, shown: false });
}

function richMessage(node: Node, at: At): void {
  const attributes = (node.openingElement as Node).attributes as Node[];
  const value = (name: string) => {
    const found = attributes.find((one) => nameOf(one.name) === name)?.value as Node | undefined;
    return found?.type === 'JSXExpressionContainer' ? (found.expression as Node) : found;
  };
  message(node, value('text'), value('values'), at);
}

/** The texts an expression may be: itself, or either side of a condition. Empty when it may be something else. */
function literals(node: Node): string[] {
  if (node.type === 'ConditionalExpression') {
    const sides = [node.consequent, node.alternate].map((side) => literals(side as Node));
    return sides.some((side) => side.length === 0) ? [] : sides.flat();
  }
  const words = wordsOf(node);
  return words === undefined ? [] : [words];
}

function wordsOf(node: Node): string | undefined {
  if (node.type === 'JSXText' || (node.type === 'Literal' && typeof node.value === 'string'))
    return node.value as string;
  if (node.type === 'TemplateElement') {
    const { cooked, raw } = node.value as { cooked: string | null; raw: string };
    return cooked ?? raw;
  }
  if (node.type === 'TemplateLiteral' && (node.expressions as Node[]).length === 0) {
    return wordsOf((node.quasis as Node[])[0] as Node);
  }
  return undefined;
}

function keysOf(values: Node | undefined): string[] | undefined {
  if (!values) return [];
  if (values.type !== 'ObjectExpression') return undefined;
  const properties = values.properties as Node[];
  if (properties.some((property) => property.type !== 'Property')) return undefined;
  return properties.map((property) => nameOf(property.key) ?? '');
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
const isConsole = ({ type, callee }: Node) =>
  type === 'CallExpression' && isNode(callee) && nameOf(callee.object) === 'console';
const isCallOf = (node: Node, names: string[]) =>
  node.type === 'CallExpression' && names.includes(nameOf(node.callee) ?? '');

function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal') return String(node.value);
  return typeof node.name === 'string' ? node.name : undefined;
}

function lineStarts(code: string): number[] {
  return [0, ...[...code.matchAll(/\n/g)].map(({ index }) => index + 1)];
}
