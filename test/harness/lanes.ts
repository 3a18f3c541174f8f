import { availableParallelism, cpus } from 'node:os';

/**
 * Also on a machine of many processors: each file has connections of its own to the one PostgreSQL of the run, and data
 * in memory.
 */
const lanes = { least: 2, most: 4 };
const look_ms = 3_000;
/**
 * Of the time of all processors: below it, one more would only make the others wait, and what runs at low priority wait
 * for long.
 */
const idle_share_min = 0.2;

/**
 * Runs each of `work` in order: two at a time, and while `mayAdd` says so one more whenever the processors had time
 * left, as where tests wait. Answers in the order in which they ended.
 */
export function inLanes<Result>(work: readonly (() => Promise<Result>)[], mayAdd: () => boolean): Promise<Result[]> {
  // In a container with a share of a machine, what is idle may not be ours to use.
  const lanes_max = cpus().length === availableParallelism() ? lanes.most : lanes.least;
  const queue = [...work];
  const results: Result[] = [];
  let running = 0;
  return new Promise<Result[]>((done, failed) => {
    const start = () => {
      running++;
      queue.shift()!().then((result) => {
        results.push(result);
        running--;
        fill();
      }, failed);
    };
    const fill = () => {
      while (running < lanes.least && queue.length > 0) start();
      if (running > 0) return;
      clearInterval(looking);
      done(results);
    };
    let before = processorTime();
    const looking = setInterval(() => {
      const now = processorTime();
      const idle_share = (now.idle - before.idle) / (now.all - before.all);
      before = now;
      if (idle_share > idle_share_min && running < lanes_max && queue.length > 0 && mayAdd()) start();
    }, look_ms);
    fill();
  });
}

/** Since the machine was started, of all processors, in ms. */
function processorTime(): { idle: number; all: number } {
  const times = cpus().map((each) => each.times);
  const sum = (of: (each: (typeof times)[number]) => number) => times.reduce((total, each) => total + of(each), 0);
  return {
    idle: sum(({ idle }) => idle),
    all: sum(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq),
  };
}
