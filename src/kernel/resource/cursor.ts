import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { problems } from '../errors/problem.ts';

const cursor_hours_max = 24;

let secret: KeyObject | undefined;

/** Set once at start with a key derived from the master key, so that cursors hold on every node. */
export function setCursorSecret(key: KeyObject): void {
  secret = key;
}

function sign(payload: string, scope: string): string {
  if (!secret) throw new Error('setCursorSecret was not called');
  return createHmac('sha256', secret).update(`${scope}\n${payload}`).digest('base64url').slice(0, 22);
}

/** An opaque place in a list. `scope` names all it is bound to: tenant, resource, filter, sort. */
export function encodeCursor(values: unknown[], scope: string): string {
  const payload = Buffer.from(JSON.stringify([Date.now(), ...values])).toString('base64url');
  return `${payload}.${sign(payload, scope)}`;
}

/** The values put into a cursor; a 400 for one that is forged, of another list, or expired. */
export function decodeCursor(cursor: string, scope: string): unknown[] {
  const [payload = '', signature = ''] = cursor.split('.');
  const expected = Buffer.from(sign(payload, scope));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
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
