/** A row of a sparse design matrix: the columns that are not zero, and their values. */
export interface SparseRow {
  columns: number[];
  values: number[];
}

export interface Coefficients {
  intercept: number;
  weights: number[];
}

const steps_max = 60;
const halvings_max = 30;
const settled = 1e-9;

/**
 * Logistic regression with a ridge penalty on all but the intercept, by Newton's method (iteratively reweighted least
 * squares). The penalty makes the optimum unique and the method damped, so the same rows always give the same
 * coefficients. `penalty` is the inverse variance of a normal prior.
 */
export function fitLogistic(
  rows: readonly SparseRow[],
  outcomes: readonly boolean[],
  width: number,
  penalty: number,
): Coefficients {
  // The intercept is the last column.
  const size = width + 1;
  let beta: Float64Array = new Float64Array(size);
  let loss = lossOf(rows, outcomes, beta, penalty);
  for (let step = 0; step < steps_max; step++) {
    const { gradient, hessian } = derivatives(rows, outcomes, beta, penalty);
    const direction = solve(hessian, gradient);
    let share = 1;
    let next = moved(beta, direction, share);
    let nextLoss = lossOf(rows, outcomes, next, penalty);
    for (let halving = 0; nextLoss > loss && halving < halvings_max; halving++) {
      share /= 2;
      next = moved(beta, direction, share);
      nextLoss = lossOf(rows, outcomes, next, penalty);
    }
    if (nextLoss > loss) break;
    const change = share * Math.max(...direction.map(Math.abs));
    beta = next;
    loss = nextLoss;
    if (change < settled) break;
  }
  return { intercept: beta[width]!, weights: [...beta.subarray(0, width)] };
}

export const sigmoid = (logit: number): number =>
  logit >= 0 ? 1 / (1 + Math.exp(-logit)) : 1 - 1 / (1 + Math.exp(logit));

export function logitOf({ intercept, weights }: Coefficients, { columns, values }: SparseRow): number {
  let sum = intercept;
  for (let i = 0; i < columns.length; i++) sum += weights[columns[i]!]! * values[i]!;
  return sum;
}

/** The mean negative log-likelihood, by which models are compared. */
export function logLoss(probabilities: readonly number[], outcomes: readonly boolean[]): number {
  const floor = 1e-12;
  let sum = 0;
  for (const [i, p] of probabilities.entries()) sum -= Math.log(Math.max(floor, outcomes[i] ? p : 1 - p));
  return sum / probabilities.length;
}

function linear(beta: Float64Array, { columns, values }: SparseRow): number {
  let sum = beta[beta.length - 1]!;
  for (let i = 0; i < columns.length; i++) sum += beta[columns[i]!]! * values[i]!;
  return sum;
}

function lossOf(rows: readonly SparseRow[], outcomes: readonly boolean[], beta: Float64Array, penalty: number): number {
  let loss = 0;
  for (const [i, row] of rows.entries()) {
    const logit = outcomes[i] ? -linear(beta, row) : linear(beta, row);
    // log(1 + e^logit) without overflow.
    loss += logit > 0 ? logit + Math.log1p(Math.exp(-logit)) : Math.log1p(Math.exp(logit));
  }
  for (let j = 0; j < beta.length - 1; j++) loss += (penalty * beta[j]! ** 2) / 2;
  return loss;
}

function derivatives(
  rows: readonly SparseRow[],
  outcomes: readonly boolean[],
  beta: Float64Array,
  penalty: number,
): { gradient: Float64Array; hessian: Float64Array[] } {
  const size = beta.length;
  const last = size - 1;
  const gradient = new Float64Array(size);
  const hessian = Array.from({ length: size }, () => new Float64Array(size));
  for (const [i, row] of rows.entries()) {
    const p = sigmoid(linear(beta, row));
    const rest = (outcomes[i] ? 1 : 0) - p;
    const weight = p * (1 - p);
    const { columns, values } = row;
    gradient[last]! += rest;
    hessian[last]![last]! += weight;
    for (let a = 0; a < columns.length; a++) {
      const column = columns[a]!;
      const value = values[a]!;
      gradient[column]! += rest * value;
      hessian[last]![column]! += weight * value;
      for (let b = 0; b < columns.length; b++) hessian[column]![columns[b]!]! += weight * value * values[b]!;
    }
  }
  for (let j = 0; j < last; j++) {
    gradient[j]! -= penalty * beta[j]!;
    hessian[j]![j]! += penalty;
    hessian[j]![last] = hessian[last]![j]!;
  }
  return { gradient, hessian };
}

const moved = (beta: Float64Array, direction: Float64Array, share: number): Float64Array =>
  beta.map((value, j) => value + share * direction[j]!);

/** Solves a symmetric positive definite system by Cholesky decomposition, which overwrites the matrix. */
function solve(matrix: Float64Array[], vector: Float64Array): Float64Array {
  const size = vector.length;
  // When outcomes are almost certain, the intercept's curvature vanishes.
  const floor = 1e-10;
  for (let j = 0; j < size; j++) {
    const row = matrix[j]!;
    for (let k = 0; k < j; k++) {
      const other = matrix[k]!;
      let sum = row[k]!;
      for (let m = 0; m < k; m++) sum -= row[m]! * other[m]!;
      row[k] = sum / other[k]!;
    }
    let pivot = row[j]!;
    for (let m = 0; m < j; m++) pivot -= row[m]! ** 2;
    row[j] = Math.sqrt(Math.max(pivot, floor));
  }
  const solution = Float64Array.from(vector);
  for (let j = 0; j < size; j++) {
    const row = matrix[j]!;
    for (let m = 0; m < j; m++) solution[j]! -= row[m]! * solution[m]!;
    solution[j]! /= row[j]!;
  }
  for (let j = size - 1; j >= 0; j--) {
    for (let m = j + 1; m < size; m++) solution[j]! -= matrix[m]![j]! * solution[m]!;
    solution[j]! /= matrix[j]![j]!;
  }
  return solution;
}
