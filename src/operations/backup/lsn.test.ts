import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { coverage, formatLsn, type Piece, parseLsn, parsePiece, pieceName, segmentName } from './lsn.ts';

test('places are written as PostgreSQL writes them', () => {
  assert.equal(parseLsn('16/B374D848'), 0x16_b374_d848n);
  assert.equal(formatLsn(0x16_b374_d848n), '16/B374D848');
  assert.equal(formatLsn(parseLsn('0/4000090')), '0/4000090');
  // As pg_walfile_name has it.
  assert.equal(segmentName(1, parseLsn('0/4000090')), '000000010000000000000004');
  assert.equal(segmentName(3, parseLsn('16/B374D848')), '0000000300000016000000B3');
});

test('pieces go by their names, in the order of the log', () => {
  const piece: Piece = { timeline: 2, from: 0x1_0000_0000n, to: 0x1_0100_0000n };
  assert.deepEqual(parsePiece(pieceName(piece)), piece);
  assert.ok(pieceName(piece) > pieceName({ timeline: 2, from: 0x2000n, to: 0x3000n }));
});

test('what pieces cover has no gap, and ends where the first one is', () => {
  const pieces = fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 2 }))
      .map(([from, length, timeline]) => ({ timeline, from: BigInt(from), to: BigInt(from + length) })),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(pieces, fc.integer({ min: 0, max: 20 }), (all, start) => {
      const has = (byte: bigint) => all.some(({ timeline, from, to }) => timeline === 1 && from <= byte && byte < to);
      let end = BigInt(start);
      while (has(end)) end++;
      const covered = coverage(all, 1, BigInt(start));
      assert.equal(covered.to, end);
      let at = BigInt(start);
      for (const { from, to } of covered.pieces) {
        assert.ok(from <= at && to > at);
        at = to;
      }
      assert.equal(at, end);
    }),
  );
});
