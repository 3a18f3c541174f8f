import type { ImportProblem } from './problem.ts';

/**
 * Of one file. Refused rows have room of their own: they are to be corrected, and doubts about others must not hide
 * them.
 */
const limits = { errors_max: 200_000, warnings_max: 20_000 };

/** Keeps so many of the problems of a file, in their order, and counts refused rows that are named by none of them. */
export class KeptProblems {
  #errors_left: number;
  #warnings_left: number;

  constructor({ errors_max, warnings_max } = limits) {
    this.#errors_left = errors_max;
    this.#warnings_left = warnings_max;
  }

  /** All problems of a row at once. */
  keep(problems: readonly ImportProblem[]): { kept: ImportProblem[]; unnamed: number } {
    const kept = problems.filter((problem) => (isError(problem) ? this.#errors_left-- : this.#warnings_left--) > 0);
    const named = new Set(kept.filter(isError).map(({ row }) => row));
    const cut = problems.filter((problem) => isError(problem) && !named.has(problem.row));
    return { kept, unnamed: new Set(cut.map(({ row }) => row)).size };
  }
}

const isError = ({ severity }: ImportProblem): boolean => severity === 'error';
