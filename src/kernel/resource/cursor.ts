import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { problems } from '../errors/problem.ts';
import type { KeyRing } from '../vault/seal.ts';

const cursor_hours_max = 24;

let ring: KeyRing | undefined;

/** Set at start with keys derived from the master keys, so that cursors hold on every node. */
export function setCursorKeys(keys: KeyRing): void {
  ring = keys;
}

function signWith(key: KeyObject, payload: string, scope: string): string {
  return createHmac('sha256', key).update(`${scope}\n${payload}`).digest('base64url').slice(0, 22);
}

function keysOf(): KeyRing {
  if (!ring) throw new Error('setCursorKeys was not called');
  return ring;
}

/** An opaque place in a list. `scope` names all it is bound to: tenant, resource, filter, sort. */
export function encodeCursor(values: unknown[], scope: string): string {
  const payload = Buffer.from(JSON.stringify([Date.now(), ...values])).toString('base64url');
  const { keys, current } = keysOf();
  return `${payload}.${signWith(keys.get(current)!, payload, scope)}`;
}

/** The values put into a cursor; a 400 for one that is forged, of another list, or expired. */
export function decodeCursor(cursor: string, scope: string): unknown[] {
  const [payload = '', signature = ''] = cursor.split('.');
  const isOf = (key: KeyObject) => {
    const expected = Buffer.from(signWith(key, payload, scope));
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
