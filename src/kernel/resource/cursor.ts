import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { problems } from '../errors/problem.ts';
import type { KeyRing } from '../vault/seal.ts';

const cursor_hours_max = 24;

let ring: KeyRing | undefined;

/** Called at start with keys derived from the master keys, so that cursors are valid on every node. */
export function setCursorKeys(keys: KeyRing): void {
  ring = keys;
}

function signWith(key: KeyObject, payload: string, binding: string): string {
  return createHmac('sha256', key).update(`${binding}\n${payload}`).digest('base64url').slice(0, 22);
}

function keysOf(): KeyRing {
  if (!ring) throw new Error('setCursorKeys was not called');
  return ring;
}

/**
 * A page cursor, which holds these values and is valid only with the same `binding`: tenant, resource, filter, sort.
 */
export function encodeCursor(values: unknown[], binding: string): string {
  const payload = Buffer.from(JSON.stringify([Date.now(), ...values])).toString('base64url');
  const { keys, current } = keysOf();
  return `${payload}.${signWith(keys.get(current)!, payload, binding)}`;
}

/** The values in a cursor; a 400 when it is forged, of another list, or expired. */
export function decodeCursor(cursor: string, binding: string): unknown[] {
  const [payload = '', signature = ''] = cursor.split('.');
  const isOf = (key: KeyObject) => {
    const expected = Buffer.from(signWith(key, payload, binding));
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  if (![...keysOf().keys.values()].some(isOf)) {
    throw problems.malformed(
      'This cursor does not belong to this list. Start again without a cursor, and keep filter and sort as they are while paging.',
    );
  }
  const [made, ...values] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [number, ...unknown[]];
  if (Date.now() - made > cursor_hours_max * 3_600_000) {
    throw problems.malformed(`This cursor is older than ${cursor_hours_max} hours. Start again without a cursor.`);
  }
  return values;
}
