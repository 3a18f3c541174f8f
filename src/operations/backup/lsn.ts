/**
 * Places in PostgreSQL's write-ahead log (WAL), as numbers of bytes. On disk it is segments of 16 MiB, named by
 * timeline and number. https://www.postgresql.org/docs/current/wal-internals.html
 */

export const segment_bytes = 16n * 1024n * 1024n;
const segments_per_file_id = 0x1_0000_0000n / segment_bytes;

/** From PostgreSQL's own way of writing it, `16/B374D848`. */
export function parseLsn(text: string): bigint {
  const [high, low] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

export const formatLsn = (lsn: bigint): string =>
  `${(lsn >> 32n).toString(16)}/${(lsn & 0xffff_ffffn).toString(16)}`.toUpperCase();

export const segmentStart = (lsn: bigint): bigint => lsn - (lsn % segment_bytes);

const hex = (value: bigint, digits: number) => value.toString(16).padStart(digits, '0');

/** The name of the segment in which a position lies, `00000001000000000000002A`. */
export function segmentName(timeline: number, lsn: bigint): string {
  const number = lsn / segment_bytes;
  const parts = [BigInt(timeline), number / segments_per_file_id, number % segments_per_file_id];
  return parts
    .map((part) => hex(part, 8))
    .join('')
    .toUpperCase();
}

/** A piece of the log as it is kept: what stands in it from one byte to another, within one segment. */
export interface Piece {
  timeline: number;
  from: bigint;
  to: bigint;
}

export const pieceName = ({ timeline, from, to }: Piece): string =>
  `${hex(BigInt(timeline), 8)}-${hex(from, 16)}-${hex(to, 16)}`;

export function parsePiece(name: string): Piece {
  const [timeline, from, to] = name.split('-');
  return { timeline: Number.parseInt(timeline!, 16), from: BigInt(`0x${from}`), to: BigInt(`0x${to}`) };
}

/**
 * Pieces that cover the log from a position on without a gap, each going on where the one before ended or earlier, and
 * the position up to which they do.
 */
export function coverage(pieces: readonly Piece[], timeline: number, from: bigint): { pieces: Piece[]; to: bigint } {
  const covering: Piece[] = [];
  let to = from;
  const inOrder = pieces
    .filter((piece) => piece.timeline === timeline && piece.to > from)
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : a.to < b.to ? -1 : 1));
  for (const piece of inOrder) {
    if (piece.from > to) break;
    if (piece.to <= to) continue;
    covering.push(piece);
    to = piece.to;
  }
  return { pieces: covering, to };
}
