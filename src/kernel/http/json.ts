import { problems } from '../errors/problem.ts';

const depth_max = 32;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a request body strictly: valid UTF-8, well-formed strings without NUL, at most 32 levels, no duplicate keys, no
 * `__proto__`. Names the field of what it refuses, where JSON.parse would let it pass.
 */
export function parseStrictJson(body: Buffer): unknown {
  let text: string;
  try {
    text = decoder.decode(body);
  } catch {
    throw problems.malformed('The body is not valid UTF-8. Send JSON encoded as UTF-8.');
  }
  checkNesting(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw problems.malformed(`The body is not valid JSON: ${(error as Error).message.replace(/["'].*["']/s, '…')}`);
  }
  checkStrings(value, '');
  checkDuplicateKeys(text);
  return value;
}

/** Runs before JSON.parse, which would recurse that deep. */
function checkNesting(text: string): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 92 /* \ */) i++;
      else if (c === 34 /* " */) inString = false;
    } else if (c === 34) inString = true;
    else if (c === 123 /* { */ || c === 91 /* [ */) {
      if (++depth > depth_max) throw problems.malformed(`The body is nested more than ${depth_max} levels deep.`);
    } else if (c === 125 /* } */ || c === 93 /* ] */) depth--;
  }
}

/** Also for query strings and path parameters. */
export function checkText(text: string, where: string): void {
  if (!text.isWellFormed()) throw problems.malformed(`${where} holds half a surrogate pair, which is not a character.`);
  if (text.includes('\0')) throw problems.malformed(`${where} holds a NUL character, which cannot be stored.`);
}

function checkStrings(value: unknown, path: string): void {
  if (typeof value === 'string') {
    checkText(value, path || 'The body');
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkStrings(item, `${path}[${i}]`);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') throw problems.malformed('The key "__proto__" is not allowed.');
    checkText(key, 'A key of the body');
    checkStrings(item, path ? `${path}.${key}` : key);
  }
}

/** Runs over valid JSON and keeps the keys of each open object. */
function checkDuplicateKeys(text: string): void {
  const open: (Set<string> | null)[] = [];
  for (let i = 0; i < text.length; ) {
    const c = text[i]!;
    if (c === '{') open.push(new Set());
    else if (c === '[') open.push(null);
    else if (c === '}' || c === ']') open.pop();
    else if (c === '"') {
      const start = i;
      i = stringEnd(text, start);
      const keys = open.at(-1);
      if (keys && isKey(text, i)) {
        const key = JSON.parse(text.slice(start, i)) as string;
        if (keys.has(key)) throw problems.malformed(`The key "${key.slice(0, 60)}" appears twice in one object.`);
        keys.add(key);
      }
      continue;
    }
    i++;
  }
}

/** The index after the closing quote of the string that starts at `start`. */
function stringEnd(text: string, start: number): number {
  let i = start + 1;
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i + 1;
}

function isKey(text: string, after: number): boolean {
  let i = after;
  while (text[i] === ' ' || text[i] === '\n' || text[i] === '\t' || text[i] === '\r') i++;
  return text[i] === ':';
}
