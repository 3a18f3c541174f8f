import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { problems } from '../errors/problem.ts';
import { deriveKey } from '../vault/master-key.ts';
import { type Binding, type KeyRing, openBytes, sealBytes } from '../vault/seal.ts';

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

/** Whether a cursor is of the list that `binding` names, and not forged. */
export function isCursorOf(cursor: string, binding: string): boolean {
  const [payload = '', signature = ''] = cursor.split('.');
  return [...keysOf().keys.values()].some((key) => {
    const expected = Buffer.from(signWith(key, payload, binding));
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** The values in a cursor; a 400 when it is forged, of another list, or expired. */
export function decodeCursor(cursor: string, binding: string): unknown[] {
  const [payload = ''] = cursor.split('.');
  if (!isCursorOf(cursor, binding)) {
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

/** For the texts within cursors. */
function textRing(): KeyRing {
  const { keys, current } = keysOf();
  return { current, keys: new Map([...keys].map(([version, key]) => [version, deriveKey(key, 'texts in cursors')])) };
}

const textBinding = (tenant: string, row: string): Binding => ({ tenant, table: 'cursor', column: 'text', row });

/** A text of a record that a cursor holds and that nobody is to read in an address, such as a sealed name. */
export const sealInCursor = (tenant_id: string, id: string, text: string): string =>
  sealBytes(textRing(), Buffer.from(text), textBinding(tenant_id, id)).toString('base64url');

export const openInCursor = (tenant_id: string, id: string, sealed: string): string =>
  openBytes(textRing(), Buffer.from(sealed, 'base64url'), textBinding(tenant_id, id)).toString();
