import { hasNameMark, name_mark_refused } from '../database/name-mark.ts';
import { invalidField, problems } from '../errors/problem.ts';

const depth_max = 32;

/**
 * How many values a body may hold, unless its route says otherwise: members of objects and items of lists, on all
 * levels together.
 */
export const body_values_default = 20_000;
/** More than any contract has in one object, or takes in one list. */
const object_keys_max = 1_000;
const list_items_max = 10_000;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a request body strictly: valid UTF-8, well-formed strings without NUL, at most 32 levels and `valuesMax`
 * values, of which one object or list has not too many, no duplicate keys, no `__proto__`. Names the field of what it
 * refuses, where JSON.parse would let it pass.
 */
export function parseStrictJson(body: Buffer, valuesMax = body_values_default): unknown {
  let text: string;
  try {
    text = decoder.decode(body);
  } catch {
    throw problems.malformed('The body is not valid UTF-8. Send JSON encoded as UTF-8.');
  }
  const keys = checkSize(text, valuesMax);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw problems.malformed(`The body is not valid JSON: ${(error as Error).message.replace(/["'].*["']/s, '…')}`);
  }
  // JSON.parse keeps the last of those that are the same.
  if (checkStrings(value, '') < keys) refuseDuplicateKey(text);
  return value;
}

/**
 * Runs before JSON.parse, which would recurse that deep, and before contracts, whose work grows with the values:
 * whoever may not even sign in can send as many as fit into a body. Returns how many keys there are.
 */
function checkSize(text: string, valuesMax: number): number {
  const open: { isObject: boolean; members: number }[] = [];
  let values = 1;
  let keys = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === quote) i = stringEnd(text, i) - 1;
    else if (c === 123 /* { */ || c === 91 /* [ */) {
      if (open.length === depth_max) throw problems.malformed(`The body is nested more than ${depth_max} levels deep.`);
      open.push({ isObject: c === 123, members: 1 });
      values++;
    } else if (c === 125 /* } */ || c === 93 /* ] */) open.pop();
    else if (c === 58 /* : */) keys++;
    else if (c === 44 /* , */) {
      const around = open.at(-1);
      if (around && ++around.members > (around.isObject ? object_keys_max : list_items_max))
        throw problems.tooLarge(
          around.isObject
            ? `An object of the body has more than ${object_keys_max} keys.`
            : `A list of the body has more than ${list_items_max} items.`,
        );
      values++;
    }
    if (values > valuesMax)
      throw problems.tooLarge(`The body holds more than ${valuesMax} values, which is more than this address accepts.`);
  }
  return keys;
}

/** Also for query strings and path parameters. */
export function checkText(text: string, where: string, path = ''): void {
  if (!text.isWellFormed()) throw problems.malformed(`${where} holds half a surrogate pair, which is not a character.`);
  if (text.includes('\0')) throw problems.malformed(`${where} holds a NUL character, which cannot be stored.`);
  if (hasNameMark(text)) throw invalidField(path, 'not_allowed', name_mark_refused);
}

/** Returns how many keys the objects of the value have. */
function checkStrings(value: unknown, path: string): number {
  if (typeof value === 'string') checkText(value, path || 'The body', path);
  if (typeof value !== 'object' || value === null) return 0;
  let keys = 0;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) keys += checkStrings(item, `${path}[${i}]`);
    return keys;
  }
  for (const key in value) {
    if (key === '__proto__') throw problems.malformed('The key "__proto__" is not allowed.');
    checkText(key, 'A key of the body');
    keys += 1 + checkStrings((value as Record<string, unknown>)[key], path ? `${path}.${key}` : key);
  }
  return keys;
}

/** Runs over valid JSON and keeps the keys of each open object, until one is there again. */
function refuseDuplicateKey(text: string): void {
  const open: (Set<string> | null)[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 123 /* { */) open.push(new Set());
    else if (c === 91 /* [ */) open.push(null);
    else if (c === 125 /* } */ || c === 93 /* ] */) open.pop();
    else if (c === quote) {
      const start = i;
      const end = stringEnd(text, start);
      i = end - 1;
      const keys = open.at(-1);
      if (!keys || !isKey(text, end)) continue;
      const written = text.slice(start + 1, end - 1);
      const key = written.includes('\\') ? (JSON.parse(`"${written}"`) as string) : written;
      if (keys.has(key)) throw problems.malformed(`The key "${key.slice(0, 60)}" appears twice in one object.`);
      keys.add(key);
    }
  }
}

const quote = 34;

/** The index after the closing quote of the string that starts at `start`, or after the text where none closes it. */
function stringEnd(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length) {
    const c = text.charCodeAt(i);
    if (c === quote) return i + 1;
    i += c === 92 /* \ */ ? 2 : 1;
  }
  return i;
}

function isKey(text: string, after: number): boolean {
  let i = after;
  while (text[i] === ' ' || text[i] === '\n' || text[i] === '\t' || text[i] === '\r') i++;
  return text[i] === ':';
}
