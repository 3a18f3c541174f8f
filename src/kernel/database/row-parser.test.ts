import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BackendMessage, Parser } from 'pg-protocol/dist/parser.js';
import { RowParser } from './row-parser.ts';

/** Rows as PostgreSQL sends them, one after the other. */
function sent(rows: (string | null)[][]): Buffer {
  const messages = rows.map((fields) => {
    const parts = fields.map((field) => {
      const text = Buffer.from(field ?? '');
      const length = Buffer.alloc(4);
      length.writeInt32BE(field === null ? -1 : text.length);
      return Buffer.concat([length, text]);
    });
    const body = Buffer.concat(parts);
    const head = Buffer.alloc(7);
    head.write('D');
    head.writeInt32BE(body.length + 6, 1);
    head.writeInt16BE(fields.length, 5);
    return Buffer.concat([head, body]);
  });
  return Buffer.concat(messages);
}

const parsed = (parser: Parser, pieces: Buffer[]): BackendMessage[] => {
  const messages: BackendMessage[] = [];
  for (const piece of pieces) parser.parse(piece, (message) => messages.push(message));
  return messages;
};

test('rows are those that the driver reads, wherever they are cut', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'Jürgen', '東京', '🙂', 'ÿ'));
  const rows = fc.array(fc.array(fc.option(text), { maxLength: 40 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(rows, fc.nat(), (given, place) => {
      const bytes = sent(given);
      const cut = place % bytes.length;
      // Copies, because a parser moves within a chunk what it has yet to read.
      const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)].map((piece) => Buffer.from(piece));
      const messages = parsed(new RowParser(), pieces);
      assert.deepEqual(messages.map(({ fields }) => fields), given); // biome-ignore format: one call
      const ofDriver = parsed(new Parser(), [bytes]);
      for (const [at, { name, length }] of ofDriver.entries())
        assert.deepEqual([messages[at]!.name, messages[at]!.length], [name, length]);
    }),
  );
});
