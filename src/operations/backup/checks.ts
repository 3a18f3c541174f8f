import { Lanes } from '../lanes.ts';

export interface Check {
  name: 'log' | 'restore' | 'indexes' | 'content' | 'audit' | 'files' | 'secrets' | 'application' | 'archive';
  passed: boolean;
  /** What was looked at, or what is wrong with it. */
  detail: string;
  /** That were spent on it. Of the checks of what was restored some parts run at the same time. */
  seconds: number;
}

export interface Found<R> {
  detail: string;
  result: R;
}

/**
 * Runs parts of a check, each when there is room beside those of the others; the first that fails is why the check
 * does, and ends it.
 */
export type Share = <Part>(
  parts: readonly Part[],
  weightOf: (part: Part) => number,
  work: (part: Part) => Promise<void>,
) => Promise<void>;

const rounded = (ms: number) => Math.round(ms) / 1000;

/** The checks of a proof, in the order in which they began. One that fails keeps none of the others from being made. */
export class Checks {
  readonly all: Check[] = [];
  private readonly lanes = new Lanes();
  private readonly say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.say = say;
  }

  get passed(): boolean {
    return this.all.every(({ passed }) => passed);
  }

  /** One by itself. */
  run<R>(name: Check['name'], look: () => Promise<Found<R>>): Promise<R | undefined> {
    const from = performance.now();
    return this.record(name, look, () => performance.now() - from);
  }

  /** One of several that run at the same time, in parts. */
  share<R>(name: Check['name'], look: (share: Share) => Promise<Found<R>>): Promise<R | undefined> {
    let spent_ms = 0;
    const share: Share = async (parts, weightOf, work) => {
      const failures: unknown[] = [];
      const one = async (part: (typeof parts)[number]) => {
        if (failures.length > 0) return;
        const from = performance.now();
        await work(part).catch((error: unknown) => failures.push(error));
        spent_ms += performance.now() - from;
      };
      await Promise.all(parts.map((part) => this.lanes.run(weightOf(part), () => one(part))));
      if (failures.length > 0) throw failures[0];
    };
    return this.record(
      name,
      () => look(share),
      () => spent_ms,
    );
  }

  private async record<R>(
    name: Check['name'],
    look: () => Promise<Found<R>>,
    spent: () => number,
  ): Promise<R | undefined> {
    this.say(`Checking: ${name}`);
    const check: Check = { name, passed: false, detail: '', seconds: 0 };
    this.all.push(check);
    try {
      const { detail, result } = await look();
      Object.assign(check, { passed: true, detail });
      return result;
    } catch (error) {
      check.detail = (error as Error).message;
      return undefined;
    } finally {
      check.seconds = rounded(spent());
    }
  }
}
