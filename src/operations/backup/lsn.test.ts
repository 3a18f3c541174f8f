import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { examineLog } from './log-archive.ts';
import { coverage, formatLsn, type Piece, parseLsn, parsePiece, pieceName, segment_bytes, segmentName } from './lsn.ts';

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

const segment = (count: number) => BigInt(count) * segment_bytes;
const moment = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString();
/** A piece of whole segments, stored at a minute. */
const stored = (from: number, to: number, minute: number, timeline = 1) => ({
  timeline,
  from: segment(from),
  to: segment(to),
  at: Date.parse(moment(minute)),
});
const base = (start: number, end: number, minute: number, timeline = 1) => ({
  id: moment(minute),
  at: moment(minute),
  timeline,
  start_lsn: formatLsn(segment(start) + 40n),
  at_lsn: formatLsn(segment(end)),
});

test('log is looked at from the oldest full backup to what was sent last, and tells what can be restored', () => {
  const pieces = [stored(2, 3, 1), stored(3, 4, 2), stored(4, 5, 3), stored(5, 6, 4)];
  const without = (...gone: number[]) => pieces.filter((_, place) => !gone.includes(place));
  const oldest = base(2, 3, 1);
  const sent = { timeline: 1, to: segment(6) };
  const gap = (from: number, to: number, since: number, until: string | null = null) => ({
    timeline: 1,
    from_lsn: formatLsn(segment(from)),
    to_lsn: formatLsn(segment(to)),
    from: moment(since),
    until,
  });
  assert.deepEqual(examineLog([oldest], pieces, sent), { gaps: [], ranges: [{ from: moment(1), to: null }] });
  // Sent once more from the beginning of the segment, as after each start.
  const again = [...pieces, { ...stored(4, 5, 6), to: segment(4) + 9n }];
  assert.deepEqual(examineLog([oldest], again, sent).gaps, []);
  assert.deepEqual(examineLog([oldest], [stored(0, 1, 0), ...pieces], sent).gaps, [], 'before it nothing is needed');
  assert.deepEqual(examineLog([oldest], without(2), sent), {
    gaps: [gap(4, 5, 1)],
    ranges: [{ from: moment(1), to: moment(1) }],
  });
  assert.deepEqual(examineLog([oldest], without(3), sent).gaps, [gap(5, 6, 2)], 'at the end, by what was sent');
  assert.deepEqual(examineLog([oldest], without(3)).gaps, [], 'which nobody knows while the database is off');
  const behind = base(5, 6, 5);
  assert.deepEqual(examineLog([oldest, behind], without(2), sent), {
    gaps: [gap(4, 5, 1, moment(5))],
    ranges: [
      { from: moment(1), to: moment(1) },
      { from: moment(5), to: null },
    ],
  });
  const within = base(3, 6, 3);
  assert.equal(
    examineLog([oldest, within], without(2), sent).gaps[0]!.until,
    null,
    'a backup that needs it ends nothing',
  );
  assert.deepEqual(examineLog([oldest, within], without(2), sent).ranges, [{ from: moment(1), to: moment(1) }]);
});

test('log of a timeline before is closed by a backup of the next one', () => {
  const pieces = [stored(2, 3, 1), stored(4, 5, 3), stored(4, 5, 6, 2), stored(5, 6, 7, 2)];
  const [before, after] = [base(2, 3, 1), base(4, 5, 6, 2)];
  const sent = { timeline: 2, to: segment(6) };
  assert.equal(examineLog([before], pieces, sent).gaps[0]!.until, null);
  const { gaps, ranges } = examineLog([before, after], pieces, sent);
  assert.deepEqual(
    gaps.map(({ timeline, until }) => [timeline, until]),
    [[1, moment(6)]],
  );
  assert.deepEqual(ranges.at(-1), { from: moment(6), to: null });
});
