import { pace } from './pace.ts';

/** A matrix of few values a row. Row `i` has `columns` and `values` from `starts[i]` to `starts[i + 1]`. */
export interface SparseMatrix {
  rows: number;
  width: number;
  starts: Int32Array;
  columns: Int32Array;
  values: Float32Array;
}

/** A matrix of `rows` times `width` values, row by row. */
export interface Dense {
  rows: number;
  width: number;
  values: Float32Array;
}

/** More columns than are asked for, so that those come out right. */
const spare = 12;
const rounds = 4;

/**
 * The directions in which the rows of a matrix differ most, one in each column of the answer (`width` times `wanted`),
 * by randomised projection (Halko, Martinsson and Tropp, 2011): a random projection of the rows, made sharper by a few
 * multiplications. The same matrix gives the same answer.
 */
export async function factorise(
  matrix: SparseMatrix,
  wanted: number,
  signal?: AbortSignal,
): Promise<Dense & { strengths: Float64Array }> {
  const random = randomNumbers(1);
  const width = Math.min(wanted + spare, matrix.rows, matrix.width);
  let basis: Dense = { rows: matrix.width, width, values: new Float32Array(matrix.width * width) };
  for (let at = 0; at < basis.values.length; at++) basis.values[at] = random() + random() + random() - 1.5;
  for (let round = 0; round < rounds; round++) {
    signal?.throwIfAborted();
    const projected = await times(matrix, basis);
    await orthonormalise(projected);
    basis = await timesTransposed(matrix, projected);
    if (round < rounds - 1) await orthonormalise(basis);
  }
  return leading(basis, Math.min(wanted, width));
}

async function times({ rows, starts, columns, values }: SparseMatrix, right: Dense): Promise<Dense> {
  const { width } = right;
  const turn = pace();
  const product: Dense = { rows, width, values: new Float32Array(rows * width) };
  for (let row = 0; row < rows; row++) {
    await turn();
    const to = row * width;
    for (let at = starts[row]!; at < starts[row + 1]!; at++) {
      const from = columns[at]! * width;
      const value = values[at]!;
      for (let k = 0; k < width; k++) product.values[to + k]! += value * right.values[from + k]!;
    }
  }
  return product;
}

async function timesTransposed(matrix: SparseMatrix, left: Dense): Promise<Dense> {
  const { rows, starts, columns, values } = matrix;
  const { width } = left;
  const turn = pace();
  const product: Dense = { rows: matrix.width, width, values: new Float32Array(matrix.width * width) };
  for (let row = 0; row < rows; row++) {
    await turn();
    const from = row * width;
    for (let at = starts[row]!; at < starts[row + 1]!; at++) {
      const to = columns[at]! * width;
      const value = values[at]!;
      for (let k = 0; k < width; k++) product.values[to + k]! += value * left.values[from + k]!;
    }
  }
  return product;
}

/** What the columns of a matrix have in common, each with each. */
async function gramOf({ rows, width, values }: Dense): Promise<Float64Array> {
  const turn = pace();
  const gram = new Float64Array(width * width);
  for (let row = 0; row < rows; row++) {
    await turn();
    const from = row * width;
    for (let i = 0; i < width; i++) {
      const value = values[from + i]!;
      if (value === 0) continue;
      for (let k = i; k < width; k++) gram[i * width + k]! += value * values[from + k]!;
    }
  }
  for (let i = 0; i < width; i++) for (let k = 0; k < i; k++) gram[i * width + k] = gram[k * width + i]!;
  return gram;
}

/**
 * Makes the columns orthogonal to each other and of length 1 (Cholesky's factorisation of what they have in common),
 * twice because numbers are rounded.
 */
async function orthonormalise(matrix: Dense): Promise<void> {
  const turn = pace();
  for (let time = 0; time < 2; time++) {
    const { rows, width, values } = matrix;
    const lower = cholesky(await gramOf(matrix), width);
    for (let row = 0; row < rows; row++) {
      await turn();
      const from = row * width;
      for (let i = 0; i < width; i++) {
        let value = values[from + i]!;
        for (let k = 0; k < i; k++) value -= lower[i * width + k]! * values[from + k]!;
        values[from + i] = lower[i * width + i] === 0 ? 0 : value / lower[i * width + i]!;
      }
    }
  }
}

function cholesky(gram: Float64Array, width: number): Float64Array {
  const lower = new Float64Array(width * width);
  for (let i = 0; i < width; i++)
    for (let k = 0; k <= i; k++) {
      let value = gram[i * width + k]!;
      for (let j = 0; j < k; j++) value -= lower[i * width + j]! * lower[k * width + j]!;
      // A column that depends on those before it says nothing more.
      if (i === k) lower[i * width + i] = value > 1e-9 * gram[i * width + i]! && value > 0 ? Math.sqrt(value) : 0;
      else lower[i * width + k] = lower[k * width + k] === 0 ? 0 : value / lower[k * width + k]!;
    }
  return lower;
}

/**
 * The `wanted` strongest directions within the columns, each of length 1, and how strong they are (the singular
 * values).
 */
async function leading(basis: Dense, wanted: number): Promise<Dense & { strengths: Float64Array }> {
  const { rows, width, values } = basis;
  const turn = pace();
  const { squares, vectors } = await eigen(await gramOf(basis), width);
  const order = [...squares.keys()].sort((a, b) => squares[b]! - squares[a]!).slice(0, wanted);
  const strengths = Float64Array.from(order, (column) => Math.sqrt(Math.max(squares[column]!, 1e-12)));
  const found = { rows, width: order.length, values: new Float32Array(rows * order.length), strengths };
  for (const [at, column] of order.entries()) {
    const length = strengths[at]!;
    await turn();
    for (let row = 0; row < rows; row++) {
      let value = 0;
      for (let k = 0; k < width; k++) value += values[row * width + k]! * vectors[k * width + column]!;
      found.values[row * order.length + at] = value / length;
    }
  }
  return found;
}

/** Eigenvalues and eigenvectors (in columns) of a small symmetric matrix, by Jacobi's rotations. */
async function eigen(matrix: Float64Array, width: number): Promise<{ squares: Float64Array; vectors: Float64Array }> {
  const sweeps_max = 12;
  const turn = pace();
  const values = matrix.slice();
  const vectors = new Float64Array(width * width);
  for (let i = 0; i < width; i++) vectors[i * width + i] = 1;
  for (let sweep = 0; sweep < sweeps_max; sweep++) {
    let off = 0;
    let all = 0;
    for (let i = 0; i < width; i++)
      for (let k = 0; k < width; k++) {
        const square = values[i * width + k]! ** 2;
        all += square;
        if (i !== k) off += square;
      }
    if (off <= 1e-18 * all) break;
    for (let p = 0; p < width - 1; p++) {
      await turn();
      for (let q = p + 1; q < width; q++) rotate(values, vectors, width, p, q);
    }
  }
  return { squares: Float64Array.from({ length: width }, (_, i) => values[i * width + i]!), vectors };
}

function rotate(values: Float64Array, vectors: Float64Array, width: number, p: number, q: number): void {
  const apq = values[p * width + q]!;
  if (Math.abs(apq) < 1e-300) return;
  const theta = (values[q * width + q]! - values[p * width + p]!) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < width; k++) {
    const kp = values[k * width + p]!;
    const kq = values[k * width + q]!;
    values[k * width + p] = c * kp - s * kq;
    values[k * width + q] = s * kp + c * kq;
  }
  for (let k = 0; k < width; k++) {
    const pk = values[p * width + k]!;
    const qk = values[q * width + k]!;
    values[p * width + k] = c * pk - s * qk;
    values[q * width + k] = s * pk + c * qk;
    const vp = vectors[k * width + p]!;
    const vq = vectors[k * width + q]!;
    vectors[k * width + p] = c * vp - s * vq;
    vectors[k * width + q] = s * vp + c * vq;
  }
}

/** Numbers from 0 to 1, the same each time (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
