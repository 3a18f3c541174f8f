/** An element of an OFX file: an aggregate has children, a field has text. */
export interface OfxNode {
  name: string;
  text: string;
  children: OfxNode[];
  /** Its line in the file, from 1 on. */
  line: number;
}

/** The file is not OFX, or is refused as a whole. The message says why. */
export class OfxError extends Error {}

export const ofx_bytes_max = 50_000_000;
const depth_max = 64;
const nodes_max = 5_000_000;
const head_characters_max = 10_000;

/**
 * The text of an OFX file. Version 1 names its characters in a header of lines (OFX 1.0.3, 2.2), version 2 in an XML
 * declaration; what says it is UTF-8 and is not, or says nothing, is read as windows-1252, which banks write.
 */
export function decodeOfx(bytes: Uint8Array): string {
  if (bytes.length > ofx_bytes_max) throw new OfxError('This file is larger than 50 MB. Ask for a shorter period.');
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, head_characters_max));
  const named = /\bENCODING ?[:=] ?"?([\w-]{1,40})/i.exec(head)?.[1]?.toUpperCase();
  const isUtf8 = named === 'UNICODE' || named === 'UTF-8' || named === 'UTF8' || head.startsWith('\u00ef\u00bb\u00bf');
  if (isUtf8)
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      // Falls through: it only says that it is UTF-8.
    }
  return new TextDecoder('windows-1252').decode(bytes);
}

/**
 * Reads the elements of an OFX file of either version. In version 1 fields have no end tag, and files of version 2
 * leave them out as well; aggregates must have one. So a field ends where the next tag begins, and an element without
 * text that is not ended was an empty field, whose followers are its siblings.
 */
export function parseOfx(text: string): OfxNode {
  const begin = text.search(/<OFX[\s>]/i);
  if (/<!\s*(?:DOCTYPE|ENTITY)/i.test(text.slice(0, head_characters_max)))
    throw new OfxError('This file brings definitions of its own (a DTD), which bank files do not. It is not read.');
  if (begin < 0) throw new OfxError('This is not an OFX file: it has no <OFX> element.');
  const root: OfxNode = { name: '', text: '', children: [], line: 1 };
  const open: OfxNode[] = [root];
  let line = 1 + countLines(text, 0, begin);
  let nodes = 0;
  let at = begin;
  while (at < text.length) {
    const tag = text.indexOf('<', at);
    const value = text.slice(at, tag < 0 ? undefined : tag);
    if (value.trim() !== '') open.at(-1)!.text += value;
    line += countLines(value, 0, value.length);
    if (tag < 0) break;
    if (text.startsWith('<![CDATA[', tag)) {
      const end = text.indexOf(']]>', tag);
      if (end < 0) throw new OfxError(`Line ${line}: a CDATA section does not end.`);
      open.at(-1)!.text += text.slice(tag + 9, end).replaceAll('&', '&amp;');
      line += countLines(text, tag, end);
      at = end + 3;
      continue;
    }
    const end = text.startsWith('<!--', tag) ? text.indexOf('-->', tag) + 2 : text.indexOf('>', tag);
    if (end < tag) throw new OfxError(`Line ${line}: a tag does not end.`);
    const inside = text.slice(tag + 1, end);
    at = end + 1;
    if (inside.startsWith('!') || inside.startsWith('?')) {
      line += countLines(inside, 0, inside.length);
      continue;
    }
    const name = nameOf(inside);
    if (inside.startsWith('/')) closeElement(open, name);
    else {
      // A field that is not ended ends where the next element begins.
      if (open.at(-1)!.text !== '' && open.length > 1) open.pop();
      if (++nodes > nodes_max || open.length > depth_max)
        throw new OfxError(`Line ${line}: the file is too deep or too long.`);
      const node: OfxNode = { name, text: '', children: [], line };
      open.at(-1)!.children.push(node);
      if (!inside.endsWith('/')) open.push(node);
    }
    line += countLines(inside, 0, inside.length);
  }
  while (open.length > 1) giveBack(open);
  return root.children[0] ?? root;
}

/**
 * Ends an element, and before it the empty fields inside it that were not ended. An end without a beginning is passed
 * over.
 */
function closeElement(open: OfxNode[], name: string): void {
  const found = open.findLastIndex((node) => node.name === name);
  if (found < 1) return;
  while (open.length > found + 1) giveBack(open);
  open.pop();
}

/** Ends an element that has no end tag: what came after an empty field belongs to what the field belongs to. */
function giveBack(open: OfxNode[]): void {
  const node = open.pop()!;
  if (node.text.trim() !== '' || open.length === 0) return;
  open.at(-1)!.children.push(...node.children);
  node.children = [];
}

const nameOf = (inside: string): string => {
  let end = inside.startsWith('/') ? 1 : 0;
  const start = end;
  while (end < inside.length && inside[end] !== ' ' && inside[end] !== '/' && inside[end] !== '\n') end++;
  return inside.slice(start, end).trim().toUpperCase();
};

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** A field's text with its references resolved; undefined where there is none. */
export function fieldOf(node: OfxNode | undefined, name: string): string | undefined {
  const found = node?.children.find((child) => child.name === name)?.text.trim();
  if (!found) return undefined;
  return found.replace(/&(?:#(\d{1,7})|([a-z]{2,4}));/gi, (all, code: string | undefined, word: string | undefined) => {
    if (code) return Number(code) <= 0x10ffff ? String.fromCodePoint(Number(code)) : all;
    return entities[word!.toLowerCase()] ?? all;
  });
}

/** The first child of this name. */
export const childOf = (node: OfxNode | undefined, name: string): OfxNode | undefined =>
  node?.children.find((child) => child.name === name);

/** Every element of one of these names, at any depth, outermost first. */
export function findAll(node: OfxNode, names: ReadonlySet<string>): OfxNode[] {
  const found: OfxNode[] = [];
  const next = [node];
  for (let one = next.pop(); one; one = next.pop()) {
    if (names.has(one.name)) found.push(one);
    else next.push(...one.children.toReversed());
  }
  return found;
}
