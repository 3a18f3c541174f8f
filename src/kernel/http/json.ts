import { problems } from '../errors/problem.ts';

const depth_max = 32;

/** How many values a body may hold, unless its route says otherwise: members of objects and items of lists, on all levels together. */
export const body_values_default = 20_000;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a request body strictly: valid UTF-8, well-formed strings without NUL, at most 32 levels and `valuesMax` values, no
 * duplicate keys, no `__proto__`. Names the field of what it refuses, where JSON.parse would let it pass.
 */
export function parseStrictJson(body: Buffer, valuesMax = body_values_default): unknown {
  let text: string;
  try {
    text = decoder.decode(body);
  } catch {
    throw problems.malformed('The body is not valid UTF-8. Send JSON encoded as UTF-8.');
  }
  checkSize(text, valuesMax);
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

/**
 * Runs before JSON.parse, which would recurse that deep, and before contracts, whose work grows with the values: whoever may not
 * even sign in can send as many as fit into a body.
 */
function checkSize(text: string, valuesMax: number): void {
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 92 /* \ */) i++;
      else if (c === 34 /* " */) inString = false;
    } else if (c === 34) inString = true;
    else if (c === 123 /* { */ || c === 91 /* [ */) {
      if (++depth > depth_max) throw problems.malformed(`The body is nested more than ${depth_max} levels deep.`);
      values++;
    } else if (c === 125 /* } */ || c === 93 /* ] */) depth--;
    else if (c === 44 /* , */) values++;
    if (values > valuesMax)
      throw problems.tooLarge(`The body holds more than ${valuesMax} values, which is more than this address takes.`);
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
